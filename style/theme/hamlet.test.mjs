// Names in the hamlet are readable on every ground, in all seasons, by day and by night (WCAG 2.2: 1.4.3).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast } from "./oklch.mjs";

const read = (name) => readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8");

// The colours under .g-hamlet of one file, as [{ season, colours }]; the one without a season holds for all.
function blocks(css) {
  const rules = [...css.matchAll(/(?:^|\n)\s*(?:\.g-hamlet|&)([^{\n]*)\{([^{}]*)/g)];
  return rules.map(([, selector, body]) => ({
    season: /data-season="(\w+)"/.exec(selector)?.[1],
    colours: Object.fromEntries([...body.matchAll(/--h-([\w-]+): (#\w{6});/g)].map(([, name, value]) => [name, value])),
  }));
}

for (const [time, files] of [["day", ["hamlet.css"]], ["night", ["hamlet.css", "hamlet-night.css"]]]) {
  for (const season of ["winter", "spring", "summer", "autumn"]) {
    test(`names are readable, ${season} ${time}`, () => {
      const all = {};
      for (const file of files) {
        const found = blocks(read(file));
        for (const block of found.filter((block) => !block.season)) Object.assign(all, block.colours);
        for (const block of found.filter((block) => block.season === season)) Object.assign(all, block.colours);
      }
      for (const ground of ["ground-1", "ground-2", "ground-3", "way"]) {
        const is = contrast(all.ink, all[ground]);
        assert.ok(is >= 4.5, `a name on ${ground} (${all.ink} on ${all[ground]}) is ${is.toFixed(2)}`);
      }
    });
  }
}
