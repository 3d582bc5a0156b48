//! What the browser lends: worker, storage of preferences, clock, address bar, clipboard, updates. Knows nothing of
//! rooms and pages; only `state` uses it. Everything here tolerates a browser that says no.

pub(crate) mod address;
pub(crate) mod clock;
pub(crate) mod drafts;
pub(crate) mod install;
pub(crate) mod kept;
pub(crate) mod page;
pub(crate) mod prefs;
pub(crate) mod share;
pub(crate) mod snapshot;
pub(crate) mod storage;
pub(crate) mod update;
pub(crate) mod worker;

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The browser's window, if this runs in one.
fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

/// Listens for an event for as long as the page lives.
fn listen(target: &web_sys::EventTarget, event: &str, heard: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(heard);
    if target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()).is_ok() {
        closure.forget();
    }
}

/// A property of a JavaScript object that may not be there in every browser.
fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
