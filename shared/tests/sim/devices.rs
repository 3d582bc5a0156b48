//! A person's devices: a second one, moving to another, being taken out.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use grend_shared::{
    command::Command,
    crypto::Hash,
    ids::{GatheringId, RoomId},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Moving, StopReason},
    secret::SecretText,
    sync::StoreFault,
};

use crate::{
    FOSTER, RESOURCE, STAFF, line, plan,
    support::{Device, World},
};

/// A code as somebody would make it up who has only seen the log: all of it fits but the secret.
fn with_another_secret(code: &SecretText) -> SecretText {
    let mut bytes = Base64UrlUnpadded::decode_vec(code.expose()).expect("a code");
    let end = bytes.len() - 4;
    bytes[end - 16..end].fill(7);
    let sum = Hash::of("grend 2026 device code check sum v1", &[&bytes[..end]]);
    bytes[end..].copy_from_slice(&sum.as_bytes()[..4]);
    Base64UrlUnpadded::encode_string(&bytes).into()
}

impl World {
    /// A new device that shows its code; gives where it is, and the code.
    fn new_device(&mut self, seed: u64) -> (usize, SecretText, Vec<String>) {
        let at = self.devices.len();
        self.devices.push(Device::new(seed));
        match self.asked(at, Ask::ShowCode) {
            Ok(Outcome::DeviceCode { code, words, .. }) => (at, code, words),
            other => panic!("no code: {other:?}"),
        }
    }

    /// A second network of the service, founded by a device of its own.
    fn another_network(&mut self) -> RoomId {
        let service = self.devices[STAFF].service().expect("the service").room;
        let opened = self.asked(STAFF, Ask::OpenNetwork { service, name: "Nyvang".into() });
        let Ok(Outcome::Entered { room }) = opened else { panic!("no network: {opened:?}") };
        let secret = self.invites(STAFF, room, InvitedAs::ResourceFamily);
        let at = self.devices.len();
        self.devices.push(Device::new(at as u64 + 77));
        self.joins(at, &secret, "Per", "Nyvang").expect("the founder enters");
        room
    }

    fn adds(&mut self, device: usize, code: &SecretText, leave: bool) {
        assert_eq!(self.asked(device, Ask::AddDevice { code: code.clone(), leave }), Ok(Outcome::Done));
    }
}

#[test]
fn a_second_device_has_all_its_person_has_and_speaks_as_them() {
    let (mut world, room) = World::with_network(31, 3);
    world.plans(FOSTER, room, "Før");
    let (tablet, code, words) = world.new_device(331);
    assert_eq!(words.len(), grend_shared::crypto::words::COUNT);
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
    let whole = code.expose();
    let cut = SecretText::from(&whole[..whole.len() - 3]);
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
    world.restarts(late);
    assert!(world.devices[late].rooms.is_empty(), "its time has run out");
    assert_eq!(world.stopped(FOSTER, room), None, "nobody leaves for a device that is not there");
    world.plans(FOSTER, room, "Fortsatt her");
    assert_eq!(world.titles(RESOURCE, room), ["Fortsatt her"]);
    let again = world.asked(late, Ask::ShowCode);
    assert!(matches!(again, Ok(Outcome::DeviceCode { code: shown, .. }) if shown == code), "the same device still");
    world.later(6_000);
    assert_eq!(world.titles(late, room), ["Fortsatt her"], "and now it is in");
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
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
        let refused = world.asked(FOSTER, Ask::Do { room, command: Command::NameMyself { name: line("Sent") } });
        assert_eq!(refused, Err(Failure::Moving), "it would be lost");
        world.later(6_000);
        world.plans(app, room, "Etter");
        world.comes_back(FOSTER);
        world.later(6_000);
        assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
        let kept = |key: &String| key.starts_with("log/") || key.starts_with("out/");
        assert!(!world.devices[FOSTER].disk.keys().any(kept));
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

fn by_chance(room: RoomId, turn: usize) -> Ask {
    let gathering = GatheringId::from_bytes([u8::try_from(turn % 200).expect("small"); 16]);
    Ask::Do { room, command: Command::PlanGathering { gathering, plan: plan("Imens") } }
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
fn a_code_that_ran_out_long_ago_is_another() {
    let (mut world, room) = World::with_network(45, 3);
    let (tablet, old, _) = world.new_device(347);
    world.later(2 * 60 * 60 * 1_000);
    let Ok(Outcome::DeviceCode { code, .. }) = world.asked(tablet, Ask::ShowCode) else { panic!("no code") };
    assert_ne!(code, old, "whoever has kept it has nothing");
    world.adds(FOSTER, &code, false);
    assert!(world.devices[tablet].network(room).is_some());
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
fn a_device_is_nobody_elses_who_was_not_shown_its_code() {
    let (mut world, room) = World::with_network(40, 3);
    let other = world.another_network();
    let stranger = world.devices.len() - 1;
    let (tablet, code, _) = world.new_device(341);
    // What stands in a log, with a secret that does not.
    let forged = with_another_secret(&code);
    world.adds(stranger, &forged, false);
    assert!(world.devices[tablet].rooms.is_empty(), "claimed, but not by somebody who was shown its code");
    world.plans(FOSTER, room, "Vår");
    world.adds(FOSTER, &code, false);
    assert_eq!(world.titles(tablet, room), ["Vår"]);
    assert!(world.devices[tablet].network(other).is_none());
    world.restarts(tablet);
    assert_eq!(world.devices[tablet].rooms.len(), 1);
}

#[test]
fn a_device_stays_with_the_person_who_came_first() {
    let (mut world, room) = World::with_network(41, 3);
    let other = world.another_network();
    let stranger = world.devices.len() - 1;
    let (tablet, code, _) = world.new_device(342);
    world.adds(FOSTER, &code, false);
    world.adds(stranger, &code, false);
    assert!(world.devices[tablet].network(room).is_some());
    assert!(world.devices[tablet].network(other).is_none(), "shown the code, but late");
    world.restarts(tablet);
    assert_eq!(world.devices[tablet].rooms.len(), 1);
}

#[test]
fn a_second_device_comes_into_rooms_that_are_entered_later() {
    let (mut world, _) = World::with_network(42, 3);
    let (tablet, code, _) = world.new_device(343);
    world.adds(STAFF, &code, false);
    let service = world.devices[tablet].service().expect("the service").room;
    let opened = world.asked(STAFF, Ask::OpenNetwork { service, name: "Nyvang".into() });
    world.later(6_000);
    let Ok(Outcome::Entered { room }) = opened else { panic!("no network: {opened:?}") };
    let secret = world.invites(tablet, room, InvitedAs::ResourceFamily);
    assert!(!secret.expose().is_empty(), "it stewards the new network too");
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

#[test]
fn two_devices_of_one_person_end_alike_whatever_befalls_them() {
    for seed in 600..640 {
        let (mut world, room) = World::with_network(seed, 3);
        let (tablet, code, _) = world.new_device(seed + 1_000);
        world.adds(FOSTER, &code, false);
        for turn in 0..300 {
            let at = world.dice.below(world.devices.len());
            world.step(at);
            let who = if world.dice.below(2) == 0 { FOSTER } else { tablet };
            match world.dice.below(40) {
                0 => drop(world.ask(who, by_chance(room, turn % 200))),
                1 => {
                    world.devices[who].crash(&mut world.relay);
                    let now = world.now;
                    world.devices[who].start(now);
                }
                _ => {}
            }
        }
        world.later(6_000);
        world.later(6_000);
        assert_eq!(world.titles(tablet, room), world.titles(FOSTER, room), "seed {seed}");
        assert_eq!(world.titles(RESOURCE, room), world.titles(FOSTER, room), "seed {seed}");
        for device in [FOSTER, tablet, RESOURCE] {
            assert_eq!(world.network(device, room).set_aside, 0, "seed {seed}: {device}");
        }
        world.restarts(tablet);
        assert_eq!(world.titles(tablet, room), world.titles(FOSTER, room), "seed {seed}");
    }
}
