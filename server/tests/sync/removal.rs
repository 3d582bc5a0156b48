//! Devices that come and go: what the relay gives to whom, and until when.

use grend_shared::{
    crypto::head::ItemKind,
    membership::{Body, body::Remove},
    protocol::{FromRelay, Refusal},
};

use grend_shared::{
    crypto::head::{Beacon, LogHead},
    ids::RoomId,
    protocol::FromDevice,
};

use crate::common::{Device, TestRelay, content, keys};

/// Says that it has what it has.
async fn see(device: &mut Device, room: RoomId) {
    let beacon = Beacon::sign(&device.keys, room, device.logs[&room].head);
    device.send(&[FromDevice::Seen { room, beacon }]).await;
}

#[tokio::test]
async fn a_second_device_is_told_of_its_room_and_reads_all_of_it() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    place.write(&mut admin, b"before").await.expect("taken");
    let keys = keys().of_person(admin.keys.person());
    let mut second = Device::sign_in(&relay.url(), keys.clone()).await;
    second.ping().await;
    assert!(second.rooms.is_empty(), "not added yet");
    let adds = place.adding(&admin, &keys);
    let seq = place.put(&mut admin, adds).await.expect("added");
    assert_eq!(second.frame().await, FromRelay::Entered { room: place.id() }, "it is told at once");
    let mut second = second.again(&relay.url()).await;
    assert_eq!(second.rooms, [place.id()]);
    second.resume(place.id()).await;
    assert_eq!(second.read_to(place.id(), seq).await.items.len() as u64, seq);
    assert_eq!(place.write(&mut second, b"too early").await, Err(Refusal::NotAllowed), "it has no key yet");
    second.chains.clear();
    place.grant(&mut admin, &second).await;
    place.write(&mut second, b"here").await.expect("taken");
}

#[tokio::test]
async fn who_is_taken_out_learns_it_from_the_log_and_gets_nothing_after_it() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut watching = relay.member(&mut place, &mut admin).await;
    let person = watching.keys.person();
    let away = keys().of_person(person);
    let adds = place.adding(&watching, &away);
    place.put(&mut watching, adds).await.expect("added");
    let mut away = Device::sign_in(&relay.url(), away).await;
    place.grant(&mut admin, &away).await;
    let before = away.resume(place.id()).await;
    away.read_to(place.id(), before.seq).await;
    watching.resume(place.id()).await;

    // Only one of the two devices reads along when their person is taken out.
    let away = away.again(&relay.url()).await;
    let cut = place.put(&mut admin, Body::Remove(Remove::Person(person))).await.expect("an admin may");
    assert_eq!(place.write(&mut admin, b"under the old key").await, Err(Refusal::Stale));
    admin.chains.clear();
    place.make_key(&mut admin).await;
    for n in 0..3 {
        place.write(&mut admin, &[n]).await.expect("taken");
    }

    let last = |device: &Device| device.logs[&place.id()].items.last().map(|it| it.kind);
    watching.read_to(place.id(), cut).await;
    watching.ping().await;
    assert_eq!(watching.logs[&place.id()].head.seq, cut, "nothing after its own end");
    assert_eq!(last(&watching), Some(ItemKind::Membership as u8));
    assert_eq!(place.write(&mut watching, b"late").await, Err(Refusal::NoSuchRoom));

    assert!(away.again(&relay.url()).await.rooms.is_empty(), "not one of its rooms any more");
    let keys = watching.keys.clone();
    let mut back = watching.again(&relay.url()).await;
    assert_eq!(back.resume(place.id()).await.seq, cut, "the head is that of its end");
    back.ping().await;
    assert_eq!(back.logs[&place.id()].head.seq, cut);
    let fresh = &mut Device::sign_in(&relay.url(), keys).await;
    fresh.resume(place.id()).await;
    fresh.read_to(place.id(), cut).await;
    fresh.ping().await;
    assert_eq!(fresh.logs[&place.id()].items.len() as u64, cut, "from the beginning to the cut");
}

#[tokio::test]
async fn a_beacon_that_crosses_a_removal_is_no_fault_and_none_is_kept_of_who_is_out() {
    let mut relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    let head = member.resume(place.id()).await;
    member.read_to(place.id(), head.seq).await;
    see(&mut member, place.id()).await;
    member.ping().await;
    place.put(&mut admin, Body::Remove(Remove::Person(member.keys.person()))).await.expect("an admin may");
    see(&mut member, place.id()).await;
    // Whatever is not expected panics: a refusal too.
    member.ping().await;
    admin.resume(place.id()).await;
    admin.read_to(place.id(), head.seq + 1).await;
    see(&mut admin, place.id()).await;
    admin.ping().await;
    place.make_key(&mut admin).await;
    // From the disk, not from memory.
    relay.restart().await;
    let mut admin = admin.again(&relay.url()).await;
    let (_, beacons) = admin.open(place.id(), LogHead::EMPTY).await.expect("opens");
    let of: Vec<_> = beacons.iter().map(|it| it.device).collect();
    assert_eq!(of, [admin.keys.device()], "the one who is out has said nothing any more");
}

#[tokio::test]
async fn a_record_from_before_the_cut_stays_acknowledged() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    let record = place.seal(&admin, &place.next(&admin), b"said before");
    let seq = admin.put(place.id(), content(&record)).await.expect("taken");
    let leaves = Body::Remove(Remove::Person(member.keys.person()));
    place.put(&mut member, leaves).await.expect("one may leave");
    assert_eq!(admin.put(place.id(), content(&record)).await, Ok(seq), "the same again, under a key that is gone");
    let late = Body::Remove(Remove::Person(admin.keys.person()));
    assert_eq!(place.put(&mut member, late).await, Err(Refusal::NoSuchRoom));
}
