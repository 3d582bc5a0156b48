//! What the device had stored, read back.

use std::collections::BTreeMap;

use super::{
    core::Core,
    devices::Coming,
    engine::Engine,
    room::RoomSync,
    store::{self, StoredRoom, Unreadable},
};
use crate::{
    crypto::{
        DeviceKeys, Entropy,
        head::{ItemKind, LogHead},
    },
    ids::RoomId,
    membership::KeyRing,
};

impl Engine {
    /// Loads everything from the device's storage: all its keys and plain values. A room that can not be read stands
    /// still and takes no other with it; what is stored of it is left as it is.
    ///
    /// # Errors
    /// [`Unreadable`] when the device's own keys can not be read; nothing was changed.
    pub fn load(
        stored: impl IntoIterator<Item = (String, Vec<u8>)>,
        entropy: Box<dyn Entropy>,
    ) -> Result<Self, Unreadable> {
        let stored: BTreeMap<String, Vec<u8>> = stored.into_iter().collect();
        let keys = stored.get(store::DEVICE).map(|bytes| DeviceKeys::from_stored(bytes));
        let keys = keys.transpose().map_err(|_| Unreadable { key: store::DEVICE.to_owned() })?;
        // Better a move begun again than no app.
        let mine = stored.get(store::MINE).and_then(|bytes| store::from_cbor(store::MINE, bytes).ok());
        let mine = mine.unwrap_or_default();
        let mut engine = Self {
            core: Core::new(keys, mine, entropy),
            rooms: BTreeMap::new(),
            unreadable: Vec::new(),
            asks: Vec::new(),
            to_note: Vec::new(),
            summary: None,
            coming: Coming::default(),
        };
        for (key, bytes) in stored.range("room/".to_owned()..).take_while(|(key, _)| key.starts_with("room/")) {
            // A key that names no room is nobody's.
            let Ok(id) = key["room/".len()..].parse() else { continue };
            match store::from_cbor(key, bytes).and_then(|room| load_room(&engine.core, id, room, &stored)) {
                Ok(room) => {
                    engine.to_note.extend(room.to_note().map(|note| (id, note)));
                    engine.rooms.insert(id, room);
                }
                Err(Unreadable { .. }) => {
                    engine.unreadable.push(id);
                }
            }
        }
        Ok(engine)
    }
}

fn load_room(
    core: &Core,
    id: RoomId,
    stored_room: StoredRoom,
    stored: &BTreeMap<String, Vec<u8>>,
) -> Result<RoomSync, Unreadable> {
    let mut room = replay(core, id, stored_room.clone(), stored, KeyRing::default())?;
    if room.must_read_anew() {
        // With all keys that are in the log, what was set aside for want of one takes its place.
        room = replay(core, id, stored_room, stored, room.ring)?;
    }
    if !room.still_stopped() {
        (room.stored.stopped, room.stored.fork) = (None, None);
    }
    room.begun_anew = false;
    room.to_erase = room.to_erase(stored);
    load_outbox(core, &mut room, stored)?;
    Ok(room)
}

/// Reads a room's log again, from its beginning.
fn replay(
    core: &Core,
    id: RoomId,
    stored_room: StoredRoom,
    stored: &BTreeMap<String, Vec<u8>>,
    ring: KeyRing,
) -> Result<RoomSync, Unreadable> {
    let head = LogHead::from(stored_room.head);
    let mut room = RoomSync::new(id, stored_room);
    room.ring = ring;
    for seq in 1..=head.seq {
        let key = store::log_key(id, seq);
        let unreadable = || Unreadable { key: key.clone() };
        let (kind, bytes) = stored.get(&key).and_then(|value| value.split_first()).ok_or_else(unreadable)?;
        let kind = ItemKind::from_number(*kind).ok_or_else(unreadable)?;
        room.keep_at_hand(kind, bytes);
        let taken = room.take_item(&core.keys, kind, bytes.to_vec(), true);
        taken.map_err(|_| unreadable())?;
    }
    if room.head != head {
        return Err(Unreadable { key: store::room_key(id) });
    }
    Ok(room)
}

fn load_outbox(core: &Core, room: &mut RoomSync, stored: &BTreeMap<String, Vec<u8>>) -> Result<(), Unreadable> {
    let prefix = format!("out/{}/", room.id);
    for (key, bytes) in stored.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix)) {
        let unreadable = |_| Unreadable { key: key.clone() };
        let number = u64::from_str_radix(&key[prefix.len()..], 16).map_err(unreadable)?;
        let entry: store::OutboxEntry = store::from_cbor(key, bytes)?;
        room.note_self(&core.keys);
        if let Some(change) = &entry.change {
            // Written by this device before; if it does not fit, the command beside it is written anew.
            let actor = room.actor(core.keys.device());
            let applied = room.document.apply(change, actor).is_ok();
            let change = entry.change.clone().filter(|_| applied);
            room.outbox.insert(number, store::OutboxEntry { change, ..entry });
        } else {
            room.outbox.insert(number, entry);
        }
    }
    Ok(())
}
