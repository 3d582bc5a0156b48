//! *Slipp inn igjen*: somebody who has lost their devices, or comes back from a pause.

use super::*;

#[test]
fn who_has_lost_everything_comes_back_by_a_tap_and_the_old_devices_go() {
    let mut story = Story::founded();
    let (founder, steward, lost) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    let pending = story.invites(&lost, Role::Member, false, Some(household(3))).expect("an adult was asked");
    let anew = story.steps_up_again(&lost, &founder).expect("on a key holder's invitation");
    let member = &story.room.members()[&lost.person()];
    assert_eq!(member.waiting().map(|it| it.device), Some(anew.device()));
    assert!(
        story.room.author(anew.device()).is_none() && story.room.may_write(lost.device()),
        "nothing has changed yet"
    );
    assert_eq!(story.grants(&founder, &anew), Err(E::WrongRecipients));
    assert_eq!(story.admits(&steward, &anew), Err(E::NotAllowed));
    assert_eq!(story.admits(&lost, &anew), Err(E::NotAllowed), "nobody lets in themself");
    story.admits(&founder, &anew).expect("let in again");
    assert!(story.room.must_turn_key() && story.room.person_of(lost.device()).is_none());
    story.makes_key(&founder).expect("turned");
    assert!(story.room.may_write(anew.device()), "the new key is theirs too");
    assert_eq!(story.adds(&anew, &lost), Err(E::TakenOut), "what was lost stays out");
    let adult = story.device(4);
    assert_eq!(story.joins(&adult, &pending, household(3)), Err(E::InviteWithdrawn), "the finder has its secret");
}

#[test]
fn who_asks_to_come_back_may_do_nothing_but_wait_and_go() {
    let mut story = Story::founded();
    let (founder, lost) = (story.founder.clone(), story.with_family(3));
    let anew = story.steps_up_again(&lost, &founder).expect("steps up");
    assert_eq!(story.removes(&anew, Remove::Device(lost.device())), Err(E::NotAllowed));
    assert_eq!(story.removes(&anew, Remove::Person(lost.person())), Err(E::NotAllowed));
    assert_eq!(story.adds_device(&anew).map(|_| ()), Err(E::NotInside));
    assert_eq!(story.makes_key(&anew), Err(E::NotInside));
    assert_eq!(story.invites(&anew, Role::Member, false, Some(household(3))).map(|_| ()), Err(E::NotInside));
    story.removes(&anew, Remove::Device(anew.device())).expect("goes again");
    assert!(story.room.members()[&lost.person()].returning.is_none() && story.room.may_write(lost.device()));
}

#[test]
fn was_it_not_you_is_answered_by_the_devices_that_are_there() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let thief = story.steps_up_again(&one, &founder).expect("somebody found the link");
    story.removes(&one, Remove::Device(thief.device())).expect("it was not me");
    assert_eq!(story.admits(&founder, &thief), Err(E::NobodyWaits));
    assert!(!story.room.must_turn_key(), "it never had a key");
}

#[test]
fn who_asks_twice_waits_once() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let first = story.steps_up_again(&one, &founder).expect("steps up");
    let second = story.steps_up_again(&one, &founder).expect("and once more");
    assert!(story.room.person_of(first.device()).is_none());
    assert_eq!(story.admits(&founder, &first), Err(E::NobodyWaits), "exactly the keys that were compared");
    story.admits(&founder, &second).expect("the later one");
}

#[test]
fn nobody_comes_back_into_another_household_or_as_the_founder() {
    let mut story = Story::founded();
    let (founder, one, two) = (story.founder.clone(), story.with_family(3), story.with_family(4));
    let anew = DeviceKeys::generate(one.person(), &mut story.entropy);
    let secret = story.invites(&founder, Role::Member, false, None).expect("invited");
    assert_eq!(story.joins(&anew, &secret, household(4)), Err(E::WrongGroup));
    let into_four = story.invites(&two, Role::Member, false, Some(household(4))).expect("invited");
    assert_eq!(story.joins(&anew, &into_four, household(3)), Err(E::WrongGroup), "the invitation is another's");
    story.joins(&anew, &secret, household(3)).expect("into the own one");
}

#[test]
fn a_way_back_is_one_persons_and_into_their_own_place() {
    let mut story = Story::founded();
    let (founder, steward, lost) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    let other = story.with_family(4);
    let back = |role, founder, group| (role, founder, group, Some(lost.person()));
    for wrong in [
        back(Role::Member, false, None),
        back(Role::Member, false, Some(household(4))),
        back(Role::Admin, false, Some(household(3))),
    ] {
        assert_eq!(story.invites_by_name(&founder, wrong).map(|_| ()), Err(E::WrongGroup));
    }
    let own = back(Role::Member, false, Some(household(3)));
    assert_eq!(story.invites_by_name(&other, own).map(|_| ()), Err(E::NotAllowed), "not of another family");
    let nobody = (Role::Member, false, Some(household(3)), Some(PersonId::from_bytes([99; 16])));
    assert_eq!(story.invites_by_name(&founder, nobody).map(|_| ()), Err(E::NotThere));
    let secret = story.invites_by_name(&steward, own).expect("of the service");
    let finder = story.device(9);
    assert_eq!(story.joins(&finder, &secret, household(3)), Err(E::NotTheirs), "whoever finds the link has nothing");
    let anew = DeviceKeys::generate(lost.person(), &mut story.entropy);
    story.joins(&anew, &secret, household(3)).expect("steps up");
    assert_eq!(story.grants(&founder, &anew), Err(E::WrongRecipients), "not without a tap");
}

#[test]
fn a_way_back_takes_no_place_of_the_household() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let adult = story.device(5);
    let asked = story.invites(&one, Role::Member, false, Some(household(3))).expect("the first of four");
    story.joins(&adult, &asked, household(3)).expect("joined");
    story.grants(&founder, &adult).expect("granted");
    for _ in 0..3 {
        let own = (Role::Member, false, Some(household(3)), Some(adult.person()));
        let secret = story.invites_by_name(&one, own).expect("their own partner");
        let anew = DeviceKeys::generate(adult.person(), &mut story.entropy);
        story.joins(&anew, &secret, household(3)).expect("steps up");
    }
    for _ in 0..3 {
        story.invites(&one, Role::Member, false, Some(household(3))).expect("three places are left");
    }
    assert_eq!(story.invites(&one, Role::Member, false, Some(household(3))).map(|_| ()), Err(E::Quota));
}

#[test]
fn a_household_that_pauses_keeps_its_place() {
    let mut story = Story::founded();
    let (founder, steward, one) = (story.founder.clone(), story.steward.clone(), story.with_family(3));
    story.removes(&steward, Remove::Group(household(3))).expect("a pause");
    story.makes_key(&founder).expect("turned");
    let stranger = story.device(5);
    let open = story.invites(&founder, Role::Member, false, None).expect("invited");
    assert_eq!(story.joins(&stranger, &open, household(3)), Err(E::WrongGroup), "nobody takes it");
    let back = story.invites(&steward, Role::Member, false, Some(household(3))).expect("asked back");
    story.joins(&one, &back, household(3)).expect("into its own place");
    assert_eq!(story.room.members()[&one.person()].standing, Standing::Waiting);
    story.admits(&founder, &one).expect("a tap");
    story.grants(&founder, &one).expect("and the key");
    assert_eq!(story.adds_device(&one).map(|_| ()), Ok(()));
}

#[test]
fn a_lost_device_stays_out_through_a_pause() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let lost = story.adds_device(&one).expect("a second device");
    story.removes(&one, Remove::Device(lost.device())).expect("lost");
    story.removes(&founder, Remove::Person(one.person())).expect("out");
    story.makes_key(&founder).expect("turned");
    let back = story.invites(&founder, Role::Member, false, None).expect("asked back");
    assert_eq!(story.joins(&lost, &back, household(3)), Err(E::TakenOut), "whoever found it has its keys");
    story.joins(&one, &back, household(3)).expect("by another");
    story.admits(&founder, &one).expect("let in");
    assert_eq!(story.adds(&one, &lost), Err(E::TakenOut));
}

#[test]
fn a_kit_is_a_device_and_says_so() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    let kit = DeviceKeys::generate(one.person(), &mut story.entropy);
    let code = kit.code();
    let claim = code.claim(story.room.id(), one.person(), one.device());
    story.enter(&one, Body::AddDevice(AddDevice { half: code.half, claim, kit: true })).expect("a kit");
    let kits: Vec<_> = story.room.members()[&one.person()].devices.iter().map(|it| it.kit).collect();
    assert_eq!(kits, [false, true]);
    story.grants(&founder, &kit).expect("given the key like any other");
    let anew = story.adds_device(&kit).expect("and used");
    story.removes(&anew, Remove::Device(kit.device())).expect("it is spent by that");
    assert_eq!(story.adds(&anew, &kit), Err(E::TakenOut));
}

#[test]
fn nobody_steps_into_the_place_of_somebody_who_waits() {
    let mut story = Story::founded();
    let (founder, steward, guest) = (story.founder.clone(), story.steward.clone(), story.device(3));
    let secret = story.invites(&steward, Role::Member, false, None).expect("a steward invites");
    story.joins(&guest, &secret, household(3)).expect("steps up");
    assert_eq!(story.steps_up_again(&guest, &founder).map(|_| ()), Err(E::AlreadyInside));
}

#[test]
fn who_was_here_once_never_again_comes_in_without_a_tap() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    story.removes(&founder, Remove::Person(one.person())).expect("out");
    story.makes_key(&founder).expect("turned");
    for _ in 0..2 {
        let back = story.invites(&founder, Role::Member, false, None).expect("asked back");
        story.joins(&one, &back, household(3)).expect("steps up");
        assert_eq!(story.room.members()[&one.person()].standing, Standing::Waiting);
        story.removes(&founder, Remove::Person(one.person())).expect("and is sent away, still waiting");
    }
}
