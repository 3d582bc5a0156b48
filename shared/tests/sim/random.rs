//! Worlds in which anything happens at any time.

use std::collections::{BTreeMap, BTreeSet};

use grend_shared::{
    command::{Command, GatheringChange},
    crypto::entropy::random,
    domain::{Answer, Line},
    ids::{GatheringId, RoomId},
    port::{Ask, Outcome},
};

use crate::{
    RESOURCE, line, plan,
    support::{self, World},
};

/// Random acts, crashes at any step, lost connections, old copies of disks that come back, a relay that dies between
/// append and ack.
fn random_world(seed: u64) {
    let (mut world, room) = World::with_network(seed, 5);
    let mut requests = Vec::new();
    let mut copies: BTreeMap<usize, support::Disk> = BTreeMap::new();
    for _ in 0..60 {
        let device = RESOURCE + world.dice.below(world.devices.len() - 1);
        match world.dice.below(14) {
            12 => {
                copies.insert(device, world.devices[device].disk.clone());
            }
            13 => {
                // What is on no other disk is lost with this one; anything else is not.
                let has_unsent = world.devices[device].disk.keys().any(|key| key.starts_with("out/"));
                if let Some(copy) = copies.remove(&device).filter(|_| !has_unsent) {
                    world.devices[device].crash(&mut world.relay);
                    world.devices[device].disk = copy;
                    world.devices[device].start(world.now);
                }
            }
            0 => {
                if world.relay_up {
                    world.kill_relay();
                } else {
                    world.start_relay();
                }
            }
            1 => {
                let relay = &mut world.relay;
                world.devices[device].drop_socket(relay);
                world.devices[device].online = !world.devices[device].online;
            }
            2 => {
                let relay = &mut world.relay;
                world.devices[device].crash(relay);
                let now = world.now;
                world.devices[device].start(now);
            }
            3 => world.relay.die_before_ack = true,
            4 => world.now = world.now.plus_millis(700),
            _ => {
                let command = random_command(&mut world, device, room);
                let planned = match &command {
                    Command::PlanGathering { gathering, .. } => Some(*gathering),
                    _ => None,
                };
                let request = world.ask(device, Ask::Do { room, command });
                requests.push((device, request, planned));
            }
        }
        // Only some of what could happen happens before the next thing.
        for _ in 0..world.dice.below(40) {
            let device = world.dice.below(world.devices.len());
            world.step(device);
        }
        let now = world.now;
        for device in &mut world.devices {
            device.tick(now);
        }
    }
    world.start_relay();
    for device in &mut world.devices {
        device.online = true;
    }
    world.relay.die_before_ack = false;
    world.settle();
    world.settle();
    world.assert_alike(room);
    let standing: BTreeSet<_> = world.network(RESOURCE, room).gatherings.iter().map(|it| it.id).collect();
    let saved = requests.iter().filter(|(device, request, _)| {
        matches!(world.devices[*device].answer(*request), Some(Ok(Outcome::Saved { .. })))
    });
    let saved: BTreeSet<_> = saved.filter_map(|(_, _, planned)| *planned).collect();
    assert!(!saved.is_empty(), "something was planned");
    assert!(saved.is_subset(&standing), "what was confirmed as saved is lost");
    for device in RESOURCE..world.devices.len() {
        let summary = world.devices[device].summary;
        assert_eq!((summary.saved_here, summary.sent), (0, 0), "device {device}: {summary:?}");
        assert_eq!(world.network(device, room).set_aside, 0);
    }
}

fn random_command(world: &mut World, device: usize, room: RoomId) -> Command {
    let known: Vec<_> = world.devices[device]
        .network(room)
        .map(|it| it.gatherings.iter().map(|it| it.id).collect())
        .unwrap_or_default();
    let places = ["Stranda", "Skolen", "Hos oss", "Parken"];
    let place = places[world.dice.below(places.len())];
    match (known.is_empty(), world.dice.below(5)) {
        (true, _) | (false, 0) => {
            Command::PlanGathering { gathering: GatheringId::from_bytes(random(&mut world.dice)), plan: plan(place) }
        }
        (false, 1) => {
            let gathering = known[world.dice.below(known.len())];
            Command::AnswerGathering { gathering, answer: Some(Answer::Coming) }
        }
        (false, 2) => Command::CancelGathering { gathering: known[world.dice.below(known.len())] },
        (false, 3) if let Some((gathering, place)) = disputed_place(world, device, room) => {
            Command::ChangeGathering { gathering, change: GatheringChange::Place(place) }
        }
        _ => {
            let change = GatheringChange::Place(Some(line(place)));
            Command::ChangeGathering { gathering: known[world.dice.below(known.len())], change }
        }
    }
}

/// A version, by chance, of a place that two have changed without knowing of each other.
fn disputed_place(world: &mut World, device: usize, room: RoomId) -> Option<(GatheringId, Option<Line>)> {
    let gatherings = &world.devices[device].network(room)?.gatherings;
    let disputed = gatherings.iter().find(|it| it.place.is_disputed())?;
    let (id, versions) = (disputed.id, disputed.place.versions.clone());
    let version = &versions[world.dice.below(versions.len())];
    Some((id, version.value.clone()))
}

#[test]
fn random_worlds_end_alike_with_nothing_lost() {
    let seeds: u64 = std::env::var("GREND_SIM_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(40);
    for seed in 100..100 + seeds {
        let ended = std::panic::catch_unwind(|| random_world(seed));
        assert!(ended.is_ok(), "seed {seed} fails: see the panic above");
    }
}
