//! Begin: a service by the operator's link, a network by its staff.

use grend_server::limits::Limits;
use grend_shared::{
    crypto::{Secret, head::ItemKind, links::SetUpToken},
    domain::{Role, RoomKind},
    protocol::{Item, Opening, Refusal},
};

use crate::common::{Place, TestRelay, a_year_ago, genesis, in_a_year, keys};

#[tokio::test]
async fn a_link_sets_up_one_service_once() {
    let relay = TestRelay::start().await;
    let token = relay.token(in_a_year());
    let mut device = relay.device().await;
    let place = Place::service(&mut device, &token).await;

    let opening = Opening::SetUp { token: token.clone() };
    assert_eq!(
        device.begin(opening.clone(), place.genesis.as_bytes()).await,
        Ok(1),
        "the same again is acknowledged again"
    );

    let another = genesis(&device.keys, device.relay, RoomKind::Service);
    assert_eq!(device.begin(opening, another.as_bytes()).await, Err(Refusal::LinkUsed));
}

#[tokio::test]
async fn an_unknown_or_expired_link_sets_up_nothing() {
    let relay = TestRelay::start().await;
    let mut device = relay.device().await;
    let genesis = genesis(&device.keys, device.relay, RoomKind::Service);
    let unknown = Opening::SetUp { token: SetUpToken::of(Secret::new([9; 32])) };
    assert_eq!(device.begin(unknown, genesis.as_bytes()).await, Err(Refusal::LinkUnknown));
    let expired = Opening::SetUp { token: relay.token(a_year_ago()) };
    assert_eq!(device.begin(expired, genesis.as_bytes()).await, Err(Refusal::LinkExpired));

    let good = Opening::SetUp { token: relay.token(in_a_year()) };
    assert_eq!(device.begin(good, genesis.as_bytes()).await, Ok(1), "the refusals changed nothing");
}

#[tokio::test]
async fn a_genesis_must_be_this_relays_and_the_devices_own() {
    let relay = TestRelay::start().await;
    let token = relay.token(in_a_year());
    let opening = Opening::SetUp { token: token.clone() };
    let mut device = relay.device().await;

    let elsewhere = genesis(&device.keys, [7; 32], RoomKind::Service);
    assert_eq!(device.begin(opening.clone(), elsewhere.as_bytes()).await, Err(Refusal::OtherRelay));
    let foreign = genesis(&keys(), device.relay, RoomKind::Service);
    assert_eq!(device.begin(opening.clone(), foreign.as_bytes()).await, Err(Refusal::ForeignAuthor));
    let network = genesis(&device.keys, device.relay, RoomKind::Network);
    assert_eq!(device.begin(opening.clone(), network.as_bytes()).await, Err(Refusal::Invalid));
    let mut changed = genesis(&device.keys, device.relay, RoomKind::Service).as_bytes().to_vec();
    changed[140] ^= 1;
    assert_eq!(device.begin(opening.clone(), &changed).await, Err(Refusal::BadSignature));
    assert_eq!(device.begin(opening.clone(), b"no entry").await, Err(Refusal::Malformed));

    Place::service(&mut device, &token).await;
}

#[tokio::test]
async fn staff_open_networks_and_others_do_not() {
    let relay = TestRelay::start().await;
    let (mut admin, mut service) = relay.service().await;
    let network = Place::network(&mut admin, service.id()).await;
    assert_eq!(admin.begin(Opening::Staff { service: service.id() }, network.genesis.as_bytes()).await, Ok(1));

    let mut stranger = relay.device().await;
    let theirs = genesis(&stranger.keys, stranger.relay, RoomKind::Network);
    let opening = Opening::Staff { service: service.id() };
    assert_eq!(stranger.begin(opening.clone(), theirs.as_bytes()).await, Err(Refusal::NoSuchRoom));
    let nowhere = Opening::Staff { service: network.id() };
    let another = genesis(&admin.keys, admin.relay, RoomKind::Network);
    assert_eq!(admin.begin(nowhere, another.as_bytes()).await, Err(Refusal::NotAllowed), "a network is no service");
    let second = genesis(&admin.keys, admin.relay, RoomKind::Service);
    assert_eq!(admin.begin(opening, second.as_bytes()).await, Err(Refusal::Invalid), "a service needs a link");

    let mut colleague = relay.member(&mut service, &mut admin).await;
    Place::network(&mut colleague, service.id()).await;
}

#[tokio::test]
async fn a_tenant_has_no_more_rooms_than_it_may() {
    let relay = TestRelay::with(Limits { rooms_per_tenant: 2, ..Limits::default() }).await;
    let (mut admin, service) = relay.service().await;
    Place::network(&mut admin, service.id()).await;
    let third = genesis(&admin.keys, admin.relay, RoomKind::Network);
    let opening = Opening::Staff { service: service.id() };
    assert_eq!(admin.begin(opening, third.as_bytes()).await, Err(Refusal::TooLarge));
}

#[tokio::test]
async fn a_room_is_begun_by_begin_alone() {
    let relay = TestRelay::start().await;
    let (mut admin, place) = relay.service().await;
    let again = Item::new(ItemKind::Membership, place.genesis.as_bytes().to_vec());
    assert_eq!(admin.put(place.id(), again).await, Ok(1), "it stands there already");
    let other = genesis(&admin.keys, admin.relay, RoomKind::Service);
    let item = Item::new(ItemKind::Membership, other.as_bytes().to_vec());
    assert_eq!(admin.put(other.room(), item).await, Err(Refusal::NoSuchRoom));
    let invite = place.entry(
        &admin.keys,
        grend_shared::membership::Body::Invite(grend_shared::membership::body::Invite {
            invite: grend_shared::ids::InviteId::from_bytes([1; 32]),
            role: Role::Member,
            founder: false,
            group: None,
            returns: None,
            expires: in_a_year(),
            welcome: Vec::new(),
        }),
    );
    let opening = Opening::SetUp { token: relay.token(in_a_year()) };
    assert_eq!(admin.begin(opening, invite.as_bytes()).await, Err(Refusal::Invalid));
}
