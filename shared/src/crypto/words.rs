//! Check words: what two people read to each other on the phone to know that no stranger slipped in between.

use super::{Hash, keys::Certificate};

/// 256 nouns spelt alike in bokmål and nynorsk, one a line: eight bits a word.
const WORDS: &str = include_str!("words.txt");

/// How many words are shown: 48 bits, far more keys than anybody can make while a family waits to be let in.
pub const COUNT: usize = 6;

/// The check words of a device: the same on the joiner's screen and on the screen of whoever lets in.
#[must_use]
pub fn check_words(certificate: &Certificate) -> Vec<String> {
    let hash = Hash::of(
        "grend 2026 check words v1",
        &[certificate.person.as_bytes(), certificate.device.as_bytes(), &certificate.seal_key.0],
    );
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
        let one = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy).certificate();
        let two = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy).certificate();
        assert_eq!(check_words(&one).len(), COUNT);
        assert_ne!(check_words(&one), check_words(&two));
        golden("check_words_v1", check_words(&one).join(" ").as_bytes());
    }
}
