//! Messages between a device and the relay, and all that is signed in them.

use grend_shared::{
    membership::Entry,
    protocol::{self, FromDevice, FromRelay, Item, auth},
    sync::{Effect, Engine, Event},
};

use super::{log, tried};
use crate::{
    Chance,
    life::{LIFE, NETWORK, NOW, SECOND},
};

/// A challenge as [`FromDevice::Auth`] answers it here.
const NONCE: auth::Nonce = [9; 32];

pub(super) fn seeds_to_relay() -> Vec<Vec<u8>> {
    LIFE.to_relay.clone()
}

pub(super) fn seeds_from_relay() -> Vec<Vec<u8>> {
    LIFE.from_relay.clone()
}

pub(super) fn to_relay(input: &[u8]) {
    let Ok(frames) = protocol::decode::<FromDevice>(input) else { return };
    assert_eq!(protocol::decode(&protocol::encode(&frames)).as_ref(), Ok(&frames), "what was read is written alike");
    let device = NETWORK[0].2.author();
    for frame in frames {
        match frame {
            FromDevice::Auth { signature } => {
                let verified = auth::verify_sign_in(device, &[8; 32], &NONCE, &signature);
                assert!(verified.is_err(), "nobody has signed in here");
            }
            FromDevice::Peek { room, invite, proof } => tried(auth::verify_peek(invite, &NONCE, room, &proof)),
            FromDevice::Seen { room, beacon } => tried(beacon.verify(room)),
            FromDevice::Begin { genesis, .. } => tried(Entry::parse(genesis)),
            FromDevice::Put { item, .. } => an_item(item),
            FromDevice::Offer { items, .. } => items.into_iter().for_each(an_item),
            FromDevice::Hello { .. } | FromDevice::Open { .. } | FromDevice::Ping => {}
        }
    }
}

pub(super) fn from_relay(input: &[u8]) {
    let Ok(frames) = protocol::decode::<FromRelay>(input) else { return };
    assert_eq!(protocol::decode(&protocol::encode(&frames)).as_ref(), Ok(&frames), "what was read is written alike");
    let relay = NETWORK[0].0.relay();
    for frame in frames {
        match frame {
            FromRelay::Opened { room, head, beacons } => {
                tried(head.verify(room, relay));
                beacons.iter().for_each(|beacon| tried(beacon.verify(room)));
            }
            FromRelay::Batch { room, items, head, .. } => {
                tried(head.verify(room, relay));
                items.into_iter().for_each(an_item);
            }
            FromRelay::Peeked { entries, .. } => entries.into_iter().for_each(an_item),
            FromRelay::PutOk { room, head, .. } | FromRelay::Behind { room, head } => tried(head.verify(room, relay)),
            FromRelay::Seen { beacons } => beacons.iter().for_each(|it| tried(it.beacon.verify(it.room))),
            FromRelay::Challenge { .. }
            | FromRelay::Welcome { .. }
            | FromRelay::Refused { .. }
            | FromRelay::Pong
            | FromRelay::Fault { .. }
            | FromRelay::Entered { .. } => {}
        }
    }
}

fn an_item(item: Item) {
    tried(item.kind());
    log::entry(&item.bytes);
    log::record(&item.bytes);
}

/// A device that has signed in, and hears this of the relay.
pub(super) fn engine(input: &[u8]) {
    let mut engine = Engine::load(LIFE.disks[SECOND].clone(), Box::new(Chance::new(1))).expect("an honest disk");
    let challenge = FromRelay::Challenge { version: protocol::VERSION, relay: *NETWORK[0].0.relay(), nonce: NONCE };
    let welcome = FromRelay::Welcome { relay_epoch: 1, rooms: LIFE.logs.keys().copied().collect() };
    let mut effects = engine.start(NOW);
    for event in [
        Event::Tick,
        Event::SocketOpened,
        Event::Message(protocol::encode(&[challenge])),
        Event::Message(protocol::encode(&[welcome])),
        Event::Message(input.to_vec()),
        Event::Tick,
    ] {
        effects.extend(engine.handle(event, NOW));
    }
    // What it wants written can be read again.
    let mut disk = LIFE.disks[SECOND].clone();
    for effect in effects {
        if let Effect::Persist { writes, .. } = effect {
            for write in writes {
                match write.value {
                    Some(value) => disk.insert(write.key, value.expose().to_vec()),
                    None => disk.remove(&write.key),
                };
            }
        }
    }
    assert!(Engine::load(disk, Box::new(Chance::new(1))).is_ok(), "it starts again from what it wrote");
}
