//! What a device says of itself to whoever prints its events and effects.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use grend_shared::{
    crypto::{DeviceKeys, head::ItemKind},
    membership::{Entry, KeyRing, Room},
    port::{Ask, Outcome},
    projection::InvitedAs,
};

use crate::{
    FOSTER, RESOURCE,
    support::{Device, World},
};

/// Bytes as somebody would find them in a log: two scripts, and lists in two numbers.
fn in_many_scripts(bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let some = &bytes[..8];
    let listed = [format!("{some:?}"), format!("{some:x?}")].map(|list| list.replace(['[', ']'], ""));
    [hex.to_uppercase(), hex, Base64::encode_string(bytes), Base64UrlUnpadded::encode_string(bytes)]
        .into_iter()
        .chain(listed)
        .collect()
}

// SEC-2.
#[test]
fn nothing_that_is_printed_of_a_whole_story_holds_a_secret() {
    let mut world = World::new(51, 4);
    for device in &mut world.devices {
        device.printed = Some(String::new());
    }
    let (mut world, room) = world.founded();
    let mut texts = vec![world.invites(RESOURCE, room, InvitedAs::FosterFamily)];
    let tablet = world.devices.len();
    world.devices.push(Device::new(551));
    world.devices[tablet].printed = Some(String::new());
    let Ok(Outcome::DeviceCode { code, .. }) = world.asked(tablet, Ask::ShowCode) else { panic!("no code") };
    assert!(world.asked(FOSTER, Ask::ReadCode { code: code.clone() }).is_ok());
    assert!(world.asked(FOSTER, Ask::AddDevice { code: code.clone(), leave: false }).is_ok());
    texts.push(code);
    world.plans(tablet, room, "Hemmelig samling");
    world.restarts(RESOURCE);

    let mut secrets: Vec<String> = texts.iter().map(|text| text.expose().to_owned()).collect();
    for text in texts.iter().chain(&world.links) {
        let bytes = Base64UrlUnpadded::decode_vec(text.expose()).expect("a link or code is base64");
        // A token is nothing else; the others have a check sum behind.
        let secret = if bytes.len() == 32 { &bytes[..] } else { &bytes[bytes.len() - 20..bytes.len() - 4] };
        secrets.extend(in_many_scripts(secret));
        secrets.push(text.expose().to_owned());
    }
    for device in &world.devices {
        let stored = &device.disk["device"];
        secrets.extend(stored[..64].chunks(32).flat_map(in_many_scripts));
    }
    let keys = DeviceKeys::from_stored(&world.devices[FOSTER].disk["device"]).expect("stored keys");
    let ring = ring(&world, &keys, room);
    assert!(!ring.is_empty());
    secrets.extend(ring.all().flat_map(|key| in_many_scripts(key.expose())));

    let printed: String = world.devices.iter().filter_map(|device| device.printed.as_deref()).collect();
    assert!(printed.contains("SetUpService") && printed.contains("Persist") && printed.contains("****"));
    for secret in secrets {
        assert!(!printed.contains(&secret), "{secret} is printed");
    }
}

/// The room's keys as a device has them.
fn ring(world: &World, keys: &DeviceKeys, room: grend_shared::ids::RoomId) -> KeyRing {
    let items = world.relay.log(room).items.iter().filter(|item| item.kind() == Some(ItemKind::Membership));
    let mut entries = items.map(|item| Entry::parse(item.bytes.clone()).expect("an entry"));
    let mut stands = Room::begin(&entries.next().expect("a genesis")).expect("a room");
    let mut ring = KeyRing::default();
    for entry in entries {
        stands.apply(&entry).expect("it was taken");
        ring.take(keys, &entry, &stands);
    }
    ring
}
