//! The room's key, epoch by epoch, and how it is handed to a device.

use zeroize::ZeroizeOnDrop;

use super::{
    DeviceKeys, Entropy, Hash, Secret, Writer, derive,
    entropy::random,
    keys::SealKey,
    sealed::{self, DoesNotOpen},
    suite,
};
use crate::{
    ids::{DeviceId, RoomId},
    planted::Planted,
    secret::SecretBytes,
};

const INFO: &[u8] = b"grend epoch grant v1";

/// The number of a room's key. The first is 1.
pub type EpochNumber = u32;

/// A room's key of one epoch.
#[derive(Debug, Clone, ZeroizeOnDrop)]
pub struct EpochKey(Secret<32>);

/// Where a grant stands and whom it is for: the associated data of its seal.
#[derive(Debug, Clone, Copy)]
pub struct GrantPlace {
    /// The room.
    pub room: RoomId,
    /// The membership entry before the one that carries the grant.
    pub prev: Hash,
    /// The epoch whose key it is.
    pub epoch: EpochNumber,
    /// The recipient.
    pub device: DeviceId,
    /// Who gives it, and is known by it: another's grant does not pass as one's own.
    pub author: DeviceId,
    /// The commitment published for the epoch.
    pub commitment: Hash,
}

impl GrantPlace {
    fn aad(&self) -> Vec<u8> {
        Writer::new()
            .fixed(self.room.as_bytes())
            .fixed(self.prev.as_bytes())
            .u32(self.epoch)
            .fixed(self.device.as_bytes())
            .fixed(self.author.as_bytes())
            .fixed(self.commitment.as_bytes())
            .finish()
    }
}

/// An epoch key sealed to one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// HPKE's encapsulated key.
    pub encapsulated: [u8; 32],
    /// The sealed key with its tag.
    pub ciphertext: [u8; 48],
}

/// A grant that gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadGrant {
    /// Not sealed to this device at this place.
    #[error("the grant does not open")]
    DoesNotOpen,
    /// It opens, but to a key that the room did not commit to.
    #[error("the key is not the one the room committed to")]
    WrongKey,
    /// The recipient's public key is no key.
    #[error("the recipient's key is no key")]
    BadRecipient,
}

impl EpochKey {
    /// A new random key.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self(Secret::new(random(entropy)))
    }

    /// From stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// What was sealed, wiped once it is read.
    fn from_opened(bytes: SecretBytes) -> Option<Self> {
        bytes.expose().try_into().ok().map(Self::from_bytes)
    }

    /// Shows the key, as [`Secret::expose`].
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// What the log publishes of the key, so that everybody can see they were given the same one.
    #[must_use]
    pub fn commitment(&self, room: RoomId, epoch: EpochNumber) -> Hash {
        if Planted::Published.is_on() {
            return Hash::from_bytes(*self.expose());
        }
        Hash::of("grend 2026 epoch commitment v1", &[self.0.expose(), room.as_bytes(), &epoch.to_be_bytes()])
    }

    /// The public key of the room's inbox in this epoch: what stewards seal notices to.
    #[must_use]
    pub fn inbox(&self, room: RoomId, epoch: EpochNumber) -> SealKey {
        SealKey(x25519_dalek::PublicKey::from(&self.inbox_secret(room, epoch)).to_bytes())
    }

    /// What opens the inbox of this epoch.
    pub(super) fn inbox_secret(&self, room: RoomId, epoch: EpochNumber) -> x25519_dalek::StaticSecret {
        let parts: [&[u8]; 3] = [self.0.expose(), room.as_bytes(), &epoch.to_be_bytes()];
        x25519_dalek::StaticSecret::from(*derive("grend 2026 inbox key v1", &parts).expose())
    }

    /// The key of one record, and what the record publishes of it: a ciphertext can not be made to open under two keys.
    #[must_use]
    pub(super) fn record_key(&self, room: RoomId, device: DeviceId, nonce: &[u8]) -> (Secret<32>, Hash) {
        let parts: [&[u8]; 4] = [self.0.expose(), room.as_bytes(), device.as_bytes(), nonce];
        (derive("grend 2026 record key v1", &parts), Hash::of("grend 2026 record key commitment v1", &parts))
    }

    /// Seals this key to a device.
    ///
    /// # Errors
    /// [`BadGrant::BadRecipient`] when the recipient's key is not a point that HPKE takes.
    pub fn seal_to(
        &self,
        recipient: SealKey,
        place: &GrantPlace,
        entropy: &mut (impl Entropy + ?Sized),
    ) -> Result<SealedKey, BadGrant> {
        let sealed = suite::seal(recipient, INFO, &place.aad(), self.0.expose(), entropy);
        let (encapsulated, ciphertext) = sealed.map_err(|_| BadGrant::BadRecipient)?;
        Ok(SealedKey { encapsulated, ciphertext: ciphertext.try_into().map_err(|_| BadGrant::BadRecipient)? })
    }

    /// Opens a grant and checks the key against the room's commitment.
    ///
    /// # Errors
    /// [`BadGrant`].
    pub fn open(keys: &DeviceKeys, sealed: &SealedKey, place: &GrantPlace) -> Result<Self, BadGrant> {
        let opened = suite::open(keys.seal_secret(), INFO, &place.aad(), &sealed.encapsulated, &sealed.ciphertext);
        let key = opened.ok().and_then(Self::from_opened).ok_or(BadGrant::DoesNotOpen)?;
        if key.commitment(place.room, place.epoch) == place.commitment { Ok(key) } else { Err(BadGrant::WrongKey) }
    }

    /// Wraps an older key under this one, the current epoch's, so that newcomers read what was written before.
    pub fn wrap_older(
        &self,
        room: RoomId,
        epoch: EpochNumber,
        older: &Self,
        entropy: &mut (impl Entropy + ?Sized),
    ) -> [u8; WRAPPED_LEN] {
        let sealed = sealed::seal(&self.wrap_key(), &wrap_aad(room, epoch), older.expose(), entropy);
        sealed.try_into().expect("nonce, key and tag")
    }

    /// Opens what [`EpochKey::wrap_older`] wrapped. Whether it is a key of the room, its commitment says.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn unwrap_older(&self, room: RoomId, epoch: EpochNumber, wrapped: &[u8]) -> Result<Self, DoesNotOpen> {
        Self::from_opened(sealed::open(&self.wrap_key(), &wrap_aad(room, epoch), wrapped)?.into()).ok_or(DoesNotOpen)
    }

    fn wrap_key(&self) -> Secret<32> {
        derive("grend 2026 epoch wrap key v1", &[self.0.expose()])
    }
}

/// Length of a wrapped epoch key: nonce, key, tag.
pub const WRAPPED_LEN: usize = sealed::NONCE_LEN + 32 + 16;

fn wrap_aad(room: RoomId, epoch: EpochNumber) -> Vec<u8> {
    Writer::new().fixed(room.as_bytes()).u32(epoch).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::entropy::tests_support::Counting, ids::PersonId};

    fn place(keys: &DeviceKeys, key: &EpochKey) -> GrantPlace {
        let room = RoomId::from_bytes([3; 32]);
        let author = DeviceId::from_bytes([4; 32]);
        GrantPlace {
            room,
            prev: Hash::ZERO,
            epoch: 1,
            device: keys.device(),
            author,
            commitment: key.commitment(room, 1),
        }
    }

    #[test]
    fn a_grant_opens_on_its_device_at_its_place_to_the_committed_key() {
        let entropy = &mut Counting::default();
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let other = DeviceKeys::generate(PersonId::from_bytes([2; 16]), entropy);
        let key = EpochKey::generate(entropy);
        let place = place(&keys, &key);
        let sealed = key.seal_to(keys.seal_key(), &place, entropy).expect("sealed");
        assert_eq!(EpochKey::open(&keys, &sealed, &place).expect("opens").expose(), key.expose());
        assert_eq!(EpochKey::open(&other, &sealed, &place).expect_err("not theirs"), BadGrant::DoesNotOpen);
        let stolen = GrantPlace { author: other.device(), ..place };
        assert_eq!(EpochKey::open(&keys, &sealed, &stolen).expect_err("another's"), BadGrant::DoesNotOpen);
        let moved = GrantPlace { epoch: 2, ..place };
        assert_eq!(EpochKey::open(&keys, &sealed, &moved).expect_err("moved"), BadGrant::DoesNotOpen);
        let lying = GrantPlace { commitment: Hash::ZERO, ..place };
        let sealed = key.seal_to(keys.seal_key(), &lying, entropy).expect("sealed");
        assert_eq!(EpochKey::open(&keys, &sealed, &lying).expect_err("not committed"), BadGrant::WrongKey);
    }

    #[test]
    fn the_key_before_is_found_through_the_one_after() {
        let entropy = &mut Counting::default();
        let (old, new, room) = (EpochKey::generate(entropy), EpochKey::generate(entropy), RoomId::from_bytes([3; 32]));
        let wrapped = new.wrap_older(room, 2, &old, entropy);
        assert_eq!(new.unwrap_older(room, 2, &wrapped).expect("unwraps").expose(), old.expose());
        assert!(new.unwrap_older(room, 3, &wrapped).is_err());
        assert!(old.unwrap_older(room, 2, &wrapped).is_err());
    }
}
