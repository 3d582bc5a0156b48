//! A relay that was restored from a backup: it signs in a new epoch, devices give back what it lacks, and nothing else
//! is written before somebody in charge has said that the log is whole. A log here is never made shorter.

use super::{
    Effect,
    core::Then,
    engine::Engine,
    room::{Following, RoomSync},
    stop::Stop,
};
use crate::{
    crypto::head::{ItemKind, LogHead, Seq, SignedHead},
    domain::Role,
    ids::{DeviceId, RoomId},
    membership::{Body, body::Confirm},
    planted::Planted,
    port::{Failure, Outcome, RequestId},
    projection::{Confirmation, Doubt, StopReason},
    protocol::{FromDevice, Item, limits},
    rules::Refused,
};

/// What is at hand to be given back.
#[derive(Debug, Default)]
pub(super) struct Offer {
    /// The log from its beginning, if it was loaded for this.
    items: Vec<Item>,
    /// Where the last offer on this connection began.
    last: Option<Seq>,
}

impl Offer {
    pub(super) fn forget_connection(&mut self) {
        self.last = None;
    }

    /// The log's head at a place.
    fn head_at(&self, seq: Seq) -> LogHead {
        let before = usize::try_from(seq).unwrap_or(usize::MAX);
        self.items.iter().take(before).fold(LogHead::EMPTY, |head, item| head.after_numbered(item.kind, &item.bytes))
    }

    /// What follows upon a place, as much as one frame carries.
    fn after(&self, seq: Seq) -> Vec<Item> {
        let mut bytes = 0;
        let next = self.items.iter().skip(usize::try_from(seq).unwrap_or(usize::MAX)).take(limits::BATCH_ITEMS);
        next.take_while(|item| {
            let first = bytes == 0;
            bytes += item.bytes.len();
            first || bytes <= limits::BATCH_BYTES
        })
        .cloned()
        .collect()
    }
}

impl RoomSync {
    /// Keeps an item at hand while the log is loaded, if the relay lacks some of it.
    pub(super) fn keep_at_hand(&mut self, kind: ItemKind, bytes: &[u8]) {
        if self.stored.offering {
            self.offer.items.push(Item::new(kind, bytes.to_vec()));
        }
    }

    /// Takes note of the epoch in which the relay has signed; the first one heard of is where the log was begun.
    pub(super) fn hear_epoch(&mut self, epoch: u32) {
        if self.stored.relay_epoch == 0 {
            self.stored.relay_epoch = epoch;
        }
        self.relay_epoch = self.relay_epoch.max(epoch);
    }

    /// Whether nobody has said yet that the log of the restored relay is whole: nothing is written upon it.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.relay_epoch > self.stored.relay_epoch && !Planted::HeadConfirmation.is_on()
    }

    /// Takes somebody's word that the log goes on from here; it must be this log.
    pub(super) fn confirmed_by(&mut self, it: &Confirm) -> Result<(), Stop> {
        if it.head != self.head {
            return Err(Stop::At(StopReason::LogContradicts));
        }
        self.stored.relay_epoch = self.stored.relay_epoch.max(it.relay_epoch);
        self.relay_epoch = self.relay_epoch.max(it.relay_epoch);
        self.confirming = false;
        Ok(())
    }

    /// The word of this device's person, if they have given it.
    pub(super) fn confirmation(&self, own: DeviceId) -> Option<Body> {
        let may = self.confirming && self.may_confirm(own);
        may.then_some(Body::Confirm(Confirm { relay_epoch: self.relay_epoch, head: self.head }))
    }

    fn may_confirm(&self, own: DeviceId) -> bool {
        let author = self.membership.as_ref().and_then(|it| it.author(own));
        author.is_some_and(|(_, member)| member.role != Role::Member)
    }

    /// What the screen is told of it.
    pub(super) fn confirmation_wanted(&self, own: DeviceId) -> Confirmation {
        match (self.is_unconfirmed(), self.may_confirm(own)) {
            (false, _) => Confirmation::NotNeeded,
            (true, false) => Confirmation::ByOthers,
            (true, true) => Confirmation::ByYou,
        }
    }
}

impl Engine {
    /// The relay's log ends before what is known here. If it says that it was restored, it is given the rest.
    pub(super) fn relay_is_behind(&mut self, id: RoomId, signed: &SignedHead) {
        let Some(room) = self.rooms.get_mut(&id).filter(|room| room.following != Following::No) else { return };
        let relay = room.membership.as_ref().map(|it| *it.relay());
        let believed = relay.is_some_and(|relay| room.believe(signed, &relay).is_ok());
        if !believed || signed.relay_epoch <= room.stored.relay_epoch || signed.head.seq >= room.head.seq {
            return self.stop(id, Stop::Doubt(Doubt::Behind), Vec::new(), Vec::new());
        }
        let at_hand = room.offer.items.len() as u64 == room.head.seq;
        if !at_hand {
            room.stored.offering = true;
            let write = room.write_stored();
            self.core.persist(vec![write], Vec::new());
            return self.core.effect(Effect::Reload);
        }
        // What does not move it is not offered again and again.
        let first = signed.head.seq + 1;
        if room.offer.last.is_some_and(|last| last >= first) || room.offer.head_at(signed.head.seq) != signed.head {
            return self.stop(id, Stop::Doubt(Doubt::Behind), Vec::new(), Vec::new());
        }
        room.offer.last = Some(first);
        let items = room.offer.after(signed.head.seq);
        let from = room.head;
        let frames = [FromDevice::Offer { room: id, first, items }, FromDevice::Open { room: id, from }];
        self.core.persist(Vec::new(), frames.into_iter().map(Then::Send).collect());
    }

    /// The relay has all that is here, and signs in this epoch.
    pub(super) fn heard_epoch(&mut self, id: RoomId, epoch: u32) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let (before, known) = (room.is_unconfirmed(), room.stored.relay_epoch);
        room.hear_epoch(epoch);
        let offered = core::mem::take(&mut room.stored.offering);
        room.offer = Offer::default();
        if offered || before != room.is_unconfirmed() || known != room.stored.relay_epoch {
            let write = room.write_stored();
            self.commit(id, vec![write], Vec::new());
        }
    }

    /// Somebody in charge says that the log is whole.
    pub(super) fn confirm(&mut self, request: RequestId, id: RoomId) -> Result<(), Failure> {
        let own = self.core.keys.device();
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        if !room.may_confirm(own) {
            return Err(Failure::Refused { reason: Refused::NotYourRole });
        }
        if room.is_unconfirmed() && room.following != Following::Live {
            return Err(Failure::Offline);
        }
        room.confirming = room.is_unconfirmed();
        self.core.answer(request, Ok(Outcome::Done));
        self.advance(id);
        Ok(())
    }
}
