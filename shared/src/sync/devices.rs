//! A person's devices: a new one shows its code and comes into the rooms, another adds it, one moves to it and leaves,
//! and one that was taken out of a room forgets it. Why it is done so: docs/adr/0007.

use super::{
    core::{Then, answered},
    engine::Engine,
    room::{Following, RoomSync},
    store::{self, Mine, Move, StoredRoom, Write},
};
use crate::{
    crypto::{
        head::{Beacon, LogHead, Seq},
        links::DeviceCode,
        words,
    },
    domain::Role,
    ids::{DeviceId, GroupId, PersonId, RoomId},
    membership::{Body, Entry, state::Device},
    port::{Failure, Outcome, RequestId},
    projection::StopReason,
    protocol::{FromDevice, Item},
};

/// How long a new device waits to be added after showing its code, milliseconds: five minutes.
const PAIRING: i64 = 5 * 60 * 1_000;
/// How long after that the same code is shown again, milliseconds: an hour.
const STALE: i64 = 60 * 60 * 1_000;

/// Rooms the relay lists for this device and that it does not know.
#[derive(Debug, Default)]
pub(super) struct Coming {
    listed: Vec<RoomId>,
    asked: Vec<Asked>,
}

/// What the relay has said of such a room.
#[derive(Debug)]
struct Asked {
    room: RoomId,
    /// How long its log is; `None` before it has answered.
    to: Option<Seq>,
    beacons: Vec<Beacon>,
}

impl Engine {
    /// Shows this device's code, for another device of the person to add it.
    pub(super) fn show_code(&mut self, request: RequestId) -> Result<(), Failure> {
        let is_in = self.rooms.values().any(|room| room.is_own() && room.shown.is_some());
        if is_in || !self.unreadable.is_empty() {
            return Err(Failure::AlreadyInside);
        }
        let long_ago = self.core.mine.waits_until.is_some_and(|until| until.plus_millis(STALE) < self.core.now);
        if long_ago && !self.is_somebodys() {
            // Whoever has kept the old code may have done something with it.
            let writes = self.become_new();
            self.core.persist(writes, Vec::new());
        }
        let code = self.core.keys.code();
        let until = self.core.now.plus_millis(PAIRING);
        self.core.mine.waits_until = Some(until);
        let words = words::device_words(&code.half);
        let shown = Outcome::DeviceCode { code: code.to_text(), words, until };
        // It is this very device that will be added: not before it is on the disk.
        let write = self.core.write_mine();
        self.core.persist(vec![write], vec![answered(request, Ok(shown))]);
        self.core.wake();
        // It may have been added since its code ran out.
        self.come_in();
        Ok(())
    }

    /// Whether this device has rooms, or ones that can not be read.
    pub(super) fn is_somebodys(&self) -> bool {
        !self.unreadable.is_empty() || self.rooms.values().any(|room| room.is_own())
    }

    pub(super) fn waits_to_be_added(&self) -> bool {
        self.core.mine.waits_until.is_some_and(|until| until > self.core.now)
    }

    /// What another device shows, read.
    pub(super) fn read_code(&mut self, request: RequestId, code: &str) -> Result<(), Failure> {
        let code = self.check_code(code)?;
        self.core.answer(request, Ok(Outcome::DeviceWords { words: words::device_words(&code.half) }));
        Ok(())
    }

    /// Adds a device to all rooms; with `leave`, this one goes as soon as the other has everything.
    pub(super) fn add_device(&mut self, request: RequestId, code: &str, leave: bool) -> Result<(), Failure> {
        let code = self.check_code(code)?;
        let to = code.half.device;
        let mine = &mut self.core.mine;
        mine.added.retain(|text| DeviceCode::parse(text.expose()).is_ok_and(|it| it.half.device != to));
        mine.added.push(code.to_text());
        if leave {
            mine.moving = Some(Move { to, leaving: false });
        }
        let write = self.core.write_mine();
        self.core.persist(vec![write], vec![answered(request, Ok(Outcome::Done))]);
        self.advance_all();
        Ok(())
    }

    fn check_code(&self, text: &str) -> Result<DeviceCode, Failure> {
        let code = DeviceCode::from_text(text).map_err(|_| Failure::BadLink)?;
        let (own, device) = (self.core.keys.device(), code.half.device);
        if device == own {
            return Err(Failure::AlreadyInside);
        }
        let inside: Vec<_> = self.rooms.values().filter_map(|room| room.membership.as_ref()?.author(own)).collect();
        if inside.is_empty() {
            return Err(Failure::UnknownRoom);
        }
        let others = |room: &RoomSync| {
            let holder = room.membership.as_ref().and_then(|it| it.person_of(device));
            holder.is_some_and(|(person, _)| person != self.core.keys.person())
        };
        let lost = inside.iter().any(|(_, me)| me.taken_out.contains(&device));
        if lost || self.rooms.values().any(others) { Err(Failure::AlreadyInside) } else { Ok(code) }
    }

    /// The relay says that this device is in a room.
    pub(super) fn listed(&mut self, id: RoomId) {
        self.coming.listed.push(id);
        self.come_into(id);
    }

    /// Asks for all rooms the relay lists and this device does not know.
    pub(super) fn come_in(&mut self) {
        let listed: Vec<_> = self.core.session.rooms.iter().chain(&self.coming.listed).copied().collect();
        listed.into_iter().for_each(|id| self.come_into(id));
    }

    /// A room this device does not know: its log says whether it is in it.
    fn come_into(&mut self, id: RoomId) {
        let may_come = self.waits_to_be_added() || self.is_somebodys();
        let asked = self.coming.asked.iter().any(|it| it.room == id);
        if !self.is_free(id) || !may_come || !self.core.session.is_in() || asked {
            return;
        }
        self.coming.asked.push(Asked { room: id, to: None, beacons: Vec::new() });
        self.core.send(FromDevice::Open { room: id, from: LogHead::EMPTY });
    }

    pub(super) fn coming_opened(&mut self, id: RoomId, to: Seq, beacons: &[Beacon]) {
        if let Some(asked) = self.coming.asked.iter_mut().find(|it| it.room == id) {
            (asked.to, asked.beacons) = (Some(to), beacons.to_vec());
        }
    }

    pub(super) fn coming_refused(&mut self, id: RoomId) {
        self.coming.asked.retain(|it| it.room != id);
    }

    /// The first items of such a room: from here on it is followed like any other, but not shown yet.
    pub(super) fn begin_coming(&mut self, id: RoomId, items: &[Item]) {
        let Some(at) = self.coming.asked.iter().position(|it| it.room == id && it.to.is_some()) else { return };
        let Asked { to, beacons, .. } = self.coming.asked.swap_remove(at);
        let genesis = items.first().and_then(|item| Entry::parse(item.bytes.clone()).ok());
        let Some(Body::Genesis(genesis)) = genesis.as_ref().map(Entry::body) else { return };
        let group = GroupId::of_person(self.core.keys.person());
        let stored = StoredRoom { coming: true, ..self.new_room(genesis.kind, group, Role::Member) };
        let mut room = RoomSync::new(id, stored);
        room.following = Following::CatchingUp { to };
        let own = self.core.keys.device();
        for beacon in beacons {
            room.take_beacon(own, &beacon);
        }
        self.rooms.insert(id, room);
    }

    /// The whole log of such a room is here. It is this device's if one of its person's devices has added it and was
    /// shown its code; the first one says whose it is.
    pub(super) fn came(&mut self, id: RoomId) {
        let Some((person, group, role)) = self.rooms.get(&id).and_then(|room| self.added_to(room)) else {
            return self.forget(id, Vec::new());
        };
        let mut writes = Vec::new();
        if person != self.core.keys.person() {
            writes.extend(self.core.become_device_of(person));
            self.forget_gone();
        }
        let own = self.core.keys.device();
        let Some(room) = self.rooms.get_mut(&id) else { return };
        // Those that were there before it are no news to it.
        let there = room.membership.iter().flat_map(|it| &it.members()[&person].devices).map(|it| it.device);
        self.core.mine.known.extend(there);
        writes.push(self.core.write_mine());
        (room.stored.coming, room.stored.group, room.stored.role) = (false, group, role);
        room.note_self(&self.core.keys);
        writes.push(room.write_stored());
        // Whoever moves here takes it as the word that all of it is on this disk.
        let beacon = room.can_vouch(own).then(|| Beacon::sign(&self.core.keys, id, room.head));
        let then = beacon.map(|beacon| Then::Send(FromDevice::Seen { room: id, beacon }));
        self.commit(id, writes, then.into_iter().collect());
    }

    /// As whom, in which household and in what role this device was added to a room, by somebody who was shown its code.
    fn added_to(&self, room: &RoomSync) -> Option<(PersonId, GroupId, Role)> {
        let own = self.core.keys.device();
        let (person, member) = room.membership.as_ref()?.person_of(own)?;
        let Device { added_by, .. } = member.devices.iter().find(|it| it.device == own)?;
        let added_by = (*added_by)?;
        let claim = self.core.keys.code().claim(room.id, person, added_by.device);
        let added = claim == added_by.claim && self.may_add(person, added_by.device);
        added.then_some((person, member.group, member.role))
    }

    /// The first to add this device says whose it is. From then on only devices that are the person's in a room that is
    /// here already, or have moved from there: anybody can call themself by a person's id in a room of their own, and who
    /// finds a lost device has all it knew.
    fn may_add(&self, person: PersonId, author: DeviceId) -> bool {
        let mut here = self.rooms.values().filter(|room| room.is_own()).peekable();
        if here.peek().is_none() {
            return self.unreadable.is_empty() && self.waits_to_be_added();
        }
        person == self.core.keys.person()
            && here
                .filter_map(|room| room.membership.as_ref()?.members().get(&person))
                .any(|me| me.moved.contains(&author) || me.devices.iter().any(|it| it.device == author))
    }

    /// This device was taken out of a room: in one transaction with the entry that says so, nothing of it stays here
    /// but that it was so.
    pub(super) fn leave(&mut self, id: RoomId, mut writes: Vec<Write>) {
        let Some(room) = self.rooms.get(&id) else { return };
        let order = room.stored.order;
        writes.extend(room.erasing());
        let group = GroupId::of_person(self.core.keys.person());
        let stored =
            StoredRoom { order, stopped: Some(StopReason::Left), ..self.new_room(room.kind(), group, Role::Member) };
        let mut room = RoomSync::new(id, stored);
        writes.push(room.write_stored());
        self.rooms.insert(id, room);
        if self.core.mine.leaving().is_none() {
            // Whoever took it out may have taken out others: which of them are still the person's is said anew.
            let Mine { waits_until, known, .. } = core::mem::take(&mut self.core.mine);
            self.core.mine = Mine { waits_until, known, ..Mine::default() };
            writes.push(self.core.write_mine());
        }
        writes.extend(self.become_new_if_out());
        self.commit(id, writes, Vec::new());
    }

    /// Whoever is out everywhere is a new device from then on, and nobody's. Gives what is to be stored together with
    /// what made it so.
    pub(super) fn become_new_if_out(&mut self) -> Vec<Write> {
        let out = self.unreadable.is_empty() && !self.rooms.values().any(RoomSync::is_own);
        if out && self.rooms.values().any(RoomSync::was_left) { self.become_new() } else { Vec::new() }
    }

    fn become_new(&mut self) -> Vec<Write> {
        let coming: Vec<_> = self.rooms.iter().filter(|(_, room)| room.stored.coming).map(|(id, _)| *id).collect();
        coming.into_iter().for_each(|id| self.forget(id, Vec::new()));
        self.core.hang_up();
        self.forget_connection();
        self.core.become_new().to_vec()
    }

    /// What is not this device's any more, or never was.
    fn forget_gone(&mut self) {
        let gone: Vec<_> = self.rooms.iter().filter(|(_, room)| !room.is_kept()).map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|id| self.forget(id, Vec::new()));
    }

    /// Forgets a room and that it was ever here.
    pub(super) fn forget(&mut self, id: RoomId, mut writes: Vec<Write>) {
        let Some(room) = self.rooms.remove(&id) else { return };
        writes.extend(room.erasing());
        writes.push(Write { key: store::room_key(id), value: None });
        self.core.persist(writes, Vec::new());
    }

    /// A device that was taken out comes into no more rooms, and nobody moves to it.
    pub(super) fn forget_lost(&mut self) {
        let Mine { added, moving, .. } = &self.core.mine;
        if added.is_empty() && moving.is_none() {
            return;
        }
        let own = self.core.keys.device();
        let lost: Vec<_> = self
            .rooms
            .values()
            .filter_map(|room| room.membership.as_ref()?.author(own))
            .flat_map(|(_, me)| me.taken_out.iter().copied())
            .collect();
        let mine = &mut self.core.mine;
        let known = (mine.added.len(), mine.moving);
        mine.forget_devices(&lost);
        if known != (mine.added.len(), mine.moving) {
            let write = self.core.write_mine();
            self.core.persist(vec![write], Vec::new());
        }
    }

    pub(super) fn advance_all(&mut self) {
        let ids: Vec<_> = self.rooms.keys().copied().collect();
        ids.into_iter().for_each(|id| self.advance(id));
    }

    pub(super) fn coming_disconnected(&mut self) {
        self.coming = Coming::default();
    }
}

impl RoomSync {
    /// Whether this device was taken out of it.
    pub(super) fn was_left(&self) -> bool {
        self.stored.stopped == Some(StopReason::Left)
    }

    /// Whether there is something of it here that would be missed.
    pub(super) fn is_kept(&self) -> bool {
        !matches!(self.stored.stopped, Some(StopReason::Left | StopReason::NotTaken))
    }

    /// Whether it is kept, and known to be this device's.
    pub(super) fn is_own(&self) -> bool {
        self.is_kept() && !self.stored.coming
    }

    /// Whether the log, as far as the relay has it, has taken this device out.
    pub(super) fn is_out(&self) -> bool {
        let whole = match self.following {
            Following::No | Following::CatchingUp { to: None } => false,
            Following::CatchingUp { to: Some(to) } => self.head.seq >= to,
            Following::Live => true,
        };
        // Whoever has come in again waits for the log to say so: a relay may show its beginning only.
        let joins = self.wished_join().is_some();
        whole && self.taken_out && !self.stored.coming && !joins
    }

    /// The writes after which nothing of the room's content is on the disk, drafts among it.
    fn erasing(&self) -> Vec<Write> {
        let log = (1..=self.head.seq).map(|seq| store::log_key(self.id, seq));
        let outbox = self.outbox.keys().map(|number| store::outbox_key(self.id, *number));
        let keys = log.chain(outbox).chain([store::view_key(self.id), store::drafts_key(self.id)]);
        keys.map(|key| Write { key, value: None }).collect()
    }
}
