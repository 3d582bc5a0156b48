//! Taking out, leaving, another admin, withdrawing an invitation, and a person's own devices.

use grend_shared::{
    command::Command,
    domain::{Remove, Role},
    ids::RoomId,
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, StopReason, Wished},
    rules::Refused,
};

use crate::{
    FOSTER, RESOURCE, STAFF, line,
    support::{Device, World},
};

impl World {
    fn wishes(&mut self, by: usize, room: RoomId, wished: Wished) -> Result<Outcome, Failure> {
        self.asked(by, Ask::Wish { room, wished })
    }

    fn takes_out(&mut self, by: usize, room: RoomId, who: Remove) {
        assert_eq!(self.wishes(by, room, Wished::TakeOut(who)), Ok(Outcome::Done));
    }
}

const fn refused(reason: Refused) -> Result<Outcome, Failure> {
    Err(Failure::Refused { reason })
}

/// MEM-16
#[test]
fn a_household_is_taken_out_by_an_admin_and_the_others_go_on() {
    let (mut world, room) = World::with_network(711, 4);
    world.plans(FOSTER, room, "Før");
    let group = world.network(FOSTER, room).me.group;
    let wished = Wished::TakeOut(Remove::Group(group));
    assert_eq!(world.wishes(3, room, wished), refused(Refused::NotYourRole));
    world.goes_offline(FOSTER);
    world.goes_offline(RESOURCE);
    world.takes_out(RESOURCE, room, Remove::Group(group));
    assert_eq!(world.network(RESOURCE, room).wished, [wished], "shown as waiting");
    world.restarts(RESOURCE);
    assert_eq!(world.network(RESOURCE, room).wished, [wished], "it is on the disk");
    world.comes_back(RESOURCE);
    assert!(world.network(RESOURCE, room).wished.is_empty());
    assert_eq!(world.network(3, room).families.len(), 2);
    world.plans(3, room, "Etter");
    world.comes_back(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    let kept = |key: &String| key.starts_with("log/") || key.starts_with("out/");
    assert!(!world.devices[FOSTER].disk.keys().any(kept), "erased");
    assert_eq!(world.titles(RESOURCE, room), ["Etter", "Før"]);
}

/// MEM-16: until the relay has it.
#[test]
fn what_only_waits_here_can_be_taken_back() {
    let (mut world, room) = World::with_network(712, 3);
    let wished = Wished::TakeOut(Remove::Group(world.network(FOSTER, room).me.group));
    world.goes_offline(RESOURCE);
    assert_eq!(world.wishes(RESOURCE, room, wished), Ok(Outcome::Done));
    assert_eq!(world.asked(RESOURCE, Ask::Unwish { room, wished }), Ok(Outcome::Done));
    assert_eq!(world.asked(RESOURCE, Ask::Unwish { room, wished }), refused(Refused::NothingToUndo));
    world.comes_back(RESOURCE);
    assert_eq!(world.network(RESOURCE, room).families.len(), 2, "nobody was taken out");
    world.takes_out(RESOURCE, room, Remove::Group(world.network(FOSTER, room).me.group));
    assert_eq!(world.asked(RESOURCE, Ask::Unwish { room, wished }), refused(Refused::NothingToUndo));
}

/// MEM-16: two take out the same; the second is done by the first.
#[test]
fn what_has_come_true_by_another_hand_is_done() {
    let (mut world, room) = World::with_network(713, 4);
    let person = world.person(FOSTER, room);
    world.goes_offline(RESOURCE);
    world.takes_out(RESOURCE, room, Remove::Person(person));
    world.takes_out(STAFF, room, Remove::Person(person));
    world.comes_back(RESOURCE);
    assert!(world.network(RESOURCE, room).wished.is_empty());
    world.plans(RESOURCE, room, "Videre");
    assert_eq!(world.titles(3, room), ["Videre"]);
}

/// MEM-16: whoever leaves has said all they had to say first.
#[test]
fn who_leaves_without_the_net_loses_nothing_and_is_out_when_it_is_back() {
    let (mut world, room) = World::with_network(714, 4);
    let me = world.person(FOSTER, room);
    world.goes_offline(FOSTER);
    world.plans(FOSTER, room, "Siste ord");
    world.takes_out(FOSTER, room, Remove::Person(me));
    assert_eq!(world.stopped(FOSTER, room), None, "still here");
    world.plans(FOSTER, room, "Aller siste");
    world.comes_back(FOSTER);
    world.later(6_000);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    assert_eq!(world.titles(3, room), ["Aller siste", "Siste ord"]);
    assert_eq!(world.network(3, room).families.len(), 2);
    assert_eq!(world.network(RESOURCE, room).former.len(), 1, "the place is kept");
}

/// MEM-16
#[test]
fn who_is_alone_or_the_only_admin_is_told_why_they_can_not_leave() {
    let (mut world, room) = World::with_network(715, 2);
    let alone = Wished::TakeOut(Remove::Person(world.person(RESOURCE, room)));
    assert_eq!(world.wishes(RESOURCE, room, alone), refused(Refused::LastKey));
    let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.devices.push(Device::new(78));
    world.joins(FOSTER, &secret, "Ola", "Granli").expect("enters");
    assert_eq!(world.wishes(RESOURCE, room, alone), refused(Refused::LastAdmin));
    let wished = Wished::MakeAdmin(world.person(FOSTER, room));
    assert_eq!(world.wishes(FOSTER, room, wished), refused(Refused::NotYourRole), "not of oneself");
    assert_eq!(world.wishes(RESOURCE, room, wished), Ok(Outcome::Done));
    assert_eq!(world.network(FOSTER, room).me.role, Role::Admin);
    assert_eq!(world.wishes(RESOURCE, room, alone), Ok(Outcome::Done));
    assert_eq!(world.stopped(RESOURCE, room), Some(StopReason::Left));
    world.invites(FOSTER, room, InvitedAs::FosterFamily);
}

/// MEM-17
#[test]
fn an_admin_is_made_without_the_net_by_admin_or_service_of_a_key_holder() {
    let (mut world, room) = World::with_network(716, 4);
    world.goes_offline(RESOURCE);
    let wished = Wished::MakeAdmin(world.person(FOSTER, room));
    assert_eq!(world.wishes(RESOURCE, room, wished), Ok(Outcome::Done));
    assert_eq!(world.network(FOSTER, room).me.role, Role::Member);
    world.comes_back(RESOURCE);
    assert_eq!(world.network(FOSTER, room).me.role, Role::Admin);
    let adults: Vec<_> = world.network(3, room).families.iter().flat_map(|it| &it.adults).map(|it| it.role).collect();
    assert_eq!(adults, [Role::Admin, Role::Admin, Role::Member]);
    let third = Wished::MakeAdmin(world.person(3, room));
    assert_eq!(world.wishes(STAFF, room, third), Ok(Outcome::Done), "the service holds the door");
    assert_eq!(world.network(3, room).me.role, Role::Admin);
}

/// MEM-17
#[test]
fn an_invitation_is_withdrawn_wherever_it_is() {
    let (mut world, room) = World::with_network(717, 3);
    let sent = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    world.goes_offline(RESOURCE);
    let kept = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
    let invites: Vec<_> = world.network(RESOURCE, room).invites.iter().map(|it| it.invite).collect();
    for invite in &invites {
        world.takes_out(RESOURCE, room, Remove::Invite(*invite));
    }
    assert!(world.network(RESOURCE, room).invites.is_empty(), "gone from the list at once");
    world.comes_back(RESOURCE);
    let late = world.devices.len();
    world.devices.push(Device::new(79));
    for link in [&sent, &kept] {
        assert_eq!(world.joins(late, link, "Ola", "Granli"), Err(Failure::UnknownLink));
    }
    assert!(world.network(RESOURCE, room).wished.is_empty());
    let used = world.wishes(RESOURCE, room, Wished::TakeOut(Remove::Invite(invites[0])));
    assert_eq!(used, refused(Refused::NotThere));
}

/// MEM-18
#[test]
fn own_devices_are_named_for_oneself_and_a_lost_one_is_out_of_every_room() {
    let (mut world, room) = World::with_network(718, 3);
    let other = world.another_network();
    let founder = world.devices.len() - 1;
    let secret = world.invites(founder, other, InvitedAs::FosterFamily);
    world.joins(FOSTER, &secret, "Person 2", "Hus 2").expect("enters");
    let (tablet, code, _) = world.new_device(901);
    world.adds(FOSTER, &code, false);
    let device = world.network(tablet, room).me.devices.iter().find(|it| it.this).expect("this one").device;
    world.act(FOSTER, room, Command::NameDevice { device, name: line("Nettbrettet") });
    let names: Vec<_> = world.network(tablet, room).me.devices.iter().map(|it| it.name.clone()).collect();
    assert_eq!(names, ["", "Nettbrettet"]);
    world.goes_offline(tablet);
    world.goes_offline(FOSTER);
    let own = world.network(FOSTER, room).me.devices[0].device;
    let lost = |devices| Ask::TakeOutDevices { devices };
    assert_eq!(world.asked(FOSTER, lost(vec![own])), refused(Refused::NotThere), "one leaves, or moves");
    assert_eq!(world.asked(FOSTER, lost(vec![device])), Ok(Outcome::Done));
    world.restarts(FOSTER);
    assert_eq!(world.network(FOSTER, room).wished, [Wished::TakeOut(Remove::Device(device))]);
    world.comes_back(FOSTER);
    world.comes_back(tablet);
    for room in [room, other] {
        assert_eq!(world.stopped(tablet, room), Some(StopReason::Left));
        assert_eq!(world.network(FOSTER, room).me.devices.len(), 1);
        world.plans(FOSTER, room, "Videre");
    }
    let third = world.another_network();
    let founder = world.devices.len() - 1;
    let secret = world.invites(founder, third, InvitedAs::FosterFamily);
    world.joins(FOSTER, &secret, "Person 2", "Hus 2").expect("enters");
    assert_eq!(world.network(FOSTER, third).me.devices.len(), 1, "it comes into no more rooms");
}

/// MEM-18
#[test]
fn a_device_that_another_of_mine_has_added_is_asked_about_once() {
    let (mut world, room) = World::with_network(719, 3);
    let (tablet, code, _) = world.new_device(902);
    world.adds(FOSTER, &code, false);
    let (laptop, code, _) = world.new_device(903);
    world.adds(FOSTER, &code, false);
    let unknown = |world: &World, at: usize| {
        let devices = world.network(at, room).me.devices.iter();
        devices.filter(|it| !it.known).map(|it| it.device).collect::<Vec<_>>()
    };
    assert_eq!((unknown(&world, FOSTER), unknown(&world, laptop)), (Vec::new(), Vec::new()));
    let asked = unknown(&world, tablet);
    assert_eq!(asked.len(), 1, "was it not you?");
    assert_eq!(world.asked(tablet, Ask::KnowDevice { device: asked[0] }), Ok(Outcome::Done));
    world.restarts(tablet);
    assert!(unknown(&world, tablet).is_empty());
}
