//! A room that is begun anew, a room that ends, and a device that has been away for months.
//!
//! Proves REFOUND-1 to REFOUND-5 and AWAY-1 of docs/SPEC.md.

use grend_shared::{
    command::Command,
    crypto::head::ItemKind,
    domain::{Answer, Remove},
    ids::RoomId,
    port::{Ask, Failure, Outcome},
    projection::{Doubt, InvitedAs, Network, Wished},
    rules::Refused,
};

use crate::{
    FOSTER, RESOURCE, STAFF, comparable,
    support::{Device, World},
};

impl World {
    fn begins_anew(&mut self, by: usize, room: RoomId) {
        assert_eq!(self.asked(by, Ask::Wish { room, wished: Wished::Refound }), Ok(Outcome::Done));
    }

    fn content(&self, room: RoomId) -> Vec<Vec<u8>> {
        let items = self.relay.log(room).items.iter().filter(|it| it.kind() == Some(ItemKind::Content));
        items.map(|it| it.bytes.clone()).collect()
    }

    /// Nothing of these records is at the relay, nor on the disks of these devices.
    fn assert_erased(&self, room: RoomId, records: &[Vec<u8>], devices: &[usize]) {
        assert!(!records.is_empty());
        let holds = |bytes: &[u8]| records.iter().any(|it| bytes.windows(it.len()).any(|at| at == it.as_slice()));
        assert!(!self.relay.log(room).items.iter().any(|it| holds(&it.bytes)), "at the relay");
        for device in devices {
            assert!(!self.devices[*device].disk.values().any(|it| holds(it)), "on device {device}");
        }
    }

    /// Something of every kind, and places that nobody is to read any more.
    fn with_a_past(&mut self, room: RoomId) {
        let (one, two) = (self.plans(RESOURCE, room, "Felles middag"), self.plans(FOSTER, room, "Tur"));
        self.changes_place(FOSTER, room, one, "Hemmelig adresse");
        self.changes_place(RESOURCE, room, one, "Parken");
        self.act(FOSTER, room, Command::AnswerGathering { gathering: one, answer: Some(Answer::Coming) });
        self.act(FOSTER + 1, room, Command::AnswerGathering { gathering: one, answer: Some(Answer::NotComing) });
        self.act(FOSTER + 1, room, Command::AnswerGathering { gathering: one, answer: None });
        self.act(RESOURCE, room, Command::CancelGathering { gathering: two });
    }
}

/// What a person sees of a network, but for how far it has come.
fn seen(network: &Network) -> impl PartialEq + core::fmt::Debug + use<> {
    (network.service.clone(), network.me.clone(), comparable(network))
}

/// REFOUND-1, REFOUND-2
#[test]
fn a_room_begun_anew_says_what_it_said_and_what_was_written_before_is_nowhere() {
    let (mut world, room) = World::with_network(900, 4);
    world.with_a_past(room);
    let before = world.content(room);
    let said: Vec<_> = (RESOURCE..4).map(|device| seen(world.network(device, room))).collect();
    let epoch = world.relay.log(room).items.len();
    world.begins_anew(RESOURCE, room);
    world.later(6_000);
    world.assert_erased(room, &before, &[STAFF, RESOURCE, FOSTER, FOSTER + 1]);
    assert!(world.relay.log(room).items.len() > epoch + 2, "the beginning, its entry, and another key");
    for (device, said) in (RESOURCE..4).zip(&said) {
        assert!(seen(world.network(device, room)) == *said, "device {device} reads something else");
        assert!(world.network(device, room).wished.is_empty());
    }
    world.assert_alike(room);
    // Everybody goes on, and whoever comes in now reads what stands.
    world.plans(FOSTER, room, "Etter");
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.devices.push(Device::new(9_001));
    world.joins(4, &secret, "Ny", "Nyhus").expect("enters");
    world.plans(4, room, "Av den nye");
    for device in 0..5 {
        world.restarts(device);
    }
    world.assert_alike(room);
    assert_eq!(world.titles(4, room), ["Av den nye", "Etter", "Felles middag", "Tur"]);
    assert_eq!(world.network(4, room).set_aside, 0);
    // And once more.
    let before = world.content(room);
    world.begins_anew(RESOURCE, room);
    world.later(6_000);
    world.assert_erased(room, &before, &[RESOURCE, FOSTER, 4]);
    world.assert_alike(room);
    assert_eq!(world.titles(FOSTER, room).len(), 4);
}

/// REFOUND-3
#[test]
fn only_an_admin_begins_a_room_anew_that_somebody_can_read() {
    let (mut world, room) = World::with_network(901, 3);
    for device in [FOSTER, STAFF] {
        let no = world.asked(device, Ask::Wish { room, wished: Wished::Refound });
        assert_eq!(no, Err(Failure::Refused { reason: Refused::NotYourRole }), "device {device}");
    }
}

/// REFOUND-1: what others write meanwhile is part of it, or comes after it.
#[test]
fn what_is_written_while_a_room_is_begun_anew_is_not_lost() {
    for steps in 0..60 {
        let (mut world, room) = World::with_network(902, 4);
        world.with_a_past(room);
        let wish = Ask::Wish { room, wished: Wished::Refound };
        world.ask(RESOURCE, wish);
        for _ in 0..steps {
            for device in [RESOURCE, FOSTER + 1] {
                world.step(device);
            }
        }
        world.plans(FOSTER, room, "Imens");
        world.plans(RESOURCE, room, "Selv");
        world.settle();
        world.later(6_000);
        world.later(6_000);
        assert!(world.network(RESOURCE, room).wished.is_empty(), "it is done, {steps}");
        for device in RESOURCE..4 {
            assert_eq!(world.titles(device, room), ["Felles middag", "Imens", "Selv", "Tur"], "{steps}");
            assert_eq!(world.devices[device].summary.saved_here, 0, "{steps}");
        }
        world.assert_alike(room);
    }
}

/// REFOUND-1: whoever begins it stops at any step.
#[test]
fn a_crash_at_any_step_of_beginning_anew_loses_nothing() {
    for steps in 0..60 {
        let (mut world, room) = World::with_network(903, 4);
        world.with_a_past(room);
        let before = world.content(room);
        world.ask(RESOURCE, Ask::Wish { room, wished: Wished::Refound });
        for step in 0..steps {
            world.step([RESOURCE, FOSTER][step % 2]);
        }
        world.restarts(RESOURCE);
        world.restarts(FOSTER);
        world.begins_anew(RESOURCE, room);
        world.later(6_000);
        assert_eq!(world.titles(FOSTER, room), ["Felles middag", "Tur"], "{steps}");
        world.assert_erased(room, &before, &[RESOURCE, FOSTER, FOSTER + 1]);
        world.assert_alike(room);
    }
}

/// AWAY-1
#[test]
fn a_device_that_was_away_for_months_comes_back_and_what_it_wrote_is_seen() {
    let (mut world, room) = World::with_network(904, 5);
    world.with_a_past(room);
    let dinner = world.network(4, room).gatherings.iter().find(|it| it.title.value.as_str() == "Felles middag");
    let dinner = dinner.expect("planned").id;
    let before = world.content(room);
    world.goes_offline(4);
    world.plans(4, room, "Uten nett");
    world.act(4, room, Command::AnswerGathering { gathering: dinner, answer: Some(Answer::Maybe) });
    for turn in 0..20_u64 {
        let at = world.devices.len();
        let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
        world.devices.push(Device::new(9_040 + turn));
        world.joins(at, &secret, "Gjest", "Gjest").expect("enters");
        world.plans(at, room, &format!("Nr {turn:02}"));
        let group = world.network(at, room).me.group;
        let out = Wished::TakeOut(Remove::Group(group));
        assert_eq!(world.asked(RESOURCE, Ask::Wish { room, wished: out }), Ok(Outcome::Done));
        if turn == 11 {
            world.begins_anew(RESOURCE, room);
            world.later(6_000);
            world.assert_erased(room, &before, &[RESOURCE, FOSTER]);
        }
    }
    assert_eq!(world.devices[4].summary.saved_here, 2);
    world.restarts(4);
    assert_eq!(world.titles(4, room), ["Felles middag", "Tur", "Uten nett"], "from its own disk");
    world.comes_back(4);
    world.later(6_000);
    assert_eq!(world.devices[4].summary.saved_here, 0);
    world.assert_erased(room, &before, &[4]);
    let first = comparable(world.network(RESOURCE, room));
    for device in [FOSTER, FOSTER + 1, 4] {
        assert!(comparable(world.network(device, room)) == first, "device {device} differs");
        assert_eq!((world.titles(device, room).len(), world.network(device, room).set_aside), (23, 0));
        let gatherings = &world.network(device, room).gatherings;
        let dinner = gatherings.iter().find(|it| it.id == dinner).expect("it stands");
        assert!(dinner.answers.iter().any(|it| it.answer == Answer::Maybe), "the answer from offline is seen");
    }
    assert_eq!(world.devices[4].replayed(room), world.devices[RESOURCE].replayed(room));
}

/// AWAY-1: the relay had taken it, and the answer was lost.
#[test]
fn what_was_taken_before_the_room_was_begun_anew_is_not_written_twice() {
    let (mut world, room) = World::with_network(905, 4);
    let id = world.plans(FOSTER, room, "Middag");
    // It reaches the relay, and nothing comes back.
    world.ask(FOSTER, Ask::Do { room, command: Command::CancelGathering { gathering: id } });
    let sent = world.relay.log(room).items.len();
    while world.relay.log(room).items.len() == sent {
        world.step(FOSTER);
    }
    world.goes_offline(FOSTER);
    assert_eq!(world.devices[FOSTER].summary.saved_here, 1);
    world.act(RESOURCE, room, Command::RestoreGathering { gathering: id });
    world.begins_anew(RESOURCE, room);
    world.later(6_000);
    world.comes_back(FOSTER);
    world.later(6_000);
    assert_eq!(world.devices[FOSTER].summary.saved_here, 0);
    for device in RESOURCE..4 {
        assert!(!world.network(device, room).gatherings[0].cancelled, "what came after it stands, on device {device}");
    }
    world.assert_alike(room);
}

/// REFOUND-4
#[test]
fn a_relay_that_erases_what_nobody_has_erased_is_not_believed() {
    let (mut world, room) = World::with_network(906, 4);
    world.goes_offline(FOSTER);
    world.plans(RESOURCE, room, "Middag");
    let whole = world.relay.backup();
    world.relay.erase_last(room);
    world.comes_back(FOSTER);
    assert_eq!(world.network(FOSTER, room).doubt, Some(Doubt::Altered));
    assert_eq!(whole.len(), 2);
    world.plans(FOSTER, room, "Her");
    assert_eq!(world.devices[FOSTER].summary.saved_here, 1, "nothing is sent");
}

/// REFOUND-5
#[test]
fn a_room_whose_keys_are_all_lost_is_begun_anew_by_its_steward_and_is_empty() {
    let (mut world, room) = World::with_network(907, 3);
    world.with_a_past_of_two(room);
    let before = world.content(room);
    let groups: Vec<_> = [RESOURCE, FOSTER].map(|device| world.network(device, room).me.group).into();
    world.goes_offline(RESOURCE);
    world.goes_offline(FOSTER);
    for group in groups {
        let out = Wished::TakeOut(Remove::Group(group));
        assert_eq!(world.asked(STAFF, Ask::Wish { room, wished: out }), Ok(Outcome::Done));
    }
    world.begins_anew(STAFF, room);
    world.later(6_000);
    world.assert_erased(room, &before, &[STAFF]);
    let secret = world.invites(STAFF, room, InvitedAs::ResourceFamily);
    world.devices.push(Device::new(9_070));
    world.joins(3, &secret, "Kari", "Solbakken").expect("founds it again");
    world.plans(3, room, "Ny start");
    assert_eq!(world.titles(3, room), ["Ny start"]);
    assert_eq!(world.devices[3].summary.saved_here, 0);
    let secret = world.invites(3, room, InvitedAs::FosterFamily);
    world.devices.push(Device::new(9_071));
    world.joins(4, &secret, "Nils", "Fjell").expect("enters");
    assert_eq!(world.titles(4, room), ["Ny start"]);
    assert_eq!(world.network(4, room).set_aside, 0);
}

/// REFOUND-4: what a backup brings back is erased again.
#[test]
fn a_relay_put_back_from_before_a_new_beginning_is_given_what_is_left_and_erases_again() {
    let (mut world, room) = World::with_network(909, 4);
    world.with_a_past(room);
    let before = world.content(room);
    let backup = world.relay.backup();
    world.plans(FOSTER, room, "Etter sikkerhetskopien");
    world.begins_anew(RESOURCE, room);
    world.later(6_000);
    world.plans(FOSTER, room, "Sist");
    let whole = world.relay.log(room).items.clone();
    world.relay.restore(backup);
    world.settle();
    world.later(6_000);
    assert!(world.relay.log(room).items == whole, "given back");
    world.assert_erased(room, &before, &[RESOURCE, FOSTER, FOSTER + 1]);
    world.asked(RESOURCE, Ask::Confirm { room }).expect("done");
    world.later(6_000);
    world.plans(FOSTER, room, "Videre");
    world.plans(RESOURCE, room, "Og videre");
    world.later(6_000);
    assert_eq!(world.devices[FOSTER].summary.saved_here, 0);
    world.assert_alike(room);
    assert_eq!(world.titles(3, room).len(), 6);
}

/// REFOUND-2: an end erases too, and what is here stays to be read.
#[test]
fn a_room_that_is_closed_is_erased_at_the_relay() {
    let (mut world, room) = World::with_network(908, 4);
    world.with_a_past(room);
    let before = world.content(room);
    assert_eq!(world.asked(RESOURCE, Ask::Wish { room, wished: Wished::Close }), Ok(Outcome::Done));
    world.assert_erased(room, &before, &[]);
    world.restarts(FOSTER);
    assert_eq!(world.titles(FOSTER, room), ["Felles middag", "Tur"]);
    let no = world.asked(RESOURCE, Ask::Wish { room, wished: Wished::Refound });
    assert!(no.is_err(), "nothing comes after an end: {no:?}");
}

impl World {
    fn with_a_past_of_two(&mut self, room: RoomId) {
        let one = self.plans(RESOURCE, room, "Felles middag");
        self.changes_place(FOSTER, room, one, "Hemmelig adresse");
    }
}
