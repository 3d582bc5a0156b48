//! The worker's own scope: what it says to the page, its clock and its timer.

use core::cell::RefCell;

use grend_shared::{codec, port::FromEngine};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The scope this runs in.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Says something to the page.
pub(crate) fn tell(news: &FromEngine) {
    let packed = Uint8Array::from(codec::pack(news).as_slice());
    scope().post_message(&packed).expect("bytes can always be posted");
}

/// The end: everything in memory may be half-changed.
pub(crate) fn die() {
    // Nobody is left to handle an error.
    let _nobody = scope().post_message(&JsValue::NULL);
    scope().close();
}

/// The system's clock, milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "a browser's clock is whole milliseconds, far below 2^53")]
pub(crate) fn clock() -> i64 {
    js_sys::Date::now() as i64
}

/// What the page says, from the first message on: first what the script kept while the Wasm was loading.
pub(crate) fn on_message(heard: impl Fn(Vec<u8>) + 'static) {
    let hear = move |event: &JsValue| {
        if let Ok(packed) = event.unchecked_ref::<MessageEvent>().data().dyn_into::<Uint8Array>() {
            heard(packed.to_vec());
        }
    };
    let early = Reflect::get(&scope(), &"grendEarly".into()).unwrap_or(JsValue::UNDEFINED);
    if let Some(early) = early.dyn_ref::<Array>() {
        early.iter().for_each(|event| hear(&event));
        early.set_length(0);
    }
    let hear = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| hear(&event));
    scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
}

/// The net may be back.
pub(crate) fn on_online(heard: impl Fn() + 'static) {
    let hear = Closure::<dyn Fn()>::new(heard);
    // Without it the page's own word and the retries remain.
    let _refused = scope().add_event_listener_with_callback("online", hear.as_ref().unchecked_ref());
    hear.forget();
}

/// One timer; set anew it replaces what was set before.
pub(crate) struct Timer {
    fire: Closure<dyn Fn()>,
    set: RefCell<Option<i32>>,
}

impl Timer {
    pub(crate) fn new(fire: impl Fn() + 'static) -> Self {
        Self { fire: Closure::new(fire), set: RefCell::new(None) }
    }

    /// Fires once, in so many milliseconds; sooner if that is more than a timer can wait.
    pub(crate) fn set(&self, in_millis: i64) {
        self.clear();
        let delay = i32::try_from(in_millis.max(0)).unwrap_or(i32::MAX);
        let callback = self.fire.as_ref().unchecked_ref::<Function>();
        let set = scope().set_timeout_with_callback_and_timeout_and_arguments_0(callback, delay);
        self.set.replace(set.ok());
    }

    pub(crate) fn clear(&self) {
        if let Some(set) = self.set.take() {
            scope().clear_timeout_with_handle(set);
        }
    }
}

/// Waits, but at most until the function handed to `hurry` is called.
pub(crate) async fn wait(millis: i32, hurry: impl FnOnce(Function)) {
    let mut hurry = Some(hurry);
    let waited = Promise::new(&mut |done: Function, _| {
        if scope().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis).is_err() {
            // Better at once than never.
            let _done = done.call0(&JsValue::UNDEFINED);
        }
        if let Some(hurry) = hurry.take() {
            hurry(done);
        }
    });
    JsFuture::from(waited).await.expect("nobody rejects this promise");
}
