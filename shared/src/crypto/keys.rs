//! What a device holds, and what it signs with.

use core::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::ZeroizeOnDrop;

use super::{Entropy, Malformed, Reader, Secret, Writer, derive, entropy::random, links::DeviceCode};
use crate::{
    ids::{DeviceId, PersonId},
    secret::SecretBytes,
};

/// An Ed25519 signature (RFC 8032), 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

impl<C> minicbor::Encode<C> for Signature {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Signature {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes =
            d.bytes()?.try_into().map_err(|_| minicbor::decode::Error::message("a signature of the wrong length"))?;
        Ok(Self(bytes))
    }
}

/// A signature that does not fit its key and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// Checks a signature strictly (no small-order keys, canonical scalars). `purpose` keeps signatures apart.
///
/// # Errors
/// [`BadSignature`].
pub fn verify(
    key: &[u8; 32],
    purpose: &'static str,
    message: &[u8],
    signature: &Signature,
) -> Result<(), BadSignature> {
    verify_message(key, &with_purpose(purpose, message), signature)
}

/// Checks a signature over exactly these bytes.
pub(super) fn verify_message(key: &[u8; 32], message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| BadSignature)?;
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(message, &signature).map_err(|_| BadSignature)
}

fn with_purpose(purpose: &'static str, message: &[u8]) -> Vec<u8> {
    Writer::new().fixed(purpose.as_bytes()).u8(0).fixed(message).finish()
}

/// A signing key: a device's, an invitation's or a relay's.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SignKey(SigningKey);

impl SignKey {
    /// The key of a 32-byte seed.
    #[must_use]
    pub fn from_seed(seed: &Secret<32>) -> Self {
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message for one purpose.
    #[must_use]
    pub fn sign(&self, purpose: &'static str, message: &[u8]) -> Signature {
        self.sign_message(&with_purpose(purpose, message))
    }

    /// Signs exactly these bytes.
    pub(super) fn sign_message(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignKey(****)")
    }
}

/// A device's X25519 public key: what room keys are sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealKey(pub [u8; 32]);

impl SealKey {
    /// Refuses points of low order (RFC 7748, section 6.1): nothing can be sealed to them, so that whoever has one
    /// would keep everybody from making the next key.
    pub(super) fn check(self) -> Result<(), BadSignature> {
        let shared = StaticSecret::from([1; 32]).diffie_hellman(&PublicKey::from(self.0));
        if shared.was_contributory() { Ok(()) } else { Err(BadSignature) }
    }
}

/// A device's statement, made once and good for every room: "these two keys are one device of this person".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// The person.
    pub person: PersonId,
    /// The signing key.
    pub device: DeviceId,
    /// The key that room keys are sealed to.
    pub seal_key: SealKey,
    /// By the signing key.
    pub signature: Signature,
}

const CERTIFICATE: &str = "grend device certificate v1";

impl Certificate {
    fn message(person: PersonId, device: DeviceId, seal_key: SealKey) -> Vec<u8> {
        Writer::new().fixed(person.as_bytes()).fixed(device.as_bytes()).fixed(&seal_key.0).finish()
    }

    /// Checks the device's own signature, and that keys can be sealed to it.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self) -> Result<(), BadSignature> {
        self.seal_key.check()?;
        let message = Self::message(self.person, self.device, self.seal_key);
        verify(self.device.as_bytes(), CERTIFICATE, &message, &self.signature)
    }
}

/// A new device's half of what adds it to a person: made before it knows whose it will be, good for every room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Half {
    /// The signing key.
    pub device: DeviceId,
    /// The key that room keys are sealed to.
    pub seal_key: SealKey,
    /// By the signing key.
    pub signature: Signature,
}

const HALF: &str = "grend device half v1";

impl Half {
    fn message(device: DeviceId, seal_key: SealKey) -> Vec<u8> {
        Writer::new().fixed(device.as_bytes()).fixed(&seal_key.0).finish()
    }

    /// Both keys and the signature, 128 bytes.
    pub(crate) fn write(&self, writer: Writer) -> Writer {
        writer.fixed(self.device.as_bytes()).fixed(&self.seal_key.0).fixed(self.signature.as_bytes())
    }

    /// Reads what [`Half::write`] wrote, unverified.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (device, seal_key) = (DeviceId::from_bytes(reader.array()?), SealKey(reader.array()?));
        Ok(Self { device, seal_key, signature: Signature::from_bytes(reader.array()?) })
    }

    /// Checks the device's own signature, and that keys can be sealed to it.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self) -> Result<(), BadSignature> {
        self.seal_key.check()?;
        verify(self.device.as_bytes(), HALF, &Self::message(self.device, self.seal_key), &self.signature)
    }
}

/// Everything secret that makes a device.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DeviceKeys {
    seed: Secret<32>,
    sign: SignKey,
    seal: StaticSecret,
    #[zeroize(skip)]
    person: PersonId,
}

impl DeviceKeys {
    /// A new device of a person.
    pub fn generate(person: PersonId, entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self::from_parts(Secret::new(random(entropy)), Secret::new(random(entropy)), person)
    }

    fn from_parts(seed: Secret<32>, seal: Secret<32>, person: PersonId) -> Self {
        Self { sign: SignKey::from_seed(&seed), seal: StaticSecret::from(*seal.expose()), seed, person }
    }

    /// The form that goes to disk, sealed under the local store key.
    #[must_use]
    pub fn to_stored(&self) -> SecretBytes {
        [self.seed.expose().as_slice(), self.seal.as_bytes(), self.person.as_bytes()].concat().into()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Malformed`] when the length is wrong.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let seed = Secret::new(reader.array()?);
        let seal = Secret::new(reader.array()?);
        let person = PersonId::from_bytes(reader.array()?);
        reader.end()?;
        Ok(Self::from_parts(seed, seal, person))
    }

    /// The device's id: its public signing key.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.sign.public())
    }

    /// Whose device it is.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// The signing key.
    #[must_use]
    pub const fn signer(&self) -> &SignKey {
        &self.sign
    }

    /// The secret that opens grants.
    pub(super) const fn seal_secret(&self) -> &StaticSecret {
        &self.seal
    }

    /// The public key that grants are sealed to.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        SealKey(PublicKey::from(&self.seal).to_bytes())
    }

    /// The device's certificate. Deterministic, as Ed25519 is.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        let (person, device, seal_key) = (self.person, self.device(), self.seal_key());
        let signature = self.sign.sign(CERTIFICATE, &Certificate::message(person, device, seal_key));
        Certificate { person, device, seal_key, signature }
    }

    /// What a new device shows to the one that adds it: always the same.
    #[must_use]
    pub fn code(&self) -> DeviceCode {
        let (device, seal_key) = (self.device(), self.seal_key());
        let half = Half { device, seal_key, signature: self.sign.sign(HALF, &Half::message(device, seal_key)) };
        DeviceCode::new(half, &derive("grend 2026 device code secret v1", &[self.seed.expose()]))
    }

    /// The same device as another person's: who added it has said whose it is.
    #[must_use]
    pub fn of_person(mut self, person: PersonId) -> Self {
        self.person = person;
        self
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({:?}, ****)", self.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::entropy::tests_support::Counting;

    #[test]
    fn a_signature_counts_for_its_purpose_and_message_alone() {
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Counting::default());
        let signature = keys.signer().sign("one", b"message");
        let key = keys.signer().public();
        assert_eq!(verify(&key, "one", b"message", &signature), Ok(()));
        assert_eq!(verify(&key, "two", b"message", &signature), Err(BadSignature));
        assert_eq!(verify(&key, "one", b"massage", &signature), Err(BadSignature));
    }

    #[test]
    fn a_device_survives_the_disk() {
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Counting::default());
        let again = DeviceKeys::from_stored(keys.to_stored().expose()).expect("stored");
        assert_eq!(again.certificate(), keys.certificate());
        assert_eq!(again.certificate().verify(), Ok(()));
        assert!(DeviceKeys::from_stored(&[0; 79]).is_err());
        assert!(!format!("{keys:?}").contains("seed"));
    }

    #[test]
    fn a_key_that_nothing_can_be_sealed_to_is_no_device() {
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Counting::default());
        let (person, device) = (keys.person(), keys.device());
        let mut one = [0; 32];
        one[0] = 1;
        // Signed as the device itself would: the signature is not what is wrong.
        for seal_key in [[0; 32], one].map(SealKey) {
            let signature = keys.sign.sign(HALF, &Half::message(device, seal_key));
            assert_eq!(Half { device, seal_key, signature }.verify(), Err(BadSignature));
            let signature = keys.sign.sign(CERTIFICATE, &Certificate::message(person, device, seal_key));
            assert_eq!(Certificate { person, device, seal_key, signature }.verify(), Err(BadSignature));
        }
    }
}
