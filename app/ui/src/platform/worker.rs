//! The engine's worker: started, spoken to in packed bytes, heard, ended.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::property;

/// A running worker. Dropping it ends it.
pub(crate) struct EngineWorker {
    worker: Worker,
    _heard: Closure<dyn Fn(MessageEvent)>,
    _failed: Closure<dyn Fn(Event)>,
}

impl EngineWorker {
    /// Starts a worker; a message that is no bytes is its last word. `None` if the page does not say where its script
    /// is, or the browser has no workers.
    pub(crate) fn start(heard: impl Fn(Vec<u8>) + 'static, failed: impl Fn() + Clone + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&script()?, &options).ok()?;
        let died = failed.clone();
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            match event.data().dyn_into::<Uint8Array>() {
                Ok(packed) => heard(packed.to_vec()),
                Err(_) => died(),
            }
        });
        let failed = Closure::<dyn Fn(Event)>::new(move |_| failed());
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Some(Self { worker, _heard: heard, _failed: failed })
    }

    /// Says something to the engine; `false` if it cannot be said.
    pub(crate) fn post(&self, packed: &[u8]) -> bool {
        self.worker.post_message(&Uint8Array::from(packed)).is_ok()
    }

    /// Ends it: it says nothing any more.
    pub(crate) fn end(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Drop for EngineWorker {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where the worker's script is: its name carries a hash, so the build says it in the page.
fn script() -> Option<String> {
    let build = property(&js_sys::global(), "grendBuild")?;
    property(&build, "engineWorker")?.as_string()
}
