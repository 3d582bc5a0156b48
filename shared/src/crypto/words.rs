//! Check words: what two people read to each other on the phone to know that no stranger slipped in between.

use super::{
    Hash,
    keys::{Half, SealKey},
};
use crate::ids::{DeviceId, PersonId, RoomId};

/// 256 nouns spelt alike in bokmål and nynorsk, one a line: eight bits a word.
const WORDS: &str = include_str!("words.txt");

/// How many words are shown: 64 bits.
pub const COUNT: usize = 8;

/// How often the hash behind the words is hashed again. Whoever looks for other keys with the same words needs 2^64 tries
/// of 2^12 hashes each, for this one room: what is read aloud can not be made to fit.
const ROUNDS: u32 = 1 << 12;

/// The check words of a person's device: the same on the joiner's screen and on the screen of whoever lets in.
#[must_use]
pub fn check_words(room: RoomId, person: PersonId, device: DeviceId, seal_key: SealKey) -> Vec<String> {
    let parts: [&[u8]; 4] = [room.as_bytes(), person.as_bytes(), device.as_bytes(), &seal_key.0];
    words(Hash::of("grend 2026 check words v2", &parts))
}

/// The check words of a new device: the same on its own screen and on the screen of the one that adds it.
#[must_use]
pub fn device_words(half: &Half) -> Vec<String> {
    words(Hash::of("grend 2026 device check words v2", &[half.device.as_bytes(), &half.seal_key.0]))
}

fn words(hash: Hash) -> Vec<String> {
    let round = |hash: Hash, _| Hash::of("grend 2026 check words round v2", &[hash.as_bytes()]);
    (0..ROUNDS)
        .fold(hash, round)
        .as_bytes()
        .iter()
        .take(COUNT)
        .filter_map(|byte| WORDS.lines().nth(usize::from(*byte)))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        crypto::{DeviceKeys, entropy::tests_support::Counting, golden},
        ids::PersonId,
    };

    #[test]
    fn there_are_256_different_words() {
        assert_eq!(WORDS.lines().collect::<BTreeSet<_>>().len(), 256);
        assert!(WORDS.lines().all(|word| word.chars().all(char::is_lowercase)));
    }

    #[test]
    fn every_device_has_words_of_its_own_in_each_room() {
        let entropy = &mut Counting::default();
        let one = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let two = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let at = |room, keys: &DeviceKeys| {
            check_words(RoomId::from_bytes([room; 32]), keys.person(), keys.device(), keys.seal_key())
        };
        let of = |keys| at(1, keys);
        assert_eq!(of(&one).len(), COUNT);
        assert_ne!(of(&one), of(&two));
        assert_ne!(of(&one), at(2, &one), "nor are they those of another room");
        assert_ne!(of(&one), device_words(&one.code().half), "the words of one question are not those of another");
        golden("check_words_v2", of(&one).join(" ").as_bytes());
        golden("device_words_v2", device_words(&one.code().half).join(" ").as_bytes());
    }
}
