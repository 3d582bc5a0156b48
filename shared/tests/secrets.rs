//! Whatever holds a secret prints stars, is wiped when it is dropped, and tells nobody. The table is held whole by
//! `cargo xtask check secrets`: each type that is wiped stands here.

use grend_shared::{
    crypto::{
        DeviceKeys, Entropy, Secret,
        grant::EpochKey,
        keys::SignKey,
        links::{DeviceCode, InviteSecret, SetUpToken},
    },
    ids::{PersonId, RoomId},
    secret::{SecretBytes, SecretText},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 0xa7: a byte that no id here has.
const BYTE: u8 = 0xa7;

struct Same;

impl Entropy for Same {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(BYTE);
    }
}

/// Wiped when it is dropped, by its type; and its stars say nothing, whatever form is asked for.
fn is_secret<T: ZeroizeOnDrop + core::fmt::Debug>(secret: &T, held: &[u8]) {
    let hex: String = held.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = String::from_utf8_lossy(held);
    for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{secret:x?}")] {
        assert!(shown.contains("****"), "{shown}");
        assert!(!shown.contains(text.as_ref()) && !shown.contains(&hex[..8]), "{shown}");
        // Bytes as a list, in either number.
        for listed in [format!("{BYTE}, "), format!("{BYTE:x}, "), format!("{BYTE},\n")] {
            assert!(!shown.contains(&listed), "{shown}");
        }
    }
}

// SEC-1.
#[test]
fn every_secret_prints_stars_and_is_wiped() {
    let room = RoomId::from_bytes([3; 32]);
    let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Same);
    let held = [BYTE; 32];
    is_secret::<Secret<32>>(&Secret::new(held), &held);
    is_secret::<SecretText>(&SecretText::from("abcdefgh"), b"abcdefgh");
    is_secret::<SecretBytes>(&SecretBytes::from(held.to_vec()), &held);
    is_secret::<SignKey>(&SignKey::from_seed(&Secret::new(held)), &held);
    is_secret::<DeviceKeys>(&keys, &held);
    is_secret::<EpochKey>(&EpochKey::from_bytes(held), &held);
    is_secret::<InviteSecret>(&InviteSecret::generate(room, &mut Same), &held);
    is_secret::<SetUpToken>(&SetUpToken::generate(&mut Same), &held);
    let code = keys.code();
    is_secret::<DeviceCode>(&code, code.to_text().expose().as_bytes());
}

#[test]
fn what_is_wiped_is_gone() {
    let (mut secret, mut text) = (Secret::new([BYTE; 32]), SecretText::from("abcdefgh"));
    let mut bytes = SecretBytes::from(vec![BYTE; 100]);
    secret.zeroize();
    text.zeroize();
    bytes.zeroize();
    assert_eq!((secret.expose(), text.expose(), bytes.expose()), (&[0; 32], "", [].as_slice()));
}

#[test]
fn secrets_are_the_same_or_not_wherever_they_differ() {
    assert_eq!(Secret::new([1, 2, 3]), Secret::new([1, 2, 3]));
    for other in [[0, 2, 3], [1, 0, 3], [1, 2, 0]] {
        assert_ne!(Secret::new([1, 2, 3]), Secret::new(other));
    }
}
