// Writes the colours as CSS. `node theme/css.mjs` renews src/colours.css; the test compares.

import { writeFileSync } from "node:fs";
import { colours, FAMILY_NAMES, STEP_NAMES } from "./palette.mjs";

export const TARGET = new URL("../src/colours.css", import.meta.url);

export function css() {
  const light = declarations("light");
  const dark = declarations("dark");
  return [
    "/* Written by theme/css.mjs from theme/palette.mjs: change the colours there. */",
    rule(":root, [data-color-scheme=\"light\"]", light),
    // Paper is always day.
    `@media not print {\n${rule("[data-color-scheme=\"dark\"]", dark)}\n}`,
    `@media screen and (prefers-color-scheme: dark) {\n${rule("[data-color-scheme=\"auto\"]", dark)}\n}`,
    ...FAMILY_NAMES.map(chosen),
    "",
  ].join("\n");
}

// What an element with data-color paints with.
function chosen(family) {
  const own = `[data-color="${family}"]`;
  const selector = family === "accent" ? `:root, [data-color-scheme], ${own}` : own;
  return rule(selector, STEP_NAMES.map((step) => `--ds-color-${step}: var(--ds-color-${family}-${step});`));
}

function declarations(scheme) {
  return [`color-scheme: ${scheme};`, ...Object.entries(colours(scheme)).map(([name, value]) => `${name}: ${value};`)];
}

function rule(selector, lines) {
  return `${selector} {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(TARGET, css());
