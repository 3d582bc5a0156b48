//! A person's devices: a second one, and whose a new one is.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use grend_shared::{
    command::Command,
    crypto::Hash,
    ids::{GatheringId, RoomId},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, StopReason},
    secret::SecretText,
};

use crate::{
    FOSTER, RESOURCE, STAFF, plan,
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
    pub(crate) fn new_device(&mut self, seed: u64) -> (usize, SecretText, Vec<String>) {
        let at = self.devices.len();
        self.devices.push(Device::new(seed));
        match self.asked(at, Ask::ShowCode) {
            Ok(Outcome::DeviceCode { code, words, .. }) => (at, code, words),
            other => panic!("no code: {other:?}"),
        }
    }

    /// A second network of the service, founded by a device of its own.
    pub(crate) fn another_network(&mut self) -> RoomId {
        let service = self.devices[STAFF].service().expect("the service").room;
        let opened = self.asked(STAFF, Ask::OpenNetwork { service, name: "Nyvang".into() });
        let Ok(Outcome::Entered { room }) = opened else { panic!("no network: {opened:?}") };
        let secret = self.invites(STAFF, room, InvitedAs::ResourceFamily);
        let at = self.devices.len();
        self.devices.push(Device::new(at as u64 + 77));
        self.joins(at, &secret, "Per", "Nyvang").expect("the founder enters");
        room
    }

    pub(crate) fn adds(&mut self, device: usize, code: &SecretText, leave: bool) {
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
    let (me, there) = (&world.network(FOSTER, room).me, &world.network(tablet, room).me);
    assert_eq!((me.person, me.role, &me.name), (there.person, there.role, &there.name));
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

pub(crate) fn by_chance(room: RoomId, turn: usize) -> Ask {
    let gathering = GatheringId::from_bytes([u8::try_from(turn % 200).expect("small"); 16]);
    Ask::Do { room, command: Command::PlanGathering { gathering, plan: plan("Imens") } }
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
