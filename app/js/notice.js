// The calm pages that are shown when the app itself cannot: they need neither Wasm nor the net.

import en from "./texts/en.json";
import nb from "./texts/nb.json";
import nn from "./texts/nn.json";
import { language } from "./preferences.js";
import { takeUpdate } from "./offline.js";

const TEXTS = { nb, nn, en };

let shown = false;

// Replaces the page. `kind` is "crash", "unsupported" or "unreachable"; `detail` is for whoever helps, and folded away.
// The first notice stays: what fails after it is a consequence.
export function showNotice(kind, detail) {
  if (shown) return;
  shown = true;
  const texts = TEXTS[language()];
  const page = element("main", { className: "notice", tabIndex: -1 });
  page.append(
    element("h1", { textContent: texts[`${kind}_title`] }),
    element("p", { textContent: texts[`${kind}_text`] }),
  );
  if (kind !== "unsupported") page.append(reloadButton(texts));
  page.append(...support(texts), helperDetails(texts, detail));
  document.body.replaceChildren(page);
  page.focus();
}

// Whether Wasm stopped: a panic and an exhausted stack both end as this error.
export function isWasmTrap(error) {
  return typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError;
}

function reloadButton(texts) {
  const button = element("button", { type: "button", className: "ds-button", textContent: texts.reload });
  button.addEventListener("click", async () => {
    await takeUpdate();
    location.reload();
  });
  return button;
}

// The app leaves the number of the service here while it runs: { name, phone }.
function support(texts) {
  const known = globalThis.grendSupport;
  if (!known) return [];
  const link = element("a", { href: `tel:${known.phone.replaceAll(/[^+\d]/g, "")}`, textContent: known.phone });
  const line = element("p", { textContent: `${texts.support} ${known.name}: ` });
  line.append(link);
  return [line];
}

function helperDetails(texts, detail) {
  const { version, build } = globalThis.grendBuild;
  const details = element("details", {});
  details.append(
    element("summary", { textContent: texts.details }),
    element("p", { className: "notice__detail", textContent: [version, build, detail].filter(Boolean).join(" · ") }),
  );
  return details;
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
