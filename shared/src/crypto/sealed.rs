//! Symmetric sealing: XChaCha20-Poly1305 with a random nonce in front, and padding that hides lengths.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use super::{Entropy, Secret, entropy::random};

/// A sealed text that does not open: another key, other associated data, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not open under this key")]
pub struct DoesNotOpen;

/// Length of the nonce in front.
pub const NONCE_LEN: usize = 24;

/// Seals under a given nonce, which must never be used twice with one key. The nonce is not part of the result.
#[must_use]
pub fn seal_with_nonce(key: &Secret<32>, nonce: &[u8; NONCE_LEN], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.expose().into())
        .encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad })
        .expect("a text of less than 256 GiB can be sealed")
}

/// Opens what [`seal_with_nonce`] sealed.
///
/// # Errors
/// [`DoesNotOpen`].
pub fn open_with_nonce(
    key: &Secret<32>,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, DoesNotOpen> {
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad })
        .map_err(|_| DoesNotOpen)
}

/// Seals under a random nonce, which stands in front of the result.
pub fn seal(key: &Secret<32>, aad: &[u8], plain: &[u8], entropy: &mut (impl Entropy + ?Sized)) -> Vec<u8> {
    let nonce = random::<NONCE_LEN>(entropy);
    let mut sealed = nonce.to_vec();
    sealed.extend(seal_with_nonce(key, &nonce, aad, plain));
    sealed
}

/// Opens what [`seal`] sealed.
///
/// # Errors
/// [`DoesNotOpen`].
pub fn open(key: &Secret<32>, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(DoesNotOpen)?;
    open_with_nonce(key, nonce, aad, sealed)
}

/// The smallest padded text: most acts look alike.
pub const PADDING_FLOOR: usize = 512;

/// The Padmé length for a text (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", 2019): at most
/// 12 % longer, and only O(log log n) bits of the length leak. Never below [`PADDING_FLOOR`].
#[must_use]
pub const fn padded_len(len: usize) -> usize {
    if len <= PADDING_FLOOR {
        return PADDING_FLOOR;
    }
    let exponent = len.ilog2();
    let mantissa_bits = exponent.ilog2() + 1;
    let mask = (1usize << (exponent - mantissa_bits)) - 1;
    (len + mask) & !mask
}

/// Puts the length in front and zeros behind.
#[must_use]
pub fn pad(plain: &[u8]) -> Vec<u8> {
    let mut padded = super::Writer::new().bytes(plain).finish();
    padded.resize(padded_len(padded.len()), 0);
    padded
}

/// Takes the padding off again.
///
/// # Errors
/// [`super::Malformed`] when the length in front is impossible or the padding is not zeros.
pub fn unpad(padded: &[u8]) -> Result<&[u8], super::Malformed> {
    let mut reader = super::Reader::new(padded);
    let plain = reader.bytes(padded.len())?;
    let rest = reader.take(reader.left())?;
    if rest.iter().all(|byte| *byte == 0) { Ok(plain) } else { Err(super::Malformed::Trailing) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::entropy::tests_support::Counting;

    #[test]
    fn padding_comes_off_and_costs_little() {
        for len in [0, 1, 507, 508, 509, 1_000, 4_096, 100_000] {
            let plain = vec![7; len];
            let padded = pad(&plain);
            assert_eq!(unpad(&padded), Ok(plain.as_slice()));
            assert!(padded.len() <= PADDING_FLOOR.max((len + 4) * 112 / 100 + 1), "{len} became {}", padded.len());
        }
        assert_eq!(pad(b"ja").len(), pad(b"nei, vi kan ikke komme").len());
    }

    #[test]
    fn another_key_or_place_does_not_open() {
        let key = Secret::new([1; 32]);
        let sealed = seal(&key, b"here", b"text", &mut Counting::default());
        assert_eq!(open(&key, b"here", &sealed), Ok(b"text".to_vec()));
        assert_eq!(open(&key, b"there", &sealed), Err(DoesNotOpen));
        assert_eq!(open(&Secret::new([2; 32]), b"here", &sealed), Err(DoesNotOpen));
        assert_eq!(open(&key, b"here", &sealed[..10]), Err(DoesNotOpen));
    }
}
