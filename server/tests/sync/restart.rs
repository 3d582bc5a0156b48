//! Stopping and starting.

use grend_shared::{
    crypto::head::LogHead,
    protocol::{Fault, FromDevice, Opening, Refusal},
};

use crate::common::{TestRelay, in_a_year, soon};

#[tokio::test]
async fn a_restart_keeps_everything() {
    let mut relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    place.write(&mut member, b"one").await.expect("taken");
    let invite = place.invite(&mut admin, in_a_year()).await;
    admin.resume(place.id()).await;
    let before = admin.read_to(place.id(), 7).await.clone();
    let key = admin.relay;

    relay.restart().await;
    let mut admin = admin.again(&relay.url()).await;
    assert_eq!(admin.relay, key, "the relay is the same");
    assert_eq!(admin.rooms, [place.id()]);
    assert_eq!(admin.resume(place.id()).await, before.head);
    let mut member = member.again(&relay.url()).await;
    assert_eq!(member.open(place.id(), LogHead::EMPTY).await.expect("opens").0, before.head);
    assert_eq!(member.read_to(place.id(), 7).await.items, before.items);
    assert_eq!(place.write(&mut member, b"two").await, Ok(8), "its records go on");
    let mut guest = relay.device().await;
    assert_eq!(place.join(&mut guest, &invite).await, Ok(9), "invitations stand");
    assert_eq!(place.join(&mut guest, &invite).await, Err(Refusal::AlreadyInside));
}

#[tokio::test]
async fn who_is_connected_is_told_that_the_relay_stops_and_owed_no_answer() {
    let mut relay = TestRelay::start().await;
    let (mut admin, place) = relay.service().await;
    let items: Vec<_> = (0..20).map(|n| place.record(&mut admin, &[n])).collect();
    let puts: Vec<_> = items.iter().map(|item| FromDevice::Put { room: place.id(), item: item.clone() }).collect();
    admin.send(&puts).await;
    admin.answer(items[0].name()).await.expect("taken");
    soon(relay.stop()).await;
    assert_eq!(admin.fault().await, Some(Fault::ShuttingDown));
}

#[tokio::test]
async fn a_spent_link_stays_spent() {
    let mut relay = TestRelay::start().await;
    let token = relay.token(in_a_year());
    let mut device = relay.device().await;
    crate::common::Place::service(&mut device, &token).await;
    relay.restart().await;
    let mut device = device.again(&relay.url()).await;
    let another = crate::common::genesis(&device.keys, device.relay, grend_shared::domain::RoomKind::Service);
    let opening = Opening::SetUp { token: token.clone() };
    assert_eq!(device.begin(opening, another.as_bytes()).await, Err(Refusal::LinkUsed));
}
