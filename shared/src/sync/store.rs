//! What is kept on the device, and under which key. Values are sealed by whoever carries out the writes; the engine
//! reads and writes plain bytes.
//!
//! | key | value |
//! |---|---|
//! | `device` | the device's keys |
//! | `room/<room>` | [`StoredRoom`] |
//! | `log/<room>/<seq>` | one item: kind, bytes |
//! | `out/<room>/<n>` | [`OutboxEntry`] |
//! | `view/<room>` | the last projection, for the first paint |

use serde::{Deserialize, Serialize};

use crate::{
    command::{Act, Command},
    crypto::{
        head::{LogHead, Seq, SignedHead},
        keys::InviteSecret,
    },
    document::actor::Generation,
    domain::{Role, RoomKind},
    ids::{DeviceId, GatheringId, GroupId, PersonId, RoomId},
    membership::body::Invite,
    projection::Welcome,
    time::Timestamp,
};

/// One write; `None` deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, plain.
    pub value: Option<Vec<u8>>,
}

/// Why writes were not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// The disk or the quota is full.
    Full,
    /// Anything else: the transaction was aborted, the connection died.
    Failed,
}

/// Key of the device's keys.
pub const DEVICE: &str = "device";
/// Prefix of all stored projections.
pub const VIEWS: &str = "view/";

/// Key of a room's state.
#[must_use]
pub fn room_key(room: RoomId) -> String {
    format!("room/{room}")
}

/// Key of a room's last projection.
#[must_use]
pub fn view_key(room: RoomId) -> String {
    format!("{VIEWS}{room}")
}

/// Key of one item of a room's log. Sorts by position.
#[must_use]
pub fn log_key(room: RoomId, seq: Seq) -> String {
    format!("log/{room}/{seq:016x}")
}

/// Key of one entry of a room's outbox. Sorts by number.
#[must_use]
pub fn outbox_key(room: RoomId, number: u64) -> String {
    format!("out/{room}/{number:016x}")
}

/// Bytes as base64 within stored JSON.
pub(super) mod base64 {
    use base64ct::{Base64, Encoding as _};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in crate::sync) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(bytes))
    }

    pub(in crate::sync) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        Base64::decode_vec(&text).map_err(D::Error::custom)
    }

    pub(in crate::sync) mod option {
        use super::{Base64, Deserializer, Serializer};
        use base64ct::Encoding as _;
        use serde::{Deserialize as _, Serialize as _, de::Error as _};

        pub(in crate::sync) fn serialize<S: Serializer>(
            bytes: &Option<Vec<u8>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            bytes.as_ref().map(|bytes| Base64::encode_string(bytes)).serialize(serializer)
        }

        pub(in crate::sync) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Vec<u8>>, D::Error> {
            let text = Option::<String>::deserialize(deserializer)?;
            text.map(|text| Base64::decode_vec(&text).map_err(D::Error::custom)).transpose()
        }
    }
}

/// One act that is not in the room's log yet. The command is kept beside the change, so that it can be written anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OutboxEntry {
    /// The act.
    pub(super) act: Act,
    /// The document's change; `None` when it has to be written anew.
    #[serde(with = "base64::option")]
    pub(super) change: Option<Vec<u8>>,
    /// The record, once it has been sealed: it is sent again identically.
    #[serde(with = "base64::option")]
    pub(super) sealed: Option<Vec<u8>>,
}

/// Something this device wants to stand in a room's membership log. Kept until it does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Wish {
    /// Begin the room.
    Begin {
        /// The operator's token, or as staff of a service.
        opening: StoredOpening,
        /// The Genesis entry.
        #[serde(with = "base64")]
        genesis: Vec<u8>,
    },
    /// Join on an invitation.
    Join {
        /// The text behind `#`.
        link: String,
    },
    /// Make an invitation.
    Invite {
        /// The text behind `#`.
        link: String,
        /// See [`crate::membership::body::Invite`].
        role: Role,
        /// See [`crate::membership::body::Invite`].
        founder: bool,
        /// See [`crate::membership::body::Invite`].
        group: Option<GroupId>,
        /// See [`crate::membership::body::Invite`].
        expires: Timestamp,
        /// Sealed.
        #[serde(with = "base64")]
        welcome: Vec<u8>,
    },
    /// Let somebody in.
    Admit {
        /// Whom.
        person: PersonId,
        /// The device whose check words were shown.
        device: DeviceId,
    },
}

impl Wish {
    /// The invitation it is about.
    pub(super) fn invite(&self) -> Option<Invite> {
        let Self::Invite { link, role, founder, group, expires, welcome } = self else { return None };
        Some(Invite {
            invite: InviteSecret::from_link(link).ok()?.id(),
            role: *role,
            founder: *founder,
            group: *group,
            expires: *expires,
            welcome: welcome.clone(),
        })
    }
}

/// By what right a room is begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum StoredOpening {
    /// The operator's token.
    SetUp {
        /// The text behind `#`.
        token: String,
    },
    /// As staff.
    Staff {
        /// The service's room.
        service: RoomId,
        /// What the network is called; noted in the service's room once it stands.
        name: String,
    },
}

/// An invitation this device made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MadeInvite {
    /// The text behind `#`.
    pub(super) link: String,
    /// For whom.
    pub(super) label: String,
    /// Until when.
    pub(super) expires: Timestamp,
}

/// What is kept of a room beside its log and outbox. Everything that follows from the log is not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredRoom {
    /// What it is for.
    pub(super) kind: RoomKind,
    /// In which order the rooms were entered.
    pub(super) order: u32,
    /// The own household in it.
    pub(super) group: GroupId,
    /// The role one has or was invited to.
    pub(super) role: Role,
    /// How often this device began anew in it.
    pub(super) generation: Generation,
    /// How much of the log is stored.
    pub(super) head: LogHeadText,
    /// The invitation's welcome, for who joined by one.
    pub(super) welcome: Option<Welcome>,
    /// What this device wants to stand in the log.
    pub(super) wishes: Vec<Wish>,
    /// The invitations it made.
    pub(super) invites: Vec<MadeInvite>,
    /// Position of the own latest act on each gathering.
    pub(super) acted_on: Vec<(GatheringId, Seq)>,
    /// Positions of own acts nobody else has confirmed yet, ascending.
    pub(super) unconfirmed: Vec<Seq>,
    /// The others' latest beacons.
    pub(super) beacons: Vec<StoredBeacon>,
    /// Why the room stands still, if it does.
    #[serde(default)]
    pub(super) stopped: Option<crate::projection::StopReason>,
    /// The log holds records of this device that it does not remember: its storage was rolled back.
    #[serde(default)]
    pub(super) rolled_back: bool,
    /// The relay's signed head that contradicts the stored log, if that is why. See [`fork_bytes`].
    #[serde(default, with = "base64::option")]
    pub(super) fork: Option<Vec<u8>>,
}

/// A signed head as it is stored: the wire's own layout.
pub(super) fn fork_bytes(head: &SignedHead) -> Vec<u8> {
    minicbor::to_vec(head).expect("a vector takes all that is written to it")
}

pub(super) fn fork_from(bytes: &[u8]) -> Option<SignedHead> {
    minicbor::decode(bytes).ok()
}

/// A [`LogHead`] within stored JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LogHeadText {
    seq: Seq,
    #[serde(with = "base64")]
    hash: Vec<u8>,
}

impl From<LogHead> for LogHeadText {
    fn from(head: LogHead) -> Self {
        Self { seq: head.seq, hash: head.hash.as_bytes().to_vec() }
    }
}

impl LogHeadText {
    pub(super) fn to_head(&self) -> Option<LogHead> {
        let hash = self.hash.as_slice().try_into().ok()?;
        Some(LogHead { seq: self.seq, hash: crate::crypto::Hash::from_bytes(hash) })
    }
}

/// A verified beacon of another device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredBeacon {
    pub(super) device: DeviceId,
    pub(super) head: LogHeadText,
}

/// What a stored value could not be read as. Names the key only, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored value `{key}` can not be read")]
pub struct Unreadable {
    /// The key.
    pub key: String,
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("stored types have string keys and no failing serializers")
}

pub(super) fn from_json<T: for<'de> Deserialize<'de>>(key: &str, bytes: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|_| Unreadable { key: key.to_owned() })
}

/// The inverse of an act, kept in memory for undo.
#[derive(Debug, Clone)]
pub(super) struct Undo {
    pub(super) act: crate::ids::CommandId,
    pub(super) inverse: Command,
}
