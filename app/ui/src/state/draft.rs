//! What is typed and not saved yet. A draft writes itself down at every change and comes back after a reload.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::platform::drafts;

/// A form's content under its own key.
pub(crate) struct Draft<T: Send + Sync + 'static> {
    /// As typed.
    pub(crate) value: RwSignal<T>,
    /// Whether it is known what was kept; a form shows its fields then.
    pub(crate) loaded: RwSignal<bool>,
    /// Whether the device has taken everything typed so far.
    pub(crate) kept: RwSignal<bool>,
    pen: StoredValue<Pen, LocalStorage>,
}

impl<T: Send + Sync + 'static> Clone for Draft<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Draft<T> {}

impl<T> Draft<T>
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    /// Opens the draft under `key`: what was kept, or `fresh`.
    pub(crate) fn open(key: String, fresh: T) -> Self {
        let (value, loaded, kept) = (RwSignal::new(fresh), RwSignal::new(false), RwSignal::new(true));
        let pen = Pen::new(key.clone(), kept);
        let draft = Self { value, loaded, kept, pen: StoredValue::new_local(pen.clone()) };
        spawn_local(async move {
            let kept = drafts::load(&key).await;
            // A draft of another release that reads no more is not worth an error.
            if let Some(kept) = kept.and_then(|json| serde_json::from_slice(json.as_bytes()).ok()) {
                value.try_set(kept);
            }
            loaded.try_set(true);
        });
        Effect::new(move |before: Option<Option<T>>| {
            let now = value.get();
            if !loaded.get() {
                return None;
            }
            if before.flatten().is_some_and(|before| before != now)
                && let Ok(json) = serde_json::to_string(&now)
            {
                pen.write(Line::Save(json));
            }
            Some(now)
        });
        draft
    }

    /// Forgets it: it has become an act, or is not wanted.
    pub(crate) fn clear(self) {
        self.pen.try_with_value(|pen| pen.write(Line::Clear));
    }
}

/// Writes one line after the other, leaving out what is older than the newest. Outlives the form: the last letter
/// typed before somebody leaves the page is written too.
#[derive(Clone)]
struct Pen {
    key: Rc<str>,
    kept: RwSignal<bool>,
    next: Rc<RefCell<Next>>,
}

#[derive(Default)]
struct Next {
    line: Option<Line>,
    writing: bool,
    closed: bool,
}

enum Line {
    Save(String),
    Clear,
}

impl Pen {
    fn new(key: String, kept: RwSignal<bool>) -> Self {
        Self { key: key.into(), kept, next: Rc::default() }
    }

    fn write(&self, line: Line) {
        {
            let mut next = self.next.borrow_mut();
            if next.closed {
                return;
            }
            next.closed = matches!(line, Line::Clear);
            next.line = Some(line);
            if core::mem::replace(&mut next.writing, true) {
                return;
            }
        }
        let pen = self.clone();
        spawn_local(async move {
            while let Some(line) = pen.take() {
                match line {
                    Line::Save(json) => {
                        let kept = drafts::save(&pen.key, &json).await;
                        // The form may be gone by now.
                        pen.kept.try_set(kept);
                    }
                    Line::Clear => drafts::clear(&pen.key).await,
                }
            }
        });
    }

    fn take(&self) -> Option<Line> {
        let mut next = self.next.borrow_mut();
        let line = next.line.take();
        next.writing = line.is_some();
        line
    }
}
