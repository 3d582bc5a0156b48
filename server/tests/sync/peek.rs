//! Peek: what somebody sees who holds an invitation.

use grend_shared::{
    crypto::{head::ItemKind, links::InviteSecret},
    ids::RoomId,
    membership::{Entry, Room},
    protocol::{Refusal, auth},
};

use crate::common::{Random, TestRelay, a_year_ago, in_a_year};

#[tokio::test]
async fn an_invitation_shows_the_membership_and_nothing_more() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    place.write(&mut admin, b"content").await.expect("taken");
    let invite = place.invite(&mut admin, in_a_year()).await;
    let mut guest = relay.device().await;
    let proof = auth::peek(&invite.signer(), &guest.nonce, place.id());
    let entries = guest.peek(place.id(), invite.id(), proof).await.expect("shown");
    assert!(entries.iter().all(|item| item.kind() == Some(ItemKind::Membership)));

    let mut entries = entries.into_iter().map(|item| Entry::parse(item.bytes).expect("an entry"));
    let mut seen = Room::begin(&entries.next().expect("a Genesis")).expect("begins");
    entries.for_each(|entry| seen.apply(&entry).expect("valid"));
    assert_eq!(seen, place.members);
}

#[tokio::test]
async fn who_does_not_hold_a_good_invitation_is_told_by_name() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let invite = place.invite(&mut admin, in_a_year()).await;
    let expired = place.invite(&mut admin, a_year_ago()).await;
    let made_up = InviteSecret::generate(place.id(), &mut Random);
    let mut guest = relay.device().await;

    let proof = auth::peek(&made_up.signer(), &guest.nonce, place.id());
    assert_eq!(guest.peek(place.id(), invite.id(), proof).await.err(), Some(Refusal::BadSignature), "another's key");
    let proof = auth::peek(&invite.signer(), &admin.nonce, place.id());
    assert_eq!(guest.peek(place.id(), invite.id(), proof).await.err(), Some(Refusal::BadSignature), "replayed");
    let proof = auth::peek(&made_up.signer(), &guest.nonce, place.id());
    assert_eq!(guest.peek(place.id(), made_up.id(), proof).await.err(), Some(Refusal::LinkUnknown));
    let nowhere = RoomId::from_bytes([1; 32]);
    let proof = auth::peek(&made_up.signer(), &guest.nonce, nowhere);
    assert_eq!(guest.peek(nowhere, made_up.id(), proof).await.err(), Some(Refusal::LinkUnknown), "no such room");
    let proof = auth::peek(&expired.signer(), &guest.nonce, place.id());
    assert_eq!(guest.peek(place.id(), expired.id(), proof).await.err(), Some(Refusal::LinkExpired));

    place.join(&mut guest, &invite).await.expect("comes in");
    let mut late = relay.device().await;
    let proof = auth::peek(&invite.signer(), &late.nonce, place.id());
    assert_eq!(late.peek(place.id(), invite.id(), proof).await.err(), Some(Refusal::LinkUsed));
}
