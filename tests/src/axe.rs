//! axe-core over the page: the rules of WCAG 2.2 A and AA and axe's own good practice.

use std::{fs, sync::LazyLock};

use serde_json::Value;

use crate::{Browser, programs::root};

static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = root().join("style/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file)
        .unwrap_or_else(|_| panic!("{} is not there: `cargo xtask build` fetches it.", file.display()))
});

/// What axe finds wrong with the page: one line for each rule and place. Empty is right.
///
/// # Panics
/// When axe cannot run.
#[must_use]
pub fn violations(browser: &Browser) -> Vec<String> {
    if browser.script("return typeof axe", &[]) != "object" {
        // The page's policy does not bind what the driver runs, but an `eval` within it.
        let _nothing = browser.script(&AXE, &[]);
    }
    // What fades in is not yet as it will be; what never ends (smoke) changes no colours of words.
    let _still = browser.script(
        "const ends = (a) => a.playState !== 'paused' && Number.isFinite(a.effect.getComputedTiming().endTime);
         const all = Promise.allSettled(document.getAnimations().filter(ends).map((a) => a.finished));
         return Promise.race([all, new Promise((done) => setTimeout(done, 5000))]).then(() => true)",
        &[],
    );
    let found = browser.script(
        "return axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap((v) =>
            v.nodes.map((n) => `${v.id} (${v.impact}): ${n.target.join(' ')} | ${n.failureSummary.split('\\n').slice(0, 3).join(' ')}`)))",
        &[],
    );
    // Not axe's any more, but a thing named by the wrong heading is read aloud wrongly.
    let twice = browser.script(
        "const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
         return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))].map((id) => `two things have the id ${id}`)",
        &[],
    );
    let lines = |found: &Value| -> Vec<String> {
        found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    [lines(&found), lines(&twice)].concat()
}
