//! A new release waits until the person takes it: it never takes away work under way. `sw.js` is the other side.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::ServiceWorkerRegistration;

use super::{listen, page, property, window};

/// Calls back when a release has been fetched and waits.
pub(crate) async fn watch(waits: impl Fn() + Clone + 'static) {
    let Some(registration) = registration().await else { return };
    if registration.waiting().is_some() {
        waits();
    }
    let target = registration.clone();
    listen(&target, "updatefound", move || {
        let Some(fetched) = registration.installing() else { return };
        let (seen, waits) = (fetched.clone(), waits.clone());
        listen(&fetched, "statechange", move || {
            // The very first release takes over by itself; only a later one has somebody to wait for.
            if seen.state() == web_sys::ServiceWorkerState::Installed && controlled() {
                waits();
            }
        });
    });
}

/// Lets the waiting release take over and loads the page anew.
pub(crate) async fn take() {
    if let Some(container) = container() {
        listen(&container, "controllerchange", page::reload);
    }
    let waiting = registration().await.and_then(|registration| registration.waiting());
    let message = Object::new();
    // A fresh object takes any property.
    let _never = Reflect::set(&message, &JsValue::from_str("type"), &JsValue::from_str("SkipWaiting"));
    if waiting.is_none_or(|worker| worker.post_message(&message).is_err()) {
        page::reload();
    }
}

fn container() -> Option<web_sys::ServiceWorkerContainer> {
    let navigator = window()?.navigator();
    property(&navigator, "serviceWorker")?;
    Some(navigator.service_worker())
}

fn controlled() -> bool {
    container().is_some_and(|container| container.controller().is_some())
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    JsFuture::from(container()?.get_registration()).await.ok()?.dyn_into().ok()
}
