//! Full disks, and disks that come back as they were long ago.

use grend_shared::{
    command::Command,
    crypto::entropy::random,
    ids::{GatheringId, RoomId},
    planted::Planted,
    port::{Ask, Failure, Outcome},
    projection::{StopReason, Value},
    rules::Refused,
    sync::StoreFault,
};

use crate::{
    FOSTER, RESOURCE, line, plan,
    support::{self, World},
};

#[test]
fn a_full_disk_says_so_and_nothing_is_shown_as_saved() {
    let (mut world, room) = World::with_network(5, 3);
    for (fault, failure) in [(StoreFault::Full, Failure::StorageFull), (StoreFault::Failed, Failure::StorageFailed)] {
        world.devices[RESOURCE].failing = Some(fault);
        let gathering = GatheringId::from_bytes(random(&mut world.dice));
        let command = Command::PlanGathering { gathering, plan: plan("Museum") };
        assert_eq!(world.asked(RESOURCE, Ask::Do { room, command }), Err(failure));
        assert!(world.network(RESOURCE, room).gatherings.is_empty());
    }
    world.plans(RESOURCE, room, "Museum");
    world.assert_alike(room);
    assert_eq!(world.network(FOSTER, room).gatherings.len(), 1);
}

#[test]
fn a_disk_rolled_back_to_an_old_copy_loses_nothing_and_speaks_as_one() {
    let (mut world, room) = World::with_network(10, 3);
    let old = world.devices[FOSTER].disk.clone();
    world.plans(FOSTER, room, "Før");
    let relay = &mut world.relay;
    world.devices[FOSTER].crash(relay);
    world.devices[FOSTER].disk = old;
    world.devices[FOSTER].online = false;
    let now = world.now;
    world.devices[FOSTER].start(now);
    world.plans(FOSTER, room, "Etter");
    world.devices[FOSTER].online = true;
    world.settle();
    world.settle();
    world.assert_alike(room);
    let mut titles: Vec<_> =
        world.network(RESOURCE, room).gatherings.iter().map(|it| it.title.value.as_str().to_owned()).collect();
    titles.sort();
    assert_eq!(titles, ["Etter", "Før"]);
    assert_eq!(world.network(RESOURCE, room).set_aside, 0);
}

/// What others changed since stays, whatever of it the old copy still believes to be unsent.
#[test]
fn a_disk_that_comes_back_with_acts_sent_long_ago_overwrites_nothing() {
    for acts_before_it_hears in [false, true] {
        let (mut world, room) = World::with_network(20, 3);
        world.goes_offline(FOSTER);
        let gathering = world.plans(FOSTER, room, "Skogstur");
        world.changes_place(FOSTER, room, gathering, "Parken");
        let other = world.plans(FOSTER, room, "Bading");
        world.changes_place(FOSTER, room, other, "Stranda");
        let old = world.devices[FOSTER].disk.clone();
        world.comes_back(FOSTER);
        world.changes_place(RESOURCE, room, gathering, "Gapahuken");
        world.changes_place(RESOURCE, room, other, "Vika");
        world.plans(FOSTER, room, "Etterpå");
        let records = world.relay.log(room).items.len();
        world.devices[FOSTER].crash(&mut world.relay);
        world.devices[FOSTER].disk = old;
        world.devices[FOSTER].online = false;
        world.devices[FOSTER].start(world.now);
        world.settle();
        if acts_before_it_hears {
            world.plans(FOSTER, room, "Ny");
        }
        world.comes_back(FOSTER);
        world.settle();
        world.assert_alike(room);
        let places: Vec<_> = world.network(RESOURCE, room).gatherings.iter().map(|it| it.place.clone()).collect();
        let expected = [Some(line("Gapahuken")), Some(line("Vika")), None];
        for place in expected {
            assert!(places.contains(&Value::settled(place.clone())), "{place:?} in {places:?}");
        }
        let written = world.relay.log(room).items.len() - records;
        assert_eq!(written, usize::from(acts_before_it_hears), "nothing is sent twice");
        let device = &world.devices[FOSTER];
        assert_eq!((device.summary.saved_here, world.network(FOSTER, room).set_aside), (0, 0));
    }
}

#[test]
fn a_disk_rolled_back_twice_speaks_in_a_voice_it_has_never_had() {
    let (mut world, room) = World::with_network(21, 3);
    let first = world.devices[FOSTER].disk.clone();
    world.plans(FOSTER, room, "Før");
    let roll_back = |world: &mut World, disk: support::Disk| {
        world.devices[FOSTER].crash(&mut world.relay);
        world.devices[FOSTER].disk = disk;
        world.devices[FOSTER].online = false;
        world.devices[FOSTER].start(world.now);
        world.settle();
    };
    roll_back(&mut world, first);
    let gathering = world.plans(FOSTER, room, "Etter");
    let second = world.devices[FOSTER].disk.clone();
    world.comes_back(FOSTER);
    world.changes_place(RESOURCE, room, gathering, "Gapahuken");
    // It has begun anew since this copy; what it wrote then is in the log as another change.
    roll_back(&mut world, second);
    world.comes_back(FOSTER);
    world.plans(FOSTER, room, "Sist");
    world.assert_alike(room);
    assert_eq!(world.titles(RESOURCE, room), ["Etter", "Før", "Sist"]);
    let gatherings = &world.network(RESOURCE, room).gatherings;
    let place = gatherings.iter().find(|it| it.id == gathering).expect("planned").place.clone();
    assert_eq!(place, Value::settled(Some(line("Gapahuken"))), "planned once");
    assert_eq!(world.network(RESOURCE, room).set_aside, 0);
}

/// A copy of a whole device, awake while the first is.
fn with_a_copy(seed: u64) -> (World, RoomId, usize) {
    let (mut world, room) = World::with_network(seed, 3);
    world.plans(FOSTER, room, "Før");
    let copy = world.devices.len();
    world.devices.push(support::Device::new(261));
    world.devices[copy].disk = world.devices[FOSTER].disk.clone();
    world.devices[copy].start(world.now);
    world.settle();
    (world, room, copy)
}

fn two_speak_as_one() {
    let (mut world, room, copy) = with_a_copy(26);
    world.plans(FOSTER, room, "Fra den ene");
    assert_eq!(world.stopped(copy, room), Some(StopReason::Twice), "the other one sees it at once");
    assert_eq!(world.stopped(FOSTER, room), None, "and does not answer in the same voice");
    world.plans(copy, room, "Fra kopien");
    world.restarts(copy);
    assert_eq!(world.stopped(copy, room), Some(StopReason::Twice), "after loading too");
    assert_eq!(world.titles(copy, room), ["Fra den ene", "Fra kopien", "Før"], "nothing is lost there");
    assert!(world.devices[copy].summary.saved_here > 0, "and nothing sent");
    world.plans(RESOURCE, room, "Fra de andre");
    assert_eq!(world.titles(copy, room).len(), 4, "it goes on hearing");
    assert_eq!(world.titles(RESOURCE, room), ["Fra de andre", "Fra den ene", "Før"]);
    assert_eq!(world.network(RESOURCE, room).set_aside, 0);
}

#[test]
fn of_two_that_speak_as_one_the_one_that_sees_it_sends_no_more() {
    two_speak_as_one();
}

/// MEM-19
#[test]
fn a_copied_device_begins_afresh_and_comes_in_with_keys_of_its_own() {
    let (mut world, room, copy) = with_a_copy(27);
    let early = world.asked(FOSTER, Ask::StartAnew);
    assert_eq!(early, Err(Failure::Refused { reason: Refused::NotThere }), "only where a copy is in use");
    world.plans(FOSTER, room, "Fra den ene");
    assert_eq!(world.stopped(copy, room), Some(StopReason::Twice));
    assert_eq!(world.asked(copy, Ask::StartAnew), Ok(Outcome::Done));
    assert!(world.devices[copy].rooms.is_empty());
    let kept = |key: &String| key.contains(&room.to_string());
    assert!(!world.devices[copy].disk.keys().any(kept), "emptied");
    let Ok(Outcome::DeviceCode { code, .. }) = world.asked(copy, Ask::ShowCode) else { panic!("no code") };
    world.adds(FOSTER, &code, false);
    assert_eq!(world.titles(copy, room), ["Fra den ene", "Før"]);
    world.plans(copy, room, "Fra begge");
    world.plans(FOSTER, room, "Hver for seg");
    assert_eq!((world.stopped(copy, room), world.stopped(FOSTER, room)), (None, None), "each in its own voice");
}

/// MEM-2, for what a device does with its own disk.
#[test]
fn faults_put_into_what_a_device_makes_of_its_disk_are_found() {
    let fails = |fault: Planted, story: fn()| std::panic::catch_unwind(|| fault.during(story)).is_err();
    assert!(fails(Planted::Clone, two_speak_as_one));
    assert!(fails(Planted::Rollback, a_disk_rolled_back_to_an_old_copy_loses_nothing_and_speaks_as_one));
}
