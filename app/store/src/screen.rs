//! What the screen itself keeps and reads: the projections of last time for its first paint, and drafts.

use std::{cell::RefCell, rc::Rc};

use grend_shared::{codec, projection::Room};

use crate::{Fault, Store, VIEWS, Write};

thread_local! {
    static STORE: RefCell<Option<Rc<Store>>> = const { RefCell::new(None) };
}

/// The stored projections in the order of their keys; none on a new device, and where they cannot be read: the engine
/// says why. Makes no keys.
pub async fn stored_rooms() -> Vec<Room> {
    let Some(store) = existing().await else { return Vec::new() };
    let stored = store.load_under(VIEWS).await.unwrap_or_default();
    stored.into_iter().filter_map(|(_, packed)| codec::unpack_view(&packed)).collect()
}

/// Keeps a draft.
///
/// # Errors
/// [`Fault`]: it is not kept, and what was kept before still is.
pub async fn save_draft(key: &str, json: &str) -> Result<(), Fault> {
    write_draft(key, Some(json.as_bytes().to_vec())).await
}

/// The draft kept under a key.
pub async fn load_draft(key: &str) -> Option<String> {
    let key = draft_key(key);
    let kept = existing().await?.load_under(&key).await.ok()?;
    let (_, json) = kept.into_iter().find(|(found, _)| *found == key)?;
    String::from_utf8(json).ok()
}

/// Forgets a draft.
///
/// # Errors
/// [`Fault`]: it is still kept.
pub async fn clear_draft(key: &str) -> Result<(), Fault> {
    write_draft(key, None).await
}

async fn write_draft(key: &str, value: Option<Vec<u8>>) -> Result<(), Fault> {
    let store = match existing().await {
        Some(store) => store,
        None if value.is_none() => return Ok(()),
        None => keep(Store::open().await.map_err(|_| Fault::Failed)?),
    };
    store.commit(&[Write { key: draft_key(key), value }]).await
}

fn draft_key(key: &str) -> String {
    format!("draft/{key}")
}

async fn existing() -> Option<Rc<Store>> {
    if let Some(store) = STORE.with_borrow(Clone::clone) {
        return Some(store);
    }
    Store::open_existing().await.ok().flatten().map(keep)
}

fn keep(store: Store) -> Rc<Store> {
    let store = Rc::new(store);
    STORE.set(Some(Rc::clone(&store)));
    store
}
