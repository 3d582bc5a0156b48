//! The address bar. Secrets stand behind `#`; they are taken out of the address (and so of the history and of
//! screenshots) at once, and kept for this tab until they are spent.

use grend_shared::secret::SecretText;
use wasm_bindgen::JsValue;

use super::{kept, window};
use crate::routes::Route;

/// Where the app is served from: `https://grend.example`.
pub(crate) fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// The path of the page.
pub(crate) fn path() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// The relay's socket, on the same host.
pub(crate) fn relay() -> String {
    match origin().split_once("://") {
        Some(("https", host)) => format!("wss://{host}/sync"),
        Some((_, host)) => format!("ws://{host}/sync"),
        None => String::new(),
    }
}

/// Moves a secret from the address bar to this tab's own keeping.
pub(crate) fn take_fragment() {
    let Some(window) = window() else { return };
    let location = window.location();
    let hash = location.hash().unwrap_or_default();
    let secret = hash.trim_start_matches('#');
    let route = Route::parse(&location.pathname().unwrap_or_default());
    if secret.is_empty() || !matches!(route, Route::Invite | Route::SetUp) {
        return;
    }
    keep_secret(route, secret);
    if let Ok(history) = window.history() {
        let bare = route.to_string();
        // Where the history is closed to us the secret stays in the bar: unlovely, but nothing breaks.
        let _stays = history.replace_state_with_url(&JsValue::NULL, "", Some(&bare));
    }
}

/// Calls back when the fragment of the address changes: somebody pasted a second link into the same tab.
pub(crate) fn on_fragment(heard: impl Fn() + 'static) {
    if let Some(window) = window() {
        super::listen(&window, "hashchange", heard);
    }
}

fn key(route: Route) -> String {
    format!("grend.link.{route}")
}

/// Keeps a link's secret for this tab, through reloads, until it is spent.
pub(crate) fn keep_secret(route: Route, secret: &str) {
    // Private windows may refuse; the link can then be opened again.
    kept::set(kept::in_tab(), &key(route), &secret);
}

/// The secret kept for a page.
pub(crate) fn secret(route: Route) -> Option<SecretText> {
    kept::get(kept::in_tab(), &key(route))
}

/// Forgets a spent secret.
pub(crate) fn forget_secret(route: Route) {
    kept::delete(kept::in_tab(), &key(route));
}
