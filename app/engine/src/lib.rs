//! The engine's worker: drives the sans-IO engine of `grend_shared::sync` with IndexedDB, a WebSocket, a Web Lock and
//! a timer. `app/js/engine-worker.js` loads it; it talks to the page in packed bytes, `ToEngine` in and `FromEngine` out.
//! Start reading at [`driver`], which decides in which order things happen; the other modules only do as told.
//!
//! **Start.** The worker's script keeps messages in `self.grendEarly` until this Wasm runs; they are taken first. The
//! first must be `Start`: it takes the lock `grend-engine`, then marks the store as its own, loads and starts.
//!
//! **Order.** Effects are carried out in the order the engine gave them. Commits run strictly one at a time, each in a
//! transaction of its own; after one that failed none that was asked for later is tried, and the engine is loaded anew.
//!
//! **Panic.** Says `null` and ends the worker. What was confirmed is on the disk; the page starts a new one.

mod browser;
mod driver;
mod lock;
mod sample;
mod scope;
mod socket;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|_| scope::die()));
    browser::listen();
}
