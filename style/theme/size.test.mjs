// What the first paint waits for stays small.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const here = (path) => new URL(`../${path}`, import.meta.url).pathname;

test("the style sheet is at most 25 kB as it travels", () => {
  const css = execFileSync(here("node_modules/.bin/esbuild"), [
    here("src/main.css"),
    "--bundle",
    "--minify",
    "--log-level=error",
    "--target=chrome111,firefox114,safari16.4",
    "--external:*.woff2",
  ]);
  const size = brotliCompressSync(css).length;
  assert.ok(size <= 25_000, `${size} bytes`);
});

test("the font is at most 45 kB, both files together", () => {
  const size = ["figtree.woff2", "figtree-ext.woff2"].map((file) => statSync(here(`fonts/${file}`)).size);
  assert.ok(size[0] + size[1] <= 45_000, `${size} bytes`);
});
