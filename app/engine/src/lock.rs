//! One engine per device: the exclusive Web Lock `grend-engine`. web-sys holds `LockManager` to be unstable, hence the
//! bindings of our own.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::scope;

const NAME: &str = "grend-engine";

#[wasm_bindgen]
extern "C" {
    type Locks;

    #[wasm_bindgen(method, catch)]
    fn request(this: &Locks, name: &str, options: &Object, granted: &JsValue) -> Result<Promise, JsValue>;
}

/// Asks for the lock once; with `steal` takes it from whoever has it. `false` if another tab has it. `lost` is called
/// when somebody steals it from us. A browser without locks, or that lends none because it lends no storage, has the
/// store's mark to keep two engines apart, so there it is `true`.
pub(crate) async fn take(steal: bool, lost: Rc<dyn Fn()>) -> bool {
    let Some(locks) = locks() else { return true };
    let options = Object::new();
    let word = if steal { "steal" } else { "ifAvailable" };
    // A plain object takes any property.
    let _set = Reflect::set(&options, &word.into(), &true.into());
    let ours = Rc::new(Cell::new(false));
    let (answered, answer) = open_promise();
    let granted = {
        let (ours, answer) = (Rc::clone(&ours), answer.clone());
        Closure::once_into_js(move |lock: JsValue| {
            ours.set(!lock.is_null());
            resolve(&answer);
            // Held for as long as this promise is open: until the worker ends.
            if lock.is_null() { JsValue::UNDEFINED } else { open_promise().0.into() }
        })
    };
    let Ok(held) = locks.request(NAME, &options, &granted) else { return true };
    let ended = Rc::clone(&ours);
    spawn_local(async move {
        let was_refused_or_stolen = JsFuture::from(held).await.is_err();
        if was_refused_or_stolen && ended.replace(true) {
            lost();
        }
        resolve(&answer);
    });
    JsFuture::from(answered).await.expect("nobody rejects this promise");
    ours.get()
}

/// A promise and what resolves it.
fn open_promise() -> (Promise, Function) {
    let mut resolver = None;
    let promise = Promise::new(&mut |resolve, _| resolver = Some(resolve));
    (promise, resolver.expect("a promise hands its resolver out at once"))
}

fn resolve(resolver: &Function) {
    // A resolver does not throw, and the second call does nothing.
    let _resolved = resolver.call0(&JsValue::UNDEFINED);
}

fn locks() -> Option<Locks> {
    let locks = Reflect::get(&scope::scope().navigator(), &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
