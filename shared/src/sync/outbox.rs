//! Acts on their way out. Written to the document and the disk at once; sealed when the room's log is known to be
//! complete, under the key that counts then; stored sealed before they are sent, and sent again identically.

use super::{
    core::{Core, Then, answered},
    records::Payload,
    room::{Following, RoomSync},
    store::{OutboxEntry, Undo, Write},
};
use crate::{
    command::{Act, Command},
    crypto::{
        Hash,
        grant::EpochNumber,
        head::ItemKind,
        record::{Place, Record},
    },
    ids::CommandId,
    membership::Room as Membership,
    port::{Failure, Outcome, RequestId},
    protocol::{FromDevice, Item, limits},
    rules,
};

impl RoomSync {
    /// Writes an act into the document and the outbox. Returns the writes to store; none if the document said so
    /// already.
    pub(super) fn write_act(&mut self, core: &mut Core, command: Command) -> Result<(CommandId, Vec<Write>), Failure> {
        let writer = self.own_writer(&core.keys);
        rules::may(self.kind(), writer.role, &command).map_err(|reason| Failure::Refused { reason })?;
        self.note_self(&core.keys);
        let act = Act { id: core.new_command(), at: core.now, command };
        let actor = self.actor(core.keys.device());
        let written = self.document.write(&act, &writer, actor).map_err(|reason| Failure::Refused { reason })?;
        let id = act.id;
        if let Some(inverse) = written.inverse {
            self.remember_undo(Undo { act: id, inverse });
        }
        let Some(change) = written.change else { return Ok((id, Vec::new())) };
        let number = self.outbox.last_key_value().map_or(0, |(number, _)| number + 1);
        self.outbox.insert(number, OutboxEntry { act, change: Some(change), sealed: None });
        Ok((id, vec![self.write_outbox(number)]))
    }

    /// What takes an own act back.
    pub(super) fn take_inverse(&mut self, act: CommandId) -> Result<Command, Failure> {
        let at = self.undo.iter().position(|undo| undo.act == act);
        let undo = at.and_then(|at| self.undo.remove(at));
        undo.map(|undo| undo.inverse).ok_or(Failure::Refused { reason: rules::Refused::NothingToUndo })
    }

    /// Acts that had to be written anew after this device's storage was rolled back.
    pub(super) fn rewrite_outbox(&mut self, core: &Core) -> Vec<u64> {
        if !self.content_is_here() {
            // What they are about may still come.
            return Vec::new();
        }
        let writer = self.own_writer(&core.keys);
        let actor = self.actor(core.keys.device());
        let missing: Vec<_> = self.outbox.iter().filter(|(_, it)| it.change.is_none()).map(|(n, _)| *n).collect();
        for number in &missing {
            let Some(entry) = self.outbox.get_mut(number) else { continue };
            match self.document.write(&entry.act, &writer, actor).map(|written| written.change) {
                Ok(Some(change)) => entry.change = Some(change),
                // It is about something that is not there any more, or says what the document says.
                Ok(None) | Err(_) => {
                    self.outbox.remove(number);
                }
            }
        }
        missing
    }

    /// Seals and sends what can go out now.
    pub(super) fn pump(&mut self, core: &mut Core) {
        let own = core.keys.device();
        if self.following != Following::Live
            || self.held_until.is_some()
            || self.stored.stopped.is_some()
            || self.beginning.is_some()
            || !self.content_is_here()
            || self.stored.rolled_back
            || self.stored.twice
            || self.is_unconfirmed()
            || !self.can_seal(own)
        {
            return;
        }
        let Some(epoch) = self.membership.as_ref().and_then(Membership::epoch).map(|epoch| epoch.number) else {
            return;
        };
        self.unseal_broken_chain(core, epoch);
        let mut writes = Vec::new();
        let mut then = Vec::new();
        let waiting: Vec<_> = self.outbox.keys().copied().filter(|number| !self.in_flight.contains(number)).collect();
        for number in waiting {
            if self.in_flight.len() >= limits::WINDOW {
                break;
            }
            if self.outbox.get(&number).is_some_and(|entry| entry.sealed.is_none()) {
                self.seal(core, number, epoch);
                writes.push(self.write_outbox(number));
            }
            if let Some(bytes) = self.outbox.get(&number).and_then(|entry| entry.sealed.clone()) {
                self.in_flight.push(number);
                let item = Item::new(ItemKind::Content, bytes);
                then.push(Then::Send(FromDevice::Put { room: self.id, item }));
            }
        }
        core.persist(writes, then);
    }

    /// A record counts only as the next of its device and under the current key. From the first sealed one that is
    /// neither, all are sealed anew: none of them can have been taken, because the whole log is here.
    fn unseal_broken_chain(&mut self, core: &Core, epoch: EpochNumber) {
        let mut chain = self.chains.get(&core.keys.device()).copied().unwrap_or_default();
        let mut broken = false;
        for (number, entry) in &mut self.outbox {
            let sealed = entry.sealed.clone().and_then(|bytes| Record::parse(bytes).ok());
            broken |= sealed.as_ref().is_none_or(|record| {
                let header = record.header();
                header.device_seq != chain.seq + 1 || header.previous != chain.hash || header.epoch != epoch
            });
            if broken {
                entry.sealed = None;
                self.in_flight.retain(|it| it != number);
            } else if let Some(record) = sealed {
                chain.seq = record.header().device_seq;
                chain.hash = record.hash();
            }
        }
    }

    fn seal(&mut self, core: &mut Core, number: u64, epoch: EpochNumber) {
        let before = self.outbox.range(..number).next_back().and_then(|(_, entry)| entry.sealed.clone());
        let (device_seq, previous) = match before.and_then(|bytes| Record::parse(bytes).ok()) {
            Some(record) => (record.header().device_seq + 1, record.hash()),
            None => {
                let chain = self.chains.get(&core.keys.device()).copied().unwrap_or_default();
                (chain.seq + 1, chain.hash)
            }
        };
        let membership = self.membership.as_ref().map_or(Hash::ZERO, Membership::last);
        let place = Place { room: self.id, device_seq, previous, membership, epoch };
        let generation = self.stored.generation;
        if let Some(entry) = self.outbox.get_mut(&number)
            && let Some(key) = self.ring.get(epoch)
            && let Some(change) = &entry.change
        {
            let plain = Payload { generation, change }.write();
            let record = Record::seal(&core.keys, key, &place, &plain, &mut *core.entropy);
            entry.sealed = Some(record.as_bytes().to_vec());
        }
    }
}

/// The answer to an act, to be given once it is stored.
pub(super) fn saved(request: RequestId, act: CommandId) -> Then {
    answered(request, Ok(Outcome::Saved { act }))
}
