//! What is typed and not saved yet, kept encrypted in the store: through reload, crash and update.

use grend_store::screen;

/// Keeps a draft; `false` if the device did not take it. What is typed is still in the form then.
pub(crate) async fn save(key: &str, json: &str) -> bool {
    screen::save_draft(key, json).await.is_ok()
}

/// The draft kept under a key.
pub(crate) async fn load(key: &str) -> Option<String> {
    screen::load_draft(key).await
}

/// Forgets a draft that has become an act.
pub(crate) async fn clear(key: &str) {
    // A draft that stays comes up again in its form, and can be cleared there.
    let _stays = screen::clear_draft(key).await;
}
