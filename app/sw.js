// Lets Grend open without the net. Each release is kept whole or not at all: every file is checked against its hash,
// and the page of one release never meets the scripts of another.
//
// The build fills in GREND_BUILD and GREND_PRECACHE (address → integrity).

const CACHE = `grend-${GREND_BUILD}`;

// Only ever answered by the relay.
const LIVE = ["/sync", "/healthz", "/version.json"];

self.addEventListener("install", (event) => event.waitUntil(keepRelease()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

// The page asks when nobody is in the middle of something.
self.addEventListener("message", (event) => {
  if (event.data?.type === "SkipWaiting") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || LIVE.includes(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname in GREND_PRECACHE || url.pathname.startsWith("/assets/")) event.respondWith(kept(request));
});

async function keepRelease() {
  const cache = await caches.open(CACHE);
  const requests = Object.entries(GREND_PRECACHE).map(([address, integrity]) => {
    // Hashed names may come from the browser's own cache; the others must be of this release.
    const fromCache = address.startsWith("/assets/") ? "default" : "reload";
    return new Request(address, { integrity, cache: fromCache });
  });
  try {
    await cache.addAll(requests);
  } catch (error) {
    // Half a release is none, and must not count as the previous one.
    await caches.delete(CACHE);
    throw error;
  }
}

async function takeOver() {
  // A page of the previous release may still be open and load its engine anew, so one older cache stays. Names come in
  // the order in which the caches were made.
  const older = (await caches.keys()).filter((name) => name.startsWith("grend-") && name !== CACHE);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// Every address of the app is the same page; the app reads the address.
async function page(request) {
  return (await inThisRelease("/")) ?? fetch(request);
}

async function kept(request) {
  return (await inThisRelease(request)) ?? (await caches.match(request)) ?? fetch(request);
}

async function inThisRelease(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request);
}
