//! How it goes with a form: what must be mended, what went wrong, whether it is on its way.

use grend_shared::command::Problem;
use leptos::{prelude::*, task::spawn_local};

use super::Trouble;

/// The state of one form.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    /// What must be mended, field by field.
    pub(crate) problems: RwSignal<Vec<Problem>>,
    /// What went wrong.
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// Whether it is on its way; a second tap then does nothing.
    pub(crate) busy: RwSignal<bool>,
}

impl FormState {
    /// Nothing has been sent yet.
    pub(crate) fn new() -> Self {
        Self { problems: RwSignal::default(), trouble: RwSignal::new(None), busy: RwSignal::new(false) }
    }

    /// Sends the form, unless it is on its way already.
    pub(crate) fn run(self, work: impl Future<Output = Result<(), Trouble>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problems.set(Vec::new());
        self.trouble.set(None);
        spawn_local(async move {
            let outcome = work.await;
            // The page may be gone by now; then there is nobody to tell.
            self.busy.try_set(false);
            match outcome {
                Ok(()) => {}
                Err(Trouble::Problems(problems)) => self.mend(problems),
                Err(trouble) => {
                    self.trouble.try_set(Some(trouble));
                }
            }
        });
    }

    /// Shows what must be mended.
    pub(crate) fn mend(self, problems: Vec<Problem>) {
        self.problems.try_set(problems);
    }
}
