//! Everything that was typed into the browsers and every secret they were handed: what the relay must never hold.

use std::sync::{Arc, Mutex, PoisonError};

/// What somebody typed or was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Typed into a field.
    Typed(String),
    /// The part of a link behind `#`.
    Secret(String),
}

/// Shared by all browsers of a story.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Entry>>>);

impl Journal {
    /// Notes an entry; nothing empty, nothing twice.
    pub fn note(&self, entry: Entry) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (Entry::Typed(text) | Entry::Secret(text)) = &entry;
        if !text.is_empty() && !entries.contains(&entry) {
            entries.push(entry);
        }
    }

    /// All of them, in order.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
