//! A room that is begun anew: what stands in it is written once more, as the acts that lead to it, and with the entry that
//! says so all that was written before is erased, by the relay and on every device. Nothing is erased before what is to
//! stand is in the log: until then whoever stops in the middle has changed nothing.

use std::collections::BTreeMap;

use super::{
    core::{Core, Then},
    engine::Engine,
    records::{MAX_PAST, Payload},
    room::{Following, RoomSync, Unopened},
    stop::Stop,
    store::{self, Wish, Write},
};
use crate::{
    crypto::{
        Hash,
        head::{ItemKind, Seq, erased},
        record::{Header, Place, Record},
    },
    document::Past,
    domain::Role,
    ids::DeviceId,
    membership::{Body, Chain, Room as Membership, body::Refound},
    projection::{Doubt, StopReason, Wished},
    protocol::{FromDevice, Item},
};

/// The new beginning that this device writes.
#[derive(Debug)]
pub(super) struct Beginning {
    /// Where it is to stand.
    from: Seq,
    /// Its records, in order.
    records: Vec<Hash>,
    /// How many of them are in the log.
    arrived: usize,
    /// Something else came in between, and is not part of it.
    disturbed: bool,
}

impl RoomSync {
    /// Writes what is to stand, if it is wished for and all that was written is here and understood.
    pub(super) fn write_beginning(&mut self, core: &mut Core) {
        let own = core.keys.device();
        let goes = self.wish_of(Wished::Refound).is_some()
            && self.beginning.is_none()
            && self.following == Following::Live
            && self.stored.stopped.is_none()
            && !self.is_unconfirmed()
            && !self.stored.twice
            && self.held_until.is_none()
            && self.entry_in_flight.is_none()
            && self.outbox.is_empty()
            && self.can_vouch(own)
            && self.missed.is_empty()
            && self.content_is_here()
            && self.role_of(own) == Some(Role::Admin);
        let Some((membership, epoch)) = self.membership.as_ref().and_then(|it| Some((it.last(), it.epoch()?.number)))
        else {
            return;
        };
        let Some(key) = self.ring.get(epoch).filter(|_| goes) else { return };
        let mut chain = self.chains.get(&own).copied().unwrap_or_default();
        let (mut records, mut then) = (Vec::new(), Vec::new());
        for past in packed(&self.document.past(&self.authors)) {
            let place = Place { room: self.id, device_seq: chain.seq + 1, previous: chain.hash, membership, epoch };
            let record = Record::seal(&core.keys, key, &place, &Payload::write_past(&past), &mut *core.entropy);
            (chain.seq, chain.hash) = (place.device_seq, record.hash());
            records.push(erased(record.as_bytes()));
            let item = Item::new(ItemKind::Content, record.as_bytes().to_vec());
            then.push(Then::Send(FromDevice::Put { room: self.id, item }));
        }
        self.beginning = Some(Beginning { from: self.head.seq + 1, records, arrived: 0, disturbed: false });
        core.persist(Vec::new(), then);
    }

    /// An item has come into the log while a new beginning is under way. If it is not part of it, all is written again once
    /// the rest has come too.
    pub(super) fn note_beginning(&mut self, kind: ItemKind, bytes: &[u8]) {
        let Some(it) = &mut self.beginning else { return };
        if kind == ItemKind::Content && it.records.get(it.arrived) == Some(&erased(bytes)) {
            it.arrived += 1;
        } else {
            it.disturbed = true;
        }
        if it.disturbed && it.arrived == it.records.len() {
            self.beginning = None;
        }
    }

    /// The entry that erases what stood before, once what is to stand is in the log and nothing came since.
    pub(super) fn wished_refound(&self, own: DeviceId) -> Option<Body> {
        self.wish_of(Wished::Refound)?;
        let from = match self.role_of(own)? {
            Role::Steward => self.head.seq + 1,
            _ => self.beginning.as_ref().filter(|it| !it.disturbed && it.arrived == it.records.len())?.from,
        };
        Some(Body::Refound(Refound { from, head: self.head }))
    }

    fn role_of(&self, own: DeviceId) -> Option<Role> {
        Some(self.membership.as_ref()?.author(own)?.1.role)
    }

    /// The log begins anew: what was written before is nowhere any more but in what its author says of it.
    pub(super) fn begin_from(&mut self, it: &Refound, author: DeviceId) -> Result<(), Stop> {
        if it.head != self.head {
            return Err(Stop::At(StopReason::LogContradicts));
        }
        self.chains.clear();
        self.missed.clear();
        self.undo.clear();
        (self.document, self.authors) = (crate::document::RoomDocument::new(self.kind()), Default::default());
        (self.set_aside, self.begun) = (0, 0);
        self.beginning = None;
        let mut waiting = core::mem::take(&mut self.states);
        waiting.append(&mut self.unopened);
        waiting.retain(|waits| waits.seq >= it.from && waits.record.header().device == author);
        waiting.sort_by_key(|waits| waits.seq);
        self.unopened = waiting;
        for entry in self.outbox.values_mut() {
            (entry.change, entry.sealed) = (None, None);
        }
        self.begun_anew = true;
        Ok(())
    }

    /// What a record says that is not a change: part of the room's beginning, or of one that may come to be.
    pub(super) fn take_past(&mut self, waiting: Unopened, past: &[u8]) {
        if !self.is_beginning(waiting.seq) {
            return self.states.push(waiting);
        }
        self.begun += 1;
        match store::from_cbor::<Vec<Past>>("", past) {
            Ok(past) => self.set_aside += self.document.take_past(self.id, &past, &mut self.authors),
            Err(_) => self.set_aside += 1,
        }
    }

    /// Whether a place in the log is where the room's content begins.
    pub(super) fn is_beginning(&self, seq: Seq) -> bool {
        let begun = self.membership.as_ref().and_then(Membership::refounded);
        begun.is_some_and(|it| (it.from..=it.head.seq).contains(&seq))
    }

    /// Whether what the room was begun anew with has been opened. Nothing is written upon less.
    pub(super) fn content_is_here(&self) -> bool {
        let begun = self.membership.as_ref().and_then(Membership::refounded);
        begun.is_none_or(|it| it.from + self.begun > it.head.seq)
    }

    /// What is left of a record. If it was one of this device's that the relay had not answered yet, it has come.
    pub(super) fn take_erased(&mut self, left: &[u8], seq: Seq) -> Vec<Write> {
        self.erased_to = seq;
        // Whose it was is erased as well.
        self.chains.clear();
        let is_it = |sealed: &Vec<u8>| erased(sealed).as_bytes() == left;
        let own = self.outbox.iter().find(|(_, it)| it.sealed.as_ref().is_some_and(is_it));
        let own = own.map(|(number, _)| *number);
        own.map(|number| self.own_arrived(number, seq)).into_iter().collect()
    }

    /// Where a device's records had come before the first of them that is here: what came before may be erased.
    pub(super) fn chain_before(&self, header: &Header) -> Chain {
        let before = header.device_seq.checked_sub(1).filter(|_| self.is_short());
        before.map(|seq| Chain { seq, hash: header.previous }).unwrap_or_default()
    }

    /// Whether records are missing that nobody has erased.
    pub(super) fn is_short(&self) -> bool {
        let Some(membership) = &self.membership else { return false };
        let from = membership.refounded().map_or(0, |it| it.from);
        self.erased_to >= from.max(1) && membership.closed().is_none()
    }

    /// What is still to be erased on the own disk.
    pub(super) fn to_erase(&self, stored: &BTreeMap<String, Vec<u8>>) -> Vec<Write> {
        let from = self.membership.as_ref().and_then(Membership::refounded).map_or(0, |it| it.from);
        let mut writes = Vec::new();
        for key in (1..from).map(|seq| store::log_key(self.id, seq)) {
            if let Some((kind, bytes)) = stored.get(&key).and_then(|value| value.split_first())
                && *kind == ItemKind::Content as u8
            {
                let value = [&[ItemKind::Erased as u8], erased(bytes).as_bytes().as_slice()].concat();
                writes.push(Write { key, value: Some(value.into()) });
            }
        }
        writes
    }
}

impl Engine {
    /// Whether a room has to be loaded anew before anything else: it was begun anew, or acts wait to be written upon what
    /// has just come. What was erased goes from the disk then.
    pub(super) fn begins_anew(&mut self, id: crate::ids::RoomId) -> bool {
        let Some(room) = self.rooms.get_mut(&id).filter(|room| room.following == Following::Live) else { return false };
        if room.is_short() {
            self.stop(id, Stop::Doubt(Doubt::Altered), Vec::new(), Vec::new());
            return true;
        }
        let waits = room.content_is_here() && room.outbox.values().any(|it| it.change.is_none());
        let anew = room.begun_anew || waits;
        if anew {
            self.core.effect(super::Effect::Reload);
        }
        anew
    }
}

impl Wish {
    pub(super) fn is(&self, wished: Wished) -> bool {
        matches!(self, Self::Other(it) if *it == wished)
    }
}

/// As many records as it takes; one at least.
fn packed(past: &[Past]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let mut rest = past;
    loop {
        let mut count = rest.len();
        let mut bytes = store::to_cbor(&rest);
        while bytes.expose().len() > MAX_PAST && count > 1 {
            count /= 2;
            bytes = store::to_cbor(&rest.get(..count).unwrap_or_default());
        }
        records.push(bytes.expose().to_vec());
        rest = rest.get(count..).unwrap_or_default();
        if rest.is_empty() {
            return records;
        }
    }
}
