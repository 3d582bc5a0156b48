//! What each kind of entry says, and its layout.

use serde::{Deserialize, Serialize};

use super::EntryError;
use crate::{
    crypto::{
        BadSignature, Hash, Malformed, Reader, Signature, Writer,
        grant::{EpochNumber, SealedKey, WRAPPED_LEN},
        keys::{self, Certificate, Half, SealKey, SignKey},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    time::Timestamp,
};

const INVITED: &str = "grend invited join v1";

/// The most bytes a sealed welcome package may have.
pub const MAX_WELCOME: usize = 4 * 1024;
/// The most devices one Epoch entry grants to.
pub const MAX_GRANTS: usize = 400;

/// The most devices a person has in one room.
pub const MAX_DEVICES: usize = 8;

/// What an entry does. Kinds 9 and up (SetRole, Notice, Close) are not known to this version: an entry of unknown kind
/// stops the room with "update the app".
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
    /// One more device of the author's own person.
    AddDevice(AddDevice),
    /// Takes out a device, a person or a household. Its place in the log is the cut: what they wrote before it stays,
    /// nothing after it counts.
    Remove(Remove),
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

/// See [`Body::AddDevice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddDevice {
    /// The new device's.
    pub half: Half,
    /// [`crate::crypto::links::DeviceCode::claim`]: only the device itself can check it.
    pub claim: Hash,
}

/// Who is taken out. See [`Body::Remove`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remove {
    /// One device; its person stays, if only as a name.
    Device(DeviceId),
    /// A person with all their devices.
    Person(PersonId),
    /// A household.
    Group(GroupId),
}

impl Join {
    /// A joiner's half-signed Join: the invitation's key has signed, the device's signature comes with the entry.
    #[must_use]
    pub fn new(invite_key: &SignKey, room: RoomId, group: GroupId, joiner: Certificate) -> Self {
        let invite = InviteId::from_bytes(invite_key.public());
        let invite_signature = invite_key.sign(INVITED, &Self::message(room, invite, group, &joiner));
        Self { invite, group, joiner, invite_signature }
    }

    /// Whether the joiner's certificate and the invitation's key have signed it for this room.
    pub(super) fn verify(&self, room: RoomId) -> Result<(), BadSignature> {
        self.joiner.verify()?;
        let message = Self::message(room, self.invite, self.group, &self.joiner);
        keys::verify(self.invite.as_bytes(), INVITED, &message, &self.invite_signature)
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
    /// The kind and what follows it.
    pub(super) fn write(&self) -> Vec<u8> {
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
            Self::AddDevice(AddDevice { half, claim }) => half.write(Writer::new().u8(7)).fixed(claim.as_bytes()),
            Self::Remove(it) => {
                let writer = Writer::new().u8(8);
                match it {
                    Remove::Device(device) => writer.u8(1).fixed(device.as_bytes()),
                    Remove::Person(person) => writer.u8(2).fixed(person.as_bytes()),
                    Remove::Group(group) => writer.u8(3).fixed(group.as_bytes()),
                }
            }
        }
        .finish()
    }

    /// Reads what [`Body::write`] wrote, in an entry by this author.
    pub(super) fn read(author: DeviceId, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
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
            7 => {
                let half = Half::read(reader)?;
                Self::AddDevice(AddDevice { half, claim: Hash::from_bytes(reader.array()?) })
            }
            8 => Self::Remove(match reader.u8()? {
                1 => Remove::Device(DeviceId::from_bytes(reader.array()?)),
                2 => Remove::Person(PersonId::from_bytes(reader.array()?)),
                3 => Remove::Group(GroupId::from_bytes(reader.array()?)),
                _ => return Err(Malformed::Unknown.into()),
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
