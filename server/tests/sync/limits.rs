//! More than one may.

use std::{num::NonZeroU32, time::Duration};

use grend_server::limits::Limits;
use grend_shared::{
    crypto::{Secret, links::SetUpToken},
    protocol::{Fault, FromDevice, limits::MAX_MESSAGE},
};

use crate::common::{Device, TestRelay, keys};

fn few(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).expect("not zero")
}

#[tokio::test]
async fn an_address_has_so_many_sessions() {
    let relay = TestRelay::with(Limits { sessions_per_address: 2, ..Limits::default() }).await;
    let first = relay.device().await;
    let _second = relay.device().await;
    let mut third = Device::connect(&relay.url(), keys()).await;
    assert_eq!(third.fault().await, Some(Fault::Busy));
    drop(first);
    for _ in 0..100 {
        let mut next = Device::connect(&relay.url(), keys()).await;
        next.send(&[FromDevice::Ping]).await;
        if next.fault().await == Some(Fault::OutOfTurn) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the first one's place was not given back");
}

#[tokio::test]
async fn an_address_signs_in_only_so_often() {
    let relay = TestRelay::with(Limits { sign_ins_per_minute: few(3), ..Limits::default() }).await;
    for _ in 0..3 {
        relay.device().await;
    }
    let mut fourth = Device::connect(&relay.url(), keys()).await;
    let hello = FromDevice::Hello { version: grend_shared::protocol::VERSION, device: fourth.id() };
    fourth.send(&[hello]).await;
    assert_eq!(fourth.fault().await, Some(Fault::Busy));
}

#[tokio::test]
async fn a_session_says_only_so_much() {
    let relay = TestRelay::with(Limits { frames_per_second: few(5), ..Limits::default() }).await;
    let mut device = relay.device().await;
    device.send(&vec![FromDevice::Ping; 60]).await;
    assert_eq!(device.fault().await, Some(Fault::Busy));

    let relay = TestRelay::with(Limits { bytes_per_second: few(1_000), ..Limits::default() }).await;
    let mut device = relay.device().await;
    let genesis = vec![0; 10_000];
    let opening = grend_shared::protocol::Opening::SetUp { token: SetUpToken::of(Secret::new([0; 32])) };
    device.send(&[FromDevice::Begin { opening, genesis }]).await;
    assert_eq!(device.fault().await, Some(Fault::Busy));
}

#[tokio::test]
async fn a_message_above_the_limit_ends_the_session() {
    let relay = TestRelay::start().await;
    let mut device = relay.device().await;
    device.send_raw(vec![0; MAX_MESSAGE + 1]).await;
    // The relay hangs up before it has read it all; whether its last word gets through is the network's.
    let fault = device.fault().await;
    assert!(matches!(fault, Some(Fault::Malformed) | None), "{fault:?}");
    relay.device().await.ping().await;
}

#[tokio::test]
async fn a_silent_session_ends() {
    let relay = TestRelay::with(Limits { idle: Duration::from_millis(100), ..Limits::default() }).await;
    let mut device = relay.device().await;
    assert_eq!(device.fault().await, None);
}

#[tokio::test]
async fn a_slow_reader_is_cut_off_and_holds_nobody_up() {
    let limits = Limits { outgoing: 4, send: Duration::from_secs(1), ..Limits::default() };
    let relay = TestRelay::with(limits).await;
    let (mut admin, mut place) = relay.service().await;
    let mut slow = relay.member(&mut place, &mut admin).await;
    slow.resume(place.id()).await;
    // More than the socket's buffers hold.
    for _ in 0..100 {
        place.write(&mut admin, &[0; 200 * 1024]).await.expect("taken, whoever reads");
    }
    let mut cut_off = false;
    while let Some(frame) = slow.next().await {
        cut_off |= matches!(frame, grend_shared::protocol::FromRelay::Fault { why: Fault::SlowReader });
    }
    let mut slow = slow.again(&relay.url()).await;
    slow.logs.clear();
    slow.resume(place.id()).await;
    assert_eq!(slow.read_to(place.id(), 105).await.items.len(), 105, "it opens again and gets all (told: {cut_off})");
}
