//! Relays that die, lie or contradict themselves, and a member with a changed client.

use grend_shared::{
    command::Command,
    domain::Answer,
    port::{Ask, Failure},
    projection::{InvitedAs, StopReason},
};

use crate::{
    FOSTER, RESOURCE, STAFF, sha256,
    support::{self, Relay, World},
};

#[test]
fn a_relay_killed_between_append_and_ack_gets_the_same_record_again_and_keeps_one() {
    let (mut world, room) = World::with_network(4, 3);
    world.relay.die_before_ack = true;
    world.plans(RESOURCE, room, "Pizzabaking");
    world.settle();
    let log = world.relay.log(room);
    let contents = log.items.iter().filter(|it| it.kind == 2).count();
    world.assert_alike(room);
    assert_eq!(world.network(FOSTER, room).gatherings.len(), 1);
    // Solbakken's three names, the foster family's two, and one gathering.
    assert_eq!(contents, 6);
}

/// KEY-10. A changed client answers for another household: the bytes of an own answer with the other's id in it.
#[test]
fn a_forged_answer_is_set_aside_by_everybody_and_the_room_goes_on() {
    let (mut world, room) = World::with_network(15, 4);
    let gathering = world.plans(RESOURCE, room, "Aking");
    let answer = |answer| Command::AnswerGathering { gathering, answer: Some(answer) };
    world.act(FOSTER, room, answer(Answer::Coming));
    world.settle();
    let intruder = FOSTER + 1;
    let group = |device| world.network(device, room).me.group.to_string();
    let (victims, own) = (group(FOSTER), group(intruder));
    world.goes_offline(intruder);
    world.act(intruder, room, answer(Answer::NotComing));
    world.devices[intruder].crash(&mut world.relay);
    forge_outbox(&mut world.devices[intruder].disk, &own, &victims);
    world.devices[intruder].start(world.now);
    world.comes_back(intruder);
    for device in [RESOURCE, FOSTER] {
        let network = world.network(device, room);
        assert_eq!(network.set_aside, 1);
        let answers: Vec<_> =
            network.gatherings[0].answers.iter().map(|it| (it.group.to_string(), it.answer)).collect();
        assert_eq!(answers, [(victims.clone(), Answer::Coming)]);
    }
    // Started anew, the same; and life goes on.
    world.restarts(FOSTER);
    world.plans(FOSTER, room, "Ski");
    for device in [RESOURCE, FOSTER] {
        assert_eq!(world.network(device, room).set_aside, 1);
        assert_eq!(world.network(device, room).gatherings.len(), 2);
    }
}

/// Puts another text of the same length into the one change that waits, and makes its checksum right again.
fn forge_outbox(disk: &mut support::Disk, from: &str, to: &str) {
    let waiting: Vec<_> = disk.iter_mut().filter(|(key, _)| key.starts_with("out/")).map(|(_, value)| value).collect();
    let [entry] = waiting.try_into().expect("one act waits");
    let position = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|it| it == part);
    let begins = position(entry, b"fchange").expect("the entry's field") + b"fchange".len();
    let mut decoder = minicbor::Decoder::new(&entry[begins..]);
    let len = decoder.bytes().expect("a change").len();
    let ends = begins + decoder.position();
    let change = &mut entry[ends - len..ends];
    let at = position(change, from.as_bytes()).expect("the own id is in it");
    change[at..at + to.len()].copy_from_slice(to.as_bytes());
    let checksum = sha256::hash(&change[8..]);
    change[4..8].copy_from_slice(&checksum[..4]);
}

#[test]
fn what_was_taken_of_a_batch_that_ends_badly_is_kept_and_the_rest_tried_again_after_loading() {
    for kind in [1, 99] {
        let (mut world, room) = World::with_network(11, 3);
        world.goes_offline(FOSTER);
        world.plans(RESOURCE, room, "En");
        world.plans(RESOURCE, room, "To");
        world.relay.append_unknown(room, kind);
        world.comes_back(FOSTER);
        assert_eq!(world.stopped(FOSTER, room), Some(StopReason::UpdateNeeded));
        world.devices[FOSTER].online = false;
        world.restarts(FOSTER);
        assert_eq!(world.titles(FOSTER, room), ["En", "To"], "what came before is on the disk");
        world.comes_back(FOSTER);
        assert_eq!(world.stopped(FOSTER, room), Some(StopReason::UpdateNeeded), "it still can not read it");
        // As if the version that is loaded now had no trouble with it.
        world.relay.rewrite_last(room, None);
        world.restarts(FOSTER);
        world.plans(RESOURCE, room, "Tre");
        assert_eq!(world.titles(FOSTER, room), ["En", "To", "Tre"]);
        world.assert_alike(room);
    }
}

#[test]
fn a_room_that_can_not_be_read_stands_still_untouched_and_takes_no_other_with_it() {
    let (mut world, room) = World::with_network(12, 3);
    let of_room = |world: &World| -> Vec<_> {
        let disk = world.devices[STAFF].disk.iter();
        disk.filter(|(key, _)| key.contains(&room.to_string())).map(|(key, it)| (key.clone(), it.clone())).collect()
    };
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    let damaged = format!("log/{room}/{:016x}", 2);
    world.devices[STAFF].disk.insert(damaged, vec![0]);
    let before = of_room(&world);
    world.restarts(STAFF);
    assert_eq!(world.stopped(STAFF, room), Some(StopReason::Unreadable));
    assert_eq!(world.joins(STAFF, &secret, "Astrid", "Kontoret"), Err(Failure::AlreadyInside), "nothing written over");
    let service = world.devices[STAFF].service().expect("the service goes on").room;
    world.asked(STAFF, Ask::OpenNetwork { service, name: "Myrvang".into() }).expect("and is worked in");
    world.plans(RESOURCE, room, "Bål");
    assert_eq!(of_room(&world), before, "left as it is");
}

#[test]
fn a_word_nobody_has_signed_stops_no_room() {
    let (mut world, room) = World::with_network(13, 3);
    world.plans(RESOURCE, room, "Før");
    for trouble in [|relay: &mut Relay, on| relay.says_diverged = on, |relay: &mut Relay, on| relay.forges = on] {
        let known = world.titles(FOSTER, room).len();
        world.goes_offline(FOSTER);
        world.plans(RESOURCE, room, "Mens");
        trouble(&mut world.relay, true);
        world.comes_back(FOSTER);
        world.plans(FOSTER, room, "Skrevet");
        assert_eq!(world.stopped(FOSTER, room), None);
        assert_eq!(world.network(FOSTER, room).gatherings.len(), known + 1, "nothing unsigned is believed either");
        assert_eq!(world.devices[FOSTER].summary.saved_here, 1, "saved here, not sent");
        trouble(&mut world.relay, false);
        world.later(6_000);
        world.assert_alike(room);
        assert_eq!(world.network(FOSTER, room).gatherings.len(), known + 2);
    }
}

#[test]
fn a_fork_the_relay_has_signed_itself_stops_the_room_also_after_loading() {
    let (mut world, room) = World::with_network(14, 3);
    world.plans(RESOURCE, room, "En");
    world.goes_offline(FOSTER);
    let other = world.relay.log(room).items[0].clone();
    world.relay.rewrite_last(room, Some(other));
    world.comes_back(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), None, "told without proof");
    world.relay.hides_forks = true;
    world.later(6_000);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::LogContradicts));
    assert_eq!(world.titles(FOSTER, room), ["En"], "what is here is shown");
    world.plans(FOSTER, room, "To");
    assert_eq!(world.devices[FOSTER].summary.saved_here, 1, "and added to, here");
    world.relay.hides_forks = false;
    world.devices[FOSTER].online = false;
    world.restarts(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::LogContradicts));
}
