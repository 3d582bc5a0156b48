//! Hello, Challenge, Auth, Welcome.

use std::time::Duration;

use grend_server::limits::Limits;
use grend_shared::{
    crypto::{Signature, head::LogHead},
    ids::RoomId,
    protocol::{Fault, FromDevice, VERSION, auth},
};

use crate::common::{Device, TestRelay, keys};

#[tokio::test]
async fn a_device_is_welcomed_with_the_rooms_that_hold_it() {
    let relay = TestRelay::start().await;
    let (device, place) = relay.service().await;
    assert!(device.rooms.is_empty());
    let again = device.again(&relay.url()).await;
    assert_eq!(again.rooms, [place.id()]);
    assert_eq!(again.relay_epoch, 1);
    assert!(relay.device().await.rooms.is_empty(), "others are told of none");
}

#[tokio::test]
async fn a_wrong_answer_to_the_challenge_ends_the_session() {
    let relay = TestRelay::start().await;
    let stranger = keys();

    let mut device = Device::connect(&relay.url(), keys()).await;
    device.hello().await;
    let signature = auth::sign_in(&stranger, &device.relay, &device.nonce);
    device.send(&[FromDevice::Auth { signature }]).await;
    assert_eq!(device.fault().await, Some(Fault::SignIn), "another's signature");

    let mut device = Device::connect(&relay.url(), keys()).await;
    device.hello().await;
    let signature = auth::sign_in(&device.keys, &device.relay, &[7; 32]);
    device.send(&[FromDevice::Auth { signature }]).await;
    assert_eq!(device.fault().await, Some(Fault::SignIn), "another session's challenge");

    let mut device = Device::connect(&relay.url(), keys()).await;
    device.hello().await;
    let signature = auth::sign_in(&device.keys, &[7; 32], &device.nonce);
    device.send(&[FromDevice::Auth { signature }]).await;
    assert_eq!(device.fault().await, Some(Fault::SignIn), "another relay's challenge");
}

#[tokio::test]
async fn another_version_is_told_so() {
    let relay = TestRelay::start().await;
    let mut device = Device::connect(&relay.url(), keys()).await;
    let hello = FromDevice::Hello { version: VERSION + 1, device: device.id() };
    device.send(&[hello]).await;
    assert_eq!(device.fault().await, Some(Fault::Version));
}

#[tokio::test]
async fn frames_out_of_turn_end_the_session() {
    let relay = TestRelay::start().await;
    let room = RoomId::from_bytes([1; 32]);
    let auth = FromDevice::Auth { signature: Signature::from_bytes([0; 64]) };
    for early in [auth.clone(), FromDevice::Ping, FromDevice::Open { room, from: LogHead::EMPTY }] {
        let mut device = Device::connect(&relay.url(), keys()).await;
        device.send(std::slice::from_ref(&early)).await;
        assert_eq!(device.fault().await, Some(Fault::OutOfTurn), "{early:?} before Hello");

        let mut device = Device::connect(&relay.url(), keys()).await;
        device.hello().await;
        let hello = FromDevice::Hello { version: VERSION, device: device.id() };
        device.send(&[hello]).await;
        assert_eq!(device.fault().await, Some(Fault::OutOfTurn), "Hello twice");
    }
    for late in [auth, FromDevice::Hello { version: VERSION, device: keys().device() }] {
        let mut device = relay.device().await;
        device.send(std::slice::from_ref(&late)).await;
        assert_eq!(device.fault().await, Some(Fault::OutOfTurn), "{late:?} after the sign-in");
    }
}

#[tokio::test]
async fn who_does_not_sign_in_in_time_is_sent_away() {
    let relay = TestRelay::with(Limits { sign_in: Duration::from_millis(100), ..Limits::default() }).await;
    let mut silent = Device::connect(&relay.url(), keys()).await;
    assert_eq!(silent.fault().await, Some(Fault::SignIn));
    let mut half_way = Device::connect(&relay.url(), keys()).await;
    half_way.hello().await;
    assert_eq!(half_way.fault().await, Some(Fault::SignIn));
}

#[tokio::test]
async fn the_relay_answers_pings() {
    let relay = TestRelay::start().await;
    relay.device().await.ping().await;
}
