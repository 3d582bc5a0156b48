//! The one who writes. A thread of its own, because it waits for the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use axum::body::Bytes;
use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, LogHead, Seq, SignedHead},
        links::SetUpToken,
    },
    domain::RoomKind,
    ids::{DeviceId, RoomId},
    membership::{Body, Entry, Room},
    protocol::{self, FromRelay, Item, Opening, Refusal, limits},
};
use tokio::sync::mpsc;

use super::{
    Signer,
    accept::{self, No},
    hub::Hub,
    job::{Job, Message, Work},
    mailbox::{Event, Mailbox, SessionId},
    prepare::Prepared,
    rooms::{About, Cached, Rooms},
};
use crate::{
    clock,
    limits::Limits,
    storage::{Commit, Moves, NewItem, NewRoom, Storage, StorageError},
};

/// What was asked, and how it came out.
struct Reply {
    session: SessionId,
    device: DeviceId,
    mailbox: Mailbox,
    room: RoomId,
    name: Option<Hash>,
    settles: bool,
    outcome: Result<Outcome, Refusal>,
}

#[derive(Clone, Copy)]
enum Outcome {
    Stored(Seq),
    Open {
        from: LogHead,
    },
    /// For a device that was taken out: up to there and no further.
    OpenUntil {
        from: LogHead,
        until: LogHead,
    },
    /// The relay was restored and lacks what the device has.
    Behind,
    Noted,
}

/// One group commit under way.
#[derive(Default)]
struct Group {
    commit: Commit,
    replies: Vec<Reply>,
    seen: Vec<(RoomId, SessionId, Beacon)>,
}

/// See the module.
pub(super) struct Writer {
    storage: Arc<dyn Storage>,
    signer: Signer,
    rooms: Rooms,
    hub: Hub,
    rooms_per_tenant: u64,
    pause_before_ack: Duration,
}

impl Writer {
    pub(super) fn new(storage: Arc<dyn Storage>, signer: Signer, limits: &Limits, pause_before_ack: Duration) -> Self {
        Self {
            rooms: Rooms::new(Arc::clone(&storage), limits.cached_rooms),
            storage,
            signer,
            hub: Hub::default(),
            rooms_per_tenant: limits.rooms_per_tenant,
            pause_before_ack,
        }
    }

    /// Works until it is told to stop; what was queued before that is done.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        while let Some(first) = queue.blocking_recv() {
            let mut group = Group { commit: Commit { now: clock::now(), ..Commit::default() }, ..Group::default() };
            let mut next = Some(first);
            let (mut count, mut bytes) = (0, 0);
            let mut stop = false;
            while let Some(message) = next.take() {
                match message {
                    Message::Job(job) => {
                        count += job.work.items();
                        bytes += job.work.weight();
                        self.take(*job, &mut group);
                    }
                    Message::Arrive(session, device, mailbox, arrived) => {
                        self.hub.arrive(session, device, mailbox);
                        // Who does not wait for it any more is gone.
                        let _: Result<(), ()> = arrived.send(());
                    }
                    Message::Leave(session) => self.hub.end(session),
                    Message::Stop => stop = true,
                }
                // A group's items of one room fit into one Batch, and whoever is taken out gets nothing after that.
                let parts = group.commit.items.last().is_some_and(|it| !it.moves.leave.is_empty());
                if !stop && !parts && count < limits::BATCH_ITEMS && bytes < limits::BATCH_BYTES {
                    next = queue.try_recv().ok();
                }
            }
            self.finish(group);
            if stop {
                return;
            }
        }
    }

    fn take(&mut self, job: Job, group: &mut Group) {
        let Job { session, mailbox, device, room, work } = job;
        let (name, settles) = (work.name(), work.is_answered());
        let outcome = match work {
            Work::Begin { opening, genesis, .. } => self.begin(device, opening, &genesis, &mut group.commit),
            Work::Put { item, .. } => self.put(room, &item, &mut group.commit),
            Work::Offer { first, items } => self.offer(device, room, first, &items, &mut group.commit),
            Work::Open { from } => self.open(device, room, from),
            Work::Seen(beacon) => self.seen(session, room, beacon, group),
        };
        let outcome = outcome.map_err(|no| match no {
            No::Refused(why) => why,
            No::Storage(error) => {
                tracing::error!(%error, "the storage could not be read");
                Refusal::Storage
            }
        });
        group.replies.push(Reply { session, device, mailbox, room, name, settles, outcome });
    }

    fn begin(
        &mut self,
        device: DeviceId,
        opening: Opening,
        genesis: &Entry,
        commit: &mut Commit,
    ) -> Result<Outcome, No> {
        let room = genesis.room();
        if self.rooms.get(room)?.is_some() {
            return Ok(Outcome::Stored(1));
        }
        let begun = Room::begin(genesis).map_err(|_| Refusal::Invalid)?;
        let relay_epoch = self.signer.epoch;
        let new = match opening {
            Opening::SetUp { token } => {
                accept::kind(&begun, RoomKind::Service)?;
                let token = self.open_token(&token, commit)?;
                NewRoom { room, tenant: room, token: Some(token), relay_epoch }
            }
            Opening::Staff { service } => {
                accept::kind(&begun, RoomKind::Network)?;
                let tenant = self.rooms.get(service)?.ok_or(Refusal::NoSuchRoom)?;
                accept::staff(&tenant.members, device)?;
                self.quota(service, commit)?;
                NewRoom { room, tenant: service, token: None, relay_epoch }
            }
        };
        let cached = self.rooms.add(Cached::begin(begun, relay_epoch));
        commit.rooms.push(new);
        let seq = accept::append(
            cached,
            commit,
            About::Entry(Moves { enter: vec![device], ..Moves::default() }, None),
            genesis.as_bytes(),
        );
        Ok(Outcome::Stored(seq))
    }

    fn open_token(&self, token: &SetUpToken, commit: &Commit) -> Result<Hash, No> {
        let hash = token.hash();
        let stored = self.storage.token(hash)?.ok_or(Refusal::LinkUnknown)?;
        if stored.used.is_some() || commit.rooms.iter().any(|it| it.token == Some(hash)) {
            return Err(Refusal::LinkUsed.into());
        }
        if stored.expires <= commit.now { Err(Refusal::LinkExpired.into()) } else { Ok(hash) }
    }

    fn quota(&self, tenant: RoomId, commit: &Commit) -> Result<(), No> {
        let under_way = commit.rooms.iter().filter(|it| it.tenant == tenant && it.room != tenant).count();
        let rooms = self.storage.rooms_of_tenant(tenant)? + under_way as u64;
        if rooms < self.rooms_per_tenant { Ok(()) } else { Err(Refusal::TooLarge.into()) }
    }

    fn put(&mut self, room: RoomId, item: &Prepared, commit: &mut Commit) -> Result<Outcome, No> {
        let joins = matches!(item, Prepared::Entry(entry) if matches!(entry.body(), Body::Join(_)));
        // An outsider gets the same answer for a room that is not there as for one that is.
        let unknown = if joins { Refusal::LinkUnknown } else { Refusal::NoSuchRoom };
        let epoch = self.signer.epoch;
        let cached = self.rooms.get(room)?.ok_or(unknown)?;
        accept::may_come(cached, item, epoch)?;
        let seq = match item {
            Prepared::Entry(entry) => accept::entry(cached, &*self.storage, commit, entry)?,
            Prepared::Record(record) => accept::record(cached, &*self.storage, commit, record)?,
            // Only ever given back.
            Prepared::Erased(_) => return Err(Refusal::Malformed.into()),
        };
        Ok(Outcome::Stored(seq))
    }

    fn offer(
        &mut self,
        device: DeviceId,
        room: RoomId,
        first: Seq,
        items: &[Prepared],
        commit: &mut Commit,
    ) -> Result<Outcome, No> {
        let epoch = self.signer.epoch;
        let inside = |cached: &&mut Cached| cached.members.person_of(device).is_some() && cached.is_unconfirmed(epoch);
        let cached = self.rooms.get(room)?.filter(inside).ok_or(Refusal::NoSuchRoom)?;
        let known = usize::try_from((cached.head.seq + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        for item in items.iter().skip(known) {
            accept::offered(cached, &*self.storage, commit, item)?;
            // Whoever is taken out gets nothing after that: the rest comes with the next offer.
            if commit.items.last().is_some_and(|it| !it.moves.leave.is_empty()) {
                break;
            }
        }
        Ok(Outcome::Noted)
    }

    fn open(&mut self, device: DeviceId, room: RoomId, from: LogHead) -> Result<Outcome, No> {
        let epoch = self.signer.epoch;
        let cached = self.rooms.get(room)?.ok_or(Refusal::NoSuchRoom)?;
        let inside = cached.members.person_of(device).is_some();
        let left = if inside { None } else { Some(self.storage.left_at(room, device)?.ok_or(Refusal::NoSuchRoom)?) };
        match accept::known(cached, &*self.storage, from) {
            Err(No::Refused(Refusal::Diverged))
                if inside && from.seq > cached.head.seq && cached.is_unconfirmed(epoch) =>
            {
                return Ok(Outcome::Behind);
            }
            known => known?,
        }
        match left {
            None => Ok(Outcome::Open { from }),
            // What comes after its own end is none of its business, not even as a head.
            Some(at) if from.seq > at => Err(Refusal::NoSuchRoom.into()),
            Some(at) => {
                let until = self.storage.head_at(room, at)?.ok_or(StorageError::Damaged("who left where"))?;
                Ok(Outcome::OpenUntil { from, until })
            }
        }
    }

    fn seen(&mut self, session: SessionId, room: RoomId, beacon: Beacon, group: &mut Group) -> Result<Outcome, No> {
        let cached = self.rooms.get(room)?.ok_or(Refusal::NoSuchRoom)?;
        if accept::beacon(cached, &*self.storage, &beacon)? {
            group.commit.beacons.push((room, beacon));
            group.seen.push((room, session, beacon));
        }
        Ok(Outcome::Noted)
    }

    /// Commits, then signs, then answers, then passes on: in this order and no other.
    fn finish(&mut self, mut group: Group) {
        if !group.commit.is_empty() {
            let started = Instant::now();
            if let Err(error) = self.storage.commit(&group.commit) {
                tracing::error!(%error, "a commit failed; nothing of it was acknowledged");
                self.roll_back(&mut group);
            } else {
                let micros = started.elapsed().as_micros();
                tracing::debug!(items = group.commit.items.len(), micros, "committed");
                if !self.pause_before_ack.is_zero() {
                    thread::sleep(self.pause_before_ack);
                }
            }
        }
        let heads = self.sign(&group);
        for reply in group.replies {
            self.answer(reply, &heads);
        }
        self.pass_on(group.commit.items, &heads);
        for (room, session, beacon) in group.seen {
            self.hub.publish(room, Some(session), &Event::Beacon(room, beacon));
        }
        self.rooms.trim();
    }

    /// Memory forgets what the disk did not take.
    fn roll_back(&mut self, group: &mut Group) {
        let commit = std::mem::take(&mut group.commit);
        let rooms = commit.items.iter().map(|it| it.room).chain(commit.beacons.iter().map(|(room, _)| *room));
        for room in rooms {
            self.rooms.forget(room);
        }
        group.seen.clear();
        for reply in &mut group.replies {
            reply.outcome = reply.outcome.and(Err(Refusal::Storage));
        }
    }

    /// One signature over the heads of all rooms that somebody is told of.
    fn sign(&mut self, group: &Group) -> BTreeMap<RoomId, SignedHead> {
        let told =
            |reply: &Reply| matches!(reply.outcome, Ok(Outcome::Stored(_) | Outcome::Open { .. } | Outcome::Behind));
        let mut rooms: BTreeSet<RoomId> = group.commit.items.iter().map(|it| it.room).collect();
        rooms.extend(group.replies.iter().filter(|reply| told(reply)).map(|reply| reply.room));
        let mut heads = Vec::new();
        for room in rooms {
            if let Ok(Some(cached)) = self.rooms.get(room) {
                heads.push((room, cached.head));
            }
        }
        if heads.is_empty() {
            return BTreeMap::new();
        }
        let signed = self.signer.sign(&heads);
        heads.iter().map(|(room, _)| *room).zip(signed).collect()
    }

    fn answer(&mut self, reply: Reply, heads: &BTreeMap<RoomId, SignedHead>) {
        let Reply { session, device, mailbox, room, name, settles, outcome } = reply;
        let refused = |why| FromRelay::Refused { room, item: name, why };
        let head = heads.get(&room).cloned();
        let event = match (outcome, head, name) {
            (Ok(Outcome::Noted), ..) => return,
            (Ok(Outcome::Stored(seq)), Some(head), Some(item)) => {
                Event::Answer { frame: encoded(FromRelay::PutOk { room, item, seq, head }), settles }
            }
            (Ok(Outcome::Open { from }), Some(head), _) => {
                self.hub.subscribe(room, session, device, mailbox.clone());
                self.opened(room, from, head)
            }
            (Ok(Outcome::Behind), Some(head), _) => {
                Event::Answer { frame: encoded(FromRelay::Behind { room, head }), settles }
            }
            (Ok(Outcome::OpenUntil { from, until }), ..) if let Some(head) = self.signer.sign_one(room, until) => {
                let frame = encoded(FromRelay::Opened { room, head, beacons: Vec::new() });
                Event::Opened { room, from: from.seq, head: until.seq, last: true, frame }
            }
            (Ok(_), ..) => Event::Answer { frame: encoded(refused(Refusal::Storage)), settles },
            (Err(why), ..) => Event::Answer { frame: encoded(refused(why)), settles },
        };
        if !mailbox.put(event) {
            self.hub.leave(session);
        }
    }

    fn opened(&mut self, room: RoomId, from: LogHead, head: SignedHead) -> Event {
        let cached = self.rooms.get(room).ok().flatten();
        let beacons = cached.map(|cached| cached.beacons.values().copied().collect()).unwrap_or_default();
        let until = head.head.seq;
        let frame = encoded(FromRelay::Opened { room, head, beacons });
        Event::Opened { room, from: from.seq, head: until, last: false, frame }
    }

    fn pass_on(&mut self, items: Vec<NewItem>, heads: &BTreeMap<RoomId, SignedHead>) {
        let mut by_room: BTreeMap<RoomId, Vec<_>> = BTreeMap::new();
        let mut left = Vec::new();
        for NewItem { room, item, moves, .. } in items {
            if moves.added {
                let event = Event::Answer { frame: encoded(FromRelay::Entered { room }), settles: false };
                moves.enter.iter().for_each(|device| self.hub.tell(*device, &event));
            }
            if !moves.leave.is_empty() {
                left.push((room, item.seq, moves.leave));
            }
            by_room.entry(room).or_default().push(item);
        }
        for (room, items) in by_room {
            let (Some(first), Some(head)) = (items.first().map(|item| item.seq), heads.get(&room)) else { continue };
            if !self.hub.has(room) {
                continue;
            }
            let items = items.into_iter().map(|item| Item::new(item.kind, item.bytes)).collect();
            let frame = encoded(FromRelay::Batch { room, first, items, head: head.clone() });
            self.hub.publish(room, None, &Event::Live { room, first, last: head.head.seq, frame });
        }
        for (room, at, devices) in left {
            self.hub.part(room, &devices, at);
        }
    }
}

fn encoded(frame: FromRelay) -> Bytes {
    protocol::encode(&[frame]).into()
}
