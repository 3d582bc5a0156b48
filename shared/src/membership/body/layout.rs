//! How an entry's body is written: its kind, then its fields. Pinned by golden vectors.

use super::{
    AddDevice, Admit, Body, Close, Confirm, Epoch, Genesis, Grant, Invite, Join, MAX_GRANTS, MAX_WELCOME, Notice,
    Refound, Remove, SetRole, Wrap,
};
use crate::{
    crypto::{
        Hash, Malformed, Reader, Signature, Writer,
        grant::{SealedKey, WRAPPED_LEN},
        head::LogHead,
        keys::{Certificate, Half, SealKey},
        notice::{self, SealedNotice},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    membership::EntryError,
    time::Timestamp,
};

const INVITE: u8 = 2;
const INVITE_BACK: u8 = 15;
const ADD_DEVICE: u8 = 7;
const ADD_KIT: u8 = 12;

impl Body {
    /// The kind and what follows it.
    pub(in crate::membership) fn write(&self) -> Vec<u8> {
        match self {
            Self::Genesis(it) => Writer::new()
                .u8(1)
                .u8(it.kind as u8)
                .fixed(&it.relay)
                .fixed(&it.nonce)
                .fixed(it.group.as_bytes())
                .fixed(&write_certificate(&it.founder)),
            Self::Invite(it) => match it.returns {
                None => Writer::new().u8(INVITE),
                Some(person) => Writer::new().u8(INVITE_BACK).fixed(person.as_bytes()),
            }
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
            Self::AddDevice(AddDevice { half, claim, kit }) => {
                half.write(Writer::new().u8(if *kit { ADD_KIT } else { ADD_DEVICE })).fixed(claim.as_bytes())
            }
            Self::Remove(it) => {
                let writer = Writer::new().u8(8);
                match it {
                    Remove::Device(device) => writer.u8(1).fixed(device.as_bytes()),
                    Remove::Person(person) => writer.u8(2).fixed(person.as_bytes()),
                    Remove::Group(group) => writer.u8(3).fixed(group.as_bytes()),
                    Remove::Invite(invite) => writer.u8(4).fixed(invite.as_bytes()),
                }
            }
            Self::SetRole(it) => Writer::new().u8(9).fixed(it.person.as_bytes()).u8(it.role as u8),
            Self::Notice(Notice { number, sealed }) => {
                Writer::new().u8(10).u32(*number).fixed(&sealed.encapsulated).bytes(&sealed.ciphertext)
            }
            Self::Lacks(number) => Writer::new().u8(13).u32(*number),
            Self::Wrap(it) => Writer::new().u8(14).u32(it.number).fixed(&it.wrapped),
            Self::Confirm(Confirm { relay_epoch, head }) => {
                Writer::new().u8(16).u32(*relay_epoch).u64(head.seq).fixed(head.hash.as_bytes())
            }
            Self::Refound(Refound { from, head }) => {
                Writer::new().u8(17).u64(*from).u64(head.seq).fixed(head.hash.as_bytes())
            }
            Self::Close(it) => {
                Writer::new().u8(11).option(it.successor.as_ref().map(|room| room.as_bytes().as_slice()))
            }
        }
        .finish()
    }

    /// Reads what [`Body::write`] wrote, in an entry by this author.
    pub(in crate::membership) fn read(author: DeviceId, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(match reader.u8()? {
            1 => Self::Genesis(Genesis {
                kind: RoomKind::from_number(reader.u8()?).ok_or(Malformed::Version)?,
                relay: reader.array()?,
                nonce: reader.array()?,
                group: GroupId::from_bytes(reader.array()?),
                founder: read_certificate(author, reader)?,
            }),
            kind @ (INVITE | INVITE_BACK) => Self::Invite(Invite {
                returns: if kind == INVITE_BACK { Some(PersonId::from_bytes(reader.array()?)) } else { None },
                invite: InviteId::from_bytes(reader.array()?),
                role: read_role(reader)?,
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
            kind @ (ADD_DEVICE | ADD_KIT) => {
                let half = Half::read(reader)?;
                Self::AddDevice(AddDevice { half, claim: Hash::from_bytes(reader.array()?), kit: kind == ADD_KIT })
            }
            8 => Self::Remove(match reader.u8()? {
                1 => Remove::Device(DeviceId::from_bytes(reader.array()?)),
                2 => Remove::Person(PersonId::from_bytes(reader.array()?)),
                3 => Remove::Group(GroupId::from_bytes(reader.array()?)),
                4 => Remove::Invite(InviteId::from_bytes(reader.array()?)),
                // A later version takes out what this one does not know.
                _ => return Err(Malformed::Version.into()),
            }),
            9 => Self::SetRole(SetRole { person: PersonId::from_bytes(reader.array()?), role: read_role(reader)? }),
            10 => Self::Notice(Notice {
                number: reader.u32()?,
                sealed: SealedNotice {
                    encapsulated: reader.array()?,
                    ciphertext: reader.bytes(notice::MAX_LEN)?.to_vec(),
                },
            }),
            13 => Self::Lacks(reader.u32()?),
            14 => Self::Wrap(Wrap { number: reader.u32()?, wrapped: reader.array()? }),
            16 => Self::Confirm(Confirm {
                relay_epoch: reader.u32()?,
                head: LogHead { seq: reader.u64()?, hash: Hash::from_bytes(reader.array()?) },
            }),
            17 => Self::Refound(Refound {
                from: reader.u64()?,
                head: LogHead { seq: reader.u64()?, hash: Hash::from_bytes(reader.array()?) },
            }),
            11 => Self::Close(Close { successor: reader.option()?.map(RoomId::from_bytes) }),
            kind => return Err(EntryError::UnknownKind(kind)),
        })
    }
}

fn read_role(reader: &mut Reader<'_>) -> Result<Role, Malformed> {
    Role::from_number(reader.u8()?).ok_or(Malformed::Version)
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
