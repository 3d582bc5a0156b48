//! The relay in memory of `grend_shared::sample`, with everything that can go wrong with one.

use std::collections::BTreeMap;

use grend_shared::{
    crypto::{
        Secret,
        head::{ItemKind, SignedHead, erased, sign_heads},
        keys::SignKey,
        links::SetUpToken,
    },
    ids::RoomId,
    membership::Entry,
    protocol::{self, Fault, FromDevice, FromRelay, Item, Refusal},
    sample::relay::{Log, Relay as Honest, SocketId},
    time::Timestamp,
};

use super::Dice;

/// What is done to a frame of the relay's before it comes.
pub(crate) type Alteration = Box<dyn FnMut(&mut FromRelay)>;

pub(crate) struct Relay {
    honest: Honest,
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
    /// Does not hear what it is offered.
    pub takes_no_offers: bool,
    /// Deals out a log that is not the one it dealt out before, as if it were.
    pub hides_forks: bool,
    /// Somebody on the way alters what it says.
    pub alters: Option<Alteration>,
}

impl Relay {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self {
            honest: Honest::new(dice),
            die_before_ack: false,
            disk_fails: false,
            disk_unreadable: false,
            refuses_next_entry: None,
            says_diverged: false,
            forges: false,
            takes_no_offers: false,
            hides_forks: false,
            alters: None,
        }
    }

    /// Takes this set-up token once.
    pub(crate) fn expect_token(&mut self, token: SetUpToken) {
        self.honest.tokens.push(token);
    }

    pub(crate) fn log(&self, room: RoomId) -> &Log {
        &self.honest.rooms[&room]
    }

    /// All logs, as an operator's backup has them.
    pub(crate) fn backup(&self) -> BTreeMap<RoomId, Log> {
        self.honest.rooms.clone()
    }

    /// Puts them back, and says so to everybody.
    pub(crate) fn restore(&mut self, backup: BTreeMap<RoomId, Log>) {
        self.honest.restore(backup);
    }

    /// Loses what came since, in silence.
    pub(crate) fn forget(&mut self, backup: BTreeMap<RoomId, Log>) {
        self.honest.rooms = backup;
        self.honest.end_sessions(Fault::ShuttingDown);
    }

    pub(crate) fn last_room(&self) -> RoomId {
        *self.honest.rooms.keys().next_back().expect("a room")
    }

    pub(crate) fn connect(&mut self) -> SocketId {
        self.honest.connect()
    }

    pub(crate) fn close(&mut self, socket: SocketId) {
        self.honest.close(socket);
    }

    pub(crate) fn take_message(&mut self, socket: SocketId) -> Option<Vec<u8>> {
        let mut frame = self.honest.next_frame(socket)?;
        if self.forges {
            forge(&mut frame);
        }
        if let Some(alter) = &mut self.alters {
            alter(&mut frame);
        }
        Some(protocol::encode(&[frame]))
    }

    /// An item that only a later version knows: an entry of its own layout, or something of a kind of its own.
    pub(crate) fn append_unknown(&mut self, room: RoomId, kind: u8) {
        self.log_mut(room).append(Item { kind, bytes: vec![99] });
    }

    /// The log without its last item, and with another in its place if there is one.
    pub(crate) fn rewrite_last(&mut self, room: RoomId, other: Option<Item>) {
        let log = self.log_mut(room);
        log.items.pop();
        log.heads.pop();
        if let Some(item) = other {
            log.append(item);
        }
    }

    /// What was a record last is a hash now, though nobody has asked for it.
    pub(crate) fn erase_last(&mut self, room: RoomId) {
        let last = self.log_mut(room).items.last_mut().expect("an item");
        assert_eq!(last.kind(), Some(ItemKind::Content));
        *last = Item::new(ItemKind::Erased, erased(&last.bytes).as_bytes().to_vec());
    }

    fn log_mut(&mut self, room: RoomId) -> &mut Log {
        self.honest.rooms.get_mut(&room).expect("the room")
    }

    pub(crate) fn message(&mut self, socket: SocketId, message: &[u8], now: Timestamp) {
        for frame in protocol::decode::<FromDevice>(message).expect("the engine sends frames") {
            self.frame(socket, frame, now);
        }
    }

    fn frame(&mut self, socket: SocketId, mut frame: FromDevice, now: Timestamp) {
        if let Some((room, item, why)) = self.trouble(&frame) {
            return self.honest.refuse(socket, room, item.map(|it| it.name()), why);
        }
        if self.takes_no_offers && matches!(frame, FromDevice::Offer { .. }) {
            return;
        }
        if let FromDevice::Open { room, from } = &mut frame
            && self.hides_forks
            && let Some(own) =
                self.honest.rooms.get(room).and_then(|log| log.heads.iter().find(|it| it.seq == from.seq))
        {
            *from = *own;
        }
        let put = if let FromDevice::Put { room, .. } = &frame { Some(*room) } else { None };
        let items = |relay: &Self| put.and_then(|room| relay.honest.rooms.get(&room)).map(|log| log.items.len());
        let before = items(self);
        self.honest.frame(socket, frame, now);
        if items(self) != before && core::mem::take(&mut self.die_before_ack) {
            self.honest.end_sessions(Fault::ShuttingDown);
        }
    }

    /// What it says instead of doing what a frame asks for.
    fn trouble(&mut self, frame: &FromDevice) -> Option<(RoomId, Option<Item>, Refusal)> {
        match frame {
            FromDevice::Begin { genesis, .. } => {
                let room = Entry::parse(genesis.clone()).expect("an honest genesis").room();
                let fails = self.disk_fails && !self.honest.rooms.contains_key(&room);
                fails.then(|| (room, Some(Item::new(ItemKind::Membership, genesis.clone())), Refusal::Storage))
            }
            FromDevice::Peek { room, .. } => self.disk_unreadable.then_some((*room, None, Refusal::Storage)),
            FromDevice::Open { room, .. } => self.says_diverged.then_some((*room, None, Refusal::Diverged)),
            FromDevice::Put { room, item } => {
                if self.honest.rooms.get(room).is_none_or(|log| log.items.contains(item)) {
                    return None;
                }
                let entry = item.kind() == Some(ItemKind::Membership);
                let refusal = self.refuses_next_entry.take_if(|_| entry);
                let why = refusal.or(self.disk_fails.then_some(Refusal::Storage))?;
                Some((*room, Some(item.clone()), why))
            }
            FromDevice::Hello { .. }
            | FromDevice::Auth { .. }
            | FromDevice::Seen { .. }
            | FromDevice::Offer { .. }
            | FromDevice::Ping => None,
        }
    }
}

/// Puts a signature by another key under what the relay has signed.
fn forge(frame: &mut FromRelay) {
    let sign = |room: RoomId, signed: &mut SignedHead| {
        let key = SignKey::from_seed(&Secret::new([66; 32]));
        *signed = sign_heads(&key, 1, &[(room, signed.head)]).remove(0);
    };
    if let FromRelay::Opened { room, head, .. }
    | FromRelay::Batch { room, head, .. }
    | FromRelay::PutOk { room, head, .. } = frame
    {
        sign(*room, head);
    }
}
