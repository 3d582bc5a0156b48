// Lets Grend open without the net. Each release is kept whole or not at all: every file is checked against its hash,
// and the page of one release never meets the scripts of another.
//
// A disk may lose or spoil what it keeps. What is missing comes from the net, what is spoilt is put right: small files
// are looked at when they are asked for, the Wasm behind the page's back, and at once when the page says so.
//
// The build fills in GREND_BUILD, GREND_PRECACHE (address → integrity) and GREND_LATER, the same of what is fetched when
// it is first shown and kept from then on.

import { unreachablePage } from "./js/unreachable.js";

const CACHE = `grend-${GREND_BUILD}`;

// Only ever answered by the relay.
const LIVE = ["/sync", "/healthz", "/version.json"];

self.addEventListener("install", (event) => event.waitUntil(keepRelease()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

// How long the page has the disk to itself before all of it is looked through.
const PATIENCE = 2000;

let looking = false;
let wanted = false;

// The page lets a new release in when nobody is in the middle of something, and asks for mending when it cannot start.
self.addEventListener("message", (event) => {
  const { type } = event.data ?? {};
  if (type === "SkipWaiting") self.skipWaiting();
  if (type === "Mend") event.waitUntil(mend().then((mended) => event.ports[0].postMessage(mended)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || LIVE.includes(url.pathname)) return;
  if (request.mode === "navigate") {
    event.respondWith(page(request));
    event.waitUntil(lookThrough());
  } else if (url.pathname in GREND_PRECACHE || url.pathname.startsWith("/assets/")) event.respondWith(kept(request));
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
  return (await inThisRelease("/")) ?? fetch(request).catch(unreachablePage);
}

async function kept(request) {
  const { pathname } = new URL(request.url);
  if (pathname in GREND_LATER) return (await wholeInThisRelease(pathname)) ?? keep(request);
  const file = pathname in GREND_PRECACHE ? inThisRelease(pathname) : inAnOlder(request);
  return (await file) ?? fetch(request);
}

// Letters that few names have, the sample hamlet: whoever has been shown it is shown it without the net too.
async function keep(request) {
  const file = await fetch(request);
  if (file.ok) {
    const copy = file.clone();
    caches.open(CACHE).then((cache) => cache.put(request, copy)).catch(() => {
      // The disk is full: the next one is fetched again.
    });
  }
  return file;
}

async function inThisRelease(address) {
  // Wasm says itself that it is spoilt, and is too large to be read twice at every start.
  return address.endsWith(".wasm") ? find(address) : wholeInThisRelease(address);
}

async function wholeInThisRelease(address) {
  const file = await find(address);
  return file && (await isWhole(address, file.clone()).catch(() => false)) ? file : undefined;
}

async function find(address) {
  try {
    return await (await caches.open(CACHE)).match(address);
  } catch (error) {
    console.warn("What is kept cannot be read:", error);
  }
}

async function inAnOlder(request) {
  return caches.match(request).catch(() => undefined);
}

async function isWhole(address, file) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return (GREND_PRECACHE[address] ?? GREND_LATER[address]) === `sha256-${btoa(String.fromCharCode(...hash))}`;
}

// Once for each page that is opened. What is spoilt while all is being looked through may have been passed by already.
async function lookThrough() {
  wanted = true;
  if (looking) return;
  looking = true;
  while (wanted) {
    wanted = false;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    await mend();
  }
  looking = false;
}

// Fetches what is missing or spoilt; says how many files it was. Without the net, or when the relay has another release
// by now, a spoilt file is at least out of the way.
async function mend() {
  let mended = 0;
  try {
    const cache = await caches.open(CACHE);
    for (const [address, integrity] of Object.entries(GREND_PRECACHE)) {
      const file = await cache.match(address);
      if (file && (await isWhole(address, file))) continue;
      await cache.delete(address);
      await cache.add(new Request(address, { integrity, cache: "reload" }));
      mended += 1;
    }
  } catch (error) {
    console.warn("Not all that was kept is whole:", error);
  }
  return mended;
}
