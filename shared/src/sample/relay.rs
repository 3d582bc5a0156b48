//! A relay in memory: one log per room, and the rules of the real one. It signs heads and deals out items; it has no
//! disk, no limits and no clock of its own.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    crypto::{
        Entropy, Hash, Secret, Signature,
        entropy::random,
        head::{self, Beacon, ItemKind, LogHead, Seq, SignedHead, sign_heads},
        keys::SignKey,
        links::SetUpToken,
        record::Record,
    },
    ids::{DeviceId, InviteId, RoomId},
    membership::{Body, Chain, Entry, Room, state::InviteState},
    planted::Planted,
    protocol::{self, FromDevice, FromRelay, Item, Opening, Refusal, RoomBeacon, auth},
    time::Timestamp,
};

/// How many items travel together if nothing else is said: few, so that whoever takes them must do it piece by piece.
const BATCH: usize = 3;

/// What the relay knows of one room.
#[derive(Clone)]
pub struct Log {
    /// Every item, from the first.
    pub items: Vec<Item>,
    /// The head after each of them.
    pub heads: Vec<LogHead>,
    membership: Room,
    beacons: Vec<Beacon>,
    records: Vec<(DeviceId, Chain)>,
    /// Up to where who was taken out may read.
    left: Vec<(DeviceId, Seq)>,
    /// The relay's epoch in which it was begun.
    begun: u32,
    /// What is left of records was given back, and the entry that erased them is still to come.
    short: bool,
}

impl Log {
    fn head(&self) -> LogHead {
        self.heads.last().copied().unwrap_or_default()
    }

    /// Adds an item without asking any rule.
    pub fn append(&mut self, item: Item) {
        self.heads.push(self.head().after_numbered(item.kind, &item.bytes));
        self.items.push(item);
    }
}

/// One connection.
#[derive(Default)]
struct Socket {
    device: Option<DeviceId>,
    signed_in: bool,
    rooms: Vec<RoomId>,
    out: VecDeque<FromRelay>,
}

/// Names a connection.
pub type SocketId = usize;

/// The relay.
pub struct Relay {
    key: SignKey,
    nonce: [u8; 32],
    /// How often it was restored from a backup, and one.
    epoch: u32,
    /// The rooms it has.
    pub rooms: BTreeMap<RoomId, Log>,
    sockets: Vec<Option<Socket>>,
    /// Set-up tokens that have not been used.
    pub tokens: Vec<SetUpToken>,
    /// How many items travel together.
    pub batch: usize,
}

impl Relay {
    /// A relay with a key of its own and no rooms.
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self {
            key: SignKey::from_seed(&Secret::new(random(entropy))),
            nonce: random(entropy),
            epoch: 1,
            rooms: BTreeMap::new(),
            sockets: Vec::new(),
            tokens: Vec::new(),
            batch: BATCH,
        }
    }

    /// A new connection.
    pub fn connect(&mut self) -> SocketId {
        self.sockets.push(Some(Socket::default()));
        self.sockets.len() - 1
    }

    /// The connection is gone.
    pub fn close(&mut self, socket: SocketId) {
        self.sockets[socket] = None;
    }

    /// Whether there is a frame for a device.
    pub fn has_frame(&self, socket: SocketId) -> bool {
        self.sockets[socket].as_ref().is_some_and(|it| !it.out.is_empty())
    }

    /// The next frame for a device, if there is one.
    pub fn next_frame(&mut self, socket: SocketId) -> Option<FromRelay> {
        self.sockets[socket].as_mut()?.out.pop_front()
    }

    /// Ends every session with a fault; nothing that was to be sent is.
    pub fn end_sessions(&mut self, why: protocol::Fault) {
        for socket in self.sockets.iter_mut().flatten() {
            *socket = Socket { out: VecDeque::from([FromRelay::Fault { why }]), ..Socket::default() };
        }
    }

    /// Puts back the rooms as they were some time ago, as an operator does who has only a backup left.
    pub fn restore(&mut self, backup: BTreeMap<RoomId, Log>) {
        self.rooms = backup;
        self.epoch += 1;
        self.end_sessions(protocol::Fault::ShuttingDown);
    }

    /// Whether a log takes only what it lacks, since nobody has confirmed it after the relay was restored.
    fn is_unconfirmed(&self, log: &Log) -> bool {
        log.begun.max(log.membership.confirmed()) < self.epoch && !Planted::HeadConfirmation.is_on()
    }

    /// Refuses an item, or a whole room.
    pub fn refuse(&mut self, socket: SocketId, room: RoomId, item: Option<Hash>, why: Refusal) {
        self.send(socket, FromRelay::Refused { room, item, why });
    }

    fn send(&mut self, socket: SocketId, frame: FromRelay) {
        if let Some(it) = &mut self.sockets[socket]
            && let Some(frame) = joined(&mut it.out, frame, self.batch)
        {
            it.out.push_back(frame);
        }
    }

    fn send_to_readers(&mut self, room: RoomId, but: Option<SocketId>, frame: &FromRelay) {
        for at in 0..self.sockets.len() {
            if Some(at) != but && self.sockets[at].as_ref().is_some_and(|it| it.rooms.contains(&room)) {
                self.send(at, frame.clone());
            }
        }
    }

    fn sign(&self, room: RoomId, head: LogHead) -> SignedHead {
        sign_heads(&self.key, self.epoch, &[(room, head)]).remove(0)
    }

    fn device(&self, socket: SocketId) -> Option<DeviceId> {
        self.sockets[socket].as_ref().filter(|it| it.signed_in)?.device
    }

    /// Takes a frame from a device.
    pub fn frame(&mut self, socket: SocketId, frame: FromDevice, now: Timestamp) {
        match frame {
            FromDevice::Hello { version, device } => {
                if let Some(it) = &mut self.sockets[socket] {
                    it.device = Some(device);
                }
                let relay = self.key.public();
                self.send(socket, FromRelay::Challenge { version, relay, nonce: self.nonce });
            }
            FromDevice::Auth { signature } => self.auth(socket, &signature),
            FromDevice::Begin { opening, genesis } => self.begin(socket, opening, genesis),
            FromDevice::Peek { room, invite, .. } => self.peek(socket, room, invite, now),
            FromDevice::Open { room, from } => self.open(socket, room, from),
            FromDevice::Put { room, item } => self.put(socket, room, &item),
            FromDevice::Seen { room, beacon } => self.seen(socket, room, beacon),
            FromDevice::Offer { room, first, items } => self.offer(socket, room, first, &items),
            FromDevice::Ping => self.send(socket, FromRelay::Pong),
        }
    }

    fn auth(&mut self, socket: SocketId, signature: &Signature) {
        let Some(device) = self.sockets[socket].as_ref().and_then(|it| it.device) else { return };
        if auth::verify_sign_in(device, &self.key.public(), &self.nonce, signature).is_err() {
            return self.send(socket, FromRelay::Fault { why: protocol::Fault::SignIn });
        }
        if let Some(it) = &mut self.sockets[socket] {
            it.signed_in = true;
        }
        let rooms = self.rooms.iter().filter(|(_, log)| log.membership.person_of(device).is_some());
        let rooms = rooms.map(|(id, _)| *id).collect();
        self.send(socket, FromRelay::Welcome { relay_epoch: self.epoch, rooms });
    }

    fn begin(&mut self, socket: SocketId, opening: Opening, genesis: Vec<u8>) {
        let item = Item::new(ItemKind::Membership, genesis);
        let Ok(entry) = Entry::parse(item.bytes.clone()) else { return };
        let id = entry.room();
        if self.rooms.contains_key(&id) {
            return self.put_ok(socket, id, &item, 1);
        }
        if let Opening::SetUp { token } = opening {
            let Some(at) = self.tokens.iter().position(|it| *it == token) else {
                return self.refuse(socket, id, Some(item.name()), Refusal::LinkUnknown);
            };
            self.tokens.remove(at);
        }
        let Ok(membership) = Room::begin(&entry) else {
            return self.refuse(socket, id, Some(item.name()), Refusal::Invalid);
        };
        let (beacons, records) = (Vec::new(), Vec::new());
        let (left, begun, short) = (Vec::new(), self.epoch, false);
        let mut log = Log { items: Vec::new(), heads: Vec::new(), membership, beacons, records, left, begun, short };
        log.append(item.clone());
        self.rooms.insert(id, log);
        self.put_ok(socket, id, &item, 1);
    }

    fn peek(&mut self, socket: SocketId, id: RoomId, invite: InviteId, now: Timestamp) {
        let log = self.rooms.get(&id);
        let standing = log.and_then(|log| log.membership.invite(invite));
        let refusal = match standing {
            None => Some(Refusal::LinkUnknown),
            Some(it) if it.used_by().is_some() => Some(Refusal::LinkUsed),
            Some(it) if it.state == InviteState::Withdrawn => Some(Refusal::LinkUnknown),
            Some(it) if it.invite.expires < now => Some(Refusal::LinkExpired),
            Some(_) => None,
        };
        match (refusal, log) {
            (None, Some(log)) => {
                let entries = log.items.iter().filter(|it| it.kind() == Some(ItemKind::Membership)).cloned().collect();
                self.send(socket, FromRelay::Peeked { room: id, entries });
            }
            (refusal, _) => self.refuse(socket, id, None, refusal.unwrap_or(Refusal::LinkUnknown)),
        }
    }

    fn open(&mut self, socket: SocketId, id: RoomId, from: LogHead) {
        let device = self.device(socket);
        let Some((log, device)) = self.rooms.get(&id).zip(device) else {
            return self.refuse(socket, id, None, Refusal::NoSuchRoom);
        };
        let inside = log.membership.person_of(device).is_some();
        if inside && from.seq > log.head().seq && self.is_unconfirmed(log) {
            let head = self.sign(id, log.head());
            return self.send(socket, FromRelay::Behind { room: id, head });
        }
        let end =
            if inside { Some(log.head().seq) } else { log.left.iter().find(|(it, _)| *it == device).map(|it| it.1) };
        let Some(end) = end.filter(|end| from.seq <= *end) else {
            return self.refuse(socket, id, None, Refusal::NoSuchRoom);
        };
        let at = usize::try_from(from.seq).unwrap_or(usize::MAX);
        let known = if at == 0 { Some(&LogHead::EMPTY) } else { log.heads.get(at - 1) };
        if known != Some(&from) {
            return self.refuse(socket, id, None, Refusal::Diverged);
        }
        let beacons = log.beacons.iter().copied().filter(|_| inside).collect();
        let until = usize::try_from(end).unwrap_or(usize::MAX);
        let last = log.heads.get(until.wrapping_sub(1)).copied().unwrap_or_default();
        let mut frames = vec![FromRelay::Opened { room: id, head: self.sign(id, last), beacons }];
        let mut first = from.seq + 1;
        for items in log.items[at..until].chunks(self.batch) {
            let last = first + items.len() as u64 - 1;
            let head = log.heads.iter().find(|head| head.seq == last).copied().unwrap_or_default();
            frames.push(FromRelay::Batch { room: id, first, items: items.to_vec(), head: self.sign(id, head) });
            first = last + 1;
        }
        if let Some(it) = &mut self.sockets[socket] {
            it.out.extend(frames);
            if inside {
                it.rooms.push(id);
            }
        }
    }

    fn put_ok(&mut self, socket: SocketId, room: RoomId, item: &Item, seq: u64) {
        let Some(log) = self.rooms.get(&room) else { return };
        let head = self.sign(room, log.head());
        self.send(socket, FromRelay::PutOk { room, item: item.name(), seq, head });
    }

    fn put(&mut self, socket: SocketId, id: RoomId, item: &Item) {
        let Some(device) = self.device(socket) else { return };
        let Some(log) = self.rooms.get(&id) else {
            return self.refuse(socket, id, Some(item.name()), Refusal::NoSuchRoom);
        };
        if let Some(at) = log.items.iter().position(|it| it == item) {
            return self.put_ok(socket, id, item, at as u64 + 1);
        }
        let (epoch, unconfirmed) = (self.epoch, self.is_unconfirmed(log));
        let Some(log) = self.rooms.get_mut(&id) else { return };
        let taken = log.may_come(item, epoch, unconfirmed).and_then(|()| log.take(Some(device), item));
        match taken {
            Ok((came, gone)) => {
                let seq = log.head().seq;
                self.put_ok(socket, id, item, seq);
                self.deal_out(id, device, item, &came, &gone);
            }
            Err(why) => self.refuse(socket, id, Some(item.name()), why),
        }
    }

    /// Takes back what it has lost, whoever wrote it.
    fn offer(&mut self, socket: SocketId, id: RoomId, first: Seq, items: &[Item]) {
        let device = self.device(socket);
        let log = self.rooms.get(&id).filter(|log| self.is_unconfirmed(log));
        let Some((log, device)) = log.zip(device).filter(|(log, it)| log.membership.person_of(*it).is_some()) else {
            return self.refuse(socket, id, None, Refusal::NoSuchRoom);
        };
        let known = usize::try_from((log.head().seq + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        for item in items.iter().skip(known) {
            let Some(log) = self.rooms.get_mut(&id) else { return };
            match log.take(None, item) {
                Ok((came, gone)) => self.deal_out(id, device, item, &came, &gone),
                Err(why) => return self.refuse(socket, id, Some(item.name()), why),
            }
        }
    }

    /// Passes an item on that stands at the end of its log.
    fn deal_out(&mut self, id: RoomId, device: DeviceId, item: &Item, came: &[DeviceId], gone: &[DeviceId]) {
        let Some(head) = self.rooms.get(&id).map(Log::head) else { return };
        let head = self.sign(id, head);
        let batch = FromRelay::Batch { room: id, first: head.head.seq, items: vec![item.clone()], head };
        self.send_to_readers(id, None, &batch);
        for at in 0..self.sockets.len() {
            let Some(there) = self.device(at) else { continue };
            if gone.contains(&there)
                && let Some(it) = &mut self.sockets[at]
            {
                it.rooms.retain(|room| *room != id);
            }
            if came.contains(&there) && there != device {
                self.send(at, FromRelay::Entered { room: id });
            }
        }
    }

    fn seen(&mut self, socket: SocketId, id: RoomId, beacon: Beacon) {
        let Some(log) = self.rooms.get_mut(&id) else { return };
        if !log.membership.holds_key(beacon.device) {
            return;
        }
        let was = usize::try_from(beacon.head.seq).ok().and_then(|seq| log.heads.get(seq.wrapping_sub(1)));
        if was != Some(&beacon.head) {
            return self.refuse(socket, id, None, Refusal::Diverged);
        }
        log.beacons.retain(|it| it.device != beacon.device);
        log.beacons.push(beacon);
        let beacons = vec![RoomBeacon { room: id, beacon }];
        self.send_to_readers(id, Some(socket), &FromRelay::Seen { beacons });
    }
}

/// Who came in and who went by an item.
type Moves = (Vec<DeviceId>, Vec<DeviceId>);

impl Log {
    /// Whether the relay lets an item come now, whatever the room's own rules say of it.
    fn may_come(&self, item: &Item, epoch: u32, unconfirmed: bool) -> Result<(), Refusal> {
        let entry = Entry::parse(item.bytes.clone()).ok().filter(|_| item.kind() == Some(ItemKind::Membership));
        match entry.as_ref().map(Entry::body) {
            Some(Body::Confirm(it)) if it.relay_epoch == epoch && it.head == self.head() => Ok(()),
            Some(Body::Confirm(_)) => Err(Refusal::Conflict),
            Some(Body::Refound(it)) if it.head != self.head() => Err(Refusal::Conflict),
            _ if unconfirmed => Err(Refusal::Unconfirmed),
            _ => Ok(()),
        }
    }

    /// Takes the next item: by this device, or by anybody.
    fn take(&mut self, device: Option<DeviceId>, item: &Item) -> Result<Moves, Refusal> {
        let before: Vec<_> = self.membership.devices().collect();
        match item.kind() {
            Some(ItemKind::Membership) => self.take_entry(device, item)?,
            Some(ItemKind::Content) => self.take_record(device, item)?,
            // Whoever offers it has no more of it.
            Some(ItemKind::Erased) if device.is_none() => (self.records, self.short) = (Vec::new(), true),
            Some(ItemKind::Erased) | None => return Err(Refusal::Malformed),
        }
        let (came, gone) = self.membership.moves_since(&before);
        self.append(item.clone());
        let seq = self.head().seq;
        self.erase(item);
        self.left.retain(|(device, _)| !came.contains(device));
        self.left.extend(gone.iter().map(|device| (*device, seq)));
        self.beacons.retain(|it| !gone.contains(&it.device));
        Ok((came, gone))
    }

    /// What an entry erases is not here any more.
    fn erase(&mut self, item: &Item) {
        let entry = Entry::parse(item.bytes.clone()).ok().filter(|_| item.kind() == Some(ItemKind::Membership));
        let Some(before) = entry.and_then(|it| it.body().erases(self.head().seq)) else { return };
        for (_, it) in (1..before).zip(&mut self.items).filter(|(_, it)| it.kind() == Some(ItemKind::Content)) {
            *it = Item::new(ItemKind::Erased, head::erased(&it.bytes).as_bytes().to_vec());
        }
        self.records.clear();
        self.short = false;
    }

    fn take_entry(&mut self, device: Option<DeviceId>, item: &Item) -> Result<(), Refusal> {
        let entry = Entry::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
        let device = device.unwrap_or(entry.author());
        if entry.author() != device {
            return Err(Refusal::ForeignAuthor);
        }
        if self.membership.person_of(device).is_none() && !matches!(entry.body(), Body::Join(_)) {
            return Err(Refusal::NoSuchRoom);
        }
        self.membership.apply(&entry).map_err(Refusal::from)
    }

    fn take_record(&mut self, device: Option<DeviceId>, item: &Item) -> Result<(), Refusal> {
        let record = Record::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
        let header = *record.header();
        record.verify().map_err(|_| Refusal::BadSignature)?;
        let device = device.unwrap_or(header.device);
        if header.device != device {
            return Err(Refusal::ForeignAuthor);
        }
        let last = self.records.iter().rev().find(|(author, _)| *author == device).map(|(_, chain)| *chain);
        let unknown = || Chain { seq: header.device_seq.saturating_sub(1), hash: header.previous };
        let chain = last.unwrap_or_else(|| if self.short { unknown() } else { Chain::default() });
        self.membership.check_record(&header, chain)?;
        self.records.push((device, Chain { seq: header.device_seq, hash: record.hash() }));
        Ok(())
    }
}

/// Lets what waits take the frame in, as the real relay does: items that follow upon items, up to so many of them, and
/// only the latest beacon of a device, behind what it speaks of. Gives back a frame that must wait for itself.
fn joined(waiting: &mut VecDeque<FromRelay>, frame: FromRelay, most: usize) -> Option<FromRelay> {
    match (waiting.back_mut(), frame) {
        (
            Some(FromRelay::Batch { room, first, items, head }),
            FromRelay::Batch { room: other, first: next, items: more, head: newer },
        ) if *room == other && *first + items.len() as u64 == next && items.len() + more.len() <= most => {
            items.extend(more);
            *head = newer;
            None
        }
        (_, FromRelay::Seen { beacons }) => {
            let same = |one: &RoomBeacon, other: &RoomBeacon| {
                (one.room, one.beacon.device) == (other.room, other.beacon.device)
            };
            for known in waiting.iter_mut() {
                if let FromRelay::Seen { beacons: old } = known {
                    old.retain(|old| !beacons.iter().any(|newer| same(old, newer)));
                }
            }
            waiting.retain(|known| !matches!(known, FromRelay::Seen { beacons } if beacons.is_empty()));
            Some(FromRelay::Seen { beacons })
        }
        (_, frame) => Some(frame),
    }
}
