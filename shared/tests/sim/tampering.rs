//! Somebody between a device and the relay who alters what comes: every way there is, on the log that a device lacks.
//!
//! Proves HOST-2, HOST-3, HOST-4, HOST-5, HOST-7 and HOST-8 of docs/SPEC.md.

use std::{cell::RefCell, rc::Rc};

use grend_shared::{
    crypto::{
        Secret,
        head::{SignedHead, sign_heads},
        keys::SignKey,
    },
    ids::RoomId,
    projection::Doubt,
    protocol::{FromRelay, Item},
};

use crate::{
    FOSTER, RESOURCE,
    support::{World, relay::Alteration},
};

/// So many items does the device lack.
const LACKING: usize = 3;
/// Every so many bytes one is flipped: a prime, so that no field is passed over in all items.
const STRIDE: usize = 7;

/// Something done to a batch.
type Trick = Box<dyn Fn(&mut u64, &mut Vec<Item>, &mut SignedHead)>;

/// Whatever comes in a room's batches, altered.
fn batches(room: RoomId, trick: Trick) -> Alteration {
    Box::new(move |frame| {
        if let FromRelay::Batch { room: it, first, items, head } = frame
            && *it == room
        {
            trick(first, items, head);
        }
    })
}

fn tricks(room: RoomId, lengths: &[usize]) -> Vec<(Doubt, Trick)> {
    let mut tricks: Vec<(Doubt, Trick)> = Vec::new();
    let mut alters = |doubt, trick: Trick| tricks.push((doubt, trick));
    for (at, length) in lengths.iter().copied().enumerate() {
        for byte in (0..length).step_by(STRIDE) {
            alters(Doubt::Altered, Box::new(move |_, items, _| items[at].bytes[byte] ^= 1));
        }
        alters(Doubt::Altered, Box::new(move |_, items, _| items[at].kind ^= 1));
        alters(Doubt::Altered, Box::new(move |_, items, _| drop(items.remove(at))));
        for other in 0..LACKING {
            if at < other {
                alters(Doubt::Altered, Box::new(move |_, items, _| items.swap(at, other)));
            }
            alters(Doubt::Altered, Box::new(move |_, items, _| items.insert(at, items[other].clone())));
        }
    }
    alters(Doubt::Altered, Box::new(|_, items, _| items.clear()));
    alters(Doubt::Altered, Box::new(|first, _, _| *first -= 1));
    alters(Doubt::Gap, Box::new(|first, _, _| *first += 1));
    alters(Doubt::Unsigned, Box::new(|_, _, head| head.head.seq += 1));
    alters(Doubt::Unsigned, Box::new(|_, _, head| head.relay_epoch += 1));
    let stranger = SignKey::from_seed(&Secret::new([66; 32]));
    alters(
        Doubt::Unsigned,
        Box::new(move |_, _, head| *head = sign_heads(&stranger, 1, &[(room, head.head)]).remove(0)),
    );
    tricks
}

#[test]
fn whatever_is_altered_on_its_way_is_named_and_nothing_of_it_is_taken() {
    let (mut world, room) = World::with_network(71, 3);
    world.goes_offline(FOSTER);
    let plans: Vec<_> = (0..LACKING).map(|n| world.plans(RESOURCE, room, &format!("Samling {n}"))).collect();
    let log = &world.relay.log(room).items;
    let lengths: Vec<_> = log[log.len() - plans.len()..].iter().map(|it| it.bytes.len()).collect();
    let kept = |world: &World| {
        let mut network = world.network(FOSTER, room).clone();
        network.doubt = None;
        let log = world.devices[FOSTER].disk.iter().filter(|(key, _)| key.starts_with("log/"));
        (network, log.map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>())
    };
    let before = kept(&world);
    for (n, (doubt, trick)) in tricks(room, &lengths).into_iter().enumerate() {
        world.relay.alters = Some(batches(room, trick));
        world.comes_back(FOSTER);
        assert_eq!(world.network(FOSTER, room).doubt, Some(doubt), "trick {n}");
        assert!(kept(&world) == before, "trick {n} changed something");
        world.goes_offline(FOSTER);
    }
    world.relay.alters = None;
    world.comes_back(FOSTER);
    assert_eq!(world.network(FOSTER, room).doubt, None, "and it is doubted no longer");
    world.assert_alike(room);
}

/// What the relay has truly signed, shown again when it is long past.
#[test]
fn a_log_that_is_shorter_than_what_is_here_is_not_believed_and_that_is_said() {
    let (mut world, room) = World::with_network(72, 3);
    let old = Rc::new(RefCell::new(None));
    world.goes_offline(FOSTER);
    world.relay.alters = Some(Box::new({
        let old = Rc::clone(&old);
        move |frame| {
            if let FromRelay::Opened { room: it, head, .. } = frame
                && *it == room
            {
                old.replace(Some(head.clone()));
            }
        }
    }));
    world.comes_back(FOSTER);
    let old = old.take().expect("the relay has signed where it was");
    world.plans(RESOURCE, room, "Siden");
    world.goes_offline(FOSTER);
    let before = world.titles(FOSTER, room);
    world.relay.alters = Some(Box::new(move |frame| {
        if let FromRelay::Opened { room: it, head, .. } = frame
            && *it == room
        {
            *head = old.clone();
        }
    }));
    world.comes_back(FOSTER);
    assert_eq!(world.network(FOSTER, room).doubt, Some(Doubt::Behind));
    world.plans(FOSTER, room, "Skrevet imens");
    assert_eq!(world.devices[FOSTER].summary.saved_here, 1, "saved here, not sent");
    assert!(before.iter().all(|title| world.titles(FOSTER, room).contains(title)), "and nothing is gone");
    world.relay.alters = None;
    world.later(6_000);
    assert_eq!(world.network(FOSTER, room).doubt, None);
    world.assert_alike(room);
}
