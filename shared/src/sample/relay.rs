//! A relay in memory: one log per room, and the rules of the real one. It signs heads and deals out items; it has no
//! disk, no limits and no clock of its own.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    crypto::{
        Entropy, Hash, Secret, Signature,
        entropy::random,
        head::{Beacon, ItemKind, LogHead, Seq, SignedHead, sign_heads},
        keys::SignKey,
        links::SetUpToken,
        record::Record,
    },
    ids::{DeviceId, InviteId, RoomId},
    membership::{Body, Chain, Entry, Room, state::InviteState},
    protocol::{self, FromDevice, FromRelay, Item, Opening, Refusal, RoomBeacon, auth},
    time::Timestamp,
};

/// How many items travel together if nothing else is said: few, so that whoever takes them must do it piece by piece.
const BATCH: usize = 3;

/// What the relay knows of one room.
pub struct Log {
    /// Every item, from the first.
    pub items: Vec<Item>,
    /// The head after each of them.
    pub heads: Vec<LogHead>,
    membership: Room,
    beacons: Vec<Beacon>,
    records: Vec<(DeviceId, Hash)>,
    /// Up to where who was taken out may read.
    left: Vec<(DeviceId, Seq)>,
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
        sign_heads(&self.key, 1, &[(room, head)]).remove(0)
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
        self.send(socket, FromRelay::Welcome { relay_epoch: 1, rooms });
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
        let left = Vec::new();
        let mut log = Log { items: Vec::new(), heads: Vec::new(), membership, beacons, records, left };
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
        let Some(log) = self.rooms.get_mut(&id) else {
            return self.refuse(socket, id, Some(item.name()), Refusal::NoSuchRoom);
        };
        if let Some(at) = log.items.iter().position(|it| it == item) {
            return self.put_ok(socket, id, item, at as u64 + 1);
        }
        let before: Vec<_> = log.membership.devices().collect();
        let taken = match item.kind() {
            Some(ItemKind::Membership) => log.take_entry(device, item),
            Some(ItemKind::Content) => log.take_record(device, item),
            None => Err(Refusal::Malformed),
        };
        if let Err(why) = taken {
            return self.refuse(socket, id, Some(item.name()), why);
        }
        let (came, gone) = log.membership.moves_since(&before);
        log.append(item.clone());
        let head = log.head();
        log.left.retain(|(device, _)| !came.contains(device));
        log.left.extend(gone.iter().map(|device| (*device, head.seq)));
        log.beacons.retain(|it| !gone.contains(&it.device));
        self.put_ok(socket, id, item, head.seq);
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

impl Log {
    fn take_entry(&mut self, device: DeviceId, item: &Item) -> Result<(), Refusal> {
        let entry = Entry::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
        if entry.author() != device {
            return Err(Refusal::ForeignAuthor);
        }
        if self.membership.person_of(device).is_none() && !matches!(entry.body(), Body::Join(_)) {
            return Err(Refusal::NoSuchRoom);
        }
        self.membership.apply(&entry).map_err(Refusal::from)
    }

    fn take_record(&mut self, device: DeviceId, item: &Item) -> Result<(), Refusal> {
        let record = Record::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
        let header = *record.header();
        record.verify().map_err(|_| Refusal::BadSignature)?;
        if header.device != device {
            return Err(Refusal::ForeignAuthor);
        }
        let own: Vec<_> = self.records.iter().filter(|(author, _)| *author == device).collect();
        let chain = Chain { seq: own.len() as u64, hash: own.last().map(|(_, hash)| *hash).unwrap_or_default() };
        self.membership.check_record(&header, chain)?;
        self.records.push((device, record.hash()));
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
