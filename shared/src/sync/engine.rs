//! The engine: takes events, keeps the rooms, gives effects.

use std::collections::BTreeMap;

use super::{
    Effect, Event,
    asks::PendingAsk,
    core::{Core, Then},
    devices::Coming,
    room::{Following, RoomSync},
    session::Phase,
    stop::Stop,
    store::{self, Write},
};
use crate::{
    codec,
    crypto::{
        Hash,
        head::{Beacon, LogHead, SignedHead},
    },
    domain::Line,
    ids::RoomId,
    port::{Failure, FromEngine},
    projection::{Doubt, Room, StopReason, Stopped, SyncSummary},
    protocol::{self, Fault, FromDevice, FromRelay, Refusal},
    time::Timestamp,
};

/// The sync engine of one device. See the module's page.
pub struct Engine {
    pub(super) core: Core,
    pub(super) rooms: BTreeMap<RoomId, RoomSync>,
    /// Rooms whose stored state could not be read. Nothing of theirs is written or asked for.
    pub(super) unreadable: Vec<RoomId>,
    pub(super) asks: Vec<PendingAsk>,
    /// Networks under way that are to be noted in their service's room once the relay has them.
    pub(super) to_note: Vec<(RoomId, (RoomId, Line))>,
    pub(super) summary: Option<SyncSummary>,
    pub(super) coming: Coming,
}

/// A room that can be written in.
pub(super) fn own_room(rooms: &mut BTreeMap<RoomId, RoomSync>, id: RoomId) -> Result<&mut RoomSync, Failure> {
    rooms.get_mut(&id).filter(|room| room.is_own()).ok_or(Failure::UnknownRoom)
}

impl Engine {
    /// What to show at once after loading: every room's projection, then [`FromEngine::Ready`].
    pub fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        self.core.now = now;
        let mut rewritten = Vec::new();
        for room in self.rooms.values_mut() {
            let numbers = room.rewrite_outbox(&self.core);
            rewritten.extend(numbers.into_iter().map(|number| room.write_outbox(number)));
            rewritten.append(&mut room.to_erase);
        }
        self.core.persist(rewritten, Vec::new());
        let rooms: Vec<_> = self.rooms.keys().copied().collect();
        for id in rooms {
            self.commit(id, Vec::new(), Vec::new());
        }
        for room in self.unreadable.iter().copied() {
            let room = Box::new(Room::Stopped(Stopped { room, reason: StopReason::Unreadable }));
            self.core.tell(FromEngine::Room { room });
        }
        self.core.tell(FromEngine::Ready);
        self.finish()
    }

    /// Takes one event; gives what is to be done, in order.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.core.now = now;
        match event {
            Event::Ask { request, ask } => self.asked(request, ask),
            Event::SocketOpened => self.core.socket_opened(),
            Event::SocketClosed => self.disconnected(),
            Event::Message(message) => self.message(&message),
            Event::Stored(id) => self.core.stored(id),
            Event::StoreFailed(id, fault) => self.core.store_failed(id, fault),
            Event::Tick => {}
            Event::Wake => self.core.wake(),
        }
        self.finish()
    }

    /// A room's whole document in Automerge's own format, for whoever takes their data out. Freshly loaded from the
    /// same log, it is the same bytes on every device (promise 5).
    pub fn export(&mut self, room: RoomId) -> Option<Vec<u8>> {
        self.rooms.get_mut(&room).map(|room| room.document.save())
    }

    fn finish(&mut self) -> Vec<Effect> {
        self.expire_asks();
        self.release_held();
        self.go_on_moving();
        let has_rooms = self.rooms.values().any(|room| !room.was_left());
        let wanted = has_rooms || !self.asks.is_empty() || self.waits_to_be_added();
        let was_open = self.core.session.is_open();
        self.core.tick_session(wanted);
        if was_open && !self.core.session.is_open() {
            self.forget_connection();
        }
        self.tell_summary();
        let held = self.rooms.values().filter_map(|room| room.held_until);
        let asks = self.asks.iter().map(|ask| ask.deadline);
        // Who does not want the relay does not wait for it either.
        let session = self.core.session.deadline().filter(|_| wanted || self.core.session.is_open());
        let deadline = session.into_iter().chain(asks).chain(held).min();
        if let Some(at) = deadline {
            self.core.effect(Effect::WakeAt(at));
        }
        self.core.flush()
    }

    fn tell_summary(&mut self) {
        let own = self.core.keys.device();
        let all_live = self.rooms.values().all(RoomSync::is_live);
        let (link, moving) = (self.core.session.link(all_live), self.moving());
        let mut summary = SyncSummary { link, moving, ..SyncSummary::default() };
        for room in self.rooms.values() {
            let others = room.has_others(own);
            summary.saved_here += room.outbox.len();
            summary.sent += if others { room.stored.unconfirmed.len() } else { 0 };
            summary.others |= others;
        }
        if self.summary != Some(summary) {
            self.summary = Some(summary);
            // What it counts may still be on its way to the disk.
            self.core.persist(Vec::new(), vec![Then::Tell(Box::new(FromEngine::Sync { summary }))]);
        }
    }

    /// Stores a room's writes together with its projection, and tells the screen once they are on the disk.
    pub(super) fn commit(&mut self, id: RoomId, writes: Vec<Write>, then: Vec<Then>) {
        let mut writes = writes;
        let mut follow = Vec::new();
        self.show(id, &mut writes, &mut follow);
        let stewarded = self.rooms.get(&id).is_some_and(|room| room.stewarded(self.core.keys.device()).is_some());
        if stewarded {
            let services: Vec<_> = self.rooms.iter().filter(|(_, room)| room.kind().is_staff_room()).collect();
            for service in services.into_iter().map(|(id, _)| *id).collect::<Vec<_>>() {
                self.show(service, &mut writes, &mut follow);
            }
        }
        follow.extend(then);
        self.core.persist(writes, follow);
    }

    fn show(&mut self, id: RoomId, writes: &mut Vec<Write>, then: &mut Vec<Then>) {
        let networks: Vec<_> = self.rooms.values().filter_map(|room| room.stewarded(self.core.keys.device())).collect();
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let view = room.view(&self.core.keys, &self.core.mine, &networks);
        if view != room.shown
            && let Some(view) = view
        {
            writes.push(Write { key: store::view_key(id), value: Some(codec::pack_view(&view).into()) });
            then.push(Then::Tell(Box::new(FromEngine::Room { room: Box::new(view.clone()) })));
            room.shown = Some(view);
        }
    }

    fn disconnected(&mut self) {
        self.core.socket_closed();
        self.forget_connection();
    }

    pub(super) fn forget_connection(&mut self) {
        for room in self.rooms.values_mut() {
            room.following = Following::No;
            room.in_flight.clear();
            room.held_until = None;
            room.entry_in_flight = None;
            room.beginning = None;
            room.offer.forget_connection();
        }
        self.coming_disconnected();
        self.asks_disconnected();
    }

    fn message(&mut self, message: &[u8]) {
        if !self.core.session.is_open() {
            return;
        }
        self.core.heard();
        match protocol::decode::<FromRelay>(message) {
            Ok(frames) => frames.into_iter().for_each(|frame| self.frame(frame)),
            Err(_) => {
                self.core.hang_up();
                self.forget_connection();
            }
        }
    }

    fn frame(&mut self, frame: FromRelay) {
        match frame {
            FromRelay::Challenge { version, relay, nonce } => self.core.challenged(version, relay, nonce),
            FromRelay::Welcome { rooms, .. } => {
                self.core.welcomed(rooms);
                self.signed_in();
            }
            FromRelay::Peeked { room, entries } => self.peeked(room, entries),
            FromRelay::Opened { room, head, beacons } => self.opened(room, &head, &beacons),
            FromRelay::Behind { room, head } => self.relay_is_behind(room, &head),
            FromRelay::Batch { room, first, items, head } => self.batch(room, first, items, &head),
            FromRelay::PutOk { room, .. } => self.put_ok(room),
            FromRelay::Refused { room, item, why } => self.refused(room, item, why),
            FromRelay::Seen { beacons } => {
                for it in beacons {
                    self.beacons(it.room, &[it.beacon]);
                }
            }
            FromRelay::Pong => {}
            FromRelay::Fault { why: Fault::Version } => {
                self.core.session.phase = Phase::Versions;
                self.core.effect(Effect::Disconnect);
                self.forget_connection();
            }
            FromRelay::Entered { room } => self.listed(room),
            FromRelay::Fault { .. } => {
                self.core.hang_up();
                self.forget_connection();
            }
        }
    }

    fn signed_in(&mut self) {
        let ids: Vec<_> = self.rooms.keys().copied().collect();
        for id in ids {
            // What is here is asked for also where the relay does not list it: this device may have been taken out, and
            // learns that from the log alone.
            let here = self.rooms.get(&id).is_some_and(|room| room.head != LogHead::EMPTY);
            if here || self.core.session.rooms.contains(&id) {
                self.open(id);
            } else {
                self.knock(id);
            }
        }
        self.come_in();
        self.pending_asks();
    }

    /// Whether nothing of a room is here, readable or not.
    pub(super) fn is_free(&self, id: RoomId) -> bool {
        !self.unreadable.contains(&id) && self.rooms.get(&id).is_none_or(RoomSync::was_left)
    }

    /// Subscribes to a room.
    pub(super) fn open(&mut self, id: RoomId) {
        if let Some(room) = self.rooms.get_mut(&id)
            && room.following == Following::No
            && room.stored.stopped.is_none()
        {
            if room.head == LogHead::EMPTY {
                // What was shown at the door is read again from the log, from its beginning.
                (room.membership, room.entry_in_flight) = (None, None);
            }
            room.following = Following::CatchingUp { to: None };
            self.core.send(FromDevice::Open { room: id, from: room.head });
        }
    }

    fn opened(&mut self, id: RoomId, head: &SignedHead, beacons: &[Beacon]) {
        self.coming_opened(id, head.head.seq, beacons);
        let Some(room) = self.rooms.get_mut(&id).filter(|room| room.stored.stopped.is_none()) else { return };
        if let Err(stop) = room.check_opened(head) {
            self.stop(id, stop, Vec::new(), Vec::new());
            return;
        }
        room.following = Following::CatchingUp { to: Some(head.head.seq) };
        self.heard_epoch(id, head.relay_epoch);
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let own = self.core.keys.device();
        if head.head == room.head
            && !room.stored.coming
            && room.can_vouch(own)
            && !beacons.iter().any(|it| it.device == own && it.head == room.head)
        {
            // The connection was lost before the others could be told.
            let beacon = Beacon::sign(&self.core.keys, id, room.head);
            self.core.persist(Vec::new(), vec![Then::Send(FromDevice::Seen { room: id, beacon })]);
        }
        self.beacons(id, beacons);
        self.advance(id);
    }

    fn batch(&mut self, id: RoomId, first: u64, items: Vec<protocol::Item>, head: &SignedHead) {
        if first == 1 && self.is_free(id) {
            self.begin_coming(id, &items);
        }
        let Some(room) = self.rooms.get_mut(&id).filter(|room| room.stored.stopped.is_none()) else { return };
        let (mut writes, stop) = room.take_batch(&self.core.keys, first, items, head);
        let mut then = Vec::new();
        if !writes.is_empty() {
            let own = self.core.keys.device();
            room.settle(own);
            writes.push(room.write_stored());
            if room.can_vouch(own) && !room.stored.coming {
                let beacon = Beacon::sign(&self.core.keys, id, room.head);
                then.push(Then::Send(FromDevice::Seen { room: id, beacon }));
            }
            // Before the network's own log: whatever happens in between, the note is not forgotten.
            self.begun(id);
        }
        if let Some(stop) = stop {
            let coming = self.rooms.get(&id).is_some_and(|room| room.stored.coming);
            if coming && !matches!(stop, Stop::Doubt(_)) {
                // Nobody has been shown it yet.
                return self.forget(id, writes);
            }
            return self.stop(id, stop, writes, then);
        }
        if self.rooms.get(&id).is_some_and(RoomSync::is_out) {
            return self.leave(id, writes);
        }
        if self.rooms.get(&id).is_some_and(|room| room.stored.rolled_back) {
            // What it has written stands in the way of what it had: nothing to show before it has begun anew.
            self.core.persist(writes, then);
        } else if !writes.is_empty() {
            self.commit(id, writes, then);
        }
        self.advance(id);
    }

    /// Goes on after the log has moved: catches up, or writes what is owed and what waits.
    pub(super) fn advance(&mut self, id: RoomId) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if let Following::CatchingUp { to: Some(to) } = room.following
            && room.head.seq >= to
        {
            room.following = Following::Live;
        }
        if room.is_out() {
            return self.leave(id, Vec::new());
        }
        if room.following == Following::Live && room.doubt.take().is_some() {
            self.commit(id, Vec::new(), Vec::new());
        }
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if room.stored.coming && room.following == Following::Live {
            self.came(id);
        }
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if room.stored.rolled_back && room.following == Following::Live {
            let writes = room.begin_anew();
            self.core.persist(writes, Vec::new());
            self.core.effect(Effect::Reload);
            return;
        }
        if room.must_read_anew() && room.following == Following::Live {
            self.core.effect(Effect::Reload);
            return;
        }
        if self.begins_anew(id) {
            return;
        }
        let Some(room) = self.rooms.get_mut(&id) else { return };
        room.reconcile(&mut self.core);
        room.pump(&mut self.core);
        room.write_beginning(&mut self.core);
    }

    fn beacons(&mut self, id: RoomId, beacons: &[Beacon]) {
        let own = self.core.keys.device();
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let mut changed = false;
        for beacon in beacons {
            changed |= room.take_beacon(own, beacon);
        }
        if changed {
            room.settle(own);
            let write = room.write_stored();
            self.commit(id, vec![write], Vec::new());
            if self.core.mine.leaving().is_some() {
                // It may be what this device waited for to go.
                self.advance(id);
            }
        }
    }

    fn refused(&mut self, id: RoomId, item: Option<Hash>, why: Refusal) {
        if self.ask_refused(id, item, why) {
            return;
        }
        self.coming_refused(id);
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let entry = room.entry_in_flight.take_if(|it| Some(it.name) == item);
        let wish = entry.and_then(|it| it.wish).filter(|_| why.is_final() && why != Refusal::NoSuchRoom);
        if item.is_none() {
            room.following = Following::No;
        }
        if item.is_none() && why == Refusal::Diverged {
            // Anybody can say so. A relay that has forgotten or forked its log says it again and again, and nothing is
            // sent until then; only its signature proves it.
            self.stop(id, Stop::Doubt(Doubt::Behind), Vec::new(), Vec::new());
        } else if item.is_none() && why != Refusal::Storage && room.stored.coming {
            self.forget(id, Vec::new());
        } else if item.is_none() && why != Refusal::Storage {
            // Not this device's room any more, or not the relay's: nothing to wait for on this connection.
        } else if entry.is_some_and(|entry| room.membership.as_ref().is_some_and(|it| it.last() != entry.upon)) {
            // It was written upon an entry that is not the last any more, and the log that says so is here already.
            self.advance(id);
        } else if item.is_some() && entry.is_none() && room.beginning.take().is_some() {
            // What was written of a new beginning does not count any more.
            self.hold(id);
        } else if item.is_some() && entry.is_none() && room.in_flight.is_empty() {
            // It lost a race, and the log that says so has been here before the answer.
        } else if let Some(wish) = wish {
            room.drop_wish(wish);
            let write = room.write_stored();
            self.commit(id, vec![write], Vec::new());
            self.advance(id);
        } else {
            self.hold(id);
        }
    }
}
