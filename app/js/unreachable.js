// The page that the service worker answers with when neither the disk nor the net has one. It stands alone: nothing else
// can be had then.

import en from "./texts/en.json";
import nb from "./texts/nb.json";
import nn from "./texts/nn.json";
import { language } from "./preferences.js";

const TEXTS = { nb, nn, en };

export function unreachablePage() {
  const lang = language();
  const texts = TEXTS[lang];
  const page = `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Grend</title>
<main class="notice">
<h1>${texts.unreachable_title}</h1>
<p>${texts.unreachable_text}</p>
<p><a href="">${texts.reload}</a></p>
</main>
</html>`;
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" };
  return new Response(page, { headers });
}
