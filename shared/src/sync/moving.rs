//! A person moves to another of their devices (*Flytt til appen*): once that one has everything, everywhere, this one
//! takes itself out. Why it is done so: docs/adr/0007.

use super::{
    core::answered,
    engine::Engine,
    room::{Following, RoomSync},
    store::Move,
};
use crate::{
    ids::DeviceId,
    port::{Failure, Outcome, RequestId},
    projection::Moving,
};

impl Engine {
    /// Gives up a move, unless this device may be on its way out of some room.
    pub(super) fn stay_here(&mut self, request: RequestId) -> Result<(), Failure> {
        if self.core.mine.leaving().is_some() && !self.knows_where_it_is() {
            return Err(Failure::Moving);
        }
        self.moves_on(None);
        self.core.persist(Vec::new(), vec![answered(request, Ok(Outcome::Done))]);
        Ok(())
    }

    /// Whether no room can have taken this device out without its knowing: each is followed to its end with nothing under
    /// way, or stands still.
    fn knows_where_it_is(&self) -> bool {
        let known = |room: &RoomSync| {
            room.stored.stopped.is_some() || (room.following == Following::Live && room.entry_in_flight.is_none())
        };
        self.rooms.values().filter(|room| room.is_kept()).all(known)
    }

    fn moves_on(&mut self, moving: Option<Move>) {
        self.core.mine.moving = moving;
        let write = self.core.write_mine();
        self.core.persist(vec![write], Vec::new());
    }

    pub(super) fn moving(&self) -> Moving {
        match self.core.mine.moving {
            None => Moving::No,
            Some(Move { leaving: false, .. }) => Moving::Waiting,
            Some(Move { leaving: true, .. }) => Moving::Leaving,
        }
    }

    /// Whoever moves leaves once the other device has everything, everywhere, and nothing waits here to be sent.
    pub(super) fn go_on_moving(&mut self) {
        self.forget_lost();
        let Some(Move { to, leaving }) = self.core.mine.moving else { return };
        let own = self.core.keys.device();
        let mut kept = self.rooms.values().filter(|room| room.is_kept()).peekable();
        let nothing_waits = self.asks.is_empty() && self.to_note.is_empty() && self.unreadable.is_empty();
        let ready = nothing_waits && kept.peek().is_some() && kept.all(|room| room.has_all(own, to));
        if ready && !leaving {
            self.moves_on(Some(Move { to, leaving: true }));
            self.advance_all();
        } else if leaving && !ready && self.knows_where_it_is() {
            // Something was written in between: until the other device has that too, this one can be used.
            self.moves_on(Some(Move { to, leaving: false }));
        }
    }
}

impl RoomSync {
    /// Whether another device of the own person may go on where this one ends: it is inside, may write, and says of the
    /// very head that is here that it has it on its disk; and nothing waits here. A steward's room has no content.
    pub(super) fn has_all(&self, own: DeviceId, to: DeviceId) -> bool {
        let settled = self.following == Following::Live
            && self.entry_in_flight.is_none()
            && self.outbox.is_empty()
            && self.stored.wishes.is_empty();
        let Some(membership) = self.membership.as_ref().filter(|_| settled) else { return false };
        let Some((person, member)) = membership.author(own) else { return false };
        let same = membership.author(to).is_some_and(|(it, _)| it == person);
        let has_content = membership.may_write(to) && self.beacons.get(&to) == Some(&self.head);
        same && (has_content || !member.role.holds_key())
    }
}
