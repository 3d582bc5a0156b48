// The first script of the page: a plain script in the head, so that language and colours are right before anything is
// painted and the app starts to load before the page has been read. It knows nothing of what the app does.
//
// The build fills in GREND_VERSION, GREND_UI_JS, GREND_UI_WASM and GREND_ENGINE_WORKER.

import { catchOffer } from "./install.js";
import { isWasmTrap, showNotice } from "./notice.js";
import { applyPreferences } from "./preferences.js";
import { keepOffline, mendRelease } from "./offline.js";

// How many milliseconds a kept app may take before the page says that it is coming.
const PATIENCE = 800;

applyPreferences();
showWaiting();
catchOffer();

// What the app may know of its build. `engineWorker` is the address of the worker to start.
globalThis.grendBuild = Object.freeze({
  version: GREND_VERSION,
  build: document.documentElement.dataset.build,
  engineWorker: GREND_ENGINE_WORKER,
});

// Called by the app when it cannot go on: a panic leaves its Wasm dead, so this page must not need it.
globalThis.grendCrash = (detail) => showNotice("crash", detail);

// A trap without a panic, such as an exhausted stack, says nothing to the app itself.
addEventListener("error", (event) => {
  if (isWasmTrap(event.error)) grendCrash(event.message);
});
addEventListener("unhandledrejection", (event) => {
  if (isWasmTrap(event.reason)) grendCrash(String(event.reason));
});

start();
keepOffline();

async function start() {
  if (typeof globalThis.WebAssembly?.compileStreaming !== "function") {
    await pageRead();
    showNotice("unsupported");
    return;
  }
  // Compiled while its script and the page are still being read.
  const compiled = WebAssembly.compileStreaming(fetch(GREND_UI_WASM));
  compiled.catch(() => {});
  let app;
  try {
    app = await import(GREND_UI_JS);
  } catch (error) {
    await giveUp("unreachable", error);
    return;
  }
  await pageRead();
  try {
    await app.default({ module_or_path: await compiled });
  } catch (error) {
    await giveUp(isWasmTrap(error) ? "crash" : "unreachable", error);
  }
}

// A file that the disk has spoilt is put right without a word, where that can be done.
async function giveUp(kind, error) {
  if (kind === "unreachable" && (await mendRelease())) {
    location.reload();
    return;
  }
  await pageRead();
  showNotice(kind, String(error));
}

// Where everything is kept, the app is there before anybody could read a page in its stead.
function showWaiting() {
  const show = () => {
    document.documentElement.dataset.waits = "";
  };
  if (navigator.serviceWorker?.controller) setTimeout(show, PATIENCE);
  else show();
}

function pageRead() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => addEventListener("DOMContentLoaded", resolve, { once: true }));
}
