//! Who reads what afterwards: somebody who was taken out, the service's steward, the operator. Each is given everything
//! they ever held and the relay's whole database, and tries every key on everything; whoever stayed does the same, and
//! opens all of it, so that the attempt is one that could succeed.
//!
//! A program of its own, because faults are put into the rules of every thread, the relay's too.
//!
//! Proves HOST-20, HOST-21 and HOST-22 of docs/SPEC.md.

mod attempt;
mod life;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use grend_shared::planted::Planted;

use attempt::{Held, Opened};
use life::Life;

/// One life at a time: a fault is everybody's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A life with no fault in the rules, lived once; only who is [`alone`] asks for it.
fn honest() -> &'static Life {
    static HONEST: OnceLock<Life> = OnceLock::new();
    HONEST.get_or_init(Life::live)
}

/// What somebody who was taken out opens of what came after.
fn after_the_removal(life: &Life) -> Opened {
    let (network, cut) = (life.network, life.cut);
    let opened = attempt::of(&life.database, &Held::by([&life.removed]));
    let before = life.records().into_iter().filter(|seq| *seq < cut);
    assert_eq!(opened.records_of(network).filter(|seq| *seq < cut).collect::<Vec<_>>(), before.collect::<Vec<_>>());
    assert!(opened.notices.contains(&(network, life.first_notice)), "what was said before stays readable");
    opened.after(network, cut, life.epoch_at_the_cut)
}

#[test]
fn who_was_taken_out_opens_nothing_that_came_after_with_all_it_ever_held_and_the_relays_database() {
    let _alone = alone();
    let life = honest();
    assert_eq!(after_the_removal(life), Opened::default());
    let stayed = attempt::of(&life.database, &Held::by([&life.stayed]));
    assert_eq!(stayed.records_of(life.network).collect::<Vec<_>>(), life.records(), "whoever stayed opens all of it");
    assert_eq!(stayed.notices.len(), 2);
    assert_eq!(stayed.keys.len(), life.epochs(), "every key there ever was");
    let returned = attempt::of(&life.database, &Held::by([&life.returned]));
    assert_eq!(returned.records_of(life.network).collect::<Vec<_>>(), life.records(), "who came back reads again");

    let leak = Planted::Onward.everywhere(|| after_the_removal(&Life::live()));
    assert!(!leak.records.is_empty(), "and if the next key could be found by the old one, it would be seen");
}

/// What the service's steward opens of the network, with the keys of a ghost that it has asked in itself.
fn as_steward(life: &Life) -> Opened {
    let held = Held::by([&life.steward, &life.ghost]).with_links(&life.stewards_links);
    let opened = attempt::of(&life.database, &held);
    assert!(opened.records_of(life.service).count() > 0, "it opens the service's own room");
    opened.only(life.network)
}

#[test]
fn a_steward_opens_nothing_of_the_whole_life_of_a_network() {
    let _alone = alone();
    assert_eq!(as_steward(honest()), Opened::default());
    let leak = Planted::Grant.everywhere(|| as_steward(&Life::live()));
    assert!(!leak.records.is_empty(), "and if its ghost were given the key without a tap, it would be seen");
}

/// What the operator opens, of whichever room.
fn as_operator(life: &Life) -> Opened {
    attempt::of(&life.database, &Held::default().with_links(core::slice::from_ref(&life.set_up_link)))
}

#[test]
fn the_operator_opens_nothing_of_any_room() {
    let _alone = alone();
    assert_eq!(as_operator(honest()), Opened::default());
    let leak = Planted::Published.everywhere(|| as_operator(&Life::live()));
    assert!(leak.records.len() > 1, "and if keys were published, it would be seen");
}
