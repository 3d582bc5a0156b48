//! One line about what was just done, with its undo; and the same line for those who listen instead of look.

use core::time::Duration;

use grend_shared::ids::{CommandId, RoomId};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

/// How long it stays. Undo is also in the gathering itself: a second change.
const STAYS: Duration = Duration::from_secs(20);

/// What was just done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    /// In words.
    pub(crate) text: String,
    /// Where it was done.
    pub(crate) room: RoomId,
    /// The acts that undo takes back, the last first.
    pub(crate) acts: Vec<CommandId>,
}

/// The line, if there is one, and what was last said aloud.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    /// On the screen.
    pub(crate) shown: RwSignal<Option<Toast>>,
    /// For screen readers.
    pub(crate) said: RwSignal<String>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Toasts {
    /// Nothing has been done yet.
    pub(crate) fn new() -> Self {
        Self { shown: RwSignal::new(None), said: RwSignal::new(String::new()), timer: StoredValue::new(None) }
    }

    /// Shows and says a line.
    pub(crate) fn show(self, toast: Toast) {
        self.say(&toast.text);
        self.shown.set(Some(toast));
        self.stay();
    }

    /// Only says a line.
    pub(crate) fn say(self, text: &str) {
        // The same words twice would be silence.
        let again = self.said.with_untracked(|said| said == text);
        self.said.set(if again { format!("{text}\u{a0}") } else { text.to_owned() });
    }

    /// Stays a while from now: also when somebody has just reached for it.
    pub(crate) fn stay(self) {
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.shown.set(None), STAYS).ok();
        self.timer.set_value(timer);
    }

    /// Takes it away.
    pub(crate) fn close(self) {
        self.stop_timer();
        self.shown.set(None);
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
