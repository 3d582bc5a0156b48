//! The entries of a room's membership log and their one canonical layout; [`super::body`] has what each kind says.
//!
//! ```text
//! version 1 │ room 32 │ previous entry 32 │ author 32 │ kind 1 │ body │ signature 64
//! ```
//!
//! Numbers are big-endian; every byte before the signature is under it. In a Genesis the room is zero, because the
//! room's id *is* the hash of the Genesis.

use super::body::Body;
use crate::{
    crypto::{BadSignature, DeviceKeys, Hash, Malformed, Reader, Signature, Writer, keys},
    ids::{DeviceId, RoomId},
};

const VERSION: u8 = 1;
const PURPOSE: &str = "grend membership entry v1";

/// The most bytes a whole entry may have.
pub const MAX_LEN: usize = 64 * 1024;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    room: RoomId,
    previous: Hash,
    author: DeviceId,
    body: Body,
    bytes: Vec<u8>,
}

/// Bytes that are not an entry of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not the layout.
    #[error("not an entry: {0}")]
    Malformed(#[from] Malformed),
    /// A kind this version does not know: the app must be updated.
    #[error("an entry of kind {0}, which this version does not know")]
    UnknownKind(u8),
    /// A signature that does not fit.
    #[error("the entry's signature does not fit")]
    Signature,
}

impl From<BadSignature> for EntryError {
    fn from(_: BadSignature) -> Self {
        Self::Signature
    }
}

impl Entry {
    /// Signs an entry. For a Genesis, `room` and `previous` are ignored: it has neither.
    #[must_use]
    pub fn sign(keys: &DeviceKeys, room: RoomId, previous: Hash, body: Body) -> Self {
        let first = matches!(body, Body::Genesis(_));
        let written = if first { RoomId::from_bytes([0; 32]) } else { room };
        let previous = if first { Hash::ZERO } else { previous };
        let author = keys.device();
        let unsigned = Writer::new()
            .u8(VERSION)
            .fixed(written.as_bytes())
            .fixed(previous.as_bytes())
            .fixed(author.as_bytes())
            .fixed(&body.write());
        let signature = keys.signer().sign(PURPOSE, unsigned.as_slice());
        let bytes = unsigned.fixed(signature.as_bytes()).finish();
        let room = if first { room_of_genesis(&bytes) } else { room };
        Self { room, previous, author, body, bytes }
    }

    /// Reads an entry and checks the signatures that stand in it. Whether it is *valid* is for [`super::Room`].
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(bytes: Vec<u8>) -> Result<Self, EntryError> {
        let entry = Self::read(bytes)?;
        entry.verify()?;
        Ok(entry)
    }

    /// Reads an entry that this device has verified before, from its own sealed storage.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse_verified(bytes: Vec<u8>) -> Result<Self, EntryError> {
        Self::read(bytes)
    }

    fn read(bytes: Vec<u8>) -> Result<Self, EntryError> {
        if bytes.len() > MAX_LEN {
            return Err(Malformed::TooLong.into());
        }
        let mut reader = Reader::new(&bytes);
        if reader.u8()? != VERSION {
            return Err(Malformed::Version.into());
        }
        let room = RoomId::from_bytes(reader.array()?);
        let previous = Hash::from_bytes(reader.array()?);
        let author = DeviceId::from_bytes(reader.array()?);
        let body = Body::read(author, &mut reader)?;
        reader.take(Signature::LEN)?;
        reader.end()?;
        let room = match body {
            Body::Genesis(_) if room == RoomId::from_bytes([0; 32]) => room_of_genesis(&bytes),
            Body::Genesis(_) => return Err(Malformed::Unknown.into()),
            _ => room,
        };
        Ok(Self { room, previous, author, body, bytes })
    }

    fn verify(&self) -> Result<(), EntryError> {
        let (message, signature) = self.bytes.split_last_chunk().ok_or(Malformed::Short)?;
        keys::verify(self.author.as_bytes(), PURPOSE, message, &Signature::from_bytes(*signature))?;
        match &self.body {
            Body::Genesis(genesis) => genesis.founder.verify()?,
            Body::Join(join) => join.verify(self.room)?,
            Body::AddDevice(it) => it.half.verify()?,
            Body::Invite(_)
            | Body::Admit(_)
            | Body::Epoch(_)
            | Body::Grant(_)
            | Body::Remove(_)
            | Body::SetRole(_)
            | Body::Notice(_)
            | Body::Close(_)
            | Body::Lacks(_)
            | Body::Wrap(_)
            | Body::Confirm(_)
            | Body::Refound(_) => {}
        }
        Ok(())
    }

    /// The room it belongs to.
    #[must_use]
    pub const fn room(&self) -> RoomId {
        self.room
    }

    /// The entry it was written upon.
    #[must_use]
    pub const fn previous(&self) -> Hash {
        self.previous
    }

    /// Who signed it.
    #[must_use]
    pub const fn author(&self) -> DeviceId {
        self.author
    }

    /// What it does.
    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// The whole entry.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash that names it, over every byte.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash_of(&self.bytes)
    }
}

fn hash_of(bytes: &[u8]) -> Hash {
    Hash::of("grend 2026 membership entry hash v1", &[bytes])
}

fn room_of_genesis(bytes: &[u8]) -> RoomId {
    RoomId::from_bytes(*hash_of(bytes).as_bytes())
}
