//! Put of content records.

use grend_shared::{
    crypto::{Hash, head::ItemKind, record::Place as RecordPlace},
    protocol::{FromDevice, Item, Refusal},
};

use crate::common::{Place, TestRelay, content, in_a_year};

#[tokio::test]
async fn records_get_their_places_in_order() {
    let relay = TestRelay::start().await;
    let (mut device, place) = relay.service().await;
    assert_eq!(place.write(&mut device, b"one").await, Ok(3));
    assert_eq!(place.write(&mut device, b"two").await, Ok(4));
}

#[tokio::test]
async fn what_stands_already_gets_its_own_place_again() {
    let relay = TestRelay::start().await;
    let (mut device, mut place) = relay.service().await;
    let items: Vec<_> = (0..5).map(|n| place.record(&mut device, &[n])).collect();
    // All at once, each twice: the second may find the first still in the same group.
    let frames: Vec<_> =
        items.iter().chain(&items).map(|item| FromDevice::Put { room: place.id(), item: item.clone() }).collect();
    device.send(&frames).await;
    for _ in 0..2 {
        for (seq, item) in (3..).zip(&items) {
            assert_eq!(device.answer(item.name()).await.expect("taken").0, seq);
        }
    }
    // Also when the key has changed since.
    place.make_key(&mut device).await;
    assert_eq!(device.put(place.id(), items[1].clone()).await, Ok(4));
    assert_eq!(device.put(place.id(), items[4].clone()).await, Ok(7));
}

#[tokio::test]
async fn two_records_in_one_place_are_told_apart() {
    let relay = TestRelay::start().await;
    let (mut device, place) = relay.service().await;
    let fork = content(&place.seal(&device, &place.next(&device), b"the clone's"));
    place.write(&mut device, b"one").await.expect("taken");
    assert_eq!(device.put(place.id(), fork.clone()).await, Err(Refusal::Equivocation));
    place.write(&mut device, b"two").await.expect("taken");
    assert_eq!(device.put(place.id(), fork).await, Err(Refusal::Equivocation), "nor further back");
    let other_past = RecordPlace { previous: Hash::from_bytes([1; 32]), ..place.next(&device) };
    let record = content(&place.seal(&device, &other_past, b"upon another"));
    assert_eq!(device.put(place.id(), record).await, Err(Refusal::Equivocation), "nor upon another past");
    assert_eq!(place.write(&mut device, b"three").await, Ok(5), "nothing was changed");
}

#[tokio::test]
async fn a_gap_is_refused_until_it_is_filled() {
    let relay = TestRelay::start().await;
    let (mut device, place) = relay.service().await;
    let (one, two) = (place.record(&mut device, b"one"), place.record(&mut device, b"two"));
    assert_eq!(device.put(place.id(), two.clone()).await, Err(Refusal::Gap));
    assert_eq!(device.put(place.id(), one).await, Ok(3));
    assert_eq!(device.put(place.id(), two).await, Ok(4));
}

#[tokio::test]
async fn a_record_under_an_old_key_or_log_is_stale() {
    let relay = TestRelay::start().await;
    let (mut device, mut place) = relay.service().await;
    let old = content(&place.seal(&device, &place.next(&device), b"old"));
    place.make_key(&mut device).await;
    assert_eq!(device.put(place.id(), old).await, Err(Refusal::Stale));
    let unknown = RecordPlace { membership: Hash::from_bytes([1; 32]), ..place.next(&device) };
    let record = content(&place.seal(&device, &unknown, b"unknown entry"));
    assert_eq!(device.put(place.id(), record).await, Err(Refusal::Stale));
    let before = RecordPlace { membership: place.genesis.hash(), ..place.next(&device) };
    let record = content(&place.seal(&device, &before, b"an earlier entry will do"));
    assert_eq!(device.put(place.id(), record).await, Ok(4));
}

#[tokio::test]
async fn a_foreign_changed_or_misplaced_record_is_refused_by_name() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    let other = Place::network(&mut admin, place.id()).await;

    let theirs = content(&place.seal(&member, &place.next(&member), b"theirs"));
    assert_eq!(admin.put(place.id(), theirs.clone()).await, Err(Refusal::ForeignAuthor));
    let mine = content(&place.seal(&admin, &place.next(&admin), b"mine"));
    assert_eq!(admin.put(other.id(), mine.clone()).await, Err(Refusal::OtherRoom));
    // In the nonce, the body and the signature.
    for at in [150, 220, mine.bytes.len() - 1] {
        let mut changed = mine.clone();
        changed.bytes[at] ^= 1;
        assert_eq!(admin.put(place.id(), changed).await, Err(Refusal::BadSignature), "byte {at}");
    }
    let mut cut = mine.clone();
    cut.bytes.pop();
    assert_eq!(admin.put(place.id(), cut).await, Err(Refusal::Malformed));
    let huge = Item::new(ItemKind::Content, vec![1; 257 * 1024]);
    assert_eq!(admin.put(place.id(), huge).await, Err(Refusal::TooLarge));
    assert_eq!(member.put(place.id(), theirs.clone()).await, Ok(6), "from its author it is taken");
    assert_eq!(admin.put(place.id(), theirs).await, Err(Refusal::ForeignAuthor), "and not replayed by another");
}

#[tokio::test]
async fn who_holds_no_key_writes_nothing() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut stranger = relay.device().await;
    assert_eq!(place.write(&mut stranger, b"hello").await, Err(Refusal::NoSuchRoom));

    let invite = place.invite(&mut admin, in_a_year()).await;
    let mut keyless = relay.device().await;
    place.join(&mut keyless, &invite).await.expect("comes in");
    let early = place.record(&mut keyless, b"before the key");
    assert_eq!(keyless.put(place.id(), early.clone()).await, Err(Refusal::NotAllowed));
    place.grant(&mut admin, &keyless).await;
    assert!(keyless.put(place.id(), early).await.is_ok());

    let network = Place::network(&mut admin, place.id()).await;
    assert_eq!(network.write(&mut admin, b"steward").await, Err(Refusal::NotAllowed));
}
