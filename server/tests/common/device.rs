//! A device that signs in and speaks frames.

use std::collections::{HashMap, VecDeque};

use futures_util::{SinkExt, StreamExt};
use grend_shared::{
    crypto::{
        DeviceKeys, Hash, Signature,
        entropy::random,
        head::{Beacon, LogHead, Seq, SignedHead},
    },
    ids::{DeviceId, PersonId, RoomId},
    protocol::{self, Fault, FromDevice, FromRelay, Item, Opening, Refusal, VERSION, auth},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{Random, soon};

pub(crate) fn keys() -> DeviceKeys {
    DeviceKeys::generate(PersonId::from_bytes(random(&mut Random)), &mut Random)
}

/// What a device has been sent of a room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) head: LogHead,
    pub(crate) items: Vec<Item>,
}

pub(crate) struct Device {
    pub(crate) keys: DeviceKeys,
    pub(crate) relay: [u8; 32],
    pub(crate) nonce: [u8; 32],
    pub(crate) relay_epoch: u32,
    pub(crate) rooms: Vec<RoomId>,
    /// Its own latest record in each room: count and hash.
    pub(crate) chains: HashMap<RoomId, (u64, Hash)>,
    pub(crate) logs: HashMap<RoomId, Log>,
    pub(crate) beacons: Vec<(RoomId, Beacon)>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    read: VecDeque<FromRelay>,
}

impl Device {
    /// Connects and goes no further.
    pub(crate) async fn connect(url: &str, keys: DeviceKeys) -> Self {
        let (socket, _) = soon(connect_async(url)).await.expect("the relay takes the connection");
        Self {
            keys,
            relay: [0; 32],
            nonce: [0; 32],
            relay_epoch: 0,
            rooms: Vec::new(),
            chains: HashMap::new(),
            logs: HashMap::new(),
            beacons: Vec::new(),
            socket,
            read: VecDeque::new(),
        }
    }

    pub(crate) async fn sign_in(url: &str, keys: DeviceKeys) -> Self {
        let mut device = Self::connect(url, keys).await;
        device.hello().await;
        let signature = auth::sign_in(&device.keys, &device.relay, &device.nonce);
        device.send(&[FromDevice::Auth { signature }]).await;
        let FromRelay::Welcome { relay_epoch, rooms } = device.frame().await else { panic!("no Welcome") };
        device.relay_epoch = relay_epoch;
        device.rooms = rooms;
        device
    }

    /// Signs in again, with what it knows.
    pub(crate) async fn again(self, url: &str) -> Self {
        let new = Self::sign_in(url, self.keys.clone()).await;
        Self { chains: self.chains, logs: self.logs, ..new }
    }

    /// Says Hello and takes the challenge.
    pub(crate) async fn hello(&mut self) {
        self.send(&[FromDevice::Hello { version: VERSION, device: self.id() }]).await;
        let FromRelay::Challenge { version, relay, nonce } = self.frame().await else { panic!("no Challenge") };
        assert_eq!(version, VERSION);
        (self.relay, self.nonce) = (relay, nonce);
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.keys.device()
    }

    pub(crate) async fn send(&mut self, frames: &[FromDevice]) {
        self.send_raw(protocol::encode(frames)).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Vec<u8>) {
        // A relay that has hung up says why in what is read.
        let _sent = self.socket.send(Message::Binary(message.into())).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::Text(text.into())).await.expect("sent");
    }

    /// The next frame; `None` when the relay has hung up.
    pub(crate) async fn next(&mut self) -> Option<FromRelay> {
        loop {
            if let Some(frame) = self.read.pop_front() {
                return Some(frame);
            }
            match soon(self.socket.next()).await {
                Some(Ok(Message::Binary(message))) => {
                    self.read.extend(protocol::decode::<FromRelay>(&message).expect("the relay sends frames"));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub(crate) async fn frame(&mut self) -> FromRelay {
        self.next().await.expect("the relay goes on")
    }

    /// The fault that ends the session; what comes before it is passed over.
    pub(crate) async fn fault(&mut self) -> Option<Fault> {
        let mut fault = None;
        while let Some(frame) = self.next().await {
            if let FromRelay::Fault { why } = frame {
                fault = Some(why);
            }
        }
        fault
    }

    /// Takes a frame that nobody asked for: items and beacons.
    pub(crate) fn take(&mut self, frame: FromRelay) {
        match frame {
            FromRelay::Batch { room, first, items, head } => {
                let log = self.logs.entry(room).or_default();
                assert_eq!(first, log.head.seq + 1, "a gap, or an item twice");
                for item in &items {
                    log.head = log.head.after(item.kind().expect("a known kind"), &item.bytes);
                }
                log.items.extend(items);
                assert_eq!(head.head, log.head, "the head is that after the last item");
                assert_eq!(head.verify(room, &self.relay), Ok(()));
            }
            FromRelay::Seen { beacons } => self.beacons.extend(beacons.iter().map(|it| (it.room, it.beacon))),
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// The answer about an item.
    pub(crate) async fn answer(&mut self, name: Hash) -> Result<(Seq, SignedHead), Refusal> {
        loop {
            match self.frame().await {
                FromRelay::PutOk { room, item, seq, head } if item == name => {
                    assert_eq!(head.verify(room, &self.relay), Ok(()));
                    assert!(head.head.seq >= seq);
                    return Ok((seq, head));
                }
                FromRelay::Refused { item: Some(item), why, .. } if item == name => return Err(why),
                other => self.take(other),
            }
        }
    }

    pub(crate) async fn put(&mut self, room: RoomId, item: Item) -> Result<Seq, Refusal> {
        let name = item.name();
        self.send(&[FromDevice::Put { room, item }]).await;
        self.answer(name).await.map(|(seq, _)| seq)
    }

    pub(crate) async fn begin(&mut self, opening: Opening, genesis: &[u8]) -> Result<Seq, Refusal> {
        let name = Item { kind: 1, bytes: genesis.to_vec() }.name();
        self.send(&[FromDevice::Begin { opening, genesis: genesis.to_vec() }]).await;
        self.answer(name).await.map(|(seq, _)| seq)
    }

    /// The refusal of what has no name, or the frame that is no refusal.
    pub(crate) async fn refusal(&mut self) -> Result<FromRelay, Refusal> {
        loop {
            match self.frame().await {
                FromRelay::Refused { item: None, why, .. } => return Err(why),
                frame @ (FromRelay::Batch { .. } | FromRelay::Seen { .. }) => self.take(frame),
                frame => return Ok(frame),
            }
        }
    }

    /// Opens a room from a head; gives the relay's head and the beacons.
    pub(crate) async fn open(&mut self, room: RoomId, from: LogHead) -> Result<(LogHead, Vec<Beacon>), Refusal> {
        self.send(&[FromDevice::Open { room, from }]).await;
        match self.refusal().await? {
            FromRelay::Opened { room: opened, head, beacons } => {
                assert_eq!(opened, room);
                assert_eq!(head.verify(room, &self.relay), Ok(()));
                Ok((head.head, beacons))
            }
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Opens a room from where this device has come.
    pub(crate) async fn resume(&mut self, room: RoomId) -> LogHead {
        let from = self.logs.get(&room).map(|log| log.head).unwrap_or_default();
        self.open(room, from).await.expect("the room opens").0
    }

    /// Reads until it has a room's log up to a place.
    pub(crate) async fn read_to(&mut self, room: RoomId, seq: Seq) -> &Log {
        while self.logs.get(&room).is_none_or(|log| log.head.seq < seq) {
            let frame = self.frame().await;
            self.take(frame);
        }
        &self.logs[&room]
    }

    pub(crate) async fn peek(
        &mut self,
        room: RoomId,
        invite: grend_shared::ids::InviteId,
        proof: Signature,
    ) -> Result<Vec<Item>, Refusal> {
        self.send(&[FromDevice::Peek { room, invite, proof }]).await;
        match self.refusal().await? {
            FromRelay::Peeked { entries, .. } => Ok(entries),
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Waits until all that was sent before has been handled.
    pub(crate) async fn ping(&mut self) {
        self.send(&[FromDevice::Ping]).await;
        loop {
            match self.frame().await {
                FromRelay::Pong => return,
                other => self.take(other),
            }
        }
    }
}
