//! A person's devices: a new one shows its keys and comes into the rooms, another adds it, one moves to it and leaves,
//! and one that was taken out of a room forgets it.

use std::collections::BTreeMap;

use super::{
    core::{Core, Then, answered},
    engine::Engine,
    room::{Following, RoomSync},
    store::{self, StoredRoom, Wish, Write},
};
use crate::{
    crypto::{
        head::{Beacon, LogHead, Seq},
        keys::Half,
        words,
    },
    domain::Role,
    ids::{DeviceId, GroupId, RoomId},
    membership::{Body, Entry, Room as Membership, body::Remove},
    port::{Failure, Outcome, RequestId},
    projection::StopReason,
    protocol::{FromDevice, Item},
    time::Timestamp,
};

/// How long a new device waits to be added, milliseconds: five minutes.
const PAIRING: i64 = 5 * 60 * 1_000;

/// What is under way about this device itself.
#[derive(Debug, Default)]
pub(super) struct Coming {
    /// Until when it waits to be added for the first time.
    until: Option<Timestamp>,
    /// Rooms the relay lists that this device does not know, and up to where their logs go.
    rooms: BTreeMap<RoomId, Option<Seq>>,
}

impl Coming {
    /// Whether the relay is needed, and until when.
    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        self.until
    }
}

impl Engine {
    /// Shows this device's keys, for another device of the person to add it.
    pub(super) fn show_code(&mut self, request: RequestId) -> Result<(), Failure> {
        if self.rooms.values().any(|room| !room.was_left()) {
            return Err(Failure::AlreadyInside);
        }
        let half = self.core.keys.half();
        let until = self.core.now.plus_millis(PAIRING);
        self.coming.until = Some(until);
        let (code, words) = (half.to_code(), words::device_words(&half));
        self.core.answer(request, Ok(Outcome::DeviceCode { code, words, until }));
        self.core.wake();
        Ok(())
    }

    /// What another device shows, read.
    pub(super) fn read_code(&mut self, request: RequestId, code: &str) -> Result<(), Failure> {
        let half = self.check_code(code)?;
        self.core.answer(request, Ok(Outcome::DeviceWords { words: words::device_words(&half) }));
        Ok(())
    }

    /// Adds a device to all rooms; with `leave`, this one goes as soon as the other has everything.
    pub(super) fn add_device(&mut self, request: RequestId, code: &str, leave: bool) -> Result<(), Failure> {
        let half = self.check_code(code)?;
        let rooms: Vec<_> = self.rooms.iter().filter(|(_, room)| room.goes_on()).map(|(id, _)| *id).collect();
        let mut writes = Vec::new();
        for room in self.rooms.values_mut().filter(|room| room.goes_on()) {
            room.stored.wishes.retain(|wish| !matches!(wish, Wish::AddDevice { .. }));
            room.stored.wishes.push(Wish::AddDevice { code: half.to_code(), leave });
            writes.push(room.write_stored());
        }
        self.core.persist(writes, vec![answered(request, Ok(Outcome::Done))]);
        rooms.into_iter().for_each(|id| self.advance(id));
        Ok(())
    }

    fn check_code(&self, code: &str) -> Result<Half, Failure> {
        let half = Half::from_code(code).map_err(|_| Failure::BadLink)?;
        if half.device == self.core.keys.device() {
            return Err(Failure::AlreadyInside);
        }
        if self.rooms.values().any(RoomSync::goes_on) { Ok(half) } else { Err(Failure::UnknownRoom) }
    }

    /// A room the relay lists for this device and that it does not know: its log says whether that is so.
    pub(super) fn come_into(&mut self, id: RoomId) {
        if !self.unreadable.contains(&id) && self.coming.rooms.insert(id, None).is_none() {
            self.core.send(FromDevice::Open { room: id, from: LogHead::EMPTY });
        }
    }

    pub(super) fn coming_opened(&mut self, id: RoomId, to: Seq) {
        if let Some(until) = self.coming.rooms.get_mut(&id) {
            *until = Some(to);
        }
    }

    /// The first items of such a room: from here on it is followed like any other, but not shown yet.
    pub(super) fn begin_coming(&mut self, id: RoomId, items: &[Item]) {
        let Some(to) = self.coming.rooms.remove(&id).flatten() else { return };
        let genesis = items.first().and_then(|item| Entry::parse(item.bytes.clone()).ok());
        let Some(Body::Genesis(genesis)) = genesis.as_ref().map(Entry::body) else { return };
        let group = GroupId::of_person(self.core.keys.person());
        let coming = if self.coming.until.is_some() { store::Coming::New } else { store::Coming::Known };
        let stored = StoredRoom { coming: Some(coming), ..self.new_room(genesis.kind, group, Role::Member) };
        let mut room = RoomSync::new(id, stored);
        room.following = Following::CatchingUp { to: Some(to) };
        self.rooms.insert(id, room);
    }

    /// The whole log of such a room is here. It is this device's if one of its person's devices has added it; the first
    /// one says whose it is.
    pub(super) fn came(&mut self, id: RoomId) {
        let own = self.core.keys.device();
        let Some(room) = self.rooms.get(&id) else { return };
        let found = room.membership.as_ref().and_then(|it| it.person_of(own));
        let added =
            found.filter(|(_, member)| member.devices.iter().any(|it| it.device == own && it.added_by.is_some()));
        let Some((person, group, role)) = added.map(|(person, member)| (person, member.group, member.role)) else {
            self.forget(id);
            return;
        };
        if person != self.core.keys.person() {
            let has_others = self.rooms.values().any(|room| room.stored.coming.is_none() && !room.was_left());
            if has_others || room.stored.coming != Some(store::Coming::New) {
                self.forget(id);
                return;
            }
            self.core.become_device_of(person);
        }
        let keys = self.core.device_write();
        let Some(room) = self.rooms.get_mut(&id) else { return };
        (room.stored.coming, room.stored.group, room.stored.role) = (None, group, role);
        room.note_self(&self.core.keys);
        let write = room.write_stored();
        // Whoever moves here takes it as the word that all of it is on this disk.
        let beacon = room.can_seal(own).then(|| Beacon::sign(&self.core.keys, id, room.head));
        let then = beacon.map(|beacon| Then::Send(FromDevice::Seen { room: id, beacon }));
        self.commit(id, vec![keys, write], then.into_iter().collect());
    }

    /// This device was taken out of a room: nothing of it stays here but that it was so.
    pub(super) fn leave(&mut self, id: RoomId) {
        let Some(room) = self.rooms.get(&id) else { return };
        let order = room.stored.order;
        let mut writes = room.erasing();
        let group = GroupId::of_person(self.core.keys.person());
        let stored =
            StoredRoom { order, stopped: Some(StopReason::Left), ..self.new_room(room.kind(), group, Role::Member) };
        let mut room = RoomSync::new(id, stored);
        writes.push(room.write_stored());
        self.rooms.insert(id, room);
        self.commit(id, writes, Vec::new());
    }

    /// Forgets a room and that it was ever here.
    pub(super) fn forget(&mut self, id: RoomId) {
        let Some(room) = self.rooms.remove(&id) else { return };
        let mut writes = room.erasing();
        writes.push(Write { key: store::room_key(id), value: None });
        self.core.persist(writes, Vec::new());
    }

    /// Whoever moves leaves once the other device has everything, and everybody has what this one wrote.
    pub(super) fn finish_move(&mut self) {
        let own = self.core.keys.device();
        let mut rooms = self.rooms.values().filter(|room| room.goes_on());
        let Some(to) = rooms.find_map(RoomSync::moves_to) else { return };
        if !self.rooms.values().filter(|room| room.goes_on()).all(|room| room.has_all(to)) {
            return;
        }
        let ids: Vec<_> = self.rooms.iter().filter(|(_, room)| room.goes_on()).map(|(id, _)| *id).collect();
        let mut writes = Vec::new();
        for room in self.rooms.values_mut().filter(|room| room.goes_on()) {
            room.stored.wishes.retain(|wish| !matches!(wish, Wish::AddDevice { .. }));
            room.stored.wishes.push(Wish::Remove { who: Remove::Device(own) });
            writes.push(room.write_stored());
        }
        self.core.persist(writes, Vec::new());
        ids.into_iter().for_each(|id| self.advance(id));
    }

    pub(super) fn expire_coming(&mut self) {
        self.coming.until = self.coming.until.filter(|until| *until > self.core.now);
    }

    pub(super) fn coming_disconnected(&mut self) {
        self.coming.rooms.clear();
    }
}

impl RoomSync {
    /// Whether this device was taken out of it.
    pub(super) fn was_left(&self) -> bool {
        self.stored.stopped == Some(StopReason::Left)
    }

    /// Whether it is one of this device's rooms, and follows its log.
    pub(super) fn goes_on(&self) -> bool {
        self.stored.coming.is_none() && self.stored.stopped.is_none() && self.head != LogHead::EMPTY
    }

    fn moves_to(&self) -> Option<DeviceId> {
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::AddDevice { code, leave: true } => Some(Half::from_code(code).ok()?.device),
            _ => None,
        })
    }

    /// Whether another device of one's own has this room on its disk, and nothing waits here to be sent. A steward's
    /// rooms have no content to wait for.
    fn has_all(&self, device: DeviceId) -> bool {
        let there = self.membership.as_ref().is_some_and(|it| it.person_of(device).is_some());
        let keys = self.stored.role.holds_key();
        there && self.outbox.is_empty() && (!keys || self.beacons.contains_key(&device))
    }

    /// The writes after which nothing of the room's content is on the disk.
    fn erasing(&self) -> Vec<Write> {
        let log = (1..=self.head.seq).map(|seq| store::log_key(self.id, seq));
        let outbox = self.outbox.keys().map(|number| store::outbox_key(self.id, *number));
        let keys = log.chain(outbox).chain([store::view_key(self.id)]);
        keys.map(|key| Write { key, value: None }).collect()
    }

    /// Whether an entry takes this device out. Ask before it is applied.
    pub(super) fn takes_out(membership: &Membership, entry: &Entry, own: DeviceId) -> bool {
        matches!(entry.body(), Body::Remove(who) if membership.devices_of(*who).any(|device| device == own))
    }
}

impl Core {
    /// Another device has said whose this one is.
    fn become_device_of(&mut self, person: crate::ids::PersonId) {
        self.keys = self.keys.clone().of_person(person);
    }

    fn device_write(&mut self) -> Write {
        self.keys_stored = true;
        Write { key: store::DEVICE.to_owned(), value: Some(self.keys.to_stored().expose().to_vec()) }
    }
}
