//! How entries are written.

use super::*;
use crate::{
    crypto::head::LogHead,
    membership::body::{Confirm, Refound, Wrap},
};

#[test]
fn no_byte_of_an_entry_can_be_changed() {
    let mut story = Story::founded();
    story.with_family(3);
    for entry in &story.entries {
        for at in 0..entry.as_bytes().len() {
            let mut bytes = entry.as_bytes().to_vec();
            bytes[at] ^= 1;
            assert!(Entry::parse(bytes).is_err(), "byte {at} of {:?}", entry.body());
        }
    }
}

#[test]
fn an_entry_of_a_later_version_is_told_apart_from_rubbish() {
    let story = Story::founded();
    let mut bytes = story.entries[1].as_bytes().to_vec();
    bytes[1 + 32 + 32 + 32] = 200;
    assert_eq!(Entry::parse(bytes), Err(EntryError::UnknownKind(200)));
}

#[test]
fn the_layouts_are_the_golden_ones() {
    let mut story = Story::founded();
    story.with_family(3);
    let (steward, guest, founder) = (story.steward.clone(), story.device(4), story.founder.clone());
    let secret = story.invites(&steward, Role::Member, false, None).expect("invited");
    story.joins(&guest, &secret, household(4)).expect("joined");
    story.admits(&founder, &guest).expect("admitted");
    let device = story.adds_device(&founder).expect("a second device");
    story.removes(&founder, Remove::Device(device.device())).expect("a device");
    story.removes(&steward, Remove::Person(guest.person())).expect("a person");
    story.removes(&founder, Remove::Group(household(3))).expect("a household");
    let kit = DeviceKeys::generate(founder.person(), &mut story.entropy).code();
    let claim = kit.claim(story.room.id(), founder.person(), founder.device());
    story.makes_key(&founder).expect("turned");
    story.enter(&founder, Body::AddDevice(AddDevice { half: kit.half, claim, kit: true })).expect("a kit");
    let withdrawn = story.invites(&founder, Role::Admin, false, None).expect("invited");
    story.removes(&founder, Remove::Invite(withdrawn.id())).expect("an invitation");
    let member = story.with_family(5);
    story.sets(&founder, &member, Role::Admin).expect("another admin");
    story.notes(&steward, b"22 24 96 01").expect("a notice");
    story.enter(&member, Body::Lacks(1)).expect("an older key is lacking");
    story.enter(&founder, Body::Wrap(Wrap { number: 1, wrapped: [6; 72] })).expect("wrapped");
    let head = LogHead { seq: 7, hash: Hash::from_bytes([7; 32]) };
    story.enter(&founder, Body::Confirm(Confirm { relay_epoch: 2, head })).expect("confirmed");
    story.enter(&founder, Body::Refound(Refound { from: 5, head })).expect("begun anew");
    let successor = Some(RoomId::from_bytes([7; 32]));
    story.enter(&founder, Body::Close(Close { successor })).expect("the end");
    let names = [
        "genesis",
        "invite_founder",
        "join_founder",
        "epoch",
        "invite",
        "join",
        "grant",
        "invite_steward",
        "join_waiting",
        "admit",
        "add_device",
        "remove_device",
        "remove_person",
        "remove_group",
        "epoch_turned",
        "add_kit",
        "invite_admin",
        "remove_invite",
        "invite_again",
        "join_again",
        "grant_again",
        "set_role",
        "notice",
        "lacks",
        "wrap",
        "confirm",
        "refound",
        "close",
    ];
    assert_eq!(story.entries.len(), names.len());
    for (entry, name) in story.entries.iter().zip(names) {
        golden(&format!("entry_v1_{name}"), entry.as_bytes());
    }
}

#[test]
fn an_invitation_back_has_a_layout_of_its_own() {
    let mut story = Story::founded();
    let (founder, lost) = (story.founder.clone(), story.with_family(3));
    let back = (Role::Member, false, Some(household(3)), Some(lost.person()));
    story.invites_by_name(&founder, back).expect("an invitation");
    let entry = story.entries.last().expect("it stands");
    assert_eq!(Entry::parse(entry.as_bytes().to_vec()).as_ref(), Ok(entry));
    golden("entry_v1_invite_back", entry.as_bytes());
}
