//! Grend without a mouse: Tab, Enter, Space, letters, and a focus that can be seen.

use serde_json::json;

use super::{Browser, What};
use crate::journal::Entry;

/// Keys that are no letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next thing.
    Tab,
    /// Do it.
    Enter,
    /// Press the button.
    Space,
    /// Away.
    Escape,
    /// The next of a group.
    Down,
}

impl Key {
    const fn stroke(self) -> &'static str {
        match self {
            Self::Tab => "\u{e004}",
            Self::Enter => "\u{e007}",
            Self::Space => " ",
            Self::Escape => "\u{e00c}",
            Self::Down => "\u{e015}",
        }
    }
}

/// More things than any page has to stop at.
const MOST_STOPS: usize = 80;

impl Browser {
    /// Presses a key.
    ///
    /// # Panics
    /// When the browser does not take it.
    pub fn press(&self, key: Key) {
        self.strike(key.stroke());
    }

    /// Types where the focus is, and notes it in the journal.
    ///
    /// # Panics
    /// When the browser does not take it.
    pub fn type_here(&self, text: &str) {
        self.journal.note(Entry::Typed(text.to_owned()));
        self.strike(text);
    }

    /// Goes on with Tab until the focus is on something, and sees that it can be seen there.
    ///
    /// # Panics
    /// When the focus never comes there, or cannot be seen.
    pub fn tab_to(&self, what: impl Into<What>) {
        let what = what.into();
        self.see(what.clone());
        for _ in 0..MOST_STOPS {
            if self.has_focus(&what) {
                self.assert_focus_is_seen(&what);
                return;
            }
            self.press(Key::Tab);
        }
        self.give_up(&format!("went {MOST_STOPS} stops with Tab and never came to {what}"))
    }

    /// Waits until the page's heading has the focus, as it does after each step to another page.
    ///
    /// # Panics
    /// When it does not come.
    pub fn heading_has_focus(&self) {
        self.until("until the heading has the focus", || self.has_focus(&What::css("h1")).then_some(()));
    }

    /// Whether the focus is on it.
    ///
    /// # Panics
    /// When the browser does not answer.
    #[must_use]
    pub fn has_focus(&self, what: &What) -> bool {
        let script = "return document.activeElement.matches(arguments[0])";
        self.script(script, &[json!(what.selector())]) == true
    }

    fn assert_focus_is_seen(&self, what: &What) {
        let script = "
            const e = document.activeElement;
            const round = [e, e.closest('label'), e.parentElement].filter(Boolean).map((x) => getComputedStyle(x));
            return e.matches(':focus-visible') && round.some((s) =>
                (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none');";
        if self.script(script, &[]) != true {
            self.give_up(&format!("came to {what} with Tab, and nothing shows that the focus is there"))
        }
    }

    fn strike(&self, keys: &str) {
        if let Err(refusal) = self.session().press(keys) {
            self.give_up(&format!("could not press keys ({}: {})", refusal.code, refusal.message))
        }
    }
}
