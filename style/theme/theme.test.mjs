// Text is readable and borders are seen, day and night (WCAG 2.2: 1.4.3 and 1.4.11), and the CSS is the palette's.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast } from "./oklch.mjs";
import { colours, FAMILY_NAMES, SCHEMES } from "./palette.mjs";
import { css, TARGET } from "./css.mjs";

const TEXT = 4.5;
const SHAPE = 3;
const GROUNDS = ["background-default", "background-tinted", "surface-default", "surface-tinted", "surface-hover"];

for (const scheme of SCHEMES) {
  const all = colours(scheme);
  const of = (family, step) => all[`--ds-color-${family}-${step}`];
  const pair = (least, one, other, name) => {
    const is = contrast(one, other);
    assert.ok(is >= least, `${scheme}: ${name} ${one} on ${other} is ${is.toFixed(2)}, less than ${least}`);
  };

  test(`text of every family is readable on its own and the neutral grounds, ${scheme}`, () => {
    for (const family of FAMILY_NAMES) {
      for (const text of ["text-default", "text-subtle"]) {
        for (const ground of GROUNDS) {
          pair(TEXT, of(family, text), of(family, ground), `${family} ${text} on own ${ground}`);
          pair(TEXT, of(family, text), of("neutral", ground), `${family} ${text} on neutral ${ground}`);
          pair(TEXT, of("neutral", text), of(family, ground), `neutral ${text} on ${family} ${ground}`);
        }
      }
    }
  });

  test(`what stands on a filled button is readable in all its states, ${scheme}`, () => {
    for (const family of FAMILY_NAMES) {
      for (const base of ["base-default", "base-hover", "base-active"]) {
        pair(TEXT, of(family, "base-contrast-default"), of(family, base), `${family} contrast on ${base}`);
      }
    }
  });

  test(`borders of fields and the focus ring are seen, ${scheme}`, () => {
    for (const ground of GROUNDS.slice(0, 4)) {
      for (const family of FAMILY_NAMES) {
        pair(SHAPE, of(family, "border-default"), of("neutral", ground), `${family} border on ${ground}`);
      }
      pair(SHAPE, all["--ds-color-focus-outer"], of("neutral", ground), `focus ring on ${ground}`);
      pair(TEXT, all["--ds-link-color-visited"], of("neutral", ground), `visited link on ${ground}`);
    }
    pair(SHAPE, all["--ds-color-focus-outer"], all["--ds-color-focus-inner"], "the two rings of focus");
  });

  test(`the side bar is readable, ${scheme}`, () => {
    for (const ground of ["--g-side", "--g-side-on"]) {
      pair(TEXT, all["--g-side-text"], all[ground], `side text on ${ground}`);
      pair(TEXT, all["--g-side-text-subtle"], all[ground], `quiet side text on ${ground}`);
    }
  });
}

test("src/colours.css is what the palette gives", () => {
  assert.equal(readFileSync(TARGET, "utf8"), css(), "run `npm run colours`");
});
