//! Watches what a page says of where things have come, without missing anything between two looks: every change is
//! noted in the page itself, with the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::Browser;

/// What stood on the page, from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Milliseconds since 1970, by the clock of this machine.
    pub at: u64,
    /// The chip in the header: `saved`, `sent`, `received` or `away`; empty while there is none.
    pub chip: String,
    /// Where the own changes of each gathering on the page have come, in the order of the page.
    pub deliveries: Vec<String>,
    /// What the page says of the gatherings, states of delivery left out.
    pub words: String,
}

const WATCH: &str = "
    window.grendSeen = [];
    const note = () => {
        const all = (selector) => [...document.querySelectorAll(selector)];
        const gatherings = all('[data-test=gathering], [data-test=gathering-detail]');
        const said = all('[data-test=gathering], [data-test=conflict], [data-test=family-answer]');
        const sight = {
            chip: document.querySelector('[data-test=sync-chip]')?.dataset.state ?? '',
            deliveries: gatherings.map((g) => g.dataset.delivery ?? ''),
            words: said.map((e) => e.innerText).join(' | ').replace(/\\s+/g, ' '),
        };
        const last = window.grendSeen.at(-1);
        const same = last && ['chip', 'words'].every((k) => last[k] === sight[k])
            && String(last.deliveries) === String(sight.deliveries);
        if (!same) window.grendSeen.push({ at: Date.now(), ...sight });
    };
    new MutationObserver(note).observe(document, {
        subtree: true, childList: true, characterData: true, attributes: true,
        attributeFilter: ['data-state', 'data-delivery', 'aria-pressed'],
    });
    note();";

/// Begins to watch; a reload ends it.
pub fn begin(browser: &Browser) {
    let _nothing = browser.script(WATCH, &[]);
}

/// All that was seen since [`begin`], in order.
///
/// # Panics
/// When the page has been left meanwhile.
#[must_use]
pub fn seen(browser: &Browser) -> Vec<Sight> {
    let seen = browser.script("return window.grendSeen", &[]);
    let seen = seen.as_array().unwrap_or_else(|| panic!("{} left the page that was watched", browser.name()));
    seen.iter().map(sight).collect()
}

fn sight(value: &Value) -> Sight {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Sight {
        at: value["at"].as_u64().unwrap_or_default(),
        chip: text(&value["chip"]),
        deliveries: value["deliveries"].as_array().into_iter().flatten().map(text).collect(),
        words: text(&value["words"]),
    }
}

/// Now, as the page's clock has it.
///
/// # Panics
/// When this machine believes to be before 1970.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).expect("this is before the year 500 000 000")
}

/// The states one after the other, each once.
#[must_use]
pub fn steps<'a>(states: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut steps: Vec<String> = states.into_iter().filter(|state| !state.is_empty()).map(str::to_owned).collect();
    steps.dedup();
    steps
}
