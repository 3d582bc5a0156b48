// The browser's offer to put Grend on the home screen. It may come before the app is there, and counts once, so it waits
// here until somebody takes it up. `grendInstall` is there as long as the offer stands; "grend-install" says that it
// came or went.

export function catchOffer() {
  addEventListener("beforeinstallprompt", (event) => {
    // Nobody is asked before they have seen what it is.
    event.preventDefault();
    offer(() => {
      offer(undefined);
      event.prompt();
    });
  });
  addEventListener("appinstalled", () => offer(undefined));
}

function offer(ask) {
  globalThis.grendInstall = ask;
  dispatchEvent(new Event("grend-install"));
}
