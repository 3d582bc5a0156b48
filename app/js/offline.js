// The page's side of the service worker: registers it, lets a waiting release take over when asked to, and has it mend
// what the disk has spoilt.

const HOUR = 60 * 60 * 1000;

export function keepOffline() {
  if (!("serviceWorker" in navigator)) return;
  // After the load, so that keeping a copy does not compete with showing the page.
  addEventListener("load", async () => {
    try {
      lookForReleases(await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }));
    } catch (error) {
      // Private windows may refuse: the app then works, but only with the net.
      console.warn("Grend cannot be kept on this device:", error);
    }
  });
}

// Browsers look for a new release when a page is opened; an installed app may stay open for weeks.
function lookForReleases(registration) {
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < HOUR) return;
    looked = Date.now();
    registration.update().catch(() => {
      // Without the net there is nothing new.
    });
  });
}

// Activates the release that has been fetched and waits, if there is one; the caller reloads.
export async function takeUpdate() {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  if (!registration?.waiting) return;
  const taken = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, 2000);
  });
  registration.waiting.postMessage({ type: "SkipWaiting" });
  await taken;
}

// Whether something that was kept was spoilt and is right again, so that loading anew helps. A file that stays as it is
// is not counted, so nobody loads for ever.
export async function mendRelease() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  const mended = new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data > 0);
    setTimeout(resolve, 20_000, false);
  });
  worker.postMessage({ type: "Mend" }, [port2]);
  return mended;
}
