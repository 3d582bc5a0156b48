// The engine's home: a module worker that loads its Wasm and sees to it that nothing is lost on the way. What the page
// says before the engine listens is kept in `grendEarly`; the engine sets its own `onmessage` at its start and takes
// those events first.
//
// The build fills in GREND_ENGINE_WASM and resolves "grend-engine" to the script of the engine's crate.

import startEngine from "grend-engine";

self.grendEarly = [];
self.onmessage = (event) => self.grendEarly.push(event);

// After an error that nobody caught the engine's memory may be half-changed: what it has stored is whole, so the page
// starts a new one.
function giveUp(error) {
  console.error("The engine stopped:", error);
  self.postMessage(null);
  self.close();
}

self.addEventListener("error", (event) => giveUp(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => giveUp(event.reason));

startEngine({ module_or_path: GREND_ENGINE_WASM }).catch(giveUp);
