//! Who comes in, by whose word, and who is given the key.

use super::*;

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
    let previous = Some(key.wrap_older(room, number, &story.key, &mut story.entropy));
    let commitment = key.commitment(room, number);
    let epoch = Epoch { number, commitment, inbox: key.inbox(room, number), previous, grants: vec![] };
    assert_eq!(story.enter(&founder, Body::Epoch(epoch.clone())), Err(E::WrongRecipients));
    assert_eq!(story.enter(&founder, Body::Epoch(Epoch { number: 3, ..epoch })), Err(E::WrongEpoch));
    story.makes_key(&member).expect("any key holder may turn the key");
    assert_eq!(story.room.epoch().map(|it| (it.number, it.given.len())), Some((2, 2)));
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
