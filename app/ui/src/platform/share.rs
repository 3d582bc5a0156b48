//! Handing a link on: the clipboard, and the device's own share sheet where there is one.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{property, window};

/// Copies a text; `false` if the browser would not.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(navigator) = window().map(|window| window.navigator()) else { return false };
    // Not there on pages without https.
    if property(&navigator, "clipboard").is_none() {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Marks what stands in an element and brings the focus there, so that it can be copied by hand.
pub(crate) fn select(element: &web_sys::HtmlElement) {
    // An element that is in the page can be focused and marked.
    let _never = element.focus();
    if let Some(selection) = window().and_then(|window| window.get_selection().ok().flatten()) {
        let _never = selection.select_all_children(element);
    }
}

/// Whether the device has a share sheet.
pub(crate) fn can_share() -> bool {
    window().is_some_and(|window| property(&window.navigator(), "share").is_some())
}

/// Opens the device's share sheet. Nothing to say if the person closes it again.
pub(crate) async fn share(title: &str, url: &str) {
    let Some(navigator) = window().map(|window| window.navigator()) else { return };
    let Some(Ok(share)) = property(&navigator, "share").map(JsCast::dyn_into::<js_sys::Function>) else { return };
    let data = Object::new();
    for (name, value) in [("title", title), ("url", url)] {
        // A fresh object takes any property.
        let _never = Reflect::set(&data, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    if let Ok(promise) = share.call1(&navigator, &data)
        && let Ok(promise) = promise.dyn_into::<js_sys::Promise>()
    {
        let _closed = JsFuture::from(promise).await;
    }
}
