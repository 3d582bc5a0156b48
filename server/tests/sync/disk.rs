//! A disk that takes no more, and a memory that forgets.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use grend_server::{Config, Running, limits::Limits, storage::Sqlite};
use grend_shared::{
    crypto::{head::LogHead, links::SetUpToken},
    protocol::Refusal,
    secret::SecretText,
};
use tempfile::TempDir;

use crate::common::{Device, Failing, Place, TestRelay, in_a_year, keys};

#[tokio::test]
async fn what_the_disk_does_not_take_is_refused_and_forgotten() {
    let folder = TempDir::new().expect("a folder");
    let full = Arc::new(AtomicBool::new(false));
    let inner = Sqlite::open(folder.path()).expect("a database");
    let storage = Arc::new(Failing { inner, full: Arc::clone(&full) });
    let config = Config { listen: "127.0.0.1:0".to_owned(), ..Config::new(folder.path()) };
    let running = Running::over(storage, config).await.expect("the relay starts");
    let url = format!("ws://{}/sync", running.address);

    let link = running.first_link.as_ref().map(SecretText::expose).expect("a link");
    let token = SetUpToken::from_link(link).expect("a set-up link");
    let mut device = Device::sign_in(&url, keys()).await;
    let mut place = Place::service(&mut device, &token).await;
    place.make_key(&mut device).await;
    device.resume(place.id()).await;

    full.store(true, Ordering::SeqCst);
    let item = place.record(&mut device, b"one");
    assert_eq!(device.put(place.id(), item.clone()).await, Err(Refusal::Storage));
    assert_eq!(device.put(place.id(), item.clone()).await, Err(Refusal::Storage), "it is no duplicate of itself");
    let mut reader = device.again(&url).await;
    reader.logs.clear();
    assert_eq!(reader.open(place.id(), LogHead::EMPTY).await.expect("reading goes on").0.seq, 2);

    full.store(false, Ordering::SeqCst);
    assert_eq!(reader.put(place.id(), item).await, Ok(3), "as if nothing had been");
    assert_eq!(place.write(&mut reader, b"two").await, Ok(4));
    running.shut_down().await;
}

#[tokio::test]
async fn rooms_that_memory_has_forgotten_are_rebuilt_from_the_disk() {
    let relay = TestRelay::with(Limits { cached_rooms: 1, ..Limits::default() }).await;
    let (mut admin, mut service) = relay.service().await;
    let mut other = Place::service(&mut admin, &relay.token(in_a_year())).await;
    other.make_key(&mut admin).await;
    let mut member = relay.member(&mut service, &mut admin).await;
    for n in 0..5 {
        assert_eq!(service.write(&mut admin, &[n]).await, Ok(6 + 2 * u64::from(n)));
        assert_eq!(other.write(&mut admin, &[n]).await, Ok(3 + u64::from(n)));
        assert_eq!(service.write(&mut member, &[n]).await, Ok(7 + 2 * u64::from(n)));
    }
}
