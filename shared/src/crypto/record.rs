//! A content record: one sealed change of a room's document, signed by the device that made it.
//!
//! Layout, big-endian, every byte under the signature:
//!
//! ```text
//! version 1 │ room 32 │ device 32 │ device_seq 8 │ previous 32 │ membership 32 │ epoch 4 │ nonce 24 │ commitment 32
//! │ body length 4 │ body │ signature 64
//! ```
//!
//! Everything up to the commitment is the associated data of the body's seal (XChaCha20-Poly1305, padded by Padmé).

use super::{
    DeviceKeys, Entropy, Hash, Malformed, Reader, Signature, Writer,
    entropy::random,
    grant::{EpochKey, EpochNumber},
    keys::{self, BadSignature},
    sealed,
};
use crate::ids::{DeviceId, RoomId};

const VERSION: u8 = 1;
const PURPOSE: &str = "grend record v1";
const HEADER_LEN: usize = 1 + 32 + 32 + 8 + 32 + 32 + 4 + 24 + 32;

/// The most bytes a whole record may have.
pub const MAX_LEN: usize = 256 * 1024;

/// What a record says in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The room.
    pub room: RoomId,
    /// The signer.
    pub device: DeviceId,
    /// Counts this device's records in this room from 1.
    pub device_seq: u64,
    /// Hash of the device's record before; zero for the first.
    pub previous: Hash,
    /// The last membership entry the device had seen.
    pub membership: Hash,
    /// The epoch whose key seals the body.
    pub epoch: EpochNumber,
    /// Random; the record's key is derived from it.
    pub nonce: [u8; 24],
    /// What is published of the record's key.
    pub commitment: Hash,
}

/// A record as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    header: Header,
    bytes: Vec<u8>,
}

/// What the sealer knows beside the keys.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The room.
    pub room: RoomId,
    /// See [`Header::device_seq`].
    pub device_seq: u64,
    /// See [`Header::previous`].
    pub previous: Hash,
    /// See [`Header::membership`].
    pub membership: Hash,
    /// See [`Header::epoch`].
    pub epoch: EpochNumber,
}

/// A record whose body gives no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Sealed under another key than the epoch's, or changed.
    #[error("the record does not open")]
    DoesNotOpen,
    /// Opens, but the padding is wrong.
    #[error("the record's padding is wrong")]
    Padding,
}

impl Record {
    /// Seals and signs a text.
    pub fn seal(
        keys: &DeviceKeys,
        key: &EpochKey,
        place: &Place,
        plain: &[u8],
        entropy: &mut (impl Entropy + ?Sized),
    ) -> Self {
        let nonce = random(entropy);
        let device = keys.device();
        let (record_key, commitment) = key.record_key(place.room, device, &nonce);
        let header = Header {
            room: place.room,
            device,
            device_seq: place.device_seq,
            previous: place.previous,
            membership: place.membership,
            epoch: place.epoch,
            nonce,
            commitment,
        };
        let front = header.write();
        let body = sealed::seal_with_nonce(&record_key, &nonce, front.as_slice(), &sealed::pad(plain));
        let unsigned = front.bytes(&body);
        let signature = keys.signer().sign(PURPOSE, unsigned.as_slice());
        Self { header, bytes: unsigned.fixed(signature.as_bytes()).finish() }
    }

    /// Reads the layout; says nothing of the signature yet.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Malformed> {
        if bytes.len() > MAX_LEN {
            return Err(Malformed::TooLong);
        }
        let mut reader = Reader::new(&bytes);
        let header = Header::read(&mut reader)?;
        reader.bytes(MAX_LEN)?;
        reader.take(Signature::LEN)?;
        reader.end()?;
        Ok(Self { header, bytes })
    }

    /// What it says in the clear.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The whole record.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash that names it, over every byte.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of("grend 2026 record hash v1", &[&self.bytes])
    }

    /// Checks the signature of the device in the header.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self) -> Result<(), BadSignature> {
        let (message, signature) = self.bytes.split_last_chunk::<{ Signature::LEN }>().ok_or(BadSignature)?;
        keys::verify(self.header.device.as_bytes(), PURPOSE, message, &Signature::from_bytes(*signature))
    }

    /// Opens the body with the key of the header's epoch.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(&self, key: &EpochKey) -> Result<Vec<u8>, Unreadable> {
        let (record_key, commitment) = key.record_key(self.header.room, self.header.device, &self.header.nonce);
        if commitment != self.header.commitment {
            return Err(Unreadable::DoesNotOpen);
        }
        let body_end = self.bytes.len().saturating_sub(Signature::LEN);
        let front = self.bytes.get(..HEADER_LEN).ok_or(Unreadable::DoesNotOpen)?;
        let body = self.bytes.get(HEADER_LEN + 4..body_end).ok_or(Unreadable::DoesNotOpen)?;
        let padded = sealed::open_with_nonce(&record_key, &self.header.nonce, front, body)
            .map_err(|_| Unreadable::DoesNotOpen)?;
        Ok(sealed::unpad(&padded).map_err(|_| Unreadable::Padding)?.to_vec())
    }
}

impl Header {
    fn write(&self) -> Writer {
        Writer::new()
            .u8(VERSION)
            .fixed(self.room.as_bytes())
            .fixed(self.device.as_bytes())
            .u64(self.device_seq)
            .fixed(self.previous.as_bytes())
            .fixed(self.membership.as_bytes())
            .u32(self.epoch)
            .fixed(&self.nonce)
            .fixed(self.commitment.as_bytes())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        if reader.u8()? != VERSION {
            return Err(Malformed::Version);
        }
        Ok(Self {
            room: RoomId::from_bytes(reader.array()?),
            device: DeviceId::from_bytes(reader.array()?),
            device_seq: reader.u64()?,
            previous: Hash::from_bytes(reader.array()?),
            membership: Hash::from_bytes(reader.array()?),
            epoch: reader.u32()?,
            nonce: reader.array()?,
            commitment: Hash::from_bytes(reader.array()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::entropy::tests_support::Counting, ids::PersonId};

    fn sealed() -> (DeviceKeys, EpochKey, Record) {
        let entropy = &mut Counting::default();
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), entropy);
        let key = EpochKey::generate(entropy);
        let place = Place {
            room: RoomId::from_bytes([3; 32]),
            device_seq: 1,
            previous: Hash::ZERO,
            membership: Hash::from_bytes([4; 32]),
            epoch: 1,
        };
        let record = Record::seal(&keys, &key, &place, "Hos Myrvang".as_bytes(), entropy);
        (keys, key, record)
    }

    #[test]
    fn a_record_survives_the_wire() {
        let (keys, key, record) = sealed();
        let again = Record::parse(record.as_bytes().to_vec()).expect("layout");
        assert_eq!(again, record);
        assert_eq!(again.header().device, keys.device());
        assert_eq!(again.verify(), Ok(()));
        assert_eq!(again.open(&key), Ok("Hos Myrvang".into()));
    }

    #[test]
    fn no_byte_can_be_changed() {
        let (_, key, record) = sealed();
        for at in 0..record.as_bytes().len() {
            let mut bytes = record.as_bytes().to_vec();
            bytes[at] ^= 1;
            let taken = Record::parse(bytes).ok().filter(|record| record.verify().is_ok());
            assert!(taken.is_none(), "byte {at} can be changed");
        }
        assert_eq!(record.open(&EpochKey::from_bytes([0; 32])), Err(Unreadable::DoesNotOpen));
        assert!(record.open(&key).is_ok());
    }

    #[test]
    fn the_layout_is_the_golden_one() {
        let (_, _, record) = sealed();
        assert_eq!(record.as_bytes().len(), HEADER_LEN + 4 + 512 + 16 + 64);
        crate::crypto::golden("record_v1_hash", record.hash().as_bytes());
    }
}
