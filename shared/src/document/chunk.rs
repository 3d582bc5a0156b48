//! A change's bytes, looked over before Automerge reads them. Automerge unpacks run-length columns value by value, with
//! counts, lengths and counters as they stand: sixty bytes can keep it busy for minutes, ask for a gigabyte, or hold a
//! number it panics on. What passes here is a plain chunk of few, small values in the columns our own writer fills.
//!
//! The layout: <https://automerge.org/automerge-binary-format-spec/>, change chunks.

use super::{MAX_CHANGE, MAX_OPS};

/// The most values one column may hold: as many as there are writes, and some more for what they supersede.
const MAX_VALUES: usize = 4 * MAX_OPS;
/// Counters above are not met in the life of a room, and far from where Automerge's own end (`u32`).
pub(super) const MAX_COUNTER: i64 = 1 << 30;
/// The last second a clock in a browser can show, before and after 1970 (ECMA-262, time values).
pub(super) const MAX_TIME: i64 = 8_640_000_000_000;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const PLAIN_CHANGE: u8 = 1;
const ACTOR: usize = 16;
const HASH: usize = 32;

/// The columns of a change by their specification: id, type, never deflated.
mod column {
    pub(super) const OBJECT_ACTOR: i64 = 0x01;
    pub(super) const OBJECT_COUNTER: i64 = 0x02;
    pub(super) const KEY_ACTOR: i64 = 0x11;
    pub(super) const KEY_COUNTER: i64 = 0x13;
    pub(super) const KEY_TEXT: i64 = 0x15;
    pub(super) const INSERT: i64 = 0x34;
    pub(super) const ACTION: i64 = 0x42;
    pub(super) const VALUE_META: i64 = 0x56;
    pub(super) const VALUE: i64 = 0x57;
    pub(super) const PREVIOUS: i64 = 0x70;
    pub(super) const PREVIOUS_ACTOR: i64 = 0x71;
    pub(super) const PREVIOUS_COUNTER: i64 = 0x73;
}

/// Whether bytes are one uncompressed change chunk that Automerge reads in time and memory within the limits.
pub(super) fn is_bounded(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_CHANGE && scan(bytes).is_some()
}

fn scan(bytes: &[u8]) -> Option<()> {
    let mut input = Input(bytes);
    holds(input.take(MAGIC.len())? == MAGIC)?;
    input.take(4)?; // The checksum; it is compared when the change is written anew.
    holds(input.take(1)? == [PLAIN_CHANGE])?;
    holds(input.size()? == input.0.len())?;
    let deps = input.size()?;
    input.take(deps * HASH)?;
    input.actor()?;
    let (seq, start) = (input.number()?, input.number()?);
    holds((1..=MAX_COUNTER).contains(&seq) && (1..=MAX_COUNTER).contains(&start))?;
    holds((-MAX_TIME..=MAX_TIME).contains(&input.signed()?))?;
    holds(input.size()? == 0)?; // No message.
    let others = input.size()?;
    for _ in 0..others {
        input.actor()?;
    }
    columns(&mut input, i64::try_from(others).ok()?)?;
    holds(input.0.is_empty())
}

fn columns(input: &mut Input<'_>, others: i64) -> Option<()> {
    let count = input.size()?;
    let heads: Vec<_> = (0..count).map(|_| Some((input.number()?, input.size()?))).collect::<Option<_>>()?;
    holds(heads.is_sorted_by(|(a, _), (b, _)| a < b))?;
    let mut value_bytes = 0;
    let mut values = 0;
    for (specification, len) in heads {
        let data = Input(input.take(len)?);
        match specification {
            column::OBJECT_ACTOR | column::PREVIOUS_ACTOR => data.runs_within(others)?,
            column::OBJECT_COUNTER => data.runs_within(MAX_COUNTER)?,
            // Keys are texts: nothing here has lists.
            column::KEY_ACTOR | column::KEY_COUNTER => holds(len == 0)?,
            column::KEY_TEXT => data.runs(Input::text, |()| Some(()))?,
            column::INSERT => data.flags()?,
            column::ACTION => data.runs_within(MAX_COUNTER)?,
            column::VALUE_META => value_bytes = data.value_lengths()?,
            column::VALUE => values = len,
            column::PREVIOUS => data.runs_within(i64::try_from(MAX_VALUES).ok()?)?,
            column::PREVIOUS_COUNTER => data.deltas()?,
            _ => return None,
        }
    }
    holds(value_bytes == values)
}

fn holds(condition: bool) -> Option<()> {
    condition.then_some(())
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// An unsigned LEB128 number; those that only `u64` can hold are none.
    fn number(&mut self) -> Option<i64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = *self.take(1)?.first()?;
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A signed LEB128 number of at most 63 bits.
    fn signed(&mut self) -> Option<i64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = *self.take(1)?.first()?;
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let unused = 64 - 7 - shift;
                return Some(if byte & 0x40 == 0 { number } else { number << unused >> unused });
            }
        }
        None
    }

    /// How many bytes or things follow: never more than a change has bytes.
    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|size| *size <= MAX_CHANGE)
    }

    fn actor(&mut self) -> Option<()> {
        holds(self.size()? == ACTOR)?;
        self.take(ACTOR).map(drop)
    }

    fn text(&mut self) -> Option<()> {
        let len = self.size()?;
        self.take(len).map(drop)
    }

    /// Reads a run-length column to its end: `read` once for each value that is written out, `each` for each it
    /// stands for.
    fn runs<T: Copy>(
        mut self,
        read: impl Fn(&mut Self) -> Option<T>,
        mut each: impl FnMut(T) -> Option<()>,
    ) -> Option<()> {
        let mut total = 0;
        while !self.0.is_empty() {
            let count = self.signed()?;
            let len = if count == 0 { self.size()? } else { usize::try_from(count.checked_abs()?).ok()? };
            total += len.min(MAX_VALUES + 1);
            holds(total <= MAX_VALUES)?;
            if count > 0 {
                let value = read(&mut self)?;
                (0..len).try_for_each(|_| each(value))?;
            } else if count < 0 {
                (0..len).try_for_each(|_| each(read(&mut self)?))?;
            }
        }
        Some(())
    }

    fn runs_within(self, max: i64) -> Option<()> {
        self.runs(Self::number, |value| holds(value <= max))
    }

    /// Counters as differences, each from the one before.
    fn deltas(self) -> Option<()> {
        let mut counter = 0i64;
        self.runs(Self::signed, |delta| {
            counter = counter.checked_add(delta)?;
            holds((0..=MAX_COUNTER).contains(&counter))
        })
    }

    /// Kinds and lengths of values: nothing, flags and texts are all we write. Gives the sum of the lengths.
    fn value_lengths(self) -> Option<usize> {
        const LAST_FLAG: i64 = 2;
        const TEXT: i64 = 6;
        let mut sum = 0;
        self.runs(Self::number, |meta| {
            let (kind, len) = (meta & 0x0f, usize::try_from(meta >> 4).ok()?);
            holds(kind == TEXT || kind <= LAST_FLAG && len == 0)?;
            sum += len.min(MAX_CHANGE + 1);
            holds(sum <= MAX_CHANGE)
        })?;
        Some(sum)
    }

    /// Lengths of runs of no and yes in turn.
    fn flags(mut self) -> Option<()> {
        let mut total = 0;
        while !self.0.is_empty() {
            total += self.size()?;
            holds(total <= MAX_VALUES)?;
        }
        Some(())
    }
}
