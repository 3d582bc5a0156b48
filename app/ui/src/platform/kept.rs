//! The two small stores of a page, as JSON. A browser that blocks them throws at the first look, which must not end the
//! app; crate `gloo-storage` does not survive that.

use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

use super::window;

/// For this device.
pub(crate) fn on_device() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// For this tab.
pub(crate) fn in_tab() -> Option<Storage> {
    window()?.session_storage().ok().flatten()
}

/// What is kept under a key, if it can be read.
pub(crate) fn get<T: DeserializeOwned>(from: Option<Storage>, key: &str) -> Option<T> {
    serde_json::from_str(&from?.get_item(key).ok()??).ok()
}

/// Keeps a value; a browser that refuses forgets it.
pub(crate) fn set<T: Serialize>(to: Option<Storage>, key: &str, value: &T) {
    if let (Some(to), Ok(json)) = (to, serde_json::to_string(value)) {
        let _refused = to.set_item(key, &json);
    }
}

/// Forgets what is kept under a key.
pub(crate) fn delete(from: Option<Storage>, key: &str) {
    if let Some(from) = from {
        let _refused = from.remove_item(key);
    }
}
