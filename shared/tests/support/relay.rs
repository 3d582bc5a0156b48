//! A model of the relay: one log per room in memory, the rules of the real one.

use std::collections::{BTreeMap, VecDeque};

use grend_shared::{
    crypto::{
        Hash, Secret,
        head::{Beacon, ItemKind, LogHead, SignedHead, sign_heads},
        keys::SignKey,
        record::Record,
    },
    ids::{DeviceId, RoomId},
    membership::{Body, Entry, MembershipError, Room},
    protocol::{self, FromDevice, FromRelay, Item, Opening, Refusal, RoomBeacon, auth},
    time::Timestamp,
};

use super::Dice;

pub(crate) struct Log {
    pub items: Vec<Item>,
    pub heads: Vec<LogHead>,
    pub membership: Room,
    beacons: BTreeMap<DeviceId, Beacon>,
    chains: BTreeMap<DeviceId, Vec<Hash>>,
}

#[derive(Default)]
struct Socket {
    device: Option<DeviceId>,
    signed_in: bool,
    rooms: Vec<RoomId>,
    out: VecDeque<Vec<u8>>,
}

pub(crate) struct Relay {
    key: SignKey,
    nonce: [u8; 32],
    pub rooms: BTreeMap<RoomId, Log>,
    sockets: Vec<Option<Socket>>,
    /// Set-up tokens: unused ones.
    pub tokens: Vec<[u8; 32]>,
    /// Commit, then lose the connection before the answer.
    pub die_before_ack: bool,
    /// Refuses every Begin and Put: its disk fails.
    pub disk_fails: bool,
    /// Refuses every Peek, for the same reason.
    pub disk_unreadable: bool,
    /// Refuses the next membership entry by this name.
    pub refuses_next_entry: Option<Refusal>,
    /// Says of every log that it is another, without a signature.
    pub says_diverged: bool,
    /// Signs with a key that is not the relay's.
    pub forges: bool,
    /// Deals out a log that is not the one it dealt out before, as if it were.
    pub hides_forks: bool,
}

impl Relay {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let seed = Secret::new(grend_shared::crypto::entropy::random(dice));
        Self {
            key: SignKey::from_seed(&seed),
            nonce: [7; 32],
            rooms: BTreeMap::new(),
            sockets: Vec::new(),
            tokens: Vec::new(),
            die_before_ack: false,
            disk_fails: false,
            disk_unreadable: false,
            refuses_next_entry: None,
            says_diverged: false,
            forges: false,
            hides_forks: false,
        }
    }

    pub(crate) fn connect(&mut self) -> usize {
        self.sockets.push(Some(Socket::default()));
        self.sockets.len() - 1
    }

    pub(crate) fn close(&mut self, socket: usize) {
        self.sockets[socket] = None;
    }

    pub(crate) fn take_message(&mut self, socket: usize) -> Option<Vec<u8>> {
        self.sockets[socket].as_mut()?.out.pop_front()
    }

    fn send(&mut self, socket: usize, frame: FromRelay) {
        if let Some(it) = &mut self.sockets[socket] {
            it.out.push_back(protocol::encode(&[frame]));
        }
    }

    fn refuse(&mut self, socket: usize, room: RoomId, item: Option<Hash>, why: Refusal) {
        self.send(socket, FromRelay::Refused { room, item, why });
    }

    fn sign(&self, room: RoomId, head: LogHead) -> SignedHead {
        let forged = SignKey::from_seed(&Secret::new([66; 32]));
        let key = if self.forges { &forged } else { &self.key };
        sign_heads(key, 1, &[(room, head)]).remove(0)
    }

    /// An item that only a later version knows: an entry of its own layout, or something of a kind of its own.
    pub(crate) fn append_unknown(&mut self, room: RoomId, kind: u8) {
        let log = self.rooms.get_mut(&room).expect("the room");
        let item = Item { kind, bytes: vec![99] };
        log.heads.push(log.heads.last().expect("a genesis").after_numbered(item.kind, &item.bytes));
        log.items.push(item);
    }

    /// The log without its last item, and with another in its place if there is one.
    pub(crate) fn rewrite_last(&mut self, room: RoomId, other: Option<Item>) {
        let log = self.rooms.get_mut(&room).expect("the room");
        log.items.pop();
        log.heads.pop();
        if let Some(item) = other {
            log.heads.push(log.heads.last().expect("a genesis").after_numbered(item.kind, &item.bytes));
            log.items.push(item);
        }
    }

    fn device(&self, socket: usize) -> Option<DeviceId> {
        self.sockets[socket].as_ref().filter(|it| it.signed_in)?.device
    }

    pub(crate) fn message(&mut self, socket: usize, message: &[u8], now: Timestamp) {
        for frame in protocol::decode::<FromDevice>(message).expect("the engine sends frames") {
            self.frame(socket, frame, now);
        }
    }

    fn frame(&mut self, socket: usize, frame: FromDevice, now: Timestamp) {
        match frame {
            FromDevice::Hello { version, device } => {
                if let Some(it) = &mut self.sockets[socket] {
                    it.device = Some(device);
                }
                let relay = self.key.public();
                self.send(socket, FromRelay::Challenge { version, relay, nonce: self.nonce });
            }
            FromDevice::Auth { signature } => {
                let Some(it) = &mut self.sockets[socket] else { return };
                let device = it.device.expect("hello comes first");
                auth::verify_sign_in(device, &self.key.public(), &self.nonce, &signature).expect("honest devices");
                it.signed_in = true;
                let rooms = self.rooms.iter().filter(|(_, log)| log.membership.person_of(device).is_some());
                let rooms = rooms.map(|(id, _)| *id).collect();
                self.send(socket, FromRelay::Welcome { relay_epoch: 1, rooms });
            }
            FromDevice::Begin { opening, genesis } => self.begin(socket, opening, genesis),
            FromDevice::Peek { room, invite, .. } => self.peek(socket, room, invite, now),
            FromDevice::Open { room, from } => self.open(socket, room, from),
            FromDevice::Put { room, item } => self.put(socket, room, item),
            FromDevice::Seen { room, beacon } => self.seen(socket, room, beacon),
            FromDevice::Ping => self.send(socket, FromRelay::Pong),
        }
    }

    fn begin(&mut self, socket: usize, opening: Opening, genesis: Vec<u8>) {
        let entry = Entry::parse(genesis.clone()).expect("an honest genesis");
        let id = entry.room();
        let item = Item::new(ItemKind::Membership, genesis);
        if self.rooms.contains_key(&id) {
            self.put_ok(socket, id, &item, 1);
            return;
        }
        if self.disk_fails {
            return self.refuse(socket, id, Some(item.name()), Refusal::Storage);
        }
        if let Opening::SetUp { token } = opening {
            let Some(at) = self.tokens.iter().position(|it| *it == token) else {
                self.refuse(socket, id, Some(item.name()), Refusal::LinkUnknown);
                return;
            };
            self.tokens.remove(at);
        }
        let membership = Room::begin(&entry).expect("a genesis");
        let log = Log {
            heads: vec![LogHead::EMPTY.after(ItemKind::Membership, &item.bytes)],
            items: vec![item.clone()],
            membership,
            beacons: BTreeMap::new(),
            chains: BTreeMap::new(),
        };
        self.rooms.insert(id, log);
        self.put_ok(socket, id, &item, 1);
    }

    fn peek(&mut self, socket: usize, id: RoomId, invite: grend_shared::ids::InviteId, now: Timestamp) {
        if self.disk_unreadable {
            return self.refuse(socket, id, None, Refusal::Storage);
        }
        let log = self.rooms.get(&id);
        let standing = log.and_then(|log| log.membership.invites().get(&invite));
        let refusal = match standing {
            None => Some(Refusal::LinkUnknown),
            Some(it) if it.used_by.is_some() => Some(Refusal::LinkUsed),
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

    fn open(&mut self, socket: usize, id: RoomId, from: LogHead) {
        let device = self.device(socket);
        let log = self.rooms.get(&id).filter(|log| device.is_some_and(|it| log.membership.person_of(it).is_some()));
        let Some(log) = log else { return self.refuse(socket, id, None, Refusal::NoSuchRoom) };
        let at = usize::try_from(from.seq).expect("small");
        let known = if at == 0 { Some(&LogHead::EMPTY) } else { log.heads.get(at - 1) };
        if self.says_diverged || known != Some(&from) && !self.hides_forks {
            return self.refuse(socket, id, None, Refusal::Diverged);
        }
        let head = self.sign(id, *log.heads.last().expect("a genesis"));
        let beacons = log.beacons.values().copied().collect();
        let batches: Vec<_> = log.items[at..]
            .chunks(3)
            .scan(at, |first, items| {
                let here = *first;
                *first += items.len();
                Some((here, items.to_vec(), log.heads[*first - 1]))
            })
            .map(|(first, items, head)| (first as u64 + 1, items, self.sign(id, head)))
            .collect();
        self.send(socket, FromRelay::Opened { room: id, head, beacons });
        for (first, items, head) in batches {
            self.send(socket, FromRelay::Batch { room: id, first, items, head });
        }
        if let Some(it) = &mut self.sockets[socket] {
            it.rooms.push(id);
        }
    }

    fn put_ok(&mut self, socket: usize, room: RoomId, item: &Item, seq: u64) {
        let head = *self.rooms[&room].heads.last().expect("a genesis");
        let head = self.sign(room, head);
        self.send(socket, FromRelay::PutOk { room, item: item.name(), seq, head });
    }

    fn put(&mut self, socket: usize, id: RoomId, item: Item) {
        let Some(device) = self.device(socket) else { return };
        let Some(log) = self.rooms.get_mut(&id) else {
            return self.refuse(socket, id, Some(item.name()), Refusal::NoSuchRoom);
        };
        if let Some(at) = log.items.iter().position(|it| *it == item) {
            return self.put_ok(socket, id, &item, at as u64 + 1);
        }
        let kind = item.kind().expect("a known kind");
        let refusal = self.refuses_next_entry.take_if(|_| kind == ItemKind::Membership);
        if let Some(why) = refusal.or(self.disk_fails.then_some(Refusal::Storage)) {
            return self.refuse(socket, id, Some(item.name()), why);
        }
        let Some(log) = self.rooms.get_mut(&id) else { return };
        let taken = match kind {
            ItemKind::Membership => take_entry(log, device, &item),
            ItemKind::Content => take_record(log, device, id, &item),
        };
        if let Err(why) = taken {
            return self.refuse(socket, id, Some(item.name()), why);
        }
        let head = log.heads.last().copied().unwrap_or_default().after(kind, &item.bytes);
        log.heads.push(head);
        log.items.push(item.clone());
        if core::mem::take(&mut self.die_before_ack) {
            for socket in self.sockets.iter_mut().flatten() {
                socket.out.clear();
                socket.rooms.clear();
                socket.signed_in = false;
                socket.out.push_back(protocol::encode(&[FromRelay::Fault { why: protocol::Fault::ShuttingDown }]));
            }
            return;
        }
        self.put_ok(socket, id, &item, head.seq);
        let signed = self.sign(id, head);
        for at in 0..self.sockets.len() {
            if self.sockets[at].as_ref().is_some_and(|it| it.rooms.contains(&id)) {
                let items = vec![item.clone()];
                self.send(at, FromRelay::Batch { room: id, first: head.seq, items, head: signed.clone() });
            }
        }
    }

    fn seen(&mut self, socket: usize, id: RoomId, beacon: Beacon) {
        let Some(log) = self.rooms.get_mut(&id) else { return };
        log.beacons.insert(beacon.device, beacon);
        for at in 0..self.sockets.len() {
            if at != socket && self.sockets[at].as_ref().is_some_and(|it| it.rooms.contains(&id)) {
                self.send(at, FromRelay::Seen { beacons: vec![RoomBeacon { room: id, beacon }] });
            }
        }
    }
}

fn take_entry(log: &mut Log, device: DeviceId, item: &Item) -> Result<(), Refusal> {
    let entry = Entry::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
    if entry.author() != device {
        return Err(Refusal::ForeignAuthor);
    }
    let outside = log.membership.person_of(device).is_none();
    if outside && !matches!(entry.body(), Body::Join(_)) {
        return Err(Refusal::NoSuchRoom);
    }
    log.membership.apply(&entry).map_err(|error| match error {
        MembershipError::Conflict => Refusal::Conflict,
        MembershipError::InviteUsed => Refusal::LinkUsed,
        MembershipError::InviteUnknown => Refusal::LinkUnknown,
        MembershipError::AlreadyInside => Refusal::AlreadyInside,
        _ => Refusal::Invalid,
    })
}

fn take_record(log: &mut Log, device: DeviceId, room: RoomId, item: &Item) -> Result<(), Refusal> {
    let record = Record::parse(item.bytes.clone()).map_err(|_| Refusal::Malformed)?;
    let header = *record.header();
    record.verify().map_err(|_| Refusal::BadSignature)?;
    if header.device != device {
        return Err(Refusal::ForeignAuthor);
    }
    if header.room != room {
        return Err(Refusal::OtherRoom);
    }
    if !log.membership.may_write(device) {
        return Err(Refusal::NotAllowed);
    }
    if log.membership.epoch().map(|it| it.number) != Some(header.epoch) {
        return Err(Refusal::Stale);
    }
    let chain = log.chains.entry(device).or_default();
    let next = chain.len() as u64 + 1;
    if header.device_seq < next {
        return Err(Refusal::Equivocation);
    }
    if header.device_seq > next || header.previous != chain.last().copied().unwrap_or_default() {
        return Err(Refusal::Gap);
    }
    chain.push(record.hash());
    Ok(())
}
