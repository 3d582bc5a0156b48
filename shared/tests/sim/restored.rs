//! The operator has lost the relay's disk and puts back a backup.
//!
//! Proves SYNC-15 to SYNC-17 and part of MEM-2 of docs/SPEC.md.

use grend_shared::{
    planted::Planted,
    port::{Ask, Failure, Outcome},
    projection::Confirmation,
    rules::Refused,
};

use super::*;

fn confirmation(world: &World, device: usize, room: RoomId) -> Confirmation {
    world.network(device, room).confirmation
}

impl World {
    /// Puts the backup back, and lets everybody come back to it.
    fn restores(&mut self, backup: std::collections::BTreeMap<RoomId, grend_shared::sample::relay::Log>) {
        self.relay.restore(backup);
        self.settle();
        self.later(6_000);
    }
}

/// What the backup lacks is given back by who has it, and what is written meanwhile goes out when somebody in charge has
/// said that everything is there.
fn restored_and_confirmed() {
    let (mut world, room) = World::with_network(40, 4);
    world.plans(RESOURCE, room, "Før");
    let backup = world.relay.backup();
    // More than one offer holds, an adult who joined, and something by each.
    let secret = world.invites(FOSTER, room, InvitedAs::Adult);
    world.devices.push(support::Device::new(401));
    world.joins(4, &secret, "Den andre", "").expect("enters");
    world.plans(FOSTER, room, "Etter");
    world.plans(4, room, "Sist");
    let whole = world.relay.log(room).items.clone();
    world.goes_offline(FOSTER + 1);
    world.restores(backup);
    assert_eq!(world.relay.log(room).items, whole, "given back, and nothing else written");
    world.plans(FOSTER, room, "Imens");
    assert_eq!(world.relay.log(room).items, whole, "not before it is confirmed");
    assert_eq!(world.devices[FOSTER].summary.saved_here, 1);
    world.comes_back(FOSTER + 1);
    world.asked(RESOURCE, Ask::Confirm { room }).expect("done");
    world.settle();
    world.later(6_000);
    world.assert_alike(room);
    assert_eq!(world.titles(FOSTER + 1, room), ["Etter", "Før", "Imens", "Sist"]);
    assert_eq!((world.devices[FOSTER].summary.saved_here, world.network(RESOURCE, room).set_aside), (0, 0));
    world.plans(RESOURCE, room, "Videre");
    world.restarts(FOSTER);
    world.assert_alike(room);
    assert_eq!(world.titles(FOSTER, room).len(), 5);
}

#[test]
fn a_restored_relay_is_given_back_what_it_lacks_and_goes_on_when_it_is_confirmed() {
    restored_and_confirmed();
}

#[test]
fn everybody_is_told_who_has_to_confirm_and_nobody_else_may() {
    let (mut world, room) = World::with_network(41, 3);
    let backup = world.relay.backup();
    world.plans(FOSTER, room, "Etter");
    world.restores(backup);
    assert_eq!(confirmation(&world, RESOURCE, room), Confirmation::ByYou);
    assert_eq!(confirmation(&world, FOSTER, room), Confirmation::ByOthers);
    let door = |world: &World| world.devices[STAFF].service().expect("the service").networks[0].confirmation;
    assert_eq!(door(&world), Confirmation::ByYou, "the service may say so too");
    let no = world.asked(FOSTER, Ask::Confirm { room });
    assert_eq!(no, Err(Failure::Refused { reason: Refused::NotYourRole }));
    assert_eq!(world.asked(STAFF, Ask::Confirm { room }), Ok(Outcome::Done));
    for device in [RESOURCE, FOSTER] {
        assert_eq!(confirmation(&world, device, room), Confirmation::NotNeeded);
    }
    assert_eq!(door(&world), Confirmation::NotNeeded);
    let service = world.devices[STAFF].service().expect("the service");
    assert_eq!(service.confirmation, Confirmation::ByYou, "each room for itself");
    let service = service.room;
    world.asked(STAFF, Ask::Confirm { room: service }).expect("done");
    assert_eq!(world.devices[STAFF].service().expect("the service").confirmation, Confirmation::NotNeeded);
    world.restarts(FOSTER);
    assert_eq!(confirmation(&world, FOSTER, room), Confirmation::NotNeeded, "after loading too");
}

/// Whoever has more than the others brings it, however little each of them has.
#[test]
fn each_gives_back_what_the_others_have_not_seen() {
    let (mut world, room) = World::with_network(42, 4);
    let backup = world.relay.backup();
    world.plans(RESOURCE, room, "Alle har det");
    world.goes_offline(RESOURCE);
    world.plans(FOSTER, room, "To har det");
    world.goes_offline(FOSTER);
    world.plans(FOSTER + 1, room, "En har det");
    let whole = world.relay.log(room).items.clone();
    world.goes_offline(FOSTER + 1);
    world.restores(backup);
    for device in [RESOURCE, FOSTER, FOSTER + 1] {
        world.comes_back(device);
        world.later(6_000);
    }
    assert_eq!(world.relay.log(room).items, whole);
    world.asked(RESOURCE, Ask::Confirm { room }).expect("done");
    world.assert_alike(room);
}

/// A log of several offers, and a device that crashes on the way.
#[test]
fn a_long_log_is_given_back_piece_by_piece_through_crashes() {
    let (mut world, room) = World::with_network(43, 2);
    let backup = world.relay.backup();
    for number in 0..300 {
        world.plans(RESOURCE, room, &format!("Nummer {number}"));
    }
    let whole = world.relay.log(room).items.clone();
    world.relay.restore(backup);
    for steps in (1..40).step_by(3) {
        for _ in 0..steps {
            world.step(RESOURCE);
        }
        world.devices[RESOURCE].crash(&mut world.relay);
        world.devices[RESOURCE].start(world.now);
    }
    world.settle();
    world.later(6_000);
    assert_eq!(world.relay.log(room).items, whole);
    world.asked(RESOURCE, Ask::Confirm { room }).expect("done");
    assert_eq!(world.network(RESOURCE, room).gatherings.len(), 300);
}

/// A relay that has lost its log and does not say so, and one that says so and takes nothing back: what is here stays.
#[test]
fn a_log_is_never_made_shorter() {
    for says_so in [false, true] {
        let (mut world, room) = World::with_network(44, 3);
        let backup = world.relay.backup();
        world.plans(FOSTER, room, "Etter");
        world.relay.takes_no_offers = true;
        if says_so {
            world.restores(backup);
        } else {
            world.relay.forget(backup);
            world.later(6_000);
        }
        world.plans(FOSTER, room, "Imens");
        world.restarts(FOSTER);
        world.later(6_000);
        for device in [RESOURCE, FOSTER] {
            assert!(world.titles(device, room).contains(&"Etter".to_owned()), "{says_so} {device}");
        }
        assert!(world.devices[FOSTER].summary.saved_here > 0, "nothing is sent to it");
        assert_eq!(world.stopped(FOSTER, room), None, "and nothing is proven");
    }
}

/// MEM-2, for the confirmation.
#[test]
fn a_relay_that_waits_for_no_confirmation_is_found() {
    let story = || Planted::HeadConfirmation.during(restored_and_confirmed);
    assert!(std::panic::catch_unwind(story).is_err());
}
