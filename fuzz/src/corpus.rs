//! What is kept of what was found: one input a line, in hex, one file a target. What once broke something goes there by
//! hand; what reached a place nothing else had reached, `cargo xtask soak` adds.

use std::{fs, io, path::PathBuf};

use crate::Target;

/// Above that an input is not kept: the honest ones are there already, and reviews read these files.
const LONGEST: usize = 1_024;
/// The most that is kept of a target.
const MOST: usize = 64;

fn file(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name).with_extension("hex")
}

/// What honest devices give the target, and what is kept.
///
/// # Panics
/// If the file cannot be read as what it is.
#[must_use]
pub fn of(target: &Target) -> Vec<Vec<u8>> {
    let kept = fs::read_to_string(file(target)).unwrap_or_default();
    let kept = kept.lines().map(|line| from_hex(line).unwrap_or_else(|| panic!("{}: a line is no hex", target.name)));
    (target.seeds)().into_iter().chain(kept).collect()
}

/// Keeps these beside what is kept, the shortest first.
///
/// # Errors
/// The disk's.
pub fn keep(target: &Target, found: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let seeds = (target.seeds)();
    let mut kept = of(target);
    kept.extend(found);
    kept.retain(|input| input.len() <= LONGEST && !seeds.contains(input));
    kept.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    kept.dedup();
    // From all lengths alike.
    let every = kept.len().div_ceil(MOST).max(1);
    let lines: String = kept.iter().step_by(every).map(|input| to_hex(input) + "\n").collect();
    fs::write(file(target), lines)
}

/// Two digits a byte.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(line: &str) -> Option<Vec<u8>> {
    let digits = line.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    digits.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
