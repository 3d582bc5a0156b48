// The page's side of the service worker: registers it, and lets a waiting release take over when asked to.

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
