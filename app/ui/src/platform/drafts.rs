//! What is typed and not saved yet, kept encrypted in the store: through reload, crash and update.

use std::{cell::RefCell, collections::HashMap};

thread_local! {
    static KEPT: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Keeps a draft.
#[expect(clippy::unused_async, reason = "the store, which is being written, writes IndexedDB")]
pub(crate) async fn save(key: &str, json: &str) {
    KEPT.with_borrow_mut(|kept| kept.insert(key.to_owned(), json.to_owned()));
}

/// The draft kept under a key.
#[expect(clippy::unused_async, reason = "the store, which is being written, reads IndexedDB")]
pub(crate) async fn load(key: &str) -> Option<String> {
    KEPT.with_borrow(|kept| kept.get(key).cloned())
}

/// Forgets a draft that has become an act.
#[expect(clippy::unused_async, reason = "the store, which is being written, writes IndexedDB")]
pub(crate) async fn clear(key: &str) {
    KEPT.with_borrow_mut(|kept| kept.remove(key));
}
