//! Messages that are none: whatever comes, the relay ends the session by name, or goes on; it never breaks.

use grend_shared::{
    crypto::{
        Hash, Secret, Signature,
        head::{Beacon, LogHead},
        links::SetUpToken,
    },
    ids::{DeviceId, InviteId, RoomId},
    protocol::{self, Fault, FromDevice, FromRelay, Item, Opening},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::common::{Device, TestRelay, keys};

#[tokio::test]
async fn text_is_no_frame() {
    let relay = TestRelay::start().await;
    let mut device = relay.device().await;
    device.send_text("{}").await;
    assert_eq!(device.fault().await, Some(Fault::Malformed));
}

#[tokio::test]
async fn too_many_frames_are_malformed() {
    let relay = TestRelay::start().await;
    let mut device = relay.device().await;
    device.send(&vec![FromDevice::Ping; protocol::limits::MAX_FRAMES + 1]).await;
    assert_eq!(device.fault().await, Some(Fault::Malformed));
}

#[tokio::test]
async fn a_length_that_promises_more_than_comes_allocates_nothing() {
    let relay = TestRelay::start().await;
    // Begin with a byte string of 2^63 bytes.
    let message = [0x82, 0x02, 0x82, 0x00, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let mut device = relay.device().await;
    device.send_raw(message.to_vec()).await;
    assert_eq!(device.fault().await, Some(Fault::Malformed));
}

fn frame() -> impl Strategy<Value = FromDevice> {
    let id = any::<[u8; 32]>();
    let signature = any::<[u8; 64]>().prop_map(Signature::from_bytes);
    let bytes = proptest::collection::vec(any::<u8>(), 0..600);
    let head = (any::<u64>(), id).prop_map(|(seq, hash)| LogHead { seq, hash: Hash::from_bytes(hash) });
    prop_oneof![
        (any::<u16>(), id).prop_map(|(version, id)| FromDevice::Hello { version, device: DeviceId::from_bytes(id) }),
        signature.clone().prop_map(|signature| FromDevice::Auth { signature }),
        (id, bytes.clone()).prop_map(|(token, genesis)| FromDevice::Begin {
            opening: Opening::SetUp { token: SetUpToken::of(Secret::new(token)) },
            genesis,
        }),
        (id, id, signature.clone()).prop_map(|(room, invite, proof)| FromDevice::Peek {
            room: RoomId::from_bytes(room),
            invite: InviteId::from_bytes(invite),
            proof
        }),
        (id, head.clone()).prop_map(|(room, from)| FromDevice::Open { room: RoomId::from_bytes(room), from }),
        (id, 0..4_u8, bytes).prop_map(|(room, kind, bytes)| FromDevice::Put {
            room: RoomId::from_bytes(room),
            item: Item { kind, bytes }
        }),
        (id, id, head, signature).prop_map(|(room, device, head, signature)| FromDevice::Seen {
            room: RoomId::from_bytes(room),
            beacon: Beacon { device: DeviceId::from_bytes(device), head, signature }
        }),
        Just(FromDevice::Ping),
    ]
}

/// Random bytes, valid messages, and valid messages with some bytes changed, cut off or put in.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let valid = proptest::collection::vec(frame(), 1..4).prop_map(|frames| protocol::encode(&frames)).boxed();
    let changed = (valid.clone(), proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4))
        .prop_map(|(mut message, changes)| {
            for (at, byte) in changes {
                let at = at.index(message.len());
                message[at] = byte;
            }
            message
        });
    let cut = (valid.clone(), any::<proptest::sample::Index>()).prop_map(|(mut message, at)| {
        let at = at.index(message.len());
        message.truncate(at);
        message
    });
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..400), valid, changed, cut]
}

/// Sends a message and then a ping: the relay answers it, or has said by name why it does not.
async fn survives(mut device: Device, message: Vec<u8>) {
    let shown = message.clone();
    device.send_raw(message).await;
    device.send(&[FromDevice::Ping]).await;
    while let Some(frame) = device.next().await {
        if matches!(frame, FromRelay::Pong | FromRelay::Fault { .. }) {
            return;
        }
    }
    panic!("the session ended without a fault after {shown:?}");
}

#[tokio::test]
async fn no_message_breaks_the_relay() {
    let relay = TestRelay::start().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..400 {
        let message = message().new_tree(&mut runner).expect("a message").current();
        let device = if round % 4 == 0 { Device::connect(&relay.url(), keys()).await } else { relay.device().await };
        survives(device, message).await;
    }
    relay.device().await.ping().await;
}
