//! What has to hold when a room has come to rest.

use std::collections::BTreeSet;

use grend_shared::{crypto::record::Record, membership::Room};

use crate::{device::Device, oracle, relay::Item, world::World};

pub(crate) fn check(world: &World) {
    oracle::check(&world.relay.items);
    everybody_agrees(world);
    if world.relay.room.closed().is_none() && has_holder(&world.relay.room) {
        whoever_is_inside_reads_everything(world);
        nothing_is_lost(world);
    }
    world.devices.iter().for_each(|device| out_is_out(world, device));
}

fn has_holder(room: &Room) -> bool {
    room.devices().any(|device| room.holds_key(device))
}

/// The relay and every device that is in the room.
fn everybody_agrees(world: &World) {
    for device in world.devices.iter().filter(|it| world.relay.room.person_of(it.id()).is_some()) {
        assert_eq!(device.read, world.relay.items.len(), "{:?} has not read everything", device.id());
        assert_eq!(device.room.as_ref(), Some(&world.relay.room), "{:?} sees another room", device.id());
    }
}

fn whoever_is_inside_reads_everything(world: &World) {
    let room = &world.relay.room;
    let number = room.epoch().map_or(0, |epoch| epoch.number);
    let entitled = |it: &&Device| room.author(it.id()).is_some_and(|(_, member)| member.entitled());
    let honest: Vec<_> = world.devices.iter().filter(entitled).filter(|it| it.is_honest()).collect();
    // What only a liar can read is nobody's loss.
    let readable = |epoch| honest.iter().any(|it| it.ring.has(epoch));
    let records = world.relay.items.iter().filter(|item| match item {
        Item::Record(record) => readable(record.header().epoch),
        Item::Entry(_) => false,
    });
    let records = records.count();
    if !honest.iter().any(|it| it.ring.has(number)) {
        // The only one who had the key to give is one who gives none.
        return;
    }
    for device in &honest {
        assert!(room.may_write(device.id()), "{:?} is inside and was not given the key", device.id());
        assert!(device.ring.has(number), "{:?} lacks the current key", device.id());
        for epoch in (1..number).filter(|epoch| readable(*epoch)) {
            assert!(device.ring.has(epoch), "{:?} lacks the key of epoch {epoch}", device.id());
        }
        assert_eq!(device.texts.len(), records, "{:?} can not read everything", device.id());
    }
}

/// What somebody wrote who is still inside stands in the log, once.
fn nothing_is_lost(world: &World) {
    let room = &world.relay.room;
    let honest = |it: &&Device| it.is_honest() && room.may_write(it.id());
    let Some(reader) = world.devices.iter().find(honest) else { return };
    let writers = world.devices.iter().filter(honest).map(Device::id).collect::<Vec<_>>();
    for (device, text) in &world.written {
        let times = reader.texts.iter().filter(|it| *it == text).count();
        assert!(times <= 1, "{text} stands {times} times");
        assert!(times == 1 || !writers.contains(device), "{text} is lost, and its writer is inside");
    }
}

/// With everything it ever held and the whole log, whoever is out opens nothing that was written since, and whoever was
/// never let in nothing at all.
fn out_is_out(world: &World, device: &Device) {
    let room = &world.relay.room;
    if room.holds_key(device.id()) {
        return;
    }
    let mut ring = device.ring.clone();
    let mut left = None;
    let mut walked: Option<Room> = None;
    for (at, item) in world.relay.items.iter().enumerate() {
        let Item::Entry(entry) = item else { continue };
        match &mut walked {
            None => walked = Room::begin(entry).ok(),
            Some(room) => {
                let held = room.holds_key(device.id());
                room.apply(entry).expect("a valid log");
                ring.take(&device.keys, entry, room);
                if held && !room.holds_key(device.id()) {
                    left = Some(at);
                }
            }
        }
    }
    let since = left.unwrap_or(0);
    let opens = |record: &Record| ring.all().any(|key| record.open(key).is_ok());
    let later = world.relay.items.iter().skip(since).filter_map(|item| match item {
        Item::Record(record) => Some(record),
        Item::Entry(_) => None,
    });
    let opened: BTreeSet<_> = later.filter(|it| opens(it)).map(|it| it.header().device_seq).collect();
    assert!(opened.is_empty(), "{:?} is out since {since} and opens what was written later", device.id());
}
