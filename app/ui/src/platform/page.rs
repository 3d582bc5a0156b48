//! The page round the app: language, colours and readiness on the root element, coming back to the foreground.

use core::time::Duration;
use std::{cell::Cell, rc::Rc};

use leptos::prelude::{request_animation_frame, set_timeout};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{listen, prefs::ColourScheme, property, window};
use crate::words::Language;

/// The `<html>` element.
pub(crate) fn root() -> Option<web_sys::HtmlElement> {
    window()?.document()?.document_element()?.dyn_into().ok()
}

fn set_attribute(name: &str, value: &str) {
    if let Some(root) = root() {
        // Only a malformed name can be refused.
        let _never = root.set_attribute(name, value);
    }
}

/// Says which language the page is in.
pub(crate) fn set_language(language: Language) {
    set_attribute("lang", language.code());
}

/// Light or dark.
pub(crate) fn set_colour_scheme(scheme: ColourScheme) {
    set_attribute("data-color-scheme", scheme.word());
}

/// Marks that the engine has everything of this device at hand.
pub(crate) fn set_ready(ready: bool) {
    match (ready, root()) {
        (true, _) => set_attribute("data-ready", ""),
        (false, Some(root)) => {
            let _never = root.remove_attribute("data-ready");
        }
        (false, None) => {}
    }
}

/// How long a page that nobody looks at, and that is therefore never painted, is waited for.
const UNSEEN: Duration = Duration::from_millis(200);

/// Does something as soon as what the page shows now has been painted.
pub(crate) fn when_painted(work: impl FnOnce() + 'static) {
    let work = Rc::new(Cell::new(Some(work)));
    let once = move || {
        if let Some(work) = work.take() {
            work();
        }
    };
    let unseen = once.clone();
    // Just before the page is painted, and before it is painted the next time.
    request_animation_frame(move || request_animation_frame(once));
    set_timeout(unseen, UNSEEN);
}

/// Calls back whenever the relay may be worth another try: the page is looked at again, or the net seems back.
pub(crate) fn on_wake(woken: impl Fn() + Clone + 'static) {
    let Some(window) = window() else { return };
    for event in ["pageshow", "online"] {
        listen(&window, event, woken.clone());
    }
    if let Some(document) = window.document() {
        let seen = document.clone();
        listen(&document, "visibilitychange", move || {
            if seen.visibility_state() == web_sys::VisibilityState::Visible {
                woken();
            }
        });
    }
}

/// Calls back when the page is left and the browser keeps it as it is for *back*. One that is not kept ends by itself,
/// worker included.
pub(crate) fn on_laid_aside(laid_aside: impl Fn() + 'static) {
    let Some(window) = window() else { return };
    let heard = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        if property(&event, "persisted").is_some_and(|kept| kept.is_truthy()) {
            laid_aside();
        }
    });
    if window.add_event_listener_with_callback("pagehide", heard.as_ref().unchecked_ref()).is_ok() {
        heard.forget();
    }
}

/// Loads the page anew.
pub(crate) fn reload() {
    if let Some(window) = window() {
        // A page that cannot be reloaded stays as it is.
        let _stays = window.location().reload();
    }
}

/// The calm page that needs nothing of the app, for when the app has died.
pub(crate) fn crash(detail: &str) {
    let global = js_sys::global();
    if let Some(crash) = super::property(&global, "grendCrash").and_then(|f| f.dyn_into::<js_sys::Function>().ok()) {
        // Whatever goes wrong there, there is nobody left to tell.
        let _nobody = crash.call1(&JsValue::NULL, &JsValue::from_str(detail));
    }
}

/// Puts the app where the first paint was.
pub(crate) fn mount<V: leptos::prelude::IntoView + 'static>(app: impl FnOnce() -> V + 'static) {
    let place = window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("app"));
    match place.and_then(|place| place.dyn_into::<web_sys::HtmlElement>().ok()) {
        Some(place) => {
            place.set_text_content(None);
            // The app lives as long as the page.
            leptos::mount::mount_to(place, app).forget();
        }
        None => leptos::mount::mount_to_body(app),
    }
}
