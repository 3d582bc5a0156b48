//! A person's devices, and what follows when somebody is taken out.

use super::*;

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
    assert_eq!(story.joins(&late, &secret, household(3)), Err(E::InviteWithdrawn), "their invitation is void");
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
    assert_eq!(story.joins(&late, &void, household(3)), Err(E::InviteWithdrawn), "the finder has its secret");
}

#[test]
fn who_was_taken_out_may_be_asked_in_again() {
    let mut story = Story::founded();
    let (founder, member) = (story.founder.clone(), story.with_family(3));
    story.removes(&founder, Remove::Person(member.person())).expect("out");
    story.makes_key(&founder).expect("turned");
    let secret = story.invites(&founder, Role::Member, false, None).expect("asked again");
    story.joins(&member, &secret, household(3)).expect("by the same device, into the same household");
    assert_eq!(story.grants(&founder, &member), Err(E::WrongRecipients), "whoever says to be somebody who was here");
    story.admits(&founder, &member).expect("is let in by a tap");
    story.grants(&founder, &member).expect("and the key");
    assert!(story.room.may_write(member.device()));
}
