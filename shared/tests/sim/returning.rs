//! *Slipp inn igjen*: whoever has lost a phone, was taken out or left comes back as who they are, by somebody's tap.

use grend_shared::{
    domain::{Remove, Role},
    ids::{PersonId, RoomId},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Room, StopReason, Threshold, ThresholdStep, Wished},
    rules::Refused,
    secret::SecretText,
};

use crate::{
    FOSTER, RESOURCE, STAFF,
    support::{Device, World},
};

impl World {
    fn asks_back(&mut self, by: usize, room: RoomId, person: PersonId) -> Result<SecretText, Failure> {
        match self.asked(by, Ask::InviteBack { room, person, label: "Person 2".into() })? {
            Outcome::Invited { secret, .. } => Ok(secret),
            other => panic!("no invitation: {other:?}"),
        }
    }

    /// A new device that steps up to the door on a link.
    fn returns(&mut self, secret: &SecretText) -> usize {
        let at = self.devices.len();
        self.devices.push(Device::new(at as u64 + 900));
        self.joins(at, secret, "", "").expect("steps up");
        at
    }

    fn threshold(&self, device: usize) -> Threshold {
        let at_the_door = |room: &Room| if let Room::Threshold(it) = room { Some(it.clone()) } else { None };
        self.devices[device].rooms.iter().find_map(at_the_door).expect("at the door")
    }

    fn lets_in(&mut self, by: usize, room: RoomId) {
        let waiting = self.network(by, room).waiting[0].clone();
        let admit = Ask::Admit { room, person: waiting.person, device: waiting.device };
        assert_eq!(self.asked(by, admit), Ok(Outcome::Done));
    }

    pub(crate) fn person(&self, device: usize, room: RoomId) -> PersonId {
        self.network(device, room).me.person
    }
}

/// MEM-14
#[test]
fn who_has_lost_the_phone_comes_back_as_themself_and_the_old_phone_is_out() {
    let (mut world, room) = World::with_network(701, 4);
    world.plans(FOSTER, room, "Før");
    let lost = world.person(FOSTER, room);
    world.goes_offline(FOSTER);
    let secret = world.asks_back(RESOURCE, room, lost).expect("an invitation");
    let anew = world.returns(&secret);
    let door = world.threshold(anew);
    assert_eq!((door.step, door.welcome.returns.as_str()), (ThresholdStep::WaitingForAdmit, "Person 2"));
    let waiting = world.network(RESOURCE, room).waiting[0].clone();
    assert_eq!(waiting.returns.as_deref(), Some("Person 2"));
    assert_eq!(waiting.check_words, door.check_words, "the same words on both");
    assert!(world.network(RESOURCE, room).invites.is_empty(), "it is used up");
    world.lets_in(3, room);
    assert_eq!(world.titles(anew, room), ["Før"]);
    let me = &world.network(anew, room).me;
    assert_eq!((me.person, me.name.as_str(), me.devices.len()), (lost, "Person 2", 1));
    world.plans(anew, room, "Etter");
    world.comes_back(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left), "whoever found it has nothing");
    assert_eq!(world.titles(RESOURCE, room), ["Etter", "Før"]);
    assert_eq!(world.network(RESOURCE, room).families.len(), 3);
    world.restarts(anew);
    assert_eq!(world.titles(anew, room), ["Etter", "Før"]);
}

/// MEM-14: the service lets back in the only one who could have asked, and knows them by what it wrote on the invitation.
#[test]
fn the_only_admin_is_let_back_in_by_the_service_and_a_tap() {
    let (mut world, room) = World::with_network(702, 3);
    world.devices[RESOURCE].crash(&mut world.relay);
    world.devices[RESOURCE].online = false;
    let guest = world.devices[STAFF].service().expect("the service").networks[0].guests[0].clone();
    assert_eq!((guest.name.as_str(), guest.role), ("Noen", Role::Admin));
    let secret = world.asks_back(STAFF, room, guest.person).expect("an invitation");
    let anew = world.returns(&secret);
    world.lets_in(FOSTER, room);
    assert_eq!(world.network(anew, room).me.role, Role::Admin, "as who they were");
    assert_eq!(world.network(FOSTER, room).families[0].adults[0].devices, 1);
}

/// MEM-15
#[test]
fn a_way_back_is_nobody_elses() {
    let (mut world, room) = World::with_network(703, 4);
    let lost = world.person(FOSTER, room);
    let refused = Err(Failure::Refused { reason: Refused::NotYourRole });
    assert_eq!(world.asks_back(3, room, lost), refused, "another family's");
    let secret = world.asks_back(RESOURCE, room, lost).expect("an invitation");
    for ask in [
        Ask::ReadInvite { secret: secret.clone() },
        Ask::Join { secret: secret.clone(), person_name: "Ny".into(), household_name: "Ny".into() },
    ] {
        assert_eq!(world.asked(3, ask), Err(Failure::SomebodyElses), "inside as somebody else");
    }
    let other = world.another_network();
    let founder = world.devices.len() - 1;
    let ask = Ask::ReadInvite { secret: secret.clone() };
    assert_eq!(world.asked(founder, ask), Err(Failure::SomebodyElses), "somebody else elsewhere");
    assert!(world.devices[founder].network(other).is_some());
    let inside = world.asked(FOSTER, Ask::ReadInvite { secret: secret.clone() });
    assert_eq!(inside, Err(Failure::AlreadyInside), "it is not lost after all");
}

/// MEM-15: whose name it is in can refuse.
#[test]
fn whoever_steps_up_in_my_name_is_refused_by_my_own_device() {
    let (mut world, room) = World::with_network(704, 3);
    let me = world.person(FOSTER, room);
    let secret = world.asks_back(RESOURCE, room, me).expect("an invitation");
    let thief = world.returns(&secret);
    let waiting = world.network(FOSTER, room).waiting[0].clone();
    assert_eq!(waiting.person, me, "it is asked of me: was it not you?");
    let wished = Wished::TakeOut(Remove::Device(waiting.device));
    assert_eq!(world.asked(FOSTER, Ask::Wish { room, wished }), Ok(Outcome::Done));
    assert!(world.network(RESOURCE, room).waiting.is_empty());
    assert_eq!(world.stopped(thief, room), Some(StopReason::Left));
    world.plans(FOSTER, room, "Her");
    assert_eq!(world.titles(RESOURCE, room), ["Her"]);
}

/// MEM-14: into their own place, by a tap.
#[test]
fn who_was_taken_out_comes_back_into_their_own_place() {
    let (mut world, room) = World::with_network(705, 4);
    let (person, group) = (world.person(FOSTER, room), world.network(FOSTER, room).me.group);
    world.plans(FOSTER, room, "Før");
    let wished = Wished::TakeOut(Remove::Person(person));
    assert_eq!(world.asked(RESOURCE, Ask::Wish { room, wished }), Ok(Outcome::Done));
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    let former = world.network(RESOURCE, room).former.clone();
    let adult = &former[0].adults[0];
    let names = (adult.name.as_str(), former[0].name.as_str());
    assert_eq!((adult.person, names), (person, ("Person 2", "Hus 2")));
    assert!(world.network(3, room).former.is_empty(), "it is not another family's to ask");
    let secret = world.asks_back(RESOURCE, room, person).expect("an invitation");
    // On the very device that was emptied.
    world.joins(FOSTER, &secret, "", "").expect("steps up");
    assert!(world.devices[FOSTER].network(room).is_none(), "not without a tap, on whosever invitation");
    world.lets_in(3, room);
    let me = &world.network(FOSTER, room).me;
    assert_eq!((me.person, me.group, me.name.as_str()), (person, group, "Person 2"));
    assert!(world.network(RESOURCE, room).former.is_empty());
    assert_eq!(world.titles(FOSTER, room), ["Før"]);
}

/// MEM-14: asked without the net, it works when the relay has it.
#[test]
fn a_way_back_is_made_without_the_net() {
    let (mut world, room) = World::with_network(706, 3);
    let lost = world.person(FOSTER, room);
    world.goes_offline(RESOURCE);
    let secret = world.asks_back(RESOURCE, room, lost).expect("kept here");
    world.restarts(RESOURCE);
    assert!(!world.network(RESOURCE, room).invites[0].ready);
    let early = world.devices.len();
    world.devices.push(Device::new(77));
    assert_eq!(world.joins(early, &secret, "", ""), Err(Failure::UnknownLink));
    world.comes_back(RESOURCE);
    world.joins(early, &secret, "", "").expect("steps up");
    world.lets_in(RESOURCE, room);
    assert_eq!(world.person(early, room), lost);
    let adult = world.asked(early, Ask::Invite { room, invited_as: InvitedAs::Adult, label: "Bestemor".into() });
    assert!(matches!(adult, Ok(Outcome::Invited { .. })), "all is as it was");
}
