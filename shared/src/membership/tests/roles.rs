//! Who may do what: admins, what stewards say, invitations taken back, and the end of a room.

use super::*;
use crate::{
    crypto::head::LogHead,
    membership::body::{Confirm, Refound},
};

#[test]
fn an_admin_is_made_by_admins_and_stewards_of_somebody_who_holds_the_key() {
    let mut story = Story::founded();
    let (founder, steward) = (story.founder.clone(), story.steward.clone());
    let (one, two) = (story.with_family(3), story.with_family(4));
    assert_eq!(story.sets(&one, &one, Role::Admin), Err(E::NotAllowed));
    story.sets(&steward, &one, Role::Admin).expect("a steward makes an admin of a key holder");
    assert_eq!(story.sets(&steward, &one, Role::Member), Err(E::NotAllowed), "but takes nobody's word away");
    story.sets(&one, &two, Role::Admin).expect("an admin makes another");
    story.sets(&two, &founder, Role::Member).expect("and a member of one");
    assert_eq!(story.sets(&founder, &two, Role::Member), Err(E::NotAllowed));
    let unkeyed = story.device(5);
    let secret = story.invites(&one, Role::Member, false, None).expect("invited");
    story.joins(&unkeyed, &secret, household(5)).expect("joined, and not given the key yet");
    assert_eq!(story.sets(&steward, &unkeyed, Role::Admin), Err(E::NotAllowed), "only of a key holder");
    story.grants(&two, &unkeyed).expect("given");
    story.sets(&steward, &unkeyed, Role::Admin).expect("now they hold it");
}

#[test]
fn nobody_goes_through_a_role_from_the_door_to_the_key() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    for role in [Role::Member, Role::Admin, Role::Steward] {
        assert_eq!(story.sets(&founder, &steward, role), Err(E::NotAllowed));
        assert_eq!(story.sets(&steward, &steward, role), Err(E::NotAllowed));
    }
    assert_eq!(story.sets(&founder, &one, Role::Steward), Err(E::NotAllowed), "who holds the key keeps no door");
    let nobody = story.device(9);
    assert_eq!(story.sets(&founder, &nobody, Role::Admin), Err(E::NotThere));
}

#[test]
fn a_room_is_never_left_without_somebody_to_open_it() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    story.removes(&steward, Remove::Person(steward.person())).expect("the service goes");
    assert_eq!(story.sets(&founder, &founder, Role::Member), Err(E::LastAdmin));
    assert_eq!(story.sets(&one, &one, Role::Admin), Err(E::NotAllowed), "there is an admin");
    story.removes(&founder, Remove::Person(founder.person())).expect("but anybody may go");
    assert_eq!(story.sets(&one, &one, Role::Admin), Err(E::NotAllowed), "not before the key is turned");
    story.makes_key(&one).expect("turned");
    story.sets(&one, &one, Role::Admin).expect("whoever holds the key goes on");
}

#[test]
fn an_invitation_can_be_taken_back_until_it_is_used() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    let (guest, other) = (story.device(4), story.device(5));
    let secret = story.invites(&founder, Role::Member, false, None).expect("invited");
    assert_eq!(story.removes(&one, Remove::Invite(secret.id())), Err(E::NotAllowed), "somebody else's");
    story.removes(&steward, Remove::Invite(secret.id())).expect("a steward may");
    assert_eq!(story.joins(&guest, &secret, household(4)), Err(E::InviteWithdrawn));
    assert_eq!(story.removes(&steward, Remove::Invite(secret.id())), Err(E::NotThere));
    let used = story.invites(&founder, Role::Member, false, None).expect("invited");
    story.joins(&guest, &used, household(4)).expect("joined");
    assert_eq!(story.removes(&founder, Remove::Invite(used.id())), Err(E::NotThere), "too late");
    let own = story.invites(&one, Role::Member, false, Some(household(3))).expect("an adult");
    story.removes(&one, Remove::Invite(own.id())).expect("one's own");
    assert_eq!(story.joins(&other, &own, household(3)), Err(E::InviteWithdrawn));
}

#[test]
fn a_household_has_four_places_to_give_and_gets_back_what_was_not_used() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(story.invites(&one, Role::Member, false, Some(household(3))).expect("within the quota"));
    }
    let adult = story.device(4);
    story.joins(&adult, &made[0], household(3)).expect("joined");
    story.grants(&founder, &adult).expect("given");
    story.invites(&adult, Role::Member, false, Some(household(3))).expect("the fourth, by another adult");
    for who in [&one, &adult] {
        let more = story.invites(who, Role::Member, false, Some(household(3)));
        assert_eq!(more.map(|_| ()), Err(E::Quota), "of the household, not of the person");
    }
    story.removes(&one, Remove::Invite(made[1].id())).expect("taken back");
    story.invites(&one, Role::Member, false, Some(household(3))).expect("its place is free again");
    assert_eq!(story.invites(&one, Role::Member, false, Some(household(3))).map(|_| ()), Err(E::Quota));
    story.removes(&founder, Remove::Person(adult.person())).expect("one goes");
    story.makes_key(&founder).expect("turned");
    story.invites(&one, Role::Member, false, Some(household(3))).expect("and so is theirs");
}

#[test]
fn a_steward_tells_the_room_what_the_steward_cannot_read() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    assert_eq!(story.notes(&founder, b"not a steward").map(|_| ()), Err(E::NotAllowed));
    let notice = story.notes(&steward, b"22 24 96 01").expect("a steward's word");
    let place = NoticePlace { room: story.room.id(), epoch: 1, author: steward.device() };
    assert_eq!(notice.sealed.open(&story.key, &place).as_deref(), Ok(b"22 24 96 01".as_slice()));
    story.removes(&founder, Remove::Person(one.person())).expect("a key holder goes");
    assert_eq!(story.notes(&steward, b"late").map(|_| ()), Err(E::WrongEpoch), "who is out may have that inbox");
    story.makes_key(&founder).expect("turned");
    assert_eq!(story.enter(&steward, Body::Notice(notice)), Err(E::WrongEpoch), "nor is an old one said again");
    story.notes(&steward, b"now").expect("sealed to the new one");
}

#[test]
fn nothing_comes_after_the_end() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    assert_eq!(story.enter(&one, Body::Close(Close { successor: None })), Err(E::NotAllowed));
    story.enter(&steward, Body::Close(Close { successor: None })).expect("the service ends the network");
    assert!(!story.room.may_write(founder.device()) && story.room.duty(founder.device(), |_| true).is_none());
    assert_eq!(story.invites(&founder, Role::Member, false, None).map(|_| ()), Err(E::Closed));
    assert_eq!(story.removes(&one, Remove::Person(one.person())), Err(E::Closed));
    assert_eq!(story.makes_key(&founder), Err(E::Closed));
}

#[test]
fn what_a_device_owes_by_itself_never_needs_a_tap() {
    let mut story = Story::begin();
    let (founder, steward) = (story.founder.clone(), story.steward.clone());
    assert_eq!(story.room.duty(steward.device(), |_| true), None);
    let secret = story.invites(&steward, Role::Admin, true, None).expect("the founder is asked");
    story.joins(&founder, &secret, household(2)).expect("joined");
    assert_eq!(story.room.duty(founder.device(), |_| true), Some(Duty::FirstKey));
    story.makes_key(&founder).expect("made");
    assert_eq!(story.room.duty(founder.device(), |_| true), None);
    let guest = story.device(3);
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward invites");
    story.joins(&guest, &secret, household(3)).expect("steps up");
    assert_eq!(story.room.duty(founder.device(), |_| true), None, "who waits is owed nothing");
    story.admits(&founder, &guest).expect("the tap");
    let owed = story.room.duty(founder.device(), |_| true);
    assert!(matches!(owed, Some(Duty::Grant(it)) if it.device == guest.device()), "{owed:?}");
    assert_eq!(story.room.duty(guest.device(), |_| true), None, "not by who has no key");
    story.grants(&founder, &guest).expect("given");
    story.removes(&steward, Remove::Person(founder.person())).expect("out");
    assert_eq!(story.room.duty(guest.device(), |_| true), Some(Duty::TurnKey));
    assert_eq!(story.room.duty(founder.device(), |_| true), None);
}

#[test]
fn staff_who_are_no_admins_ask_nobody_in() {
    let mut entropy = Counting::default();
    let (admin, member) =
        (DeviceKeys::generate(person(1), &mut entropy), DeviceKeys::generate(person(2), &mut entropy));
    let founder = admin.certificate();
    let genesis = Genesis { kind: RoomKind::Service, relay: [9; 32], nonce: [8; 16], group: household(1), founder };
    let genesis = Entry::sign(&admin, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
    let room = Room::begin(&genesis).expect("a genesis");
    let key = EpochKey::generate(&mut entropy);
    let mut story =
        Story { room, entropy, steward: admin.clone(), founder: admin.clone(), key, entries: vec![genesis] };
    story.makes_key(&admin).expect("the first key");
    let secret = story.invites(&admin, Role::Member, false, None).expect("an admin asks");
    story.joins(&member, &secret, household(2)).expect("joined");
    story.grants(&admin, &member).expect("given");
    let asked = story.invites(&member, Role::Member, false, Some(household(2)));
    assert_eq!(asked.map(|_| ()), Err(E::NotAllowed), "each of the staff is a household of one");
}

#[test]
fn a_log_is_confirmed_by_somebody_in_charge_once_for_each_time_the_relay_was_restored() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    let confirm = |relay_epoch| Body::Confirm(Confirm { relay_epoch, head: LogHead::EMPTY });
    assert_eq!(story.enter(&one, confirm(2)), Err(E::NotAllowed));
    story.enter(&steward, confirm(2)).expect("a steward may");
    assert_eq!(story.enter(&founder, confirm(2)), Err(E::WrongEpoch), "it is confirmed");
    story.enter(&founder, confirm(3)).expect("so may an admin");
    assert_eq!(story.room.confirmed(), 3);
    story.removes(&founder, Remove::Person(steward.person())).expect("the service goes");
    story.removes(&founder, Remove::Person(founder.person())).expect("and the admin");
    assert_eq!(story.enter(&one, confirm(4)), Err(E::NotAllowed), "not before the key is turned");
    story.makes_key(&one).expect("turned");
    story.enter(&one, confirm(4)).expect("where nobody is in charge, whoever holds the key");
}

/// REFOUND-3
#[test]
fn a_room_is_begun_anew_by_an_admin_who_says_what_stands_and_nothing_is_written_before_the_key_is_turned() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    let anew = |from, seq| Body::Refound(Refound { from, head: LogHead { seq, hash: Hash::ZERO } });
    assert_eq!(story.enter(&one, anew(5, 9)), Err(E::NotAllowed));
    assert_eq!(story.enter(&steward, anew(5, 9)), Err(E::NotAllowed), "who can not read it erases nothing");
    assert_eq!(story.enter(&steward, anew(10, 9)), Err(E::NotAllowed), "as long as somebody can");
    assert_eq!(story.enter(&founder, anew(10, 9)), Err(E::NotAllowed), "not without saying what stands");
    assert_eq!(story.enter(&founder, anew(0, 9)), Err(E::NotAllowed));
    assert_eq!(story.enter(&founder, anew(11, 9)), Err(E::NotAllowed), "of what is not there yet");
    story.enter(&founder, anew(5, 9)).expect("begun anew");
    assert!(story.room.must_turn_key() && !story.room.may_write(founder.device()));
    assert_eq!(story.enter(&founder, anew(6, 9)), Err(E::NotAllowed), "not before the key is turned");
    story.makes_key(&founder).expect("turned");
    assert_eq!(story.enter(&founder, anew(5, 12)), Err(E::NotAllowed), "that is erased");
    assert_eq!(story.room.oldest_key(), 1);
    assert_eq!(story.enter(&one, Body::Lacks(1)), Ok(()), "what stands was written under it");
    story.enter(&founder, anew(12, 12)).expect("once more");
    story.makes_key(&founder).expect("turned");
    assert_eq!(story.enter(&one, Body::Lacks(1)), Err(E::WrongEpoch), "nothing is left that it would open");
}

/// REFOUND-5
#[test]
fn a_steward_begins_a_room_anew_only_when_nobody_has_its_key_and_somebody_founds_it_again() {
    let mut story = Story::founded();
    let (founder, steward) = (story.founder.clone(), story.steward.clone());
    let empty = |seq| Body::Refound(Refound { from: seq + 1, head: LogHead { seq, hash: Hash::ZERO } });
    story.removes(&steward, Remove::Person(founder.person())).expect("their phone lies in the sea");
    let asked = story.invites(&steward, Role::Admin, true, None).map(|_| ());
    assert_eq!(asked, Err(E::AlreadyFounded));
    story.enter(&steward, empty(9)).expect("begun anew, with nothing");
    assert_eq!(story.room.epoch(), None);
    let again = story.device(7);
    let secret = story.invites(&steward, Role::Admin, true, None).expect("a founder is asked");
    story.joins(&again, &secret, household(7)).expect("joined");
    assert_eq!(story.room.first_key(), 2, "never the number of one that was");
    assert_eq!(story.room.duty(again.device(), |_| false), Some(Duty::FirstKey));
}
