//! Things said to a relay in a device's name by an app that is not ours.

use std::time::Duration;

use grend_shared::{
    crypto::{
        DeviceKeys, Hash, Signature,
        head::{ItemKind, Seq},
        record::{Place, Record},
    },
    ids::{DeviceId, RoomId},
    membership::{Body, Entry, KeyRing, Room},
    protocol::{self, FromDevice, FromRelay, Item, Refusal, auth},
};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

pub use super::disk::membership;
use super::{Chance, life};
use crate::programs::poll;

const PATIENCE: Duration = Duration::from_secs(10);

type Socket = WebSocket<std::net::TcpStream>;

/// Signs in as a device, says something, and gives all that the relay answered up to what was waited for, or until it
/// hung up.
///
/// # Panics
/// When the relay does neither.
pub fn says(
    relay: &str,
    keys: &DeviceKeys,
    frames: &[FromDevice],
    is_last: impl Fn(&FromRelay) -> bool,
) -> Vec<FromRelay> {
    let mut socket = life::connect(relay).expect("the relay takes the connection");
    send(&mut socket, &[FromDevice::Hello { version: protocol::VERSION, device: keys.device() }]);
    let heard = hear(&mut socket, |frame| matches!(frame, FromRelay::Challenge { .. }));
    let Some(FromRelay::Challenge { relay, nonce, .. }) = heard.last() else { panic!("no challenge: {heard:?}") };
    let signature = auth::sign_in(keys, relay, nonce);
    send(&mut socket, &[&[FromDevice::Auth { signature }], frames].concat());
    hear(&mut socket, is_last)
}

/// Says that it is a device, and proves it by a signature that was made for another challenge.
///
/// # Panics
/// When the relay neither answers nor hangs up.
#[must_use]
pub fn signs_in_by(relay: &str, device: DeviceId, signature: Signature) -> Vec<FromRelay> {
    let mut socket = life::connect(relay).expect("the relay takes the connection");
    send(&mut socket, &[FromDevice::Hello { version: protocol::VERSION, device }]);
    let _challenge = hear(&mut socket, |frame| matches!(frame, FromRelay::Challenge { .. }));
    send(&mut socket, &[FromDevice::Auth { signature }]);
    hear(&mut socket, |frame| matches!(frame, FromRelay::Welcome { .. } | FromRelay::Fault { .. }))
}

/// Puts an item in a device's name; what became of it.
///
/// # Errors
/// The relay's refusal.
///
/// # Panics
/// When the relay says nothing of it.
pub fn put(relay: &str, keys: &DeviceKeys, room: RoomId, item: &Item) -> Result<(), Refusal> {
    let answer = |frame: &FromRelay| match frame {
        FromRelay::PutOk { item: name, .. } if *name == item.name() => Some(Ok(())),
        FromRelay::Refused { item: Some(name), why, .. } if *name == item.name() => Some(Err(*why)),
        _ => None,
    };
    let heard = says(relay, keys, &[FromDevice::Put { room, item: item.clone() }], |frame| answer(frame).is_some());
    heard.iter().find_map(answer).unwrap_or_else(|| panic!("the relay said nothing of it: {heard:?}"))
}

/// An entry upon the last one of a log, signed by whoever holds these keys.
#[must_use]
pub fn entry(log: &[Item], keys: &DeviceKeys, body: Body) -> Item {
    let room = membership(log);
    of_entry(&Entry::sign(keys, room.id(), room.last(), body))
}

/// The keys of a room that its log gives to a device.
#[must_use]
pub fn keys_of(log: &[Item], keys: &DeviceKeys) -> KeyRing {
    let (mut room, mut ring) = (None::<Room>, KeyRing::default());
    for item in log.iter().filter(|item| item.kind() == Some(ItemKind::Membership)) {
        let Ok(entry) = Entry::parse(item.bytes.clone()) else { continue };
        match &mut room {
            None => room = Room::begin(&entry).ok(),
            Some(room) => {
                if room.apply(&entry).is_ok() {
                    ring.take(keys, &entry, room);
                }
            }
        }
    }
    ring
}

/// Where a device's next record goes by a log.
///
/// # Panics
/// When the room has no key.
#[must_use]
pub fn next_place(log: &[Item], keys: &DeviceKeys) -> Place {
    let room = membership(log);
    let own = records(log).map(|(_, record)| record).filter(|record| record.header().device == keys.device()).last();
    let (device_seq, previous) = own.map_or((0, Hash::ZERO), |it| (it.header().device_seq, it.hash()));
    let epoch = room.epoch().expect("the room has a key").number;
    Place { room: room.id(), device_seq: device_seq + 1, previous, membership: room.last(), epoch }
}

/// A device's next record by a log, with any text in it.
///
/// # Panics
/// When the device has no key to seal it with.
#[must_use]
pub fn record(log: &[Item], keys: &DeviceKeys, text: &[u8]) -> Item {
    let (place, ring) = (next_place(log, keys), keys_of(log, keys));
    let key = ring.get(place.epoch).expect("a device that was given the key");
    of_record(&Record::seal(keys, key, &place, text, &mut Chance))
}

/// The records of a log, each with its position.
pub fn records(log: &[Item]) -> impl Iterator<Item = (Seq, Record)> {
    let records = (1..).zip(log).filter(|(_, item)| item.kind() == Some(ItemKind::Content));
    records.filter_map(|(seq, item)| Some((seq, Record::parse(item.bytes.clone()).ok()?)))
}

/// As it stands in a log.
#[must_use]
pub fn of_entry(entry: &Entry) -> Item {
    Item::new(ItemKind::Membership, entry.as_bytes().to_vec())
}

/// As it stands in a log.
#[must_use]
pub fn of_record(record: &Record) -> Item {
    Item::new(ItemKind::Content, record.as_bytes().to_vec())
}

fn send(socket: &mut Socket, frames: &[FromDevice]) {
    let message = Message::Binary(protocol::encode(frames).into());
    // A relay that has hung up says why in what is read.
    let _sent = socket.send(message);
}

/// All frames up to one, or until the relay hangs up.
fn hear(socket: &mut Socket, is_last: impl Fn(&FromRelay) -> bool) -> Vec<FromRelay> {
    let mut heard = Vec::new();
    let ended = poll(PATIENCE, || match socket.read() {
        Ok(Message::Binary(message)) => {
            heard.extend(protocol::decode::<FromRelay>(&message).expect("the relay sends frames"));
            heard.iter().any(&is_last).then_some(())
        }
        Ok(_) => None,
        Err(tokio_tungstenite::tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => None,
        Err(_) => Some(()),
    });
    assert!(ended.is_some(), "the relay went silent after {heard:?}");
    heard
}
