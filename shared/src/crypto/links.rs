//! Secrets that travel by hand: the text behind `#` of a link, or a code that is copied from one screen to another.
//! Invitations and device codes have a version and a check sum, so that what was cut off or mistyped is not taken for
//! something else; a set-up token is asked of the relay at once.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use zeroize::ZeroizeOnDrop;

use super::{
    Entropy, Hash, Malformed, Reader, Secret, Writer, derive,
    entropy::random,
    keys::{Half, SignKey},
};
use crate::{
    ids::{DeviceId, InviteId, PersonId, RoomId},
    secret::{SecretBytes, SecretText},
};

/// A link or code that is cut off, mistyped, or of another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link cannot be read")]
pub struct BadLink;

/// The secret of an invitation and what follows from it: the key that signs the Join and names the invitation, and
/// the key of its welcome package. It never carries a room key.
#[derive(Debug, Clone, ZeroizeOnDrop)]
pub struct InviteSecret {
    #[zeroize(skip)]
    room: RoomId,
    secret: Secret<32>,
}

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
        SignKey::from_seed(&derive("grend 2026 invite signing key v1", &[self.secret.expose()]))
    }

    /// The invitation's public name.
    #[must_use]
    pub fn id(&self) -> InviteId {
        InviteId::from_bytes(self.signer().public())
    }

    /// The key of the welcome package.
    #[must_use]
    pub fn welcome_key(&self) -> Secret<32> {
        derive("grend 2026 invite welcome key v1", &[self.secret.expose()])
    }

    /// The text behind `#`: version, room, secret and a check sum, in URL-safe base64.
    #[must_use]
    pub fn to_link(&self) -> SecretText {
        let writer = Writer::new().u8(Self::VERSION).fixed(self.room.as_bytes());
        encode_checked(Self::CHECK_SUM, writer, self.secret.expose())
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
        let (version, room, secret) = read(Reader::new(body.expose())).map_err(|_: Malformed| BadLink)?;
        if version == Self::VERSION { Ok(Self { room: RoomId::from_bytes(room), secret }) } else { Err(BadLink) }
    }
}

/// The operator's 24-hour secret that sets up one service. The relay keeps only its hash.
#[derive(Debug, Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct SetUpToken(Secret<32>);

impl SetUpToken {
    /// A new token.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self(Secret::new(random(entropy)))
    }

    /// The text behind `#` of the set-up link.
    #[must_use]
    pub fn to_link(&self) -> SecretText {
        Base64UrlUnpadded::encode_string(self.0.expose()).into()
    }

    /// Reads a whole link or the text behind its `#`.
    ///
    /// # Errors
    /// [`BadLink`].
    pub fn from_link(text: &str) -> Result<Self, BadLink> {
        decode(text)?.expose().try_into().map(Self::from_bytes).map_err(|_| BadLink)
    }

    /// The token of these bytes.
    #[must_use]
    pub const fn of(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Shows the secret, for the one frame that spends it.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// What the relay stores.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of("grend 2026 set-up token v1", &[self.0.expose()])
    }
}

/// Written in the one frame that spends it, and nowhere else.
impl<C> minicbor::Encode<C> for SetUpToken {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.expose())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for SetUpToken {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?.try_into();
        bytes.map(Self::from_bytes).map_err(|_| minicbor::decode::Error::message("a token of the wrong length"))
    }
}

/// What a new device shows to the one that adds it: its half, and a secret that no log has. Only who was shown the
/// secret can claim the device; without it, whoever reads a half in a log could add the device to a room of their own.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DeviceCode {
    /// What goes into the log.
    #[zeroize(skip)]
    pub half: Half,
    secret: Secret<16>,
}

impl DeviceCode {
    const VERSION: u8 = 1;
    const CHECK_SUM: &'static str = "grend 2026 device code check sum v1";
    const CLAIM: &'static str = "grend 2026 device claim v1";

    /// The code of a half, with the first 16 bytes of what only its device can derive.
    pub(super) fn new(half: Half, derived: &Secret<32>) -> Self {
        let (secret, _) = derived.expose().split_first_chunk().expect("16 is less than 32");
        Self { half, secret: Secret::new(*secret) }
    }

    /// The text to be copied or drawn as QR: version, keys, signature, secret and a check sum, in URL-safe base64.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        encode_checked(Self::CHECK_SUM, self.half.write(Writer::new().u8(Self::VERSION)), self.secret.expose())
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
            let code = Self { half: Half::read(&mut reader)?, secret: Secret::new(reader.array()?) };
            reader.end().map(|()| (version, code))
        };
        let (version, code) = read(Reader::new(body.expose())).map_err(|_: Malformed| BadLink)?;
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

/// URL-safe base64 of what is read before the secret, the secret, and four bytes of check sum.
fn encode_checked(context: &'static str, before: Writer, secret: &[u8]) -> SecretText {
    let body = SecretBytes::from(before.fixed(secret).finish());
    let checked = SecretBytes::from([body.expose(), &check_sum(context, body.expose())].concat());
    Base64UrlUnpadded::encode_string(checked.expose()).into()
}

/// Reads what [`encode_checked`] wrote, without its check sum.
fn decode_checked(context: &'static str, text: &str) -> Result<SecretBytes, BadLink> {
    let bytes = decode(text)?;
    let (body, sum) = bytes.expose().split_last_chunk::<4>().ok_or(BadLink)?;
    if *sum == check_sum(context, body) { Ok(body.to_vec().into()) } else { Err(BadLink) }
}

/// Reads URL-safe base64, alone or behind the `#` of a link. Spaces and line breaks that a mail program put in are passed
/// over.
fn decode(text: &str) -> Result<SecretBytes, BadLink> {
    let text = SecretText::from(text.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    let code = text.expose().rsplit('#').next().unwrap_or_default();
    Base64UrlUnpadded::decode_vec(code).map(SecretBytes::from).map_err(|_| BadLink)
}

fn check_sum(context: &'static str, body: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = *Hash::of(context, &[body]).as_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DeviceKeys, entropy::tests_support::Counting};

    #[test]
    fn a_device_code_is_read_whole_and_claims_for_one_place_alone() {
        let entropy = &mut Counting::default();
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let other = DeviceKeys::generate(PersonId::from_bytes([2; 16]), entropy);
        let text = keys.code().to_text();
        let text = text.expose();
        let read = DeviceCode::from_text(&format!(" {}\n{}", &text[..60], &text[60..])).expect("readable");
        assert_eq!(read.half, keys.code().half);
        assert!(DeviceCode::from_text(&text[..text.len() - 1]).is_err());
        let (room, person) = (RoomId::from_bytes([9; 32]), other.person());
        let claim = read.claim(room, person, other.device());
        assert_eq!(claim, keys.code().claim(room, person, other.device()));
        assert_ne!(claim, read.claim(RoomId::from_bytes([8; 32]), person, other.device()));
        assert_ne!(claim, read.claim(room, keys.person(), other.device()));
        assert_ne!(claim, read.claim(room, person, keys.device()));
        assert_ne!(
            claim,
            DeviceCode { half: read.half, secret: Secret::new([0; 16]) }.claim(room, person, other.device())
        );
        assert!(!format!("{:?}", keys.code()).contains("secret"));
        crate::crypto::golden("device_code_v1", text.as_bytes());
    }

    #[test]
    fn a_link_survives_a_mail_program_and_refuses_a_typing_error() {
        let invite = InviteSecret::generate(RoomId::from_bytes([9; 32]), &mut Counting::default());
        let link = invite.to_link().expose().to_owned();
        let folded = format!("https://grend.example/inn#{}\n {}", &link[..40], &link[40..]);
        assert_eq!(InviteSecret::from_link(&folded).expect("readable").id(), invite.id());
        assert!(InviteSecret::from_link(&link[..link.len() - 1]).is_err());
        let swapped = if link.as_bytes()[50] == b'A' { "B" } else { "A" };
        let mut wrong = link;
        wrong.replace_range(50..51, swapped);
        assert!(InviteSecret::from_link(&wrong).is_err());
    }
}
