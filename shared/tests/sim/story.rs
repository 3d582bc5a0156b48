//! What people do together: plan, change the same thing, take back; and what each is told of it.

use grend_shared::{
    command::{Command, GatheringChange},
    domain::Answer,
    port::{Ask, Failure, Outcome},
    projection::{Delivery, Value},
    sync::StoreFault,
};

use crate::{FOSTER, RESOURCE, STAFF, line, support::World};

#[test]
fn a_network_is_founded_joined_and_read_by_its_families() {
    let (world, room) = World::with_network(1, 4);
    let network = world.network(FOSTER, room);
    assert_eq!(network.name, "Solbakken");
    assert_eq!(network.service, "Fjellvik barneverntjeneste");
    let names: Vec<_> = network.families.iter().map(|it| (it.name.as_str(), it.resource, it.mine)).collect();
    assert_eq!(names, [("Solbakken", true, false), ("Hus 2", false, true), ("Hus 3", false, false)]);
    world.assert_alike(room);
    let service = world.devices[STAFF].service().expect("a service");
    assert_eq!(service.networks.len(), 1);
    assert!(service.networks[0].founded);
    assert_eq!((service.networks[0].name.as_str(), service.networks[0].households), ("Solbakken", 3));
}

#[test]
fn what_two_change_without_knowing_of_each_other_shows_both_and_one_choice_settles_it() {
    for chosen in ["Skolekjøkkenet", "Hos Myrvang"] {
        let (mut world, room) = World::with_network(2, 3);
        let gathering = world.plans(RESOURCE, room, "Juleverksted");
        world.kill_relay();
        world.settle();
        world.changes_place(RESOURCE, room, gathering, "Skolekjøkkenet");
        world.changes_place(FOSTER, room, gathering, "Hos Myrvang");
        world.act(FOSTER, room, Command::AnswerGathering { gathering, answer: Some(Answer::Coming) });
        assert_eq!(world.network(FOSTER, room).gatherings[0].delivery, Some(Delivery::SavedHere));
        world.start_relay();
        world.settle();
        world.assert_alike(room);
        let versions = world.network(RESOURCE, room).gatherings[0].place.versions.iter();
        let mut versions: Vec<_> = versions
            .map(|it| (it.value.clone().map(String::from).unwrap_or_default(), it.by.clone().expect("known").household))
            .collect();
        versions.sort();
        assert_eq!(versions, [("Hos Myrvang".into(), "Hus 2".into()), ("Skolekjøkkenet".into(), "Solbakken".into())]);
        world.changes_place(RESOURCE, room, gathering, chosen);
        for device in [RESOURCE, FOSTER] {
            let network = world.network(device, room);
            assert_eq!(network.gatherings[0].place, Value::settled(Some(line(chosen))), "device {device}");
            assert_eq!(network.set_aside, 0);
        }
    }
}

#[test]
fn an_act_is_saved_here_then_sent_then_received() {
    let (mut world, room) = World::with_network(3, 3);
    world.devices[FOSTER].online = false;
    let relay = &mut world.relay;
    world.devices[FOSTER].drop_socket(relay);
    world.kill_relay();
    let gathering = world.plans(RESOURCE, room, "Bål");
    let delivery = |world: &World| world.network(RESOURCE, room).gatherings[0].delivery.clone();
    assert_eq!(delivery(&world), Some(Delivery::SavedHere));
    assert_eq!(world.devices[RESOURCE].summary.saved_here, 1);
    world.start_relay();
    world.settle();
    assert_eq!(delivery(&world), Some(Delivery::Sent));
    assert_eq!((world.devices[RESOURCE].summary.saved_here, world.devices[RESOURCE].summary.sent), (0, 1));
    world.devices[FOSTER].online = true;
    world.settle();
    assert!(matches!(delivery(&world), Some(Delivery::Received { by }) if by.len() == 1));
    assert_eq!(world.devices[RESOURCE].summary.sent, 0);
    assert_eq!(world.network(FOSTER, room).gatherings[0].id, gathering);
}

#[test]
fn undo_takes_back_the_last_act_and_nothing_else() {
    let (mut world, room) = World::with_network(6, 3);
    let gathering = world.plans(RESOURCE, room, "Skogstur");
    world.changes_place(RESOURCE, room, gathering, "Parkeringen");
    let change = GatheringChange::Place(Some(line("Stranda")));
    let outcome = world.asked(RESOURCE, Ask::Do { room, command: Command::ChangeGathering { gathering, change } });
    let Ok(Outcome::Saved { act }) = outcome else { panic!("{outcome:?}") };
    world.asked(RESOURCE, Ask::Undo { room, act }).expect("undone");
    let place = world.network(FOSTER, room).gatherings[0].place.value.clone().map(String::from);
    assert_eq!(place.as_deref(), Some("Parkeringen"));
    assert!(world.asked(RESOURCE, Ask::Undo { room, act }).is_err(), "undone once");
}

#[test]
fn an_act_that_changes_nothing_is_saved_no_sooner_than_what_it_repeats() {
    let (mut world, room) = World::with_network(17, 3);
    let gathering = world.plans(RESOURCE, room, "Bål");
    let command = Command::AnswerGathering { gathering, answer: Some(Answer::Coming) };
    world.devices[FOSTER].failing = Some(StoreFault::Full);
    world.devices[FOSTER].summaries.clear();
    let first = world.ask(FOSTER, Ask::Do { room, command: command.clone() });
    let again = world.ask(FOSTER, Ask::Do { room, command: command.clone() });
    world.settle();
    for request in [first, again] {
        assert_eq!(world.devices[FOSTER].answer(request), Some(&Err(Failure::StorageFull)));
    }
    let counted = world.devices[FOSTER].summaries.iter().filter(|it| it.saved_here > 0).count();
    assert_eq!(counted, 0, "nothing was counted as saved here that was not");
    world.act(FOSTER, room, command.clone());
    world.act(FOSTER, room, command);
    assert_eq!(world.network(RESOURCE, room).gatherings[0].answers.len(), 1);
}

#[test]
fn whoever_has_it_says_so_even_if_the_connection_was_lost_before() {
    let (mut world, room) = World::with_network(22, 3);
    world.goes_offline(FOSTER);
    world.plans(RESOURCE, room, "Bål");
    world.devices[FOSTER].online = true;
    while world.devices[FOSTER].network(room).is_none_or(|it| it.gatherings.is_empty()) {
        if !world.step(FOSTER) {
            world.now = world.now.plus_millis(1_000);
            world.devices[FOSTER].tick(world.now);
        }
    }
    // On its disk, and lost before it could say so.
    world.restarts(FOSTER);
    let delivery = world.network(RESOURCE, room).gatherings[0].delivery.clone();
    assert!(matches!(delivery, Some(Delivery::Received { .. })), "{delivery:?}");
}
