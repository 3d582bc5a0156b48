//! Put of membership entries.

use grend_shared::{
    crypto::{Hash, head::ItemKind, links::InviteSecret},
    domain::Role,
    membership::{
        Body, Entry,
        body::{Admit, Grant},
    },
    protocol::{Item, Refusal},
};

use crate::common::{Place, Random, TestRelay, a_year_ago, in_a_year, item};

#[tokio::test]
async fn an_invitation_lets_one_device_in_once() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let invite = place.invite(&mut admin, in_a_year()).await;

    let mut joiner = relay.device().await;
    let join = place.entry(&joiner.keys, place.join_body(&joiner.keys, &invite));
    assert_eq!(joiner.put(place.id(), item(&join)).await, Ok(4));
    assert_eq!(joiner.put(place.id(), item(&join)).await, Ok(4), "the same again is acknowledged again");
    place.members.apply(&join).expect("valid");
    assert_eq!(joiner.again(&relay.url()).await.rooms, [place.id()]);

    let mut second = relay.device().await;
    assert_eq!(place.join(&mut second, &invite).await, Err(Refusal::LinkUsed));
    assert_eq!(second.put(place.id(), item(&join)).await, Err(Refusal::ForeignAuthor), "another's Join, replayed");
}

#[tokio::test]
async fn a_wrong_or_expired_invitation_is_refused_by_name() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut joiner = relay.device().await;

    let made_up = InviteSecret::generate(place.id(), &mut Random);
    assert_eq!(place.join(&mut joiner, &made_up).await, Err(Refusal::LinkUnknown));
    let expired = place.invite(&mut admin, a_year_ago()).await;
    assert_eq!(place.join(&mut joiner, &expired).await, Err(Refusal::LinkExpired));

    // A room that does not exist answers as one that does.
    let another_relay = TestRelay::start().await;
    let (_, elsewhere) = another_relay.service().await;
    let join = elsewhere.entry(&joiner.keys, elsewhere.join_body(&joiner.keys, &made_up));
    assert_eq!(joiner.put(elsewhere.id(), item(&join)).await, Err(Refusal::LinkUnknown));
}

#[tokio::test]
async fn a_member_joins_no_second_time() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    let invite = place.invite(&mut admin, in_a_year()).await;
    assert_eq!(place.join(&mut member, &invite).await, Err(Refusal::AlreadyInside));
}

#[tokio::test]
async fn an_entry_upon_another_than_the_last_is_a_conflict() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let (one, other) = (place.invite(&mut admin, in_a_year()).await, place.invite(&mut admin, in_a_year()).await);
    let (mut first, mut second) = (relay.device().await, relay.device().await);
    let late = place.entry(&second.keys, place.join_body(&second.keys, &other));
    place.join(&mut first, &one).await.expect("the first comes in");
    assert_eq!(second.put(place.id(), item(&late)).await, Err(Refusal::Conflict));
    assert!(place.join(&mut second, &other).await.is_ok(), "signed anew it is taken");
}

#[tokio::test]
async fn who_is_not_inside_enters_nothing() {
    let relay = TestRelay::start().await;
    let (mut admin, mut service) = relay.service().await;
    let mut stranger = relay.device().await;
    let admit =
        |device: &crate::common::Device| Body::Admit(Admit { person: device.keys.person(), device: device.id() });
    let body = admit(&stranger);
    assert_eq!(service.put(&mut stranger, body).await, Err(Refusal::NoSuchRoom));

    // In a network, who came on a steward's invitation waits for a key holder.
    let mut network = Place::network(&mut admin, service.id()).await;
    let founding = network.invite_as(&mut admin, Role::Admin, true, in_a_year()).await;
    let mut founder = relay.device().await;
    network.join(&mut founder, &founding).await.expect("the founder comes in");
    network.make_key(&mut founder).await;
    let invite = network.invite(&mut admin, in_a_year()).await;
    let mut waiting = relay.device().await;
    network.join(&mut waiting, &invite).await.expect("steps up to the door");
    let body = admit(&waiting);
    assert_eq!(network.put(&mut waiting, body).await, Err(Refusal::NotAllowed), "nobody lets themselves in");
    let body = admit(&waiting);
    assert_eq!(network.put(&mut admin, body).await, Err(Refusal::NotAllowed), "a steward holds no key");
    network.admit(&mut founder, &waiting).await;
    network.grant(&mut founder, &waiting).await;
    network.write(&mut waiting, b"inside").await.expect("inside, with the key");
}

#[tokio::test]
async fn a_changed_foreign_or_misplaced_entry_is_refused_by_name() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let member = relay.member(&mut place, &mut admin).await;
    let body = || Body::Admit(Admit { person: member.keys.person(), device: member.id() });

    let foreign = place.entry(&member.keys, body());
    assert_eq!(admin.put(place.id(), item(&foreign)).await, Err(Refusal::ForeignAuthor));
    let elsewhere = Place::network(&mut admin, place.id()).await;
    let misplaced = Entry::sign(&admin.keys, elsewhere.id(), place.members.last(), body());
    assert_eq!(admin.put(place.id(), item(&misplaced)).await, Err(Refusal::OtherRoom));
    let nobody = place.entry(&admin.keys, body());
    assert_eq!(admin.put(place.id(), item(&nobody)).await, Err(Refusal::Invalid), "nobody waits");

    let mut changed = item(&nobody);
    let last = changed.bytes.len() - 1;
    changed.bytes[last] ^= 1;
    assert_eq!(admin.put(place.id(), changed).await, Err(Refusal::BadSignature));
    let huge = Item::new(ItemKind::Membership, vec![0; 100 * 1024]);
    assert_eq!(admin.put(place.id(), huge).await, Err(Refusal::TooLarge));
    let unknown = Item { kind: 9, bytes: vec![1] };
    assert_eq!(admin.put(place.id(), unknown).await, Err(Refusal::Malformed));
    assert_eq!(admin.put(place.id(), Item::new(ItemKind::Membership, vec![])).await, Err(Refusal::Malformed));
}

#[tokio::test]
async fn a_key_for_nobody_is_refused() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let member = relay.member(&mut place, &mut admin).await;
    let sealed = |place: &Place| {
        let at = grend_shared::crypto::grant::GrantPlace {
            room: place.id(),
            prev: Hash::ZERO,
            epoch: 1,
            device: member.id(),
            author: member.id(),
            commitment: Hash::ZERO,
        };
        place.key.seal_to(member.keys.seal_key(), &at, &mut Random).expect("a good key")
    };
    let again = Body::Grant(Grant { number: 1, device: member.id(), key: sealed(&place) });
    assert_eq!(place.put(&mut admin, again).await, Err(Refusal::Invalid), "they have it");
    let future = Body::Grant(Grant { number: 2, device: member.id(), key: sealed(&place) });
    assert_eq!(place.put(&mut admin, future).await, Err(Refusal::Invalid), "there is no such epoch");
}
