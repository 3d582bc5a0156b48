//! Whatever bytes arrive, every decoder refuses them by name: no panic, and no more memory than a small multiple of
//! what was sent (SPEC WIRE-2).

use std::sync::{Mutex, MutexGuard, PoisonError};

use grend_shared::{
    crypto::{
        Hash, Secret,
        head::{Beacon, LogHead, sign_heads},
        keys::{DeviceKeys, InviteSecret, SetUpToken, SignKey},
        record::Record,
        sealed,
    },
    document::{Actor, RoomDocument},
    domain::RoomKind,
    ids::{DeviceId, PersonId, RoomId},
    membership::Entry,
    protocol::{self, FromDevice, FromRelay, Item, Opening, RoomBeacon},
};
use peak_alloc::PeakAlloc;
use proptest::{collection::vec, prelude::*, test_runner::Config};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process, so the tests of this file take turns.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ones;

impl grend_shared::crypto::Entropy for Ones {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}

/// Messages as honest devices and relays send them.
fn honest() -> Vec<Vec<u8>> {
    let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Ones);
    let room = RoomId::from_bytes([2; 32]);
    let head = LogHead { seq: 3, hash: Hash::from_bytes([3; 32]) };
    let signed = sign_heads(&SignKey::from_seed(&Secret::new([4; 32])), 1, &[(room, head), (room, head)]).remove(0);
    let beacon = Beacon::sign(&keys, room, head);
    let item = Item { kind: 2, bytes: vec![5; 300] };
    let device = keys.device();
    let signature = beacon.signature;
    vec![
        protocol::encode(&[
            FromDevice::Hello { version: 1, device },
            FromDevice::Auth { signature },
            FromDevice::Begin { opening: Opening::SetUp { token: [6; 32] }, genesis: vec![7; 200] },
            FromDevice::Open { room, from: head },
            FromDevice::Put { room, item: item.clone() },
            FromDevice::Seen { room, beacon },
            FromDevice::Ping,
        ]),
        protocol::encode(&[
            FromRelay::Challenge { version: 1, relay: [8; 32], nonce: [9; 32] },
            FromRelay::Welcome { relay_epoch: 1, rooms: vec![room; 3] },
            FromRelay::Opened { room, head: signed.clone(), beacons: vec![beacon; 2] },
            FromRelay::Batch { room, first: 1, items: vec![item; 3], head: signed.clone() },
            FromRelay::PutOk { room, item: head.hash, seq: 3, head: signed },
            FromRelay::Seen { beacons: vec![RoomBeacon { room, beacon }] },
        ]),
    ]
}

/// Honest bytes with a few changed, cut, or with an enormous length written into them.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let base = prop_oneof![vec(any::<u8>(), 0..600), proptest::sample::select(honest()),];
    let edits = vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6);
    let huge = proptest::option::of(any::<proptest::sample::Index>());
    (base, edits, huge, any::<proptest::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, edits, huge, cut, cuts)| {
            if bytes.is_empty() {
                return bytes;
            }
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(at) = huge {
                // CBOR byte string, array or map head with a length of 2^32 - 1.
                let at = at.index(bytes.len());
                for (offset, byte) in [0x9a, 0xff, 0xff, 0xff, 0xff].into_iter().enumerate() {
                    if let Some(place) = bytes.get_mut(at + offset) {
                        *place = byte;
                    }
                }
            }
            if cuts {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

fn decode_everything(bytes: &[u8]) {
    let _ = protocol::decode::<FromDevice>(bytes);
    let _ = protocol::decode::<FromRelay>(bytes);
    let _ = Entry::parse(bytes.to_vec());
    let _ = Record::parse(bytes.to_vec()).map(|record| record.verify());
    let _ = DeviceKeys::from_stored(bytes);
    let _ = sealed::unpad(bytes);
    let _ = sealed::open(&Secret::new([0; 32]), b"", bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = InviteSecret::from_link(&text);
    let _ = SetUpToken::from_link(&text);
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_bytes_are_refused_without_panic_or_great_memory(bytes in mangled()) {
        let _turn = turn();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        decode_everything(&bytes);
        let used = MEMORY.peak_usage().saturating_sub(before);
        prop_assert!(used <= 64 * 1024 + 32 * bytes.len(), "{used} bytes for {} sent", bytes.len());
    }

    #[test]
    fn any_change_is_refused_by_the_document(bytes in vec(any::<u8>(), 0..300), chunk in 0u8..4) {
        let _turn = turn();
        let mut document = RoomDocument::new(RoomKind::Network);
        let before = document.heads();
        let actor = Actor::of(DeviceId::from_bytes([1; 32]), RoomId::from_bytes([2; 32]), 0);
        let framed = [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, chunk], bytes.as_slice()].concat();
        prop_assert!(document.apply(&bytes, actor).is_err());
        prop_assert!(document.apply(&framed, actor).is_err());
        prop_assert_eq!(document.heads(), before);
    }
}

#[test]
fn honest_messages_are_read() {
    let _turn = turn();
    let messages = honest();
    assert_eq!(protocol::decode::<FromDevice>(&messages[0]).map(|it| it.len()), Ok(7));
    assert_eq!(protocol::decode::<FromRelay>(&messages[1]).map(|it| it.len()), Ok(6));
    assert_eq!(protocol::decode::<FromDevice>(&vec![0; 2 * 1024 * 1024]), Err(protocol::BadMessage::TooLong));
}
