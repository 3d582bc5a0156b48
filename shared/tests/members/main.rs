//! Rooms in which anything happens: admins, stewards and families let each other in, take each other out, turn keys and
//! write, on devices that are often away. The rules are the shipped ones; the devices and the relay round them are as
//! small as they can be, so that a great many rooms can be tried. What has to hold is asked of a second account of the
//! rules, written for this alone ([`oracle`]), and of the keys themselves ([`ends`]).

#![expect(clippy::print_stdout, reason = "how much was tried belongs to the result")]

mod device;
#[path = "../support/dice.rs"]
mod dice;
mod ends;
mod oracle;
mod relay;
mod search;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, Instant},
};

use grend_shared::planted::Planted;
use world::{Tally, World};

/// Plays one room to its end and asks whether all holds.
fn room(seed: u64) -> Tally {
    let mut world = World::begin(seed);
    world.play();
    world.come_to_rest();
    ends::check(&world);
    world.tally
}

/// Runs seeds on two threads until the time or their number is up. A seed that fails is printed.
fn many(first: u64, count: u64, time: Duration) -> Tally {
    let until = Instant::now() + time;
    let lane = |lane: u64| {
        let mut tally = Tally::default();
        for seed in (first + lane..first + count).step_by(2) {
            if Instant::now() >= until {
                break;
            }
            match catch_unwind(|| room(seed)) {
                Ok(of_one) => tally.add(&of_one),
                Err(_) => panic!("seed {seed} fails: see the panic above"),
            }
        }
        tally
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| lane(1));
        let mut tally = lane(0);
        tally.add(&other.join().expect("the other half holds"));
        tally
    })
}

/// MEM-1. `GREND_MEMBER_ROOMS` and `GREND_MEMBER_FROM` ask for more than a test run has time for.
#[test]
fn whatever_happens_the_right_ones_hold_the_key_and_nothing_is_lost() {
    let asked = |name| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let first = asked("GREND_MEMBER_FROM").unwrap_or(1);
    let (count, time) = match asked("GREND_MEMBER_ROOMS") {
        Some(count) => (count, Duration::MAX / 4),
        None => (u64::MAX / 2, Duration::from_secs(60)),
    };
    let tally = many(first, count, time);
    println!("{tally:?}");
    assert!(tally.rooms > 0);
    assert!(
        tally.cut_while_away * 10 >= tally.rooms * 3,
        "too few rooms in which somebody is taken out while others write"
    );
    assert!(tally.returned > 0 && tally.withdrawn > 0 && tally.roles > 0 && tally.notices > 0, "{tally:?}");
}

/// MEM-2.
#[test]
fn each_fault_put_into_the_rules_is_found() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let found = Planted::RULES.map(|fault| {
        (1..2_000u64).find(|seed| catch_unwind(AssertUnwindSafe(|| fault.during(|| room(*seed)))).is_err())
    });
    std::panic::set_hook(hook);
    for (fault, seed) in Planted::RULES.into_iter().zip(found) {
        println!("{fault:?}: found by seed {seed:?}");
        assert!(seed.is_some(), "{fault:?} is not found");
    }
}
