//! What a device holds, and what it signs with.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use x25519_dalek::{PublicKey, StaticSecret};

use super::{Entropy, Hash, Reader, Secret, Writer, entropy::random};
use crate::ids::{DeviceId, InviteId, PersonId, RoomId};

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
    let key = VerifyingKey::from_bytes(key).map_err(|_| BadSignature)?;
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(&with_purpose(purpose, message), &signature).map_err(|_| BadSignature)
}

fn with_purpose(purpose: &'static str, message: &[u8]) -> Vec<u8> {
    Writer::new().fixed(purpose.as_bytes()).u8(0).fixed(message).finish()
}

/// A signing key: a device's, an invitation's or a relay's.
#[derive(Clone)]
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
        Signature(self.0.sign(&with_purpose(purpose, message)).to_bytes())
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
    fn check(self) -> Result<(), BadSignature> {
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

    /// Checks the device's own signature, and that keys can be sealed to it.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self) -> Result<(), BadSignature> {
        self.seal_key.check()?;
        verify(self.device.as_bytes(), HALF, &Self::message(self.device, self.seal_key), &self.signature)
    }
}

/// What a new device shows to the one that adds it: its half, and a secret that no log has. Only who was shown the
/// secret can claim the device; without it, whoever reads a half in a log could add the device to a room of their own.
#[derive(Clone)]
pub struct DeviceCode {
    /// What goes into the log.
    pub half: Half,
    secret: Secret<16>,
}

impl DeviceCode {
    const VERSION: u8 = 1;
    const CHECK_SUM: &'static str = "grend 2026 device code check sum v1";
    const CLAIM: &'static str = "grend 2026 device claim v1";

    /// The text to be copied or drawn as QR: version, keys, signature, secret and a check sum, in URL-safe base64.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Half { device, seal_key, signature } = &self.half;
        let writer = Writer::new().u8(Self::VERSION).fixed(device.as_bytes()).fixed(&seal_key.0);
        let writer = writer.fixed(signature.as_bytes()).fixed(self.secret.expose());
        encode_checked(Self::CHECK_SUM, writer.finish())
    }

    /// Reads the text, and checks its signature.
    ///
    /// # Errors
    /// [`BadLink`] when it is cut off, mistyped, of another version, or not signed by the device it names.
    pub fn from_text(text: &str) -> Result<Self, BadLink> {
        let code = Self::parse(text)?;
        if code.half.verify().is_ok() { Ok(code) } else { Err(BadLink) }
    }

    /// Reads a text whose signature was checked before.
    pub(crate) fn parse(text: &str) -> Result<Self, BadLink> {
        let body = decode_checked(Self::CHECK_SUM, text)?;
        let read = |mut reader: Reader<'_>| {
            let version = reader.u8()?;
            let (device, seal_key) = (DeviceId::from_bytes(reader.array()?), SealKey(reader.array()?));
            let half = Half { device, seal_key, signature: Signature::from_bytes(reader.array()?) };
            let code = Self { half, secret: Secret::new(reader.array()?) };
            reader.end().map(|()| (version, code))
        };
        let (version, code) = read(Reader::new(&body)).map_err(|_: super::Malformed| BadLink)?;
        if version == Self::VERSION { Ok(code) } else { Err(BadLink) }
    }

    /// Proves to the device that who adds it to this room, as this person, was shown its code.
    #[must_use]
    pub fn claim(&self, room: RoomId, person: PersonId, author: DeviceId) -> Hash {
        let parts: [&[u8]; 5] =
            [self.secret.expose(), room.as_bytes(), person.as_bytes(), author.as_bytes(), self.half.device.as_bytes()];
        Hash::of(Self::CLAIM, &parts)
    }
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceCode({:?}, ****)", self.half.device)
    }
}

/// URL-safe base64 of a text's bytes and four bytes of check sum.
fn encode_checked(context: &'static str, mut body: Vec<u8>) -> String {
    body.extend(check_sum(context, &body));
    Base64UrlUnpadded::encode_string(&body)
}

/// Reads what [`encode_checked`] wrote, alone or behind the `#` of a link. Spaces and line breaks that a mail program put
/// in are passed over.
fn decode_checked(context: &'static str, text: &str) -> Result<Vec<u8>, BadLink> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.rsplit('#').next().unwrap_or_default();
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| BadLink)?;
    let (body, sum) = bytes.split_last_chunk::<4>().ok_or(BadLink)?;
    if *sum == check_sum(context, body) { Ok(body.to_vec()) } else { Err(BadLink) }
}

fn check_sum(context: &'static str, body: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = *Hash::of(context, &[body]).as_bytes();
    [a, b, c, d]
}

/// Everything secret that makes a device.
#[derive(Clone)]
pub struct DeviceKeys {
    seed: Secret<32>,
    sign: SignKey,
    seal: StaticSecret,
    person: PersonId,
}

impl DeviceKeys {
    /// Length of the stored form.
    pub const STORED_LEN: usize = 80;

    /// A new device of a person.
    pub fn generate(person: PersonId, entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self::from_parts(Secret::new(random(entropy)), Secret::new(random(entropy)), person)
    }

    fn from_parts(seed: Secret<32>, seal: Secret<32>, person: PersonId) -> Self {
        Self { sign: SignKey::from_seed(&seed), seal: StaticSecret::from(*seal.expose()), seed, person }
    }

    /// The form that goes to disk, sealed under the local store key.
    #[must_use]
    pub fn to_stored(&self) -> Secret<{ Self::STORED_LEN }> {
        let mut bytes = [0; Self::STORED_LEN];
        bytes[..32].copy_from_slice(self.seed.expose());
        bytes[32..64].copy_from_slice(self.seal.as_bytes());
        bytes[64..].copy_from_slice(self.person.as_bytes());
        Secret::new(bytes)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`super::Malformed`] when the length is wrong.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, super::Malformed> {
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
        let mut secret = [0; 16];
        let derived = Hash::of("grend 2026 device code secret v1", &[self.seed.expose()]);
        secret.copy_from_slice(&derived.as_bytes()[..16]);
        DeviceCode { half, secret: Secret::new(secret) }
    }

    /// The same device as another person's: who added it has said whose it is.
    #[must_use]
    pub fn of_person(self, person: PersonId) -> Self {
        Self { person, ..self }
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({:?}, ****)", self.device())
    }
}

/// The secret of an invitation and what follows from it: the key that signs the Join and names the invitation, and
/// the key of its welcome package. It never carries a room key.
#[derive(Debug, Clone)]
pub struct InviteSecret {
    room: RoomId,
    secret: Secret<32>,
}

/// The text behind `#` of an invitation's link is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link cannot be read")]
pub struct BadLink;

impl InviteSecret {
    const VERSION: u8 = 1;
    const CHECK_SUM: &'static str = "grend 2026 link check sum v1";

    /// A new invitation into a room.
    pub fn generate(room: RoomId, entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self { room, secret: Secret::new(random(entropy)) }
    }

    /// Into which room.
    #[must_use]
    pub const fn room(&self) -> RoomId {
        self.room
    }

    /// The key that signs the Join.
    #[must_use]
    pub fn signer(&self) -> SignKey {
        SignKey::from_seed(&super::secret::derive("grend 2026 invite signing key v1", &[self.secret.expose()]))
    }

    /// The invitation's public name.
    #[must_use]
    pub fn id(&self) -> InviteId {
        InviteId::from_bytes(self.signer().public())
    }

    /// The key of the welcome package.
    #[must_use]
    pub fn welcome_key(&self) -> Secret<32> {
        super::secret::derive("grend 2026 invite welcome key v1", &[self.secret.expose()])
    }

    /// The text behind `#`: version, room, secret and a check sum, in URL-safe base64.
    #[must_use]
    pub fn to_link(&self) -> String {
        let body = Writer::new().u8(Self::VERSION).fixed(self.room.as_bytes()).fixed(self.secret.expose()).finish();
        encode_checked(Self::CHECK_SUM, body)
    }

    /// Reads a whole link or the text behind its `#`.
    ///
    /// # Errors
    /// [`BadLink`] when it is cut off, mistyped or of another version.
    pub fn from_link(text: &str) -> Result<Self, BadLink> {
        let body = decode_checked(Self::CHECK_SUM, text)?;
        let read = |mut reader: Reader<'_>| {
            let (version, room, secret) = (reader.u8()?, reader.array()?, Secret::new(reader.array()?));
            reader.end().map(|()| (version, room, secret))
        };
        let (version, room, secret) = read(Reader::new(&body)).map_err(|_: super::Malformed| BadLink)?;
        if version == Self::VERSION { Ok(Self { room: RoomId::from_bytes(room), secret }) } else { Err(BadLink) }
    }
}

/// The operator's 24-hour secret that sets up one service. The relay keeps only its hash.
#[derive(Debug, Clone)]
pub struct SetUpToken(Secret<32>);

impl SetUpToken {
    /// A new token.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self(Secret::new(random(entropy)))
    }

    /// The text behind `#` of the set-up link.
    #[must_use]
    pub fn to_link(&self) -> String {
        Base64UrlUnpadded::encode_string(self.0.expose())
    }

    /// Reads a whole link or the text behind its `#`.
    ///
    /// # Errors
    /// [`BadLink`].
    pub fn from_link(text: &str) -> Result<Self, BadLink> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.rsplit('#').next().unwrap_or_default();
        let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| BadLink)?;
        Ok(Self(Secret::new(bytes.try_into().map_err(|_| BadLink)?)))
    }

    /// From the bytes of a frame.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Shows the secret, for the one frame that spends it.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// What the relay stores.
    #[must_use]
    pub fn hash(&self) -> super::Hash {
        super::Hash::of("grend 2026 set-up token v1", &[self.0.expose()])
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

    #[test]
    fn a_device_code_is_read_whole_and_claims_for_one_place_alone() {
        let entropy = &mut Counting::default();
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let other = DeviceKeys::generate(PersonId::from_bytes([2; 16]), entropy);
        let text = keys.code().to_text();
        let read = DeviceCode::from_text(&format!(" {}\n{}", &text[..60], &text[60..])).expect("readable");
        assert_eq!(read.half, keys.code().half);
        assert!(DeviceCode::from_text(&text[..text.len() - 1]).is_err());
        let (room, person) = (RoomId::from_bytes([9; 32]), other.person());
        let claim = read.claim(room, person, other.device());
        assert_eq!(claim, keys.code().claim(room, person, other.device()));
        assert_ne!(claim, read.claim(RoomId::from_bytes([8; 32]), person, other.device()));
        assert_ne!(claim, read.claim(room, keys.person(), other.device()));
        assert_ne!(claim, read.claim(room, person, keys.device()));
        assert_ne!(claim, DeviceCode { secret: Secret::new([0; 16]), ..read }.claim(room, person, other.device()));
        assert!(!format!("{:?}", keys.code()).contains("secret"));
        crate::crypto::golden("device_code_v1", text.as_bytes());
    }

    #[test]
    fn a_link_survives_a_mail_program_and_refuses_a_typing_error() {
        let invite = InviteSecret::generate(RoomId::from_bytes([9; 32]), &mut Counting::default());
        let link = invite.to_link();
        let folded = format!("https://grend.example/inn#{}\n {}", &link[..40], &link[40..]);
        assert_eq!(InviteSecret::from_link(&folded).expect("readable").id(), invite.id());
        assert!(InviteSecret::from_link(&link[..link.len() - 1]).is_err());
        let swapped = if link.as_bytes()[50] == b'A' { "B" } else { "A" };
        let mut wrong = link;
        wrong.replace_range(50..51, swapped);
        assert!(InviteSecret::from_link(&wrong).is_err());
    }
}
