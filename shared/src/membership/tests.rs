//! The membership log, entry by entry: what may come next, and what is refused by which name.

use super::{
    Body, Entry, EntryError, MembershipError as E, Room, Standing,
    body::{AddDevice, Admit, Epoch, Genesis, Grant, Invite, Join, MAX_DEVICES, Remove},
};
use crate::{
    crypto::{
        DeviceKeys, Hash,
        entropy::tests_support::Counting,
        golden,
        grant::{EpochKey, GrantPlace},
        links::InviteSecret,
    },
    domain::{Role, RoomKind},
    ids::{GroupId, PersonId, RoomId},
    time::Timestamp,
};

/// A network with its steward, and whoever is called in.
struct Story {
    room: Room,
    entropy: Counting,
    steward: DeviceKeys,
    founder: DeviceKeys,
    key: EpochKey,
    entries: Vec<Entry>,
}

fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

fn household(number: u8) -> GroupId {
    GroupId::from_bytes([number; 16])
}

impl Story {
    fn begin() -> Self {
        let mut entropy = Counting::default();
        let steward = DeviceKeys::generate(person(1), &mut entropy);
        let founder = DeviceKeys::generate(person(2), &mut entropy);
        let genesis = Genesis {
            kind: RoomKind::Network,
            relay: [9; 32],
            nonce: [8; 16],
            group: household(1),
            founder: steward.certificate(),
        };
        let genesis = Entry::sign(&steward, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
        let room = Room::begin(&genesis).expect("a genesis");
        let key = EpochKey::generate(&mut entropy);
        Self { room, entropy, steward, founder, key, entries: vec![genesis] }
    }

    fn founded() -> Self {
        let mut story = Self::begin();
        let secret = story.invites(&story.steward.clone(), Role::Admin, true, None).expect("the founder is asked");
        story.joins(&story.founder.clone(), &secret, household(2)).expect("the founder joins");
        story.makes_key(&story.founder.clone()).expect("the founder makes the key");
        story
    }

    fn device(&mut self, number: u8) -> DeviceKeys {
        DeviceKeys::generate(person(number), &mut self.entropy)
    }

    fn enter(&mut self, by: &DeviceKeys, body: Body) -> Result<(), E> {
        let entry = Entry::sign(by, self.room.id(), self.room.last(), body);
        let entry = Entry::parse(entry.as_bytes().to_vec()).expect("what is signed can be read");
        self.room.apply(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    fn invites(
        &mut self,
        by: &DeviceKeys,
        role: Role,
        founder: bool,
        group: Option<GroupId>,
    ) -> Result<InviteSecret, E> {
        let secret = InviteSecret::generate(self.room.id(), &mut self.entropy);
        let expires = Timestamp::from_millis(1);
        let invite = Invite { invite: secret.id(), role, founder, group, expires, welcome: vec![1, 2, 3] };
        self.enter(by, Body::Invite(invite)).map(|()| secret)
    }

    fn joins(&mut self, joiner: &DeviceKeys, secret: &InviteSecret, group: GroupId) -> Result<(), E> {
        let join = Join::new(&secret.signer(), self.room.id(), group, joiner.certificate());
        self.enter(joiner, Body::Join(join))
    }

    fn makes_key(&mut self, by: &DeviceKeys) -> Result<(), E> {
        let number = self.room.epoch().map_or(1, |epoch| epoch.number + 1);
        let room = self.room.id();
        let key = if number == 1 { self.key.clone() } else { EpochKey::generate(&mut self.entropy) };
        let commitment = key.commitment(room, number);
        let previous = (number > 1).then(|| key.wrap_previous(room, number, &self.key, &mut self.entropy));
        let turned = key.clone();
        let prev = self.room.last();
        let recipients: Vec<_> = self.room.entitled().copied().collect();
        let grants = recipients
            .iter()
            .map(|it| {
                let place = GrantPlace { room, prev, epoch: number, device: it.device, commitment };
                (it.device, key.seal_to(it.seal_key, &place, &mut self.entropy).expect("sealed"))
            })
            .collect();
        self.enter(by, Body::Epoch(Epoch { number, commitment, inbox: key.inbox(), previous, grants }))?;
        self.key = turned;
        Ok(())
    }

    /// One more device of a person.
    fn adds_device(&mut self, by: &DeviceKeys) -> Result<DeviceKeys, E> {
        let added = DeviceKeys::generate(by.person(), &mut self.entropy);
        self.adds(by, &added).map(|()| added)
    }

    fn adds(&mut self, by: &DeviceKeys, added: &DeviceKeys) -> Result<(), E> {
        let code = added.code();
        let claim = code.claim(self.room.id(), by.person(), by.device());
        self.enter(by, Body::AddDevice(AddDevice { half: code.half, claim }))
    }

    fn removes(&mut self, by: &DeviceKeys, who: Remove) -> Result<(), E> {
        self.enter(by, Body::Remove(who))
    }

    fn grants(&mut self, by: &DeviceKeys, to: &DeviceKeys) -> Result<(), E> {
        let place = self.room.grant_place(to.device()).expect("there is a key");
        let key = self.key.seal_to(to.seal_key(), &place, &mut self.entropy).expect("sealed");
        self.enter(by, Body::Grant(Grant { number: place.epoch, device: to.device(), key }))
    }

    fn admits(&mut self, by: &DeviceKeys, whom: &DeviceKeys) -> Result<(), E> {
        self.enter(by, Body::Admit(Admit { person: whom.person(), device: whom.device() }))
    }

    /// A foster family on the founder's invitation, with the key.
    fn with_family(&mut self, number: u8) -> DeviceKeys {
        let keys = self.device(number);
        let founder = self.founder.clone();
        let secret = self.invites(&founder, Role::Member, false, None).expect("invited");
        self.joins(&keys, &secret, household(number)).expect("joined");
        self.grants(&founder, &keys).expect("granted");
        keys
    }
}

#[test]
fn nobody_but_the_founder_comes_in_before_there_is_a_key() {
    let mut story = Story::begin();
    let (steward, stranger) = (story.steward.clone(), story.device(3));
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward may invite early");
    assert_eq!(story.joins(&stranger, &secret, household(3)), Err(E::NotFounded));
    let founding = story.invites(&steward, Role::Admin, true, None).expect("the founder is asked");
    let second = story.invites(&steward, Role::Admin, true, None).expect("and another");
    let founder = story.founder.clone();
    story.joins(&founder, &founding, household(2)).expect("the founder joins");
    assert_eq!(story.joins(&stranger, &second, household(3)), Err(E::AlreadyFounded));
    assert_eq!(story.makes_key(&steward), Err(E::NotAllowed));
    story.makes_key(&founder).expect("the founder makes the first key");
    assert_eq!(story.invites(&steward, Role::Admin, true, None).map(|_| ()), Err(E::AlreadyFounded));
}

#[test]
fn a_steward_holds_the_door_but_never_the_key() {
    let mut story = Story::founded();
    let (steward, guest) = (story.steward.clone(), story.device(3));
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward invites");
    story.joins(&guest, &secret, household(3)).expect("steps up");
    assert_eq!(story.room.members()[&person(3)].standing, Standing::Waiting);
    assert_eq!(story.admits(&steward, &guest), Err(E::NotAllowed));
    assert_eq!(story.admits(&guest, &guest), Err(E::NotInside));
    assert_eq!(story.grants(&steward, &guest), Err(E::NotAllowed));
    assert_eq!(story.makes_key(&steward), Err(E::NotAllowed));
    assert!(!story.room.may_write(steward.device()) && !story.room.may_write(guest.device()));
    let founder = story.founder.clone();
    assert_eq!(story.grants(&founder, &guest), Err(E::WrongRecipients), "no key before the tap");
    story.admits(&founder, &guest).expect("a key holder's tap");
    story.grants(&founder, &guest).expect("then the key");
    assert!(story.room.may_write(guest.device()));
    assert_eq!(story.invites(&steward, Role::Admin, false, None).map(|_| ()), Err(E::NotAllowed));
}

#[test]
fn an_invitation_is_good_once_for_its_own_household() {
    let mut story = Story::founded();
    let (founder, one, two) = (story.founder.clone(), story.device(3), story.device(4));
    let secret = story.invites(&founder, Role::Member, false, None).expect("invited");
    assert_eq!(story.joins(&one, &secret, household(2)), Err(E::WrongGroup), "not into somebody's household");
    story.joins(&one, &secret, household(3)).expect("joined");
    assert_eq!(story.joins(&two, &secret, household(4)), Err(E::InviteUsed));
    let adult = story.invites(&founder, Role::Member, false, Some(household(2))).expect("another adult");
    assert_eq!(story.joins(&two, &adult, household(4)), Err(E::WrongGroup));
    story.joins(&two, &adult, household(2)).expect("joined");
    assert_eq!(
        story.joins(&two, &InviteSecret::generate(story.room.id(), &mut Counting(1_000)), household(5)),
        Err(E::InviteUnknown)
    );
    let again = story.invites(&founder, Role::Member, false, None).expect("invited");
    assert_eq!(story.joins(&two, &again, household(6)), Err(E::AlreadyInside));
}

#[test]
fn a_member_invites_adults_of_the_own_household_four_times() {
    let mut story = Story::founded();
    let member = story.with_family(3);
    assert_eq!(story.invites(&member, Role::Member, false, None).map(|_| ()), Err(E::NotAllowed));
    assert_eq!(story.invites(&member, Role::Member, false, Some(household(2))).map(|_| ()), Err(E::NotAllowed));
    assert_eq!(story.invites(&member, Role::Admin, false, Some(household(3))).map(|_| ()), Err(E::NotAllowed));
    for _ in 0..4 {
        story.invites(&member, Role::Member, false, Some(household(3))).expect("within the quota");
    }
    assert_eq!(story.invites(&member, Role::Member, false, Some(household(3))).map(|_| ()), Err(E::Quota));
}

#[test]
fn a_key_goes_to_exactly_those_who_shall_have_it() {
    let mut story = Story::founded();
    let member = story.with_family(3);
    assert_eq!(story.grants(&member.clone(), &member), Err(E::WrongRecipients), "has it already");
    let founder = story.founder.clone();
    let (number, room) = (2, story.room.id());
    let key = EpochKey::generate(&mut story.entropy);
    let previous = Some(key.wrap_previous(room, number, &story.key, &mut story.entropy));
    let commitment = key.commitment(room, number);
    let epoch = Epoch { number, commitment, inbox: key.inbox(), previous, grants: vec![] };
    assert_eq!(story.enter(&founder, Body::Epoch(epoch.clone())), Err(E::WrongRecipients));
    assert_eq!(story.enter(&founder, Body::Epoch(Epoch { number: 3, ..epoch })), Err(E::WrongEpoch));
    story.makes_key(&member).expect("any key holder may turn the key");
    assert_eq!(story.room.epoch().map(|it| (it.number, it.holders.len())), Some((2, 2)));
}

#[test]
fn a_person_adds_devices_of_their_own_and_they_get_the_key_without_a_tap() {
    let mut story = Story::founded();
    let (founder, member, steward) = (story.founder.clone(), story.with_family(3), story.steward.clone());
    let second = story.adds_device(&member).expect("a second device");
    assert_eq!(story.room.person_of(second.device()).map(|(it, _)| it), Some(member.person()));
    assert!(!story.room.may_write(second.device()), "not before it was given the key");
    story.grants(&founder, &second).expect("any key holder gives it");
    assert!(story.room.may_write(second.device()));
    assert_eq!(story.adds(&founder, &second), Err(E::AlreadyInside), "nobody else's by now");
    let door = story.adds_device(&steward).expect("a steward's second device");
    assert_eq!(story.grants(&founder, &door), Err(E::WrongRecipients), "which holds no key either");
    for _ in 2..MAX_DEVICES {
        story.adds_device(&second).expect("within the limit");
    }
    assert_eq!(story.adds_device(&member).map(|_| ()), Err(E::TooManyDevices));
}

#[test]
fn who_waits_or_is_a_stranger_adds_nothing() {
    let mut story = Story::founded();
    let (steward, guest, stranger) = (story.steward.clone(), story.device(3), story.device(4));
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward invites");
    story.joins(&guest, &secret, household(3)).expect("steps up");
    assert_eq!(story.adds_device(&guest).map(|_| ()), Err(E::NotInside));
    assert_eq!(story.adds_device(&stranger).map(|_| ()), Err(E::NotInside));
}

#[test]
fn after_a_key_holder_is_taken_out_nothing_is_written_or_given_before_the_key_is_turned() {
    let mut story = Story::founded();
    let (founder, one, two) = (story.founder.clone(), story.with_family(3), story.with_family(4));
    let new = story.adds_device(&founder).expect("a second device");
    let secret = story.invites(&one, Role::Member, false, Some(household(3))).expect("an adult is asked");
    story.removes(&founder, Remove::Group(household(3))).expect("an admin takes a household out");
    assert!(story.room.person_of(one.device()).is_none() && !story.room.members().contains_key(&one.person()));
    assert!(story.room.must_turn_key());
    for keys in [&founder, &two, &one] {
        assert!(!story.room.may_write(keys.device()), "the one who is out knows this key");
    }
    assert_eq!(story.grants(&founder, &new), Err(E::NotAllowed), "nor is it given to anybody");
    let late = story.device(5);
    assert_eq!(story.joins(&late, &secret, household(3)), Err(E::InviteUnknown), "their invitation is void");
    assert_eq!(story.makes_key(&one), Err(E::NotInside));
    story.makes_key(&two).expect("whoever holds the key turns it");
    assert!(!story.room.must_turn_key());
    assert!([&founder, &two, &new].iter().all(|keys| story.room.may_write(keys.device())));
}

#[test]
fn taking_out_who_never_had_the_key_turns_nothing() {
    let mut story = Story::founded();
    let (steward, founder, guest) = (story.steward.clone(), story.founder.clone(), story.device(3));
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward invites");
    story.joins(&guest, &secret, household(3)).expect("steps up");
    story.removes(&guest, Remove::Person(guest.person())).expect("who waits may go again");
    assert!(story.room.may_write(founder.device()));
    let lost = story.adds_device(&founder).expect("a second device");
    story.removes(&founder, Remove::Device(lost.device())).expect("which is lost before it was given the key");
    assert!(story.room.may_write(founder.device()) && story.room.person_of(lost.device()).is_none());
}

#[test]
fn everybody_takes_out_what_is_their_own_and_only_admins_and_stewards_others() {
    let mut story = Story::founded();
    let (founder, steward) = (story.founder.clone(), story.steward.clone());
    let (one, two) = (story.with_family(3), story.with_family(4));
    assert_eq!(story.removes(&one, Remove::Device(two.device())), Err(E::NotAllowed));
    assert_eq!(story.removes(&one, Remove::Person(two.person())), Err(E::NotAllowed));
    assert_eq!(story.removes(&one, Remove::Group(household(3))), Err(E::NotAllowed), "not even the own household");
    let phone = story.adds_device(&one).expect("a second device");
    story.removes(&phone, Remove::Device(one.device())).expect("the first one is lost");
    assert_eq!(story.room.members()[&one.person()].devices.len(), 1);
    story.makes_key(&two).expect("turned");
    story.removes(&phone, Remove::Device(phone.device())).expect("the last device of a person");
    assert!(story.room.members()[&one.person()].devices.is_empty(), "the person keeps the place");
    story.makes_key(&two).expect("turned");
    assert_eq!(story.removes(&founder, Remove::Device(phone.device())), Err(E::NotThere));
    story.removes(&two, Remove::Person(two.person())).expect("one leaves");
    story.removes(&steward, Remove::Person(founder.person())).expect("a steward takes out even an admin");
    assert_eq!(story.room.members().len(), 2);
}

#[test]
fn a_device_that_was_taken_out_comes_back_with_new_keys_only() {
    let mut story = Story::founded();
    let (founder, member) = (story.founder.clone(), story.with_family(3));
    let lost = story.adds_device(&member).expect("a second device");
    story.removes(&member, Remove::Device(lost.device())).expect("lost");
    assert_eq!(story.adds(&member, &lost), Err(E::TakenOut), "whoever found it has its keys");
    assert_eq!(story.adds(&founder, &lost), Ok(()), "as somebody else's it is not the same device");
}

#[test]
fn nobody_goes_and_takes_the_last_key_along() {
    let mut story = Story::founded();
    let founder = story.founder.clone();
    let own = Remove::Device(founder.device());
    assert_eq!(story.removes(&founder, own), Err(E::LastKey));
    assert_eq!(story.removes(&founder, Remove::Person(founder.person())), Err(E::LastKey));
    let second = story.adds_device(&founder).expect("a second device");
    assert_eq!(story.removes(&founder, own), Err(E::LastKey), "it has no key yet");
    assert_eq!(story.removes(&second, own), Err(E::LastKey), "nor does it help to be sent away by it");
    story.grants(&founder, &second).expect("given");
    story.removes(&founder, own).expect("now somebody can go on");
    story.makes_key(&second).expect("and does");
    assert_eq!(story.removes(&second, Remove::Group(household(2))), Err(E::LastKey), "an admin, of the own household");
}

#[test]
fn what_was_asked_on_a_device_stays_when_it_moves_and_not_when_it_is_taken_out() {
    let mut story = Story::founded();
    let (founder, phone) = (story.founder.clone(), story.with_family(3));
    let moved = story.invites(&phone, Role::Member, false, Some(household(3))).expect("an adult is asked");
    let app = story.adds_device(&phone).expect("moves");
    story.grants(&founder, &app).expect("given");
    story.removes(&phone, Remove::Device(phone.device())).expect("and leaves");
    story.makes_key(&app).expect("turned");
    let adult = story.device(5);
    story.joins(&adult, &moved, household(3)).expect("the invitation still stands");
    assert_eq!(story.grants(&founder, &adult), Err(E::WrongRecipients), "but a thief can take out a device as well");
    story.admits(&app, &adult).expect("so somebody lets them in");
    let void = story.invites(&app, Role::Member, false, Some(household(3))).expect("one more");
    let tablet = story.adds_device(&app).expect("another device");
    story.removes(&tablet, Remove::Device(app.device())).expect("the phone is lost");
    let late = story.device(6);
    assert_eq!(story.joins(&late, &void, household(3)), Err(E::InviteUnknown), "the finder has its secret");
}

#[test]
fn who_was_taken_out_may_be_asked_in_again() {
    let mut story = Story::founded();
    let (founder, member) = (story.founder.clone(), story.with_family(3));
    story.removes(&founder, Remove::Person(member.person())).expect("out");
    story.makes_key(&founder).expect("turned");
    let secret = story.invites(&founder, Role::Member, false, None).expect("asked again");
    story.joins(&member, &secret, household(3)).expect("by the same device, into the same household");
    story.grants(&founder, &member).expect("and the key");
    assert!(story.room.may_write(member.device()));
}

#[test]
fn an_entry_counts_at_its_place_in_its_room_alone() {
    let mut story = Story::founded();
    let founder = story.founder.clone();
    let admit = Body::Admit(Admit { person: person(3), device: founder.device() });
    let late = Entry::sign(&founder, story.room.id(), Hash::ZERO, admit.clone());
    assert_eq!(story.room.apply(&late), Err(E::Conflict));
    let elsewhere = Entry::sign(&founder, RoomId::from_bytes([1; 32]), story.room.last(), admit.clone());
    assert_eq!(story.room.apply(&elsewhere), Err(E::OtherRoom));
    assert_eq!(story.enter(&founder, admit), Err(E::NobodyWaits));
    let genesis = story.entries[0].clone();
    assert_eq!(story.room.apply(&genesis), Err(E::NotTheBeginning));
    let stranger = story.device(9);
    assert_eq!(story.invites(&stranger, Role::Member, false, None).map(|_| ()), Err(E::NotInside));
}

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
    ];
    assert_eq!(story.entries.len(), names.len());
    for (entry, name) in story.entries.iter().zip(names) {
        golden(&format!("entry_v1_{name}"), entry.as_bytes());
    }
}
