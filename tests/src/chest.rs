//! What a device keeps under its own key, opened: the secrets that must be nowhere else. The page may *use* the key
//! that wraps the store key, and so may a test that runs scripts in it; nobody gets it out of the browser.

use std::collections::BTreeMap;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use data_encoding::BASE64;
use grend_shared::{
    codec,
    crypto::keys::DeviceKeys,
    ids::RoomId,
    projection::{self, Network},
    protocol::Item,
    sync::store,
};
use serde_json::json;

use crate::{
    Browser,
    native::{Disk, speech},
};

/// A secret that never leaves a device unsealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is.
    pub what: String,
    /// The secret itself.
    pub bytes: Vec<u8>,
}

const EMPTY_OUT: &str = "
    const database = await new Promise((done, failed) => {
        const opening = indexedDB.open('grend');
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => failed(opening.error);
    });
    const reading = database.transaction('kv', 'readonly').objectStore('kv');
    const whole = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    const [names, values] = await Promise.all([whole(reading.getAllKeys()), whole(reading.getAll())]);
    database.close();
    const kept = new Map(names.map((name, n) => [name, values[n]]));
    const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(''));
    const wrapped = new Uint8Array(kept.get('key/store'));
    const how = { name: 'AES-GCM', iv: wrapped.slice(0, 12), additionalData: new TextEncoder().encode('key/store') };
    const key = await crypto.subtle.decrypt(how, kept.get('key/wrapping'), wrapped.slice(12));
    const sealed = [...kept].filter(([name]) => !name.startsWith('key/') && !name.startsWith('test/'));
    return { key: text(key), sealed: Object.fromEntries(sealed.map(([name, value]) => [name, text(value)])) };";

/// The keys of a device: its own, the store's, and those of its rooms.
///
/// # Panics
/// When the store cannot be read as `app/store` says it is written.
#[must_use]
pub fn keys(browser: &Browser) -> Vec<Key> {
    let (store_key, kept) = open(browser);
    let device = kept.get("device").expect("a device that is in a room has keys");
    let (seed, rest) = device.split_at(32);
    let named = |what: &str, bytes: &[u8]| Key { what: format!("{what} of {}", browser.name()), bytes: bytes.to_vec() };
    let mut keys =
        vec![named("the store key", &store_key), named("the signing key", seed), named("the sealing key", &rest[..32])];
    let device = DeviceKeys::from_stored(device).expect("the device's keys are stored as `shared` says");
    let kept: Disk = kept.into_iter().collect();
    for room in kept.rooms() {
        keys.extend(speech::keys_of(&kept.log(room), &device).all().map(|key| named("a room's key", key.expose())));
    }
    keys
}

/// A copy of all that the device has stored.
///
/// # Panics
/// When the store cannot be read as `app/store` says it is written.
#[must_use]
pub fn copy(browser: &Browser) -> Disk {
    open(browser).1.into_iter().collect()
}

/// A network as it was last stored for the screen; `None` if it was not.
///
/// # Panics
/// When the store cannot be read as `app/store` says it is written.
#[must_use]
pub fn network(browser: &Browser, room: RoomId) -> Option<Network> {
    let (_, kept) = open(browser);
    match codec::unpack_view(kept.get(&store::view_key(room))?)? {
        projection::Room::Network(network) => Some(network),
        _ => None,
    }
}

/// A room's log as the device has it.
///
/// # Panics
/// When the store cannot be read as `app/store` says it is written.
#[must_use]
pub fn log(browser: &Browser, room: RoomId) -> Vec<Item> {
    copy(browser).log(room)
}

fn open(browser: &Browser) -> (Vec<u8>, BTreeMap<String, Vec<u8>>) {
    let out = browser.script(&format!("return (async () => {{ {EMPTY_OUT} }})()"), &[json!(null)]);
    let bytes = |text: &serde_json::Value| {
        BASE64.decode(text.as_str().unwrap_or_default().as_bytes()).expect("the script wrote base64")
    };
    let key = bytes(&out["key"]);
    let cipher = XChaCha20Poly1305::new_from_slice(&key).expect("the store key has 32 bytes");
    let sealed = out["sealed"].as_object().expect("the script wrote an object");
    let kept = sealed.iter().map(|(name, value)| {
        let value = bytes(value);
        let (nonce, sealed) = value.split_first_chunk::<24>().expect("a sealed value begins with its nonce");
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload);
        (name.clone(), plain.unwrap_or_else(|_| panic!("`{name}` does not open")))
    });
    (key, kept.collect())
}

/// Waits until the device's pen rests: what was typed a blink ago may still be on its way to the disk.
///
/// # Panics
/// When it never rests.
pub fn drafts_rest(browser: &Browser) {
    let mut before = json!(null);
    browser.until("until the drafts are written down", || {
        let sealed = browser.script(&format!("return (async () => {{ {EMPTY_OUT} }})()"), &[])["sealed"].take();
        let drafts = sealed.as_object()?.iter().filter(|(name, _)| name.starts_with("draft/"));
        let drafts = json!(drafts.collect::<BTreeMap<_, _>>());
        let rests = drafts == before && before != json!({});
        before = drafts;
        rests.then_some(())
    });
}

/// Makes every write of the store fail from now on: `full` as if the disk were full, `abort` for any other reason, and
/// `None` lets it work again. The seam is described in `app/store`.
///
/// # Panics
/// When the store is not there.
pub fn break_store(browser: &Browser, how: Option<&str>) {
    let script = "return new Promise((done, failed) => {
        const opening = indexedDB.open('grend');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
            const writing = opening.result.transaction('kv', 'readwrite', { durability: 'strict' });
            const kept = writing.objectStore('kv');
            if (arguments[0]) kept.put(arguments[0], 'test/fault'); else kept.delete('test/fault');
            writing.oncomplete = () => { opening.result.close(); done(true); };
            writing.onerror = () => failed(writing.error);
        };
    })";
    assert_eq!(browser.script(script, &[json!(how)]), true, "the store's seam can be set");
}
