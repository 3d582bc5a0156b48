//! The membership log, entry by entry: what may come next, and what is refused by which name.

use super::{
    Body, Entry, EntryError, MembershipError as E, Room, Standing,
    body::{Admit, Epoch, Genesis, Grant, Invite, Join},
};
use crate::{
    crypto::{
        DeviceKeys, Hash,
        entropy::tests_support::Counting,
        golden,
        grant::{EpochKey, GrantPlace},
        keys::InviteSecret,
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
        let prev = self.room.last();
        let recipients: Vec<_> = self.room.entitled().copied().collect();
        let grants = recipients
            .iter()
            .map(|it| {
                let place = GrantPlace { room, prev, epoch: number, device: it.device, commitment };
                (it.device, key.seal_to(it.seal_key, &place, &mut self.entropy).expect("sealed"))
            })
            .collect();
        self.enter(by, Body::Epoch(Epoch { number, commitment, inbox: key.inbox(), previous, grants }))
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
    ];
    assert_eq!(story.entries.len(), names.len());
    for (entry, name) in story.entries.iter().zip(names) {
        golden(&format!("entry_v1_{name}"), entry.as_bytes());
    }
}
