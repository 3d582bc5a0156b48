//! The entries of a room's membership log and their one canonical layout.
//!
//! ```text
//! version 1 │ room 32 │ previous entry 32 │ author 32 │ kind 1 │ body │ signature 64
//! ```
//!
//! Numbers are big-endian; every byte before the signature is under it. In a Genesis the room is zero, because the
//! room's id *is* the hash of the Genesis.

use crate::{
    crypto::{
        BadSignature, DeviceKeys, Hash, Malformed, Reader, Signature, Writer,
        grant::{EpochNumber, SealedKey, WRAPPED_LEN},
        keys::{self, Certificate, SealKey, SignKey},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    time::Timestamp,
};

const VERSION: u8 = 1;
const PURPOSE: &str = "grend membership entry v1";
const INVITED: &str = "grend invited join v1";

/// The most bytes a whole entry may have.
pub const MAX_LEN: usize = 64 * 1024;
/// The most bytes a sealed welcome package may have.
pub const MAX_WELCOME: usize = 4 * 1024;
/// The most devices one Epoch entry grants to.
pub const MAX_GRANTS: usize = 400;

/// What an entry does. Kinds 7 and up (AddDevice, Remove, SetRole, Notice, Close) are not known to this version: an
/// entry of unknown kind stops the room with "update the app".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The first entry. Its author is the founder: steward of a network, admin of any other room.
    Genesis(Genesis),
    /// Opens the door for one.
    Invite(Invite),
    /// Steps up to the door. Its author is the joining device.
    Join(Join),
    /// Lets in somebody who joined on a steward's invitation. By a key holder.
    Admit(Admit),
    /// A new room key, granted to every device that shall have it.
    Epoch(Epoch),
    /// The current key for one more device.
    Grant(Grant),
}

/// See [`Body::Genesis`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// What the room is for.
    pub kind: RoomKind,
    /// The relay whose signatures count for this room.
    pub relay: [u8; 32],
    /// Random: makes the room's id.
    pub nonce: [u8; 16],
    /// The founder's household (in a staff room: the founder alone).
    pub group: GroupId,
    /// The founding device; it is the entry's author.
    pub founder: Certificate,
}

/// See [`Body::Invite`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The invitation's public key.
    pub invite: InviteId,
    /// What the invited one becomes.
    pub role: Role,
    /// Whether the invited one founds the network: makes its first key and is its admin.
    pub founder: bool,
    /// Into which household; `None` makes a new one.
    pub group: Option<GroupId>,
    /// Only the relay enforces it: validity never depends on clocks.
    pub expires: Timestamp,
    /// Sealed under the invitation's secret.
    pub welcome: Vec<u8>,
}

/// See [`Body::Join`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// On which invitation.
    pub invite: InviteId,
    /// Into which household.
    pub group: GroupId,
    /// The joining device; it is the entry's author.
    pub joiner: Certificate,
    /// By the invitation's key, over room, invitation, household, person and both device keys.
    pub invite_signature: Signature,
}

/// See [`Body::Admit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admit {
    /// Whom.
    pub person: PersonId,
    /// By which device they stepped up: exactly the keys whose check words were compared.
    pub device: DeviceId,
}

/// See [`Body::Epoch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// One more than the epoch before.
    pub number: EpochNumber,
    /// What is published of the key.
    pub commitment: Hash,
    /// The inbox's public key, derived from the key.
    pub inbox: SealKey,
    /// The key before, under this one; absent in the first epoch.
    pub previous: Option<[u8; WRAPPED_LEN]>,
    /// The key for each device, in ascending order of device.
    pub grants: Vec<(DeviceId, SealedKey)>,
}

/// See [`Body::Grant`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The current epoch.
    pub number: EpochNumber,
    /// For whom.
    pub device: DeviceId,
    /// The key.
    pub key: SealedKey,
}

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
            Body::Join(join) => {
                join.joiner.verify()?;
                let message = Join::message(self.room, join.invite, join.group, &join.joiner);
                keys::verify(join.invite.as_bytes(), INVITED, &message, &join.invite_signature)?;
            }
            Body::Invite(_) | Body::Admit(_) | Body::Epoch(_) | Body::Grant(_) => {}
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

impl Join {
    /// A joiner's half-signed Join: the invitation's key has signed, the device's signature comes with the entry.
    #[must_use]
    pub fn new(invite_key: &SignKey, room: RoomId, group: GroupId, joiner: Certificate) -> Self {
        let invite = InviteId::from_bytes(invite_key.public());
        let invite_signature = invite_key.sign(INVITED, &Self::message(room, invite, group, &joiner));
        Self { invite, group, joiner, invite_signature }
    }

    fn message(room: RoomId, invite: InviteId, group: GroupId, joiner: &Certificate) -> Vec<u8> {
        Writer::new()
            .fixed(room.as_bytes())
            .fixed(invite.as_bytes())
            .fixed(group.as_bytes())
            .fixed(joiner.person.as_bytes())
            .fixed(joiner.device.as_bytes())
            .fixed(&joiner.seal_key.0)
            .finish()
    }
}

impl Body {
    fn write(&self) -> Vec<u8> {
        match self {
            Self::Genesis(it) => Writer::new()
                .u8(1)
                .u8(it.kind as u8)
                .fixed(&it.relay)
                .fixed(&it.nonce)
                .fixed(it.group.as_bytes())
                .fixed(&write_certificate(&it.founder)),
            Self::Invite(it) => Writer::new()
                .u8(2)
                .fixed(it.invite.as_bytes())
                .u8(it.role as u8)
                .u8(u8::from(it.founder))
                .option(it.group.as_ref().map(|group| group.as_bytes().as_slice()))
                .i64(it.expires.as_millis())
                .bytes(&it.welcome),
            Self::Join(it) => Writer::new()
                .u8(3)
                .fixed(it.invite.as_bytes())
                .fixed(it.group.as_bytes())
                .fixed(&write_certificate(&it.joiner))
                .fixed(it.invite_signature.as_bytes()),
            Self::Admit(it) => Writer::new().u8(4).fixed(it.person.as_bytes()).fixed(it.device.as_bytes()),
            Self::Epoch(it) => {
                let mut writer = Writer::new()
                    .u8(5)
                    .u32(it.number)
                    .fixed(it.commitment.as_bytes())
                    .fixed(&it.inbox.0)
                    .option(it.previous.as_ref().map(<[u8; WRAPPED_LEN]>::as_slice))
                    .u16(u16::try_from(it.grants.len()).unwrap_or(u16::MAX));
                for (device, key) in &it.grants {
                    writer = write_key(writer.fixed(device.as_bytes()), key);
                }
                writer
            }
            Self::Grant(it) => write_key(Writer::new().u8(6).u32(it.number).fixed(it.device.as_bytes()), &it.key),
        }
        .finish()
    }

    fn read(author: DeviceId, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(match reader.u8()? {
            1 => Self::Genesis(Genesis {
                kind: RoomKind::from_number(reader.u8()?).ok_or(Malformed::Unknown)?,
                relay: reader.array()?,
                nonce: reader.array()?,
                group: GroupId::from_bytes(reader.array()?),
                founder: read_certificate(author, reader)?,
            }),
            2 => Self::Invite(Invite {
                invite: InviteId::from_bytes(reader.array()?),
                role: Role::from_number(reader.u8()?).ok_or(Malformed::Unknown)?,
                founder: read_flag(reader)?,
                group: reader.option()?.map(GroupId::from_bytes),
                expires: Timestamp::from_millis(reader.i64()?),
                welcome: reader.bytes(MAX_WELCOME)?.to_vec(),
            }),
            3 => Self::Join(Join {
                invite: InviteId::from_bytes(reader.array()?),
                group: GroupId::from_bytes(reader.array()?),
                joiner: read_certificate(author, reader)?,
                invite_signature: Signature::from_bytes(reader.array()?),
            }),
            4 => Self::Admit(Admit {
                person: PersonId::from_bytes(reader.array()?),
                device: DeviceId::from_bytes(reader.array()?),
            }),
            5 => Self::Epoch(Epoch {
                number: reader.u32()?,
                commitment: Hash::from_bytes(reader.array()?),
                inbox: SealKey(reader.array()?),
                previous: reader.option()?,
                grants: read_grants(reader)?,
            }),
            6 => Self::Grant(Grant {
                number: reader.u32()?,
                device: DeviceId::from_bytes(reader.array()?),
                key: read_key(reader)?,
            }),
            kind => return Err(EntryError::UnknownKind(kind)),
        })
    }
}

fn read_flag(reader: &mut Reader<'_>) -> Result<bool, Malformed> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Malformed::Unknown),
    }
}

/// The device is not written: it is the entry's author.
fn write_certificate(certificate: &Certificate) -> Vec<u8> {
    Writer::new()
        .fixed(certificate.person.as_bytes())
        .fixed(&certificate.seal_key.0)
        .fixed(certificate.signature.as_bytes())
        .finish()
}

fn read_certificate(device: DeviceId, reader: &mut Reader<'_>) -> Result<Certificate, Malformed> {
    Ok(Certificate {
        device,
        person: PersonId::from_bytes(reader.array()?),
        seal_key: SealKey(reader.array()?),
        signature: Signature::from_bytes(reader.array()?),
    })
}

fn write_key(writer: Writer, key: &SealedKey) -> Writer {
    writer.fixed(&key.encapsulated).fixed(&key.ciphertext)
}

fn read_key(reader: &mut Reader<'_>) -> Result<SealedKey, Malformed> {
    Ok(SealedKey { encapsulated: reader.array()?, ciphertext: reader.array()? })
}

fn read_grants(reader: &mut Reader<'_>) -> Result<Vec<(DeviceId, SealedKey)>, Malformed> {
    let count = usize::from(reader.u16()?);
    if count > MAX_GRANTS {
        return Err(Malformed::TooLong);
    }
    let mut grants: Vec<(DeviceId, SealedKey)> = Vec::new();
    for _ in 0..count {
        let device = DeviceId::from_bytes(reader.array()?);
        if grants.last().is_some_and(|(before, _)| *before >= device) {
            return Err(Malformed::Unknown);
        }
        grants.push((device, read_key(reader)?));
    }
    Ok(grants)
}
