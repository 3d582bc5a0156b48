//! What is typed and not saved yet, kept encrypted in the store: through reload, crash and update. In the sample
//! hamlet it is kept in memory, as everything there.

use core::cell::RefCell;
use std::collections::HashMap;

use grend_store::screen;

use crate::routes::World;

thread_local! {
    static SAMPLE: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Keeps a draft; `false` if the device did not take it. What is typed is still in the form then.
pub(crate) async fn save(key: &str, json: &str) -> bool {
    match World::here() {
        World::Own => screen::save_draft(key, json).await.is_ok(),
        World::Sample => {
            SAMPLE.with_borrow_mut(|drafts| drafts.insert(key.to_owned(), json.to_owned()));
            true
        }
    }
}

/// The draft kept under a key.
pub(crate) async fn load(key: &str) -> Option<String> {
    match World::here() {
        World::Own => screen::load_draft(key).await,
        World::Sample => SAMPLE.with_borrow(|drafts| drafts.get(key).cloned()),
    }
}

/// Forgets a draft that has become an act.
pub(crate) async fn clear(key: &str) {
    match World::here() {
        // A draft that stays comes up again in its form, and can be cleared there.
        World::Own => drop(screen::clear_draft(key).await),
        World::Sample => drop(SAMPLE.with_borrow_mut(|drafts| drafts.remove(key))),
    }
}
