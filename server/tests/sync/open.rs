//! Open, and what follows it from storage.

use grend_shared::{
    crypto::{Hash, head::LogHead},
    ids::RoomId,
    protocol::{FromDevice, FromRelay, Refusal, limits},
};

use crate::common::TestRelay;

#[tokio::test]
async fn a_device_catches_up_from_where_it_has_come() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    place.write(&mut admin, b"one").await.expect("taken");
    let mut member = relay.member(&mut place, &mut admin).await;
    let head = member.resume(place.id()).await;
    assert_eq!(head.seq, 6);
    assert_eq!(member.read_to(place.id(), 6).await.head, head);

    place.write(&mut admin, b"two").await.expect("taken");
    member.read_to(place.id(), 7).await;
    let mut member = member.again(&relay.url()).await;
    place.write(&mut admin, b"three").await.expect("taken");
    assert_eq!(member.resume(place.id()).await.seq, 8);
    assert_eq!(member.read_to(place.id(), 8).await.items.len(), 8);
    assert_eq!(member.resume(place.id()).await.seq, 8, "it may be opened again");
    member.ping().await;
}

#[tokio::test]
async fn batches_keep_their_limits() {
    let relay = TestRelay::start().await;
    let (mut device, place) = relay.service().await;
    for n in 0..300_u32 {
        place.write(&mut device, &n.to_be_bytes()).await.expect("taken");
    }
    for _ in 0..5 {
        place.write(&mut device, &[0; 100 * 1024]).await.expect("taken");
    }
    device.send(&[FromDevice::Open { room: place.id(), from: LogHead::EMPTY }]).await;
    let (mut batches, mut last) = (0, 0);
    while last < 307 {
        let frame = device.frame().await;
        if let FromRelay::Batch { items, first, .. } = &frame {
            last = first + items.len() as u64 - 1;
            batches += 1;
            assert!(items.len() <= limits::BATCH_ITEMS);
            let bytes: usize = items.iter().map(|item| item.bytes.len()).sum();
            assert!(bytes <= limits::BATCH_BYTES || items.len() == 1);
            device.take(frame);
        }
    }
    assert!(batches >= 4, "{batches}");
}

#[tokio::test]
async fn a_room_that_is_not_theirs_and_one_that_is_not_there_look_alike() {
    let relay = TestRelay::start().await;
    let (_admin, place) = relay.service().await;
    let mut stranger = relay.device().await;
    assert_eq!(stranger.open(place.id(), LogHead::EMPTY).await.err(), Some(Refusal::NoSuchRoom));
    let nowhere = RoomId::from_bytes([1; 32]);
    assert_eq!(stranger.open(nowhere, LogHead::EMPTY).await.err(), Some(Refusal::NoSuchRoom));
}

#[tokio::test]
async fn a_device_that_knows_another_log_is_told_so() {
    let relay = TestRelay::start().await;
    let (mut device, place) = relay.service().await;
    place.write(&mut device, b"one").await.expect("taken");
    let (head, _) = device.open(place.id(), LogHead::EMPTY).await.expect("opens");
    let other = Hash::from_bytes([1; 32]);
    for from in [
        LogHead { seq: head.seq + 1, hash: other },
        LogHead { hash: other, ..head },
        LogHead { seq: 1, hash: other },
        LogHead { seq: 0, hash: other },
        LogHead { seq: u64::MAX, hash: head.hash },
    ] {
        assert_eq!(device.open(place.id(), from).await.err(), Some(Refusal::Diverged), "{from:?}");
    }
}
