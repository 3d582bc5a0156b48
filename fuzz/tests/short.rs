//! WIRE-2, WIRE-7: each target for a few seconds, without libFuzzer. It begins with what honest devices send and what is
//! kept, and is the same every time but for how far it comes.

#![expect(clippy::print_stdout, reason = "how much was tried belongs to the result")]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use grend_fuzz::{Chance, TARGETS, Target, corpus, mutate::mutate};

/// Memory is counted for the whole process, so the tests of this file take turns.
static TURN: Mutex<()> = Mutex::new(());

/// For each target.
const TIME: Duration = Duration::from_millis(2_500);

#[test]
fn whatever_bytes_arrive_are_taken_or_refused_without_panic_or_great_memory() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for target in &TARGETS {
        let known = corpus::of(target);
        assert!(!known.is_empty(), "{} has nothing to begin with", target.name);
        target.warm_up();
        known.iter().for_each(|input| holds(target, input));
        let (mut chance, mut tried) = (Chance::new(1), 0);
        let until = Instant::now() + TIME;
        while Instant::now() < until {
            holds(target, &mutate(&known, &mut chance));
            tried += 1;
        }
        println!("{}: {} known, {tried} tried", target.name, known.len());
        assert!(tried > 20, "{}: too slow to find anything", target.name);
    }
}

fn holds(target: &Target, input: &[u8]) {
    let held = catch_unwind(AssertUnwindSafe(|| target.check(input)));
    assert!(
        held.is_ok(),
        "{} fails, see above. To keep it, a line of fuzz/corpus/{}.hex:\n{}",
        target.name,
        target.name,
        corpus::to_hex(input)
    );
}

#[test]
fn every_honest_input_is_read() {
    use grend_fuzz::life::{LIFE, NETWORK};
    use grend_shared::{
        membership::Entry,
        protocol::{self, FromDevice, FromRelay},
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(LIFE.to_relay.iter().all(|it| protocol::decode::<FromDevice>(it).is_ok_and(|frames| !frames.is_empty())));
    assert!(LIFE.from_relay.iter().all(|it| protocol::decode::<FromRelay>(it).is_ok_and(|frames| !frames.is_empty())));
    assert!(NETWORK.iter().all(|(_, _, entry)| Entry::parse(entry.as_bytes().to_vec()).is_ok()));
    assert!(NETWORK.len() > 7 && NETWORK.last().is_some_and(|(_, ring, _)| !ring.is_empty()), "the life is whole");
    assert_eq!(protocol::decode::<FromDevice>(&vec![0; 2 * 1024 * 1024]), Err(protocol::BadMessage::TooLong));
}
