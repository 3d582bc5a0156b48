//! Coming in: invitations, waiting to be let in, wishes that are refused.

use grend_shared::{
    crypto::links::SetUpToken,
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Room},
    protocol::Refusal,
    rules::Refused,
};

use crate::{
    FOSTER, RESOURCE, STAFF,
    support::{self, Dice, World},
};

#[test]
fn a_family_on_the_services_invitation_waits_until_a_key_holder_lets_it_in() {
    let (mut world, room) = World::with_network(7, 3);
    let stranger = world.devices.len();
    world.devices.push(support::Device::new(77));
    let secret = world.invites(STAFF, room, InvitedAs::FosterFamily);
    world.joins(stranger, &secret, "Ola", "Granli").expect("steps up");
    assert!(world.devices[stranger].network(room).is_none(), "still outside");
    let waiting = world.network(RESOURCE, room).waiting.clone();
    assert_eq!(waiting.len(), 1);
    let threshold = world.devices[stranger].rooms.iter().find_map(|it| match it {
        Room::Threshold(it) => Some(it.clone()),
        _ => None,
    });
    assert_eq!(threshold.expect("a threshold").check_words, waiting[0].check_words);
    world.asked(FOSTER, Ask::Admit { room, person: waiting[0].person, device: waiting[0].device }).expect("let in");
    assert_eq!(world.network(stranger, room).families.len(), 3);
    world.assert_alike(room);
}

#[test]
fn a_used_wrong_or_cut_off_invitation_says_so_and_harms_nothing() {
    let (mut world, room) = World::with_network(8, 3);
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    let late = world.devices.len();
    world.devices.push(support::Device::new(88));
    world.devices.push(support::Device::new(89));
    world.joins(late, &secret, "Ola", "Granli").expect("enters");
    assert_eq!(world.joins(late + 1, &secret, "Per", "Elvheim"), Err(Failure::UsedLink));
    assert_eq!(world.asked(FOSTER, Ask::ReadInvite { secret: secret.clone() }), Err(Failure::AlreadyInside));
    assert_eq!(world.joins(late + 1, &secret.expose()[..20].into(), "Per", "Elvheim"), Err(Failure::BadLink));
    let other = World::with_network(9, 2).0.relay.last_room();
    let foreign = grend_shared::crypto::links::InviteSecret::generate(other, &mut Dice::new(1)).to_link();
    assert_eq!(world.joins(late + 1, &foreign, "Per", "Elvheim"), Err(Failure::UnknownLink));
    assert!(world.devices[late + 1].rooms.is_empty());
    assert_eq!(world.network(FOSTER, room).families.len(), 3);
}

#[test]
fn an_invitation_that_would_not_be_valid_is_refused_at_once() {
    let (mut world, room) = World::with_network(18, 3);
    let invite = |invited_as| Ask::Invite { room, invited_as, label: "Noen".into() };
    world.goes_offline(FOSTER);
    for _ in 0..4 {
        world.invites(FOSTER, room, InvitedAs::Adult);
    }
    let refused = |reason| Err(Failure::Refused { reason });
    assert_eq!(world.asked(FOSTER, invite(InvitedAs::Adult)), refused(Refused::NotYourRole), "four are on their way");
    world.comes_back(FOSTER);
    assert_eq!(world.asked(FOSTER, invite(InvitedAs::Adult)), refused(Refused::NotYourRole), "four are made");
    let invites = &world.network(FOSTER, room).invites;
    assert_eq!((invites.len(), invites.iter().all(|it| it.ready)), (4, true));
    assert_eq!(world.asked(STAFF, invite(InvitedAs::ResourceFamily)), refused(Refused::WrongRoom), "it is founded");
    world.invites(STAFF, room, InvitedAs::FosterFamily);
}

#[test]
fn a_wish_the_relay_refuses_for_good_holds_up_no_other() {
    let (mut world, room) = World::with_network(19, 3);
    world.goes_offline(RESOURCE);
    let lost = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    let kept = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.relay.refuses_next_entry = Some(Refusal::NotAllowed);
    world.comes_back(RESOURCE);
    let invites: Vec<_> =
        world.network(RESOURCE, room).invites.iter().map(|it| (it.secret.clone(), it.ready)).collect();
    assert_eq!(invites, [(kept.clone(), true)], "what can not be used is not offered");
    let joiner = world.devices.len();
    world.devices.push(support::Device::new(199));
    assert_eq!(world.joins(joiner, &lost, "Ola", "Granli"), Err(Failure::UnknownLink));
    world.joins(joiner, &kept, "Ola", "Granli").expect("enters");
    world.assert_alike(room);
}

#[test]
fn a_passing_fault_of_the_relays_disk_locks_nobody_out() {
    let (mut world, room) = World::with_network(15, 3);
    let joiner = world.devices.len();
    world.devices.push(support::Device::new(155));
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.relay.disk_fails = true;
    let ask = Ask::Join { secret, person_name: "Ola".into(), household_name: "Granli".into() };
    let request = world.ask(joiner, ask);
    world.settle();
    assert_eq!(world.devices[joiner].answer(request), None, "still tried");
    world.later(6_000);
    world.later(6_000);
    assert_eq!(world.devices[joiner].answer(request), Some(&Ok(Outcome::Entered { room })), "it is stored, and kept");
    // Not even when the door can not be looked at again.
    world.relay.disk_unreadable = true;
    world.restarts(joiner);
    world.later(6_000);
    assert_eq!(world.stopped(joiner, room), None);
    (world.relay.disk_fails, world.relay.disk_unreadable) = (false, false);
    // And the answer to the Join that is taken at last is lost.
    world.relay.die_before_ack = true;
    world.later(6_000);
    world.later(6_000);
    assert_eq!(world.network(joiner, room).families.len(), 3);
    world.assert_alike(room);
}

#[test]
fn a_set_up_is_tried_until_the_relays_disk_takes_it() {
    let mut world = World::new(16, 1);
    let token = SetUpToken::generate(&mut world.dice);
    world.relay.expect_token(token.clone());
    world.relay.disk_fails = true;
    let (service_name, person_name) = ("Fjellvik".into(), "Astrid".into());
    let request = world.ask(STAFF, Ask::SetUpService { token: token.to_link(), service_name, person_name });
    world.settle();
    assert_eq!(world.devices[STAFF].answer(request), None);
    world.relay.disk_fails = false;
    world.later(6_000);
    assert!(matches!(world.devices[STAFF].answer(request), Some(Ok(Outcome::Entered { .. }))));
    assert_eq!(world.devices[STAFF].service().expect("a service").me.name, "Astrid");
}
