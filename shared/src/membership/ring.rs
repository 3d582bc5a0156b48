//! The keys of a room that a device has been given, and how it finds the older ones.

use super::{Body, Entry, state::Room};
use crate::crypto::{
    DeviceKeys,
    grant::{EpochKey, EpochNumber, GrantPlace, WRAPPED_LEN},
};

/// A device's keys of one room. None is believed that is not the one its epoch has published.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: Vec<(EpochNumber, EpochKey)>,
    /// Older keys under newer ones, as far as they have not been opened.
    wrapped: Vec<(EpochNumber, [u8; WRAPPED_LEN])>,
}

impl KeyRing {
    /// The key of an epoch, if it is here.
    #[must_use]
    pub fn get(&self, number: EpochNumber) -> Option<&EpochKey> {
        self.keys.iter().find(|(it, _)| *it == number).map(|(_, key)| key)
    }

    /// Whether the key of an epoch is here.
    #[must_use]
    pub fn has(&self, number: EpochNumber) -> bool {
        self.get(number).is_some()
    }

    /// Whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The latest key that is here.
    #[must_use]
    pub fn latest(&self) -> Option<&EpochKey> {
        self.keys.iter().max_by_key(|(number, _)| *number).map(|(_, key)| key)
    }

    /// All keys that are here.
    pub fn all(&self) -> impl Iterator<Item = &EpochKey> {
        self.keys.iter().map(|(_, key)| key)
    }

    /// Takes what an entry gives this device; `room` is how it stands after the entry. What does not open, or is not
    /// what was published, is not taken: the device then owes the room to say so ([`super::Duty::Lacks`]).
    pub fn take(&mut self, keys: &DeviceKeys, entry: &Entry, room: &Room) {
        if matches!(entry.body(), Body::Refound(_)) {
            self.keys.retain(|(number, _)| *number >= room.oldest_key());
            self.wrapped.clear();
        }
        let Some(epoch) = room.epoch() else { return };
        let device = keys.device();
        let sealed = match entry.body() {
            Body::Epoch(it) => {
                self.wrapped.extend(it.previous.map(|wrapped| (it.number, wrapped)));
                it.grants.iter().find(|(recipient, _)| *recipient == device).map(|(_, key)| key)
            }
            Body::Grant(it) if it.device == device => Some(&it.key),
            Body::Wrap(it) => {
                self.wrapped.push((epoch.number, it.wrapped));
                None
            }
            _ => return,
        };
        let (number, commitment) = (epoch.number, epoch.commitment);
        let place = GrantPlace {
            room: room.id(),
            prev: entry.previous(),
            epoch: number,
            device,
            author: entry.author(),
            commitment,
        };
        let key = sealed.and_then(|sealed| EpochKey::open(keys, sealed, &place).ok());
        if let Some(key) = key.filter(|key| key.inbox(room.id(), number) == epoch.inbox) {
            self.add(number, key);
        }
        self.go_back(room);
    }

    /// Opens what can be opened. A key counts for the epoch that has published it, whatever was said to be wrapped.
    fn go_back(&mut self, room: &Room) {
        let mut found = true;
        while core::mem::take(&mut found) {
            for (under, wrapped) in core::mem::take(&mut self.wrapped) {
                let Some(key) = self.get(under) else {
                    self.wrapped.push((under, wrapped));
                    continue;
                };
                let Ok(older) = key.unwrap_older(room.id(), under, &wrapped) else { continue };
                let number = room.epoch_of(|number| older.commitment(room.id(), number));
                if let Some(number) = number.filter(|number| *number >= room.oldest_key()) {
                    found |= self.add(number, older);
                }
            }
        }
    }

    /// Whether it was not here yet.
    fn add(&mut self, number: EpochNumber, key: EpochKey) -> bool {
        let new = !self.has(number);
        if new {
            self.keys.push((number, key));
        }
        new
    }
}
