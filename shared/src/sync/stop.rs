//! Why a room is not followed further: for a while, until the app is another, or for good.

use super::{
    core::Then,
    engine::Engine,
    room::{Following, RoomSync},
    store::{self, Write},
};
use crate::{
    crypto::head::SignedHead,
    ids::RoomId,
    membership::Room as Membership,
    projection::{Doubt, StopReason},
    time::Timestamp,
};

/// How long what the relay refused is held back, milliseconds, unless its log moves before.
const HOLD: i64 = 5_000;

/// Why the log is not followed further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// What came does not fit, but nothing signed says so: a broken connection, a relay that is behind, a forger. The
    /// room is asked for again later.
    Doubt(Doubt),
    /// The relay has signed for an item that this version does not take.
    At(StopReason),
    /// The relay has signed another log than the one it signed before.
    Fork(Box<SignedHead>),
}

impl Engine {
    /// The room does not go on, for now or for good. What was taken of its log before is kept.
    pub(super) fn stop(&mut self, id: RoomId, why: Stop, mut writes: Vec<Write>, then: Vec<Then>) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        match &why {
            Stop::Doubt(doubt) => {
                room.doubt = Some(*doubt);
                room.hold_until(self.core.now.plus_millis(HOLD));
            }
            Stop::At(reason) => room.stop(*reason, None),
            Stop::Fork(head) => room.stop(StopReason::LogContradicts, Some(head)),
        }
        if !matches!(why, Stop::Doubt(_)) {
            writes.push(room.write_stored());
        }
        self.commit(id, writes, then);
    }

    /// Tries again in a while.
    pub(super) fn hold(&mut self, id: RoomId) {
        if let Some(room) = self.rooms.get_mut(&id) {
            room.in_flight.clear();
            room.held_until = Some(self.core.now.plus_millis(HOLD));
        }
    }

    /// Tries again what the relay refused a while ago.
    pub(super) fn release_held(&mut self) {
        let due = |room: &RoomSync| room.held_until.is_some_and(|at| at <= self.core.now);
        let due: Vec<_> = self.rooms.iter().filter(|(_, room)| due(room)).map(|(id, _)| *id).collect();
        for id in due {
            if let Some(room) = self.rooms.get_mut(&id) {
                room.held_until = None;
            }
            if self.core.session.is_in() && self.is_outside(id) {
                self.knock(id);
            } else if self.core.session.is_in() {
                self.open(id);
                self.advance(id);
            }
        }
    }
}

impl RoomSync {
    /// Whether a head bears the relay's signature, and is not of another log than the one that is here.
    pub(super) fn believe(&self, signed: &SignedHead, relay: &[u8; 32]) -> Result<(), Stop> {
        signed.verify(self.id, relay).map_err(|_| Stop::Doubt(Doubt::Unsigned))?;
        // A relay does not grow younger: an old answer, or an old copy of the relay that nobody has said is one.
        if signed.relay_epoch < self.stored.relay_epoch {
            return Err(Stop::Doubt(Doubt::Behind));
        }
        if self.head_at(signed.head.seq).is_some_and(|known| *known != signed.head) {
            return Err(Stop::Fork(Box::new(signed.clone())));
        }
        Ok(())
    }

    /// Whether the relay may go on from here: its log is this one or a longer one.
    pub(super) fn check_opened(&self, signed: &SignedHead) -> Result<(), Stop> {
        if let Some(membership) = &self.membership {
            self.believe(signed, membership.relay())?;
        }
        // A shorter log of the relay's is no proof of anything: the answer may be an old one.
        if signed.head.seq < self.head.seq { Err(Stop::Doubt(Doubt::Behind)) } else { Ok(()) }
    }

    /// Asks for the room again after a while.
    pub(super) fn hold_until(&mut self, at: Timestamp) {
        self.following = Following::No;
        self.in_flight.clear();
        self.entry_in_flight = None;
        self.held_until = Some(at);
    }

    /// The room stands still until the app is loaded anew, or for good if the relay's own signatures prove a fork.
    pub(super) fn stop(&mut self, reason: StopReason, fork: Option<&SignedHead>) {
        self.stored.stopped = Some(reason);
        self.stored.fork = fork.map(store::fork_bytes);
        self.following = Following::No;
    }

    /// Whether a stop that was stored still holds after loading. The app may have been updated since, so what it could
    /// not read is tried again; only a proven fork and a refused invitation stay.
    pub(super) fn still_stopped(&self) -> bool {
        match self.stored.stopped {
            None | Some(StopReason::UpdateNeeded | StopReason::Unreadable) => false,
            Some(StopReason::NotTaken | StopReason::Left | StopReason::Twice) => true,
            Some(StopReason::LogContradicts) => {
                let fork = self.stored.fork.as_deref().and_then(store::fork_from);
                let relay = self.membership.as_ref().map(Membership::relay);
                fork.zip(relay).is_some_and(|(fork, relay)| matches!(self.believe(&fork, relay), Err(Stop::Fork(_))))
            }
        }
    }
}
