//! Content records: judged at their place in the log, opened when there is a key, applied to the document. What does
//! not open or apply is set aside and counted; it never blocks the room.

use super::{
    room::{Following, RoomSync, Unknown, Unopened},
    store::{Undo, Write},
};
use crate::{
    crypto::{
        DeviceKeys, Malformed, Reader, Writer as LayoutWriter,
        head::Seq,
        record::{MAX_LEN, Record},
    },
    document::{Actor, NotApplied, Writer, actor::Generation},
    ids::DeviceId,
    membership::{Chain, Room as Membership},
    planted::Planted,
};

const VERSION: u8 = 1;
const PAST: u8 = 2;
/// About how much one record says of what a room begins anew with.
pub(super) const MAX_PAST: usize = 64 * 1024;
/// How many acts can be undone.
const UNDO_DEPTH: usize = 50;

/// What a record's sealed text says.
pub(super) struct Payload<'a> {
    pub(super) generation: Generation,
    pub(super) change: &'a [u8],
}

impl Payload<'_> {
    /// What stood in a room before it was begun anew ([`super::refound`]).
    pub(super) fn write_past(past: &[u8]) -> Vec<u8> {
        LayoutWriter::new().u8(PAST).bytes(past).finish()
    }

    fn read_past(bytes: &[u8]) -> Option<&[u8]> {
        let mut reader = Reader::new(bytes);
        let past = reader.u8().ok().filter(|it| *it == PAST).and_then(|_| reader.bytes(MAX_LEN).ok())?;
        reader.end().ok().map(|()| past)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        LayoutWriter::new().u8(VERSION).u32(self.generation).bytes(self.change).finish()
    }
}

impl<'a> Payload<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(Malformed::Version);
        }
        let payload = Self { generation: reader.u32()?, change: reader.bytes(crate::document::MAX_CHANGE)? };
        reader.end()?;
        Ok(payload)
    }
}

impl RoomSync {
    /// Takes a record at a position of the log.
    pub(super) fn take_record(&mut self, keys: &DeviceKeys, bytes: Vec<u8>, seq: Seq, verified: bool) -> Vec<Write> {
        let Some((record, writer)) = self.judge(bytes, verified) else {
            self.set_aside += 1;
            return Vec::new();
        };
        let device = record.header().device;
        let hash = record.hash();
        self.chains.insert(device, Chain { seq: record.header().device_seq, hash });
        let mut writes = Vec::new();
        let mut unknown = None;
        if device == keys.device() && !verified {
            match self.sealed_as(&record) {
                Some(number) => writes.push(self.own_arrived(number, seq)),
                None => unknown = Some(Unknown { seq, live: self.following == Following::Live }),
            }
        }
        self.unopened.push(Unopened { seq, record, writer, unknown });
        writes.extend(self.open_waiting(keys.device()));
        // Without its key it can not be compared with what waits here.
        if let Some(unknown) = self.unopened.last().and_then(|it| it.unknown) {
            self.speaks_elsewhere(unknown);
        }
        writes
    }

    /// Whether a record counts at its place: by somebody who may write here and now, under the current key, next in
    /// the device's chain, with a signature that fits.
    fn judge(&self, bytes: Vec<u8>, verified: bool) -> Option<(Record, Writer)> {
        let record = Record::parse(bytes).ok()?;
        let header = record.header();
        let membership = self.membership.as_ref()?;
        let (person, member) = membership.author(header.device)?;
        let chain = self.chains.get(&header.device).copied().unwrap_or_else(|| self.chain_before(header));
        let counts = membership.check_record(header, chain).is_ok() && (verified || record.verify().is_ok());
        let writer = Writer { person, group: member.group, role: member.role };
        counts.then_some((record, writer))
    }

    /// Opens and applies, in the order of the log, all records whose key is here.
    pub(super) fn open_waiting(&mut self, own: DeviceId) -> Vec<Write> {
        let mut writes = Vec::new();
        if self.unopened.is_empty() || self.waits_for_key(own) {
            return writes;
        }
        for waiting in core::mem::take(&mut self.unopened) {
            let epoch = waiting.record.header().epoch;
            let Some(key) = self.ring.get(epoch) else {
                // It shall not hold up what is newer. Once somebody has helped with its key, the log is read anew.
                self.missed.push((epoch, waiting.record.header().device));
                self.set_aside += 1;
                continue;
            };
            let plain = waiting.record.open(key).ok();
            if let Some(past) = plain.as_deref().and_then(Payload::read_past) {
                self.take_past(waiting, past);
                continue;
            }
            let payload = plain.as_deref().and_then(|plain| Payload::read(plain).ok());
            if let Some(unknown) = waiting.unknown {
                match payload.as_ref().and_then(|it| self.written_as(it.change)) {
                    Some(number) => writes.push(self.own_arrived(number, unknown.seq)),
                    None => self.speaks_elsewhere(unknown),
                }
            }
            let begins = self.is_beginning(waiting.seq);
            self.begun += u64::from(begins);
            let applied = !begins && payload.is_some_and(|it| self.apply_payload(&waiting, own, &it).is_ok());
            self.set_aside += usize::from(!applied);
        }
        writes
    }

    /// Something was written in this device's name that it does not remember. If it was written before this device looked
    /// at the log, its storage was rolled back; if it is written just now, there are two of it, and one more voice would
    /// only add to it.
    fn speaks_elsewhere(&mut self, unknown: Unknown) {
        self.stored.rolled_back |= !Planted::Rollback.is_on();
        self.stored.twice |= unknown.live && !Planted::Clone.is_on();
    }

    /// Whether this device has no key yet, or not the current one, and is to be given it.
    fn waits_for_key(&self, own: DeviceId) -> bool {
        let current = self.membership.as_ref().and_then(Membership::epoch).map_or(0, |epoch| epoch.number);
        let is_inside = self.membership.as_ref().is_some_and(|it| it.author(own).is_some());
        self.ring.is_empty() || (is_inside && !self.ring.has(current))
    }

    /// Whether a key has been found that records had been set aside for.
    pub(super) fn must_read_anew(&self) -> bool {
        self.missed.iter().any(|(epoch, _)| self.ring.has(*epoch))
    }

    fn apply_payload(&mut self, waiting: &Unopened, own: DeviceId, payload: &Payload) -> Result<(), NotApplied> {
        let device = waiting.record.header().device;
        if device == own {
            self.spoken = self.spoken.max(payload.generation);
        }
        let actor = Actor::of(device, self.id, payload.generation);
        self.authors.note(actor, waiting.writer);
        self.document.take(payload.change, actor, &waiting.writer)
    }

    /// Which act this device has sealed as this very record.
    fn sealed_as(&self, record: &Record) -> Option<u64> {
        let found = self.outbox.iter().find(|(_, it)| it.sealed.as_deref() == Some(record.as_bytes()));
        found.map(|(number, _)| *number)
    }

    /// Which act this device has written as this very change. If it does not remember having sealed it so, its storage
    /// has been rolled back to before that.
    fn written_as(&self, change: &[u8]) -> Option<u64> {
        let found = self.outbox.iter().find(|(_, it)| it.change.as_deref() == Some(change));
        found.map(|(number, _)| *number)
    }

    /// An own act stands in the log: it leaves the outbox, and waits for others to confirm it.
    pub(super) fn own_arrived(&mut self, number: u64, seq: Seq) -> Write {
        self.in_flight.retain(|it| *it != number);
        let gathering = self.outbox.remove(&number).and_then(|entry| entry.act.command.gathering());
        if let Some(gathering) = gathering {
            self.stored.acted_on.retain(|(it, _)| *it != gathering);
            self.stored.acted_on.push((gathering, seq));
        }
        self.stored.unconfirmed.push(seq);
        self.write_outbox(number)
    }

    /// Forgets own acts that somebody else has confirmed.
    pub(super) fn settle(&mut self, own: DeviceId) {
        let confirmed = self.confirmed(own).into_iter().map(|(_, seq)| seq).max().unwrap_or(0);
        self.stored.unconfirmed.retain(|seq| *seq > confirmed);
    }

    pub(super) fn remember_undo(&mut self, undo: Undo) {
        self.undo.push_back(undo);
        if self.undo.len() > UNDO_DEPTH {
            self.undo.pop_front();
        }
    }

    /// Whether this device can say of its head that it has all of it: the keys too, and nothing waits for one. What
    /// somebody has written under a key they gave to nobody counts as long as they are there to be asked for it.
    pub(super) fn can_vouch(&self, own: DeviceId) -> bool {
        let there = |device| self.membership.as_ref().is_some_and(|it| it.author(device).is_some());
        let misses = self.missed.iter().any(|(_, device)| there(*device));
        self.can_seal(own) && self.unopened.is_empty() && !misses && self.content_is_here()
    }

    /// Whether this device may write here and has the key to do so.
    pub(super) fn can_seal(&self, own: DeviceId) -> bool {
        let epoch = self.membership.as_ref().and_then(Membership::epoch);
        let has_key = epoch.is_some_and(|epoch| self.ring.has(epoch.number));
        has_key && self.membership.as_ref().is_some_and(|it| it.may_write(own))
    }
}
