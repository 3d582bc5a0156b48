//! The two small stores of a page, as JSON. A browser that blocks them throws at the first look, which `gloo-storage` does
//! not survive: each is looked for before it is used.

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use serde::{Serialize, de::DeserializeOwned};

use super::window;

/// A store that is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    OnDevice,
    InTab,
}

/// For this device.
pub(crate) fn on_device() -> Option<Kept> {
    window()?.local_storage().ok().flatten().map(|_| Kept::OnDevice)
}

/// For this tab.
pub(crate) fn in_tab() -> Option<Kept> {
    window()?.session_storage().ok().flatten().map(|_| Kept::InTab)
}

/// What is kept under a key, if it can be read.
pub(crate) fn get<T: DeserializeOwned>(from: Option<Kept>, key: &str) -> Option<T> {
    match from? {
        Kept::OnDevice => LocalStorage::get(key).ok(),
        Kept::InTab => SessionStorage::get(key).ok(),
    }
}

/// Keeps a value; a browser that refuses forgets it.
pub(crate) fn set<T: Serialize>(to: Option<Kept>, key: &str, value: &T) {
    let _refused = match to {
        Some(Kept::OnDevice) => LocalStorage::set(key, value),
        Some(Kept::InTab) => SessionStorage::set(key, value),
        None => return,
    };
}

/// Forgets what is kept under a key.
pub(crate) fn delete(from: Option<Kept>, key: &str) {
    match from {
        Some(Kept::OnDevice) => LocalStorage::delete(key),
        Some(Kept::InTab) => SessionStorage::delete(key),
        None => {}
    }
}
