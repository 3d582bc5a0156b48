//! What the browser says of itself, and its own way to the home screen. What follows from it is in `crate::install`;
//! `js/install.js` caught the browser's offer before the app was there.

use wasm_bindgen::JsCast;

use super::{listen, property, window};
use crate::install::Surroundings;

/// What `start_url` of the manifest ends with.
const FROM_HOME_SCREEN: &str = "?hjem";

/// Where this runs.
pub(crate) fn surroundings() -> Surroundings {
    let Some(window) = window() else { return Surroundings::default() };
    let navigator = window.navigator();
    let standalone =
        window.match_media("(display-mode: standalone)").ok().flatten().is_some_and(|media| media.matches());
    let on_ios = property(&navigator, "standalone").is_some_and(|standalone| standalone.is_truthy());
    let opened = window.location().search().is_ok_and(|search| search == FROM_HOME_SCREEN);
    Surroundings {
        agent: navigator.user_agent().unwrap_or_default(),
        fingers: property(&navigator, "maxTouchPoints").and_then(|fingers| fingers.as_f64()).is_some_and(|n| n > 1.0),
        installed: standalone || on_ios || opened,
    }
}

/// Whether the browser would install Grend if asked.
pub(crate) fn can_ask() -> bool {
    property(&js_sys::global(), "grendInstall").is_some()
}

/// Calls back when that changes.
pub(crate) fn on_change(heard: impl Fn() + 'static) {
    if let Some(window) = window() {
        listen(&window, "grend-install", heard);
    }
}

/// Has the browser ask the person. It asks once; what comes of it is between the two.
pub(crate) fn ask() {
    let global = js_sys::global();
    if let Some(Ok(ask)) = property(&global, "grendInstall").map(JsCast::dyn_into::<js_sys::Function>) {
        let _refused = ask.call0(&global);
    }
}
