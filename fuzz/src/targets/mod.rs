//! What is given bytes, a file for each part of `shared`. Each takes anything; what reads nothing but what has a right
//! check sum, signature or frame is given that too, made right round the bytes. A target may know what honest devices
//! send, and nothing of who calls it. Start with [`TARGETS`].

mod changes;
mod frames;
mod links;
mod log;
mod rows;
mod sealed;
mod texts;

use std::hint::black_box;

use crate::Target;

/// What a reader takes that allocates nothing but what it read.
const LITTLE: usize = 64 * 1024;
/// A document and its copies, a room with its members; or lists that promise much, for each of which serde puts aside up
/// to 1 MiB.
const SOME: usize = 4 * 1024 * 1024;

/// All of them.
pub const TARGETS: [Target; 12] = [
    Target { name: "frames-to-relay", run: frames::to_relay, seeds: frames::seeds_to_relay, memory: LITTLE },
    Target { name: "frames-from-relay", run: frames::from_relay, seeds: frames::seeds_from_relay, memory: LITTLE },
    Target { name: "engine", run: frames::engine, seeds: frames::seeds_from_relay, memory: SOME },
    Target { name: "entry", run: log::entry, seeds: log::seeds_entry, memory: LITTLE },
    Target { name: "membership", run: log::membership, seeds: log::seeds_membership, memory: SOME },
    Target { name: "record", run: log::record, seeds: log::seeds_record, memory: LITTLE },
    Target { name: "sealed", run: sealed::sealed, seeds: sealed::seeds, memory: LITTLE },
    Target { name: "links", run: links::links, seeds: links::seeds, memory: LITTLE },
    Target { name: "rows", run: rows::rows, seeds: rows::seeds, memory: SOME },
    Target { name: "packed", run: rows::packed, seeds: rows::seeds_packed, memory: SOME },
    Target { name: "changes", run: changes::changes, seeds: changes::seeds, memory: SOME },
    Target { name: "texts", run: texts::texts, seeds: texts::seeds, memory: LITTLE },
];

/// Takes a number below `bound` off the front, for a target that has something to choose.
fn choose(input: &[u8], bound: usize) -> (usize, &[u8]) {
    let (first, rest) = input.split_first().unwrap_or((&0, &[]));
    (usize::from(*first) % bound.max(1), rest)
}

/// What [`choose`] reads.
fn chosen(at: usize, rest: &[u8]) -> Vec<u8> {
    [&[u8::try_from(at % 256).unwrap_or(0)], rest].concat()
}

/// Whatever came of it: that it came to an end is all there is to say.
fn tried(outcome: impl Sized) {
    black_box(outcome);
}
