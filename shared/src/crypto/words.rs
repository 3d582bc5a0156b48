//! Check words: what two people read to each other on the phone to know that no stranger slipped in between.

use super::{
    Hash,
    keys::{Half, SealKey},
};
use crate::ids::{DeviceId, PersonId};

/// 256 nouns spelt alike in bokmål and nynorsk, one a line: eight bits a word.
const WORDS: &str = include_str!("words.txt");

/// How many words are shown: 48 bits, far more keys than anybody can make while a family waits to be let in.
pub const COUNT: usize = 6;

/// The check words of a person's device: the same on the joiner's screen and on the screen of whoever lets in.
#[must_use]
pub fn check_words(person: PersonId, device: DeviceId, seal_key: SealKey) -> Vec<String> {
    words(Hash::of("grend 2026 check words v1", &[person.as_bytes(), device.as_bytes(), &seal_key.0]))
}

/// The check words of a new device: the same on its own screen and on the screen of the one that adds it.
#[must_use]
pub fn device_words(half: &Half) -> Vec<String> {
    words(Hash::of("grend 2026 device check words v1", &[half.device.as_bytes(), &half.seal_key.0]))
}

fn words(hash: Hash) -> Vec<String> {
    hash.as_bytes()
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
    fn every_device_has_six_words_of_its_own() {
        let entropy = &mut Counting::default();
        let one = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let two = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let of = |keys: &DeviceKeys| check_words(keys.person(), keys.device(), keys.seal_key());
        assert_eq!(of(&one).len(), COUNT);
        assert_ne!(of(&one), of(&two));
        assert_ne!(of(&one), device_words(&one.code().half), "the words of one question are not those of another");
        golden("check_words_v1", of(&one).join(" ").as_bytes());
        golden("device_words_v1", device_words(&one.code().half).join(" ").as_bytes());
    }
}
