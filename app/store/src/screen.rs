//! What the screen itself keeps and reads: the projections of last time for its first paint, and drafts.

use std::{cell::RefCell, rc::Rc};

use grend_shared::{codec, projection::Room, secret::SecretBytes};

use crate::{Fault, Store, VIEWS, Write};

thread_local! {
    static STORE: RefCell<Option<Rc<Store>>> = const { RefCell::new(None) };
}

/// The stored projections in the order of their keys; none on a new device, and where they cannot be read: the engine
/// says why. Makes no keys.
pub async fn stored_rooms() -> Vec<Room> {
    load_under(VIEWS).await.into_iter().filter_map(|(_, packed)| codec::unpack_view(&packed)).collect()
}

/// Keeps a draft.
///
/// # Errors
/// [`Fault`]: it is not kept, and what was kept before still is.
pub async fn save_draft(key: &str, json: &str) -> Result<(), Fault> {
    write_draft(key, Some(json.as_bytes().to_vec().into())).await
}

/// The draft kept under a key.
pub async fn load_draft(key: &str) -> Option<String> {
    let key = draft_key(key);
    let (_, json) = load_under(&key).await.into_iter().find(|(found, _)| *found == key)?;
    String::from_utf8(json).ok()
}

/// Forgets a draft.
///
/// # Errors
/// [`Fault`]: it is still kept.
pub async fn clear_draft(key: &str) -> Result<(), Fault> {
    write_draft(key, None).await
}

async fn write_draft(key: &str, value: Option<SecretBytes>) -> Result<(), Fault> {
    let key = draft_key(key);
    let store = match opened() {
        Some(store) => store,
        None => match Store::open_existing(&key).await {
            Ok(Some((store, _kept))) => keep(store),
            _ if value.is_none() => return Ok(()),
            _ => keep(Store::open().await.map_err(|_| Fault::Failed)?),
        },
    };
    store.commit(&[Write { key, value }]).await
}

fn draft_key(key: &str) -> String {
    format!("draft/{key}")
}

/// What is kept under a prefix; nothing on a new device, and where it cannot be read.
async fn load_under(prefix: &str) -> Vec<(String, Vec<u8>)> {
    if let Some(store) = opened() {
        return store.load_under(prefix).await.unwrap_or_default();
    }
    // Opened and read at once: the first page waits for it.
    let Ok(Some((store, kept))) = Store::open_existing(prefix).await else { return Vec::new() };
    keep(store);
    kept
}

fn opened() -> Option<Rc<Store>> {
    STORE.with_borrow(Clone::clone)
}

fn keep(store: Store) -> Rc<Store> {
    let store = Rc::new(store);
    STORE.set(Some(Rc::clone(&store)));
    store
}
