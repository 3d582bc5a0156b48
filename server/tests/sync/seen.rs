//! Seen: beacons.

use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, LogHead},
    },
    protocol::{FromDevice, Refusal},
};

use crate::common::{Device, Place, TestRelay, in_a_year};

async fn refused(device: &mut Device, place: &Place, beacon: Beacon) -> Option<Refusal> {
    device.send(&[FromDevice::Seen { room: place.id(), beacon }]).await;
    device.refusal().await.err()
}

#[tokio::test]
async fn a_beacon_is_passed_on_and_the_latest_is_kept() {
    let mut relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    admin.resume(place.id()).await;
    member.resume(place.id()).await;
    let early = admin.read_to(place.id(), 5).await.head;
    place.write(&mut admin, b"one").await.expect("taken");
    let late = member.read_to(place.id(), 6).await.head;

    let (first, second) = (Beacon::sign(&member.keys, place.id(), early), Beacon::sign(&member.keys, place.id(), late));
    let seen = [second, first].map(|beacon| FromDevice::Seen { room: place.id(), beacon });
    member.send(&seen).await;
    while admin.beacons.is_empty() {
        let frame = admin.frame().await;
        admin.take(frame);
    }
    assert_eq!(admin.beacons, [(place.id(), second)]);
    member.ping().await;
    assert!(member.beacons.is_empty(), "not to its own author");

    let (_, kept) = admin.open(place.id(), late).await.expect("opens");
    assert_eq!(kept, [second], "an earlier one does not replace a later one");
    relay.restart().await;
    let mut admin = admin.again(&relay.url()).await;
    assert_eq!(admin.open(place.id(), late).await.expect("opens").1, [second]);
}

#[tokio::test]
async fn a_beacon_that_does_not_count_is_refused_by_name_or_not_heard() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let member = relay.member(&mut place, &mut admin).await;
    let head = admin.resume(place.id()).await;

    let foreign = Beacon::sign(&member.keys, place.id(), head);
    assert_eq!(refused(&mut admin, &place, foreign).await, Some(Refusal::ForeignAuthor));
    let own = Beacon::sign(&admin.keys, place.id(), head);
    let changed = Beacon { head: LogHead { seq: 1, ..head }, ..own };
    assert_eq!(refused(&mut admin, &place, changed).await, Some(Refusal::BadSignature));
    let untrue = Beacon::sign(&admin.keys, place.id(), LogHead { seq: 1, hash: Hash::from_bytes([1; 32]) });
    assert_eq!(refused(&mut admin, &place, untrue).await, Some(Refusal::Diverged));

    // Who is not in the room, or has no key, says nothing: kept by nobody, told to nobody, and no fault.
    let mut stranger = relay.device().await;
    let theirs = Beacon::sign(&stranger.keys, place.id(), head);
    unheard(&mut stranger, &place, theirs).await;
    let invite = place.invite(&mut admin, in_a_year()).await;
    place.join(&mut stranger, &invite).await.expect("comes in");
    unheard(&mut stranger, &place, theirs).await;
    admin.ping().await;
    assert!(admin.beacons.is_empty());
    assert_eq!(admin.open(place.id(), LogHead::EMPTY).await.expect("opens").1, []);
}

/// Whatever is said of it panics.
async fn unheard(device: &mut Device, place: &Place, beacon: Beacon) {
    device.send(&[FromDevice::Seen { room: place.id(), beacon }]).await;
    device.ping().await;
}
