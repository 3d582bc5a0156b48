//! Whether the browser promises to keep what is stored here.

use wasm_bindgen_futures::JsFuture;

use super::{property, window};

/// The browser's promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Keeping {
    /// It does not say.
    #[default]
    Unknown,
    /// It keeps everything until the person deletes it.
    Promised,
    /// It may clear it when the disk fills up.
    MayClear,
}

/// Asks for the promise, and answers with what the browser says.
pub(crate) async fn ask_to_keep() -> Keeping {
    let Some(navigator) = window().map(|window| window.navigator()) else { return Keeping::Unknown };
    // WebKit without a home-screen app has no such thing.
    if property(&navigator, "storage").is_none_or(|storage| property(&storage, "persist").is_none()) {
        return Keeping::Unknown;
    }
    let Ok(promise) = navigator.storage().persist() else { return Keeping::Unknown };
    match JsFuture::from(promise).await.ok().and_then(|answer| answer.as_bool()) {
        Some(true) => Keeping::Promised,
        Some(false) => Keeping::MayClear,
        None => Keeping::Unknown,
    }
}
