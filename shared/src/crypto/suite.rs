//! HPKE as it is used here (RFC 9180): base mode, one text a key, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305. Knows neither what is sealed nor why; [`super::grant`] and [`super::notice`] do.

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256,
};
use x25519_dalek::StaticSecret;

use super::{Entropy, entropy::AsRng, keys::SealKey, sealed::DoesNotOpen};
use crate::secret::SecretBytes;

type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// A key that HPKE does not take: nothing can be sealed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoKey;

/// Seals a text to a key; gives the encapsulated key and the sealed text with its tag.
pub(super) fn seal(
    to: SealKey,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
    entropy: &mut (impl Entropy + ?Sized),
) -> Result<([u8; 32], Vec<u8>), NoKey> {
    let public = PublicKey::from_bytes(&to.0).map_err(|_| NoKey)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        plain,
        aad,
        &mut AsRng(entropy),
    )
    .map_err(|_| NoKey)?;
    Ok((encapsulated.to_bytes().into(), ciphertext))
}

/// Opens what [`seal`] sealed.
pub(super) fn open(
    secret: &StaticSecret,
    info: &[u8],
    aad: &[u8],
    encapsulated: &[u8; 32],
    ciphertext: &[u8],
) -> Result<SecretBytes, DoesNotOpen> {
    let secret = PrivateKey::from_bytes(secret.as_bytes()).map_err(|_| DoesNotOpen)?;
    let encapsulated = Encapsulated::from_bytes(encapsulated).map_err(|_| DoesNotOpen)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapsulated,
        info,
        ciphertext,
        aad,
    )
    .map(SecretBytes::from)
    .map_err(|_| DoesNotOpen)
}
