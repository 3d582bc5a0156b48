//! Honest bytes with a few changed, cut, doubled, mixed with others, or with an enormous length written into them.

use crate::Chance;

/// No longer than a relay takes messages, but for a little: what is longer is refused unread.
const MOST: usize = 8 * 1024;

/// What stands at the edges of the layouts: CBOR heads with huge lengths, packed numbers of the largest and least, the
/// largest counts, base64 and times as text.
const EDGES: [&[u8]; 16] = [
    &[0x9a, 0xff, 0xff, 0xff, 0xff],
    &[0xba, 0xff, 0xff, 0xff, 0xff],
    &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f],
    &[0xff, 0xff, 0xff, 0xff, 0x07],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
    &[0xff, 0xff],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0, 0],
    &[0xf6],
    b"#",
    b"-_",
    b"9999-12-31T23:59/24:00",
];

/// Bytes made of one of these, or of two.
pub fn mutate(from: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = chance.pick(from).cloned().unwrap_or_default();
    for _ in 0..=chance.below(5) {
        once(&mut bytes, from, chance);
    }
    bytes.truncate(MOST);
    bytes
}

fn once(bytes: &mut Vec<u8>, from: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    let some = 1 + chance.below(8);
    let end = (at + some).min(bytes.len());
    match chance.below(9) {
        0 => set(bytes, at, |_| 0, chance),
        1 => set(bytes, at, |chance| chance.below(256), chance),
        2 => add(bytes, at, chance),
        3 => flip(bytes, at, chance),
        4 => drop(bytes.drain(at..end)),
        5 => {
            let doubled = bytes[at..end].to_vec();
            bytes.splice(at..at, doubled);
        }
        6 => {
            let edge = chance.pick(&EDGES).copied().unwrap_or_default();
            // Over what stands there, or between.
            let end = if chance.below(2) == 0 { at } else { (at + edge.len()).min(bytes.len()) };
            bytes.splice(at..end, edge.iter().copied());
        }
        7 => bytes.truncate(at),
        _ => {
            let other = chance.pick(from).cloned().unwrap_or_default();
            let start = chance.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[start..]);
        }
    }
}

fn set(bytes: &mut [u8], at: usize, to: fn(&mut Chance) -> usize, chance: &mut Chance) {
    let to = u8::try_from(to(chance)).unwrap_or(0);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = to;
    }
}

fn add(bytes: &mut [u8], at: usize, chance: &mut Chance) {
    let by = if chance.below(2) == 0 { 1 } else { 255 };
    if let Some(byte) = bytes.get_mut(at) {
        *byte = byte.wrapping_add(by);
    }
}

fn flip(bytes: &mut [u8], at: usize, chance: &mut Chance) {
    let bit = chance.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
}
