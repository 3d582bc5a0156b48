//! A person's devices: a second one, moving to another, being taken out.

use grend_shared::{
    port::{Ask, Failure, Outcome},
    projection::StopReason,
};

use crate::{
    FOSTER, RESOURCE, STAFF,
    support::{Device, World},
};

impl World {
    /// A new device that shows its code; gives where it is, and the code.
    fn new_device(&mut self, seed: u64) -> (usize, String, Vec<String>) {
        let at = self.devices.len();
        self.devices.push(Device::new(seed));
        match self.asked(at, Ask::ShowCode) {
            Ok(Outcome::DeviceCode { code, words, .. }) => (at, code, words),
            other => panic!("no code: {other:?}"),
        }
    }

    fn adds(&mut self, device: usize, code: &str, leave: bool) {
        assert_eq!(self.asked(device, Ask::AddDevice { code: code.to_owned(), leave }), Ok(Outcome::Done));
    }
}

#[test]
fn a_second_device_has_all_its_person_has_and_speaks_as_them() {
    let (mut world, room) = World::with_network(31, 3);
    world.plans(FOSTER, room, "Før");
    let (tablet, code, words) = world.new_device(331);
    assert_eq!(words.len(), 6);
    let read = world.asked(FOSTER, Ask::ReadCode { code: code.clone() });
    assert_eq!(read, Ok(Outcome::DeviceWords { words }), "the same words on both");
    world.adds(FOSTER, &code, false);
    assert_eq!(world.titles(tablet, room), ["Før"]);
    let (me, there) = (world.network(FOSTER, room).me.clone(), world.network(tablet, room).me.clone());
    assert_eq!(me, there);
    world.plans(tablet, room, "Fra nettbrettet");
    assert_eq!(world.titles(RESOURCE, room), ["Fra nettbrettet", "Før"]);
    let adults = world.network(RESOURCE, room).families.iter().flat_map(|it| &it.adults);
    assert_eq!(adults.map(|it| it.devices).collect::<Vec<_>>(), [1, 2]);
    world.assert_alike(room);
    world.restarts(tablet);
    assert_eq!(world.titles(tablet, room).len(), 2, "it is on its disk, keys and all");
    world.assert_alike(room);
}

#[test]
fn a_code_is_read_whole_or_not_at_all() {
    let (mut world, _) = World::with_network(32, 3);
    let (tablet, code, _) = world.new_device(332);
    let cut = code[..code.len() - 3].to_owned();
    assert_eq!(world.asked(FOSTER, Ask::ReadCode { code: cut.clone() }), Err(Failure::BadLink));
    assert_eq!(world.asked(FOSTER, Ask::AddDevice { code: cut, leave: true }), Err(Failure::BadLink));
    assert_eq!(world.asked(FOSTER, Ask::ShowCode), Err(Failure::AlreadyInside), "it is somebody's already");
    assert_eq!(world.asked(tablet, Ask::AddDevice { code, leave: false }), Err(Failure::AlreadyInside), "oneself");
    let (_, other, _) = world.new_device(333);
    assert_eq!(world.asked(tablet, Ask::ReadCode { code: other }), Err(Failure::UnknownRoom), "it has nothing to give");
}

#[test]
fn whoever_moves_leaves_nothing_behind_and_loses_nothing() {
    let (mut world, room) = World::with_network(33, 4);
    world.goes_offline(FOSTER);
    world.plans(FOSTER, room, "Skrevet uten nett");
    let (app, code, _) = world.new_device(334);
    world.adds(FOSTER, &code, true);
    assert!(world.devices[app].network(room).is_none(), "there was no net to be added by");
    world.comes_back(FOSTER);
    assert_eq!(world.titles(app, room), ["Skrevet uten nett"]);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    let kept: Vec<_> = world.devices[FOSTER].disk.keys().filter(|key| key.contains(&room.to_string())).collect();
    assert_eq!(kept.len(), 2, "that it was here, and what the screen says of it: {kept:?}");
    world.plans(app, room, "Fra appen");
    world.plans(RESOURCE, room, "Etter flyttingen");
    assert_eq!(world.titles(3, room), ["Etter flyttingen", "Fra appen", "Skrevet uten nett"]);
    assert_eq!(world.titles(app, room).len(), 3);
    world.restarts(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    assert_eq!(world.network(RESOURCE, room).families[1].adults[0].devices, 1);
}

#[test]
fn what_was_written_without_the_net_before_the_key_was_turned_goes_out_under_the_new_one() {
    let (mut world, room) = World::with_network(34, 4);
    world.goes_offline(3);
    world.plans(3, room, "Skrevet uten nett");
    let (_, code, _) = world.new_device(335);
    world.adds(FOSTER, &code, true);
    world.comes_back(3);
    assert_eq!(world.titles(RESOURCE, room), ["Skrevet uten nett"]);
    assert_eq!(world.network(RESOURCE, room).set_aside, 0);
}

#[test]
fn a_steward_moves_with_the_service_and_all_its_doors() {
    let (mut world, room) = World::with_network(35, 3);
    let (desk, code, _) = world.new_device(336);
    world.adds(STAFF, &code, true);
    let service = world.devices[desk].service().expect("the service").clone();
    assert_eq!((service.networks.len(), service.networks[0].founded, service.networks[0].households), (1, true, 2));
    assert!(world.devices[STAFF].service().is_none(), "gone from the old one");
    let invite =
        Ask::Invite { room, invited_as: grend_shared::projection::InvitedAs::FosterFamily, label: "Ola".into() };
    assert!(matches!(world.asked(desk, invite), Ok(Outcome::Invited { .. })));
    world.plans(FOSTER, room, "Som før");
    assert_eq!(world.titles(RESOURCE, room), ["Som før"], "nobody had to make another key for a steward");
}

#[test]
fn a_code_that_ran_out_is_nobodys_device() {
    let (mut world, room) = World::with_network(36, 3);
    let (late, code, _) = world.new_device(337);
    world.devices[late].crash(&mut world.relay);
    world.later(6 * 60 * 1_000);
    world.adds(FOSTER, &code, true);
    world.later(6_000);
    assert_eq!(world.stopped(FOSTER, room), None, "nobody leaves for a device that is not there");
    world.plans(FOSTER, room, "Fortsatt her");
    assert_eq!(world.titles(RESOURCE, room), ["Fortsatt her"]);
}

#[test]
fn a_move_comes_through_crashes_at_every_step() {
    for seed in 400..440 {
        let (mut world, room) = World::with_network(seed, 3);
        world.plans(FOSTER, room, "Før");
        let (app, code, _) = world.new_device(seed + 1_000);
        world.ask(FOSTER, Ask::AddDevice { code, leave: true });
        for _ in 0..world.dice.below(120) {
            let at = world.dice.below(world.devices.len());
            world.step(at);
        }
        let who = if world.dice.below(2) == 0 { FOSTER } else { app };
        let known = world.devices[app].disk.contains_key("device");
        if who == app && !known {
            // Before its keys are on its disk, a new device that dies was never there.
            continue;
        }
        world.restarts(who);
        world.later(6_000);
        world.later(6_000);
        assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left), "seed {seed}");
        assert_eq!(world.titles(app, room), ["Før"], "seed {seed}");
        world.plans(app, room, "Etter");
        assert_eq!(world.titles(RESOURCE, room), ["Etter", "Før"], "seed {seed}");
    }
}
