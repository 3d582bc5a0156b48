//! What a device has stored, and all it ever had stored.

use std::collections::{BTreeMap, BTreeSet};

use grend_shared::{
    crypto::{DeviceKeys, entropy::random, head::ItemKind},
    ids::{PersonId, RoomId},
    membership::{Entry, Room},
    protocol::Item,
    sync::{Write, store},
};

use super::Chance;

/// A disk that forgets nothing: whoever has the device may have copied it at any moment.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    now: BTreeMap<String, Vec<u8>>,
    ever: BTreeSet<Vec<u8>>,
}

impl Disk {
    /// A disk with a device's keys and nothing else.
    #[must_use]
    pub fn of(keys: &DeviceKeys) -> Self {
        let mut disk = Self::default();
        let value = Some(keys.to_stored().expose().to_vec().into());
        disk.write(Write { key: store::DEVICE.to_owned(), value });
        disk
    }

    /// Keys of a person and device that nobody has met.
    #[must_use]
    pub fn new_keys() -> DeviceKeys {
        DeviceKeys::generate(PersonId::from_bytes(random(&mut Chance)), &mut Chance)
    }

    pub(super) fn write(&mut self, write: Write) {
        match write.value {
            Some(value) => {
                self.ever.insert(value.expose().to_vec());
                self.now.insert(write.key, value.expose().to_vec());
            }
            None => {
                self.now.remove(&write.key);
            }
        }
    }

    pub(super) fn all(&self) -> Vec<(String, Vec<u8>)> {
        self.now.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The rooms whose log is here.
    pub fn rooms(&self) -> impl Iterator<Item = RoomId> {
        self.now.keys().filter_map(|key| key.strip_prefix("room/")?.parse().ok())
    }

    /// Whether nothing written in a room waits to be sent.
    #[must_use]
    pub fn has_sent_all(&self, room: RoomId) -> bool {
        let waiting = format!("out/{room}/");
        !self.now.keys().any(|key| key.starts_with(&waiting))
    }

    /// Every value it has had at any moment.
    pub fn ever(&self) -> impl Iterator<Item = &[u8]> {
        self.ever.iter().map(Vec::as_slice)
    }

    /// The device's keys.
    ///
    /// # Panics
    /// When there are none yet.
    #[must_use]
    pub fn keys(&self) -> DeviceKeys {
        let stored = self.now.get(store::DEVICE).expect("a device that is in a room has keys");
        DeviceKeys::from_stored(stored).expect("keys as they are stored")
    }

    /// A room's log, as far as it is here.
    #[must_use]
    pub fn log(&self, room: RoomId) -> Vec<Item> {
        let item = |value: &Vec<u8>| {
            let (kind, bytes) = value.split_first()?;
            Some(Item { kind: *kind, bytes: bytes.to_vec() })
        };
        (1..).map_while(|seq| self.now.get(&store::log_key(room, seq)).and_then(item)).collect()
    }
}

impl FromIterator<(String, Vec<u8>)> for Disk {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(stored: I) -> Self {
        let mut disk = Self::default();
        stored.into_iter().for_each(|(key, value)| disk.write(Write { key, value: Some(value.into()) }));
        disk
    }
}

/// A room's membership after the entries of a log; what does not apply is left out, as by whoever judges it.
///
/// # Panics
/// When it does not begin with a Genesis.
#[must_use]
pub fn membership(items: &[Item]) -> Room {
    let mut entries = items
        .iter()
        .filter(|item| item.kind() == Some(ItemKind::Membership))
        .filter_map(|item| Entry::parse(item.bytes.clone()).ok());
    let mut room = Room::begin(&entries.next().expect("a log has a beginning")).expect("a Genesis");
    for entry in entries {
        let _judged = room.apply(&entry);
    }
    room
}
