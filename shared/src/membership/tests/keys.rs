//! Keys that do not open: nobody can see it from outside, so whom it concerns says it.

use super::*;
use crate::membership::body::Wrap;

#[test]
fn who_was_given_rubbish_says_so_and_is_given_the_key_again() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    assert_eq!(story.enter(&one, Body::Lacks(2)), Err(E::WrongEpoch), "there is no such key");
    story.enter(&one, Body::Lacks(1)).expect("it did not open");
    assert!(!story.room.may_write(one.device()));
    assert_eq!(story.enter(&one, Body::Lacks(1)), Err(E::NotAllowed), "said once");
    let owed = story.room.duty(founder.device(), |_| true);
    assert!(matches!(owed, Some(Duty::Grant(it)) if it.device == one.device()), "{owed:?}");
    story.grants(&founder, &one).expect("again");
    assert!(story.room.may_write(one.device()));
    let steward = story.steward.clone();
    assert_eq!(story.enter(&steward, Body::Lacks(1)), Err(E::NotAllowed), "who never had it lacks nothing");
}

#[test]
fn who_says_that_it_did_not_open_and_goes_leaves_a_key_that_does_not_count() {
    let mut story = Story::founded();
    let (founder, one) = (story.founder.clone(), story.with_family(3));
    story.enter(&one, Body::Lacks(1)).expect("whether that is so, nobody sees");
    story.removes(&founder, Remove::Person(one.person())).expect("out");
    assert!(story.room.must_turn_key());
}

#[test]
fn who_had_the_key_before_replaces_one_that_does_not_open() {
    let mut story = Story::founded();
    let (one, two) = (story.with_family(3), story.with_family(4));
    story.makes_key(&one).expect("rubbish for all but themself, for all that anybody sees");
    assert_eq!(story.room.duty(two.device(), |number| number == 1), Some(Duty::Lacks(2)));
    story.enter(&two, Body::Lacks(2)).expect("said");
    assert_eq!(story.room.duty(two.device(), |number| number == 1), Some(Duty::TurnKey));
    story.makes_key(&one).expect("and the same once more");
    story.enter(&two, Body::Lacks(3)).expect("said");
    story.makes_key(&two).expect("still had the first one");
    assert!(story.room.may_write(two.device()) && !story.room.may_rescue(two.device()));
    let late = story.device(5);
    let secret = story.invites(&story.founder.clone(), Role::Member, false, None).expect("invited");
    story.joins(&late, &secret, household(5)).expect("joined");
    story.grants(&two, &late).expect("given");
    story.enter(&late, Body::Lacks(4)).expect("it did not open");
    assert_eq!(story.makes_key(&late), Err(E::NotAllowed), "who had none before waits to be given one");
}

#[test]
fn an_older_key_is_asked_for_once_and_given_by_who_holds_the_current_one() {
    let mut story = Story::founded();
    let (founder, one, steward) = (story.founder.clone(), story.with_family(3), story.steward.clone());
    story.makes_key(&founder).expect("turned");
    assert_eq!(story.room.duty(one.device(), |number| number == 2), Some(Duty::Lacks(1)));
    let help = Wrap { number: 1, wrapped: [0; 72] };
    assert_eq!(story.enter(&founder, Body::Wrap(help)), Err(E::WrongEpoch), "nobody has asked");
    story.enter(&one, Body::Lacks(1)).expect("asked");
    assert_eq!(story.room.duty(one.device(), |number| number == 2), None, "once");
    assert_eq!(story.room.duty(founder.device(), |_| true), Some(Duty::Wrap(1)));
    assert_eq!(story.enter(&steward, Body::Wrap(help)), Err(E::NotAllowed));
    story.enter(&founder, Body::Wrap(help)).expect("whether it opens, whoever needs it sees");
    assert_eq!(story.room.duty(one.device(), |number| number == 2), Some(Duty::Lacks(1)), "if not, they ask again");
}
