//! Moving to another device, and what is left behind.

use grend_shared::{
    command::Command,
    ids::{GatheringId, RoomId},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Moving, StopReason},
    sync::StoreFault,
};

use crate::{
    FOSTER, RESOURCE, STAFF,
    devices::by_chance,
    line, plan,
    support::{Device, World},
};

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
fn a_steward_moves_with_the_service_and_all_its_doors() {
    let (mut world, room) = World::with_network(35, 3);
    let (desk, code, _) = world.new_device(336);
    world.adds(STAFF, &code, true);
    let service = world.devices[desk].service().expect("the service").clone();
    assert_eq!((service.networks.len(), service.networks[0].founded, service.networks[0].households), (1, true, 2));
    assert!(world.devices[STAFF].service().is_none(), "gone from the old one");
    let invite = Ask::Invite { room, invited_as: InvitedAs::FosterFamily, label: "Ola".into() };
    assert!(matches!(world.asked(desk, invite), Ok(Outcome::Invited { .. })));
    world.plans(FOSTER, room, "Som før");
    assert_eq!(world.titles(RESOURCE, room), ["Som før"], "nobody had to make another key for a steward");
}

#[test]
fn whoever_moves_back_has_everything_again() {
    let (mut world, room) = World::with_network(37, 4);
    world.plans(FOSTER, room, "Først");
    let (app, code, _) = world.new_device(338);
    world.adds(FOSTER, &code, true);
    world.plans(app, room, "I appen");
    let Ok(Outcome::DeviceCode { code, .. }) = world.asked(FOSTER, Ask::ShowCode) else { panic!("emptied, so new") };
    world.adds(app, &code, true);
    assert_eq!(world.stopped(app, room), Some(StopReason::Left));
    assert_eq!(world.titles(FOSTER, room), ["Først", "I appen"]);
    world.restarts(FOSTER);
    world.plans(FOSTER, room, "Tilbake");
    assert_eq!(world.titles(3, room), ["Først", "I appen", "Tilbake"]);
    assert_eq!(world.network(RESOURCE, room).families[1].adults[0].devices, 1);
}

#[test]
fn who_was_taken_out_while_away_learns_it_from_the_log() {
    for steps in 0..6 {
        let (mut world, room) = World::with_network(38, 3);
        let (app, code, _) = world.new_device(339);
        world.ask(FOSTER, Ask::AddDevice { code, leave: true });
        while world.devices[FOSTER].summary.moving != Moving::Leaving {
            assert!((0..world.devices.len()).any(|at| world.step(at)), "it comes to leaving");
        }
        // The relay takes what it says last, or does not; it never hears which.
        for _ in 0..steps {
            world.step(FOSTER);
        }
        world.devices[FOSTER].online = false;
        world.restarts(FOSTER);
        // What the screen has kept of forms that were begun: here, and where this device stays.
        let (here, elsewhere) = (format!("draft/{room}/plan"), format!("draft/{}/plan", RoomId::from_bytes([7; 32])));
        for key in [&here, &elsewhere] {
            world.devices[FOSTER].disk.insert(key.clone(), b"typed".to_vec());
        }
        let refused = world.asked(FOSTER, Ask::Do { room, command: Command::NameMyself { name: line("Sent") } });
        assert_eq!(refused, Err(Failure::Moving), "it would be lost");
        world.later(6_000);
        world.plans(app, room, "Etter");
        world.comes_back(FOSTER);
        world.later(6_000);
        assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
        let kept = |key: &String| key.starts_with("log/") || key.starts_with("out/");
        let disk = &world.devices[FOSTER].disk;
        assert!(!disk.keys().any(kept));
        assert_eq!(
            (disk.contains_key(&here), disk.contains_key(&elsewhere)),
            (false, true),
            "drafts go with their room"
        );
        assert_eq!(world.devices[FOSTER].summary.moving, Moving::No);
    }
}

#[test]
fn what_is_saved_on_the_way_out_is_never_lost() {
    let (mut saved, mut refused) = (0, 0);
    for seed in 500..580 {
        let (mut world, room) = World::with_network(seed, 3);
        let other = world.another_network();
        let founder = world.devices.len() - 1;
        let secret = world.invites(founder, other, InvitedAs::FosterFamily);
        world.joins(FOSTER, &secret, "Person 2", "Hus 2").expect("enters");
        let (app, code, _) = world.new_device(seed + 1_000);
        world.ask(FOSTER, Ask::AddDevice { code, leave: true });
        // The others write whenever they like, disks fail once, and in the end so does this one.
        for turn in 0..world.dice.below(1_500) {
            let at = world.dice.below(world.devices.len());
            world.step(at);
            match world.dice.below(60) {
                0 => drop(world.ask(founder, by_chance(other, turn))),
                1 => drop(world.ask(RESOURCE, by_chance(room, turn))),
                2 if turn > 100 => world.devices[FOSTER].failing = Some(StoreFault::Failed),
                _ => {}
            }
        }
        world.devices[FOSTER].failing = None;
        let request = world.ask(FOSTER, Ask::Do { room, command: plan_of("Sent") });
        world.later(6_000);
        world.later(6_000);
        // Without an answer the disk has failed under it, and the form still has the text.
        let outcome = world.devices[FOSTER].answer(request).cloned().unwrap_or(Err(Failure::StorageFailed));
        match outcome {
            Ok(Outcome::Saved { .. }) => {
                saved += 1;
                assert!(world.titles(app, room).contains(&"Sent".to_owned()), "seed {seed}");
            }
            Err(Failure::Moving | Failure::UnknownRoom | Failure::StorageFailed) => refused += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
        for room in [room, other] {
            assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left), "seed {seed}");
            let others = if room == other { founder } else { RESOURCE };
            assert_eq!(world.titles(app, room), world.titles(others, room), "seed {seed}");
            assert_eq!(world.network(app, room).set_aside, 0, "seed {seed}");
        }
        let late = world.asked(FOSTER, Ask::Do { room, command: plan_of("For sent") });
        assert_eq!(late, Err(Failure::UnknownRoom), "seed {seed}: there is nothing to write in");
        assert_eq!(world.devices[FOSTER].summary.saved_here, 0, "seed {seed}");
    }
    assert!(saved > 9 && refused > 9, "both before and after: {saved} {refused}");
}

fn plan_of(title: &str) -> Command {
    Command::PlanGathering { gathering: GatheringId::from_bytes([250; 16]), plan: plan(title) }
}

#[test]
fn a_room_that_was_never_entered_does_not_keep_a_move_from_ending() {
    let (mut world, room) = World::with_network(44, 4);
    let other = world.another_network();
    let founder = world.devices.len() - 1;
    let lost = world.invites(founder, other, InvitedAs::FosterFamily);
    world.relay.disk_fails = true;
    world.ask(FOSTER, Ask::Join { secret: lost.clone(), person_name: "Sen".into(), household_name: "Sen".into() });
    world.settle();
    world.later(9_000);
    world.goes_offline(FOSTER);
    world.relay.disk_fails = false;
    let late = world.devices.len();
    world.devices.push(Device::new(345));
    world.joins(late, &lost, "Rask", "Rask").expect("somebody else was faster");
    world.comes_back(FOSTER);
    world.later(6_000);
    assert_eq!(world.stopped(FOSTER, other), Some(StopReason::NotTaken));
    let (app, code, _) = world.new_device(346);
    world.adds(FOSTER, &code, true);
    world.later(6_000);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    assert!(world.devices[app].network(room).is_some());
    assert!(matches!(world.asked(FOSTER, Ask::ShowCode), Ok(Outcome::DeviceCode { .. })), "it is a new device");
}

#[test]
fn a_move_can_be_given_up_while_it_waits() {
    let (mut world, room) = World::with_network(39, 3);
    let (app, code, _) = world.new_device(340);
    world.devices[app].crash(&mut world.relay);
    world.adds(FOSTER, &code, true);
    assert_eq!(world.devices[FOSTER].summary.moving, Moving::Waiting);
    assert_eq!(world.asked(FOSTER, Ask::StayHere), Ok(Outcome::Done));
    assert_eq!(world.devices[FOSTER].summary.moving, Moving::No);
    world.restarts(app);
    world.plans(FOSTER, room, "Her");
    world.plans(app, room, "Der");
    assert_eq!(world.titles(FOSTER, room), ["Der", "Her"], "both are used");
}

#[test]
fn an_emptied_device_can_be_asked_in_as_somebody_new() {
    let (mut world, room) = World::with_network(43, 3);
    let (_, code, _) = world.new_device(344);
    world.adds(FOSTER, &code, true);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.joins(FOSTER, &secret, "Ny", "Nyhus").expect("enters");
    assert_eq!(world.network(FOSTER, room).me.name, "Ny");
    assert_eq!(world.network(RESOURCE, room).families.len(), 3);
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
