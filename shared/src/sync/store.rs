//! What is kept on the device, and under which key. Values are sealed by whoever carries out the writes; the engine
//! reads and writes plain bytes, its own types as CBOR (RFC 8949) with fields by name: a later release must read what
//! an earlier one wrote.
//!
//! | key | value |
//! |---|---|
//! | `device` | the device's keys |
//! | `mine` | [`Mine`]: what is under way between the person's devices |
//! | `room/<room>` | [`StoredRoom`] |
//! | `log/<room>/<seq>` | one item: kind, bytes |
//! | `out/<room>/<n>` | [`OutboxEntry`] |
//! | `view/<room>` | the last projection, for the first paint |
//! | `draft/<room>/…` | what is typed there and not saved: the screen's, erased with the room |

use serde::{Deserialize, Serialize};

use crate::{
    command::{Act, Command},
    crypto::{
        Hash,
        head::{LogHead, Seq, SignedHead},
        links::{DeviceCode, InviteSecret},
    },
    document::actor::Generation,
    domain::{Role, RoomKind},
    ids::{DeviceId, GatheringId, GroupId, PersonId, RoomId},
    membership::body::Invite,
    projection::{Welcome, Wished},
    secret::{SecretBytes, SecretText},
    time::Timestamp,
};

/// One write; `None` deletes, under a key that ends in `/` all that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, plain.
    pub value: Option<SecretBytes>,
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
/// Key of what is under way between the person's devices.
pub const MINE: &str = "mine";
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

/// Prefix of what is typed in a room and not saved.
#[must_use]
pub fn drafts_key(room: RoomId) -> String {
    format!("draft/{room}/")
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

/// One act that is not in the room's log yet. The command is kept beside the change, so that it can be written anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OutboxEntry {
    /// The act.
    pub(super) act: Act,
    /// The document's change; `None` when it has to be written anew.
    #[serde(with = "serde_bytes")]
    pub(super) change: Option<Vec<u8>>,
    /// The record, once it has been sealed: it is sent again identically.
    #[serde(with = "serde_bytes")]
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
        #[serde(with = "serde_bytes")]
        genesis: Vec<u8>,
    },
    /// Join on an invitation.
    Join {
        /// The text behind `#`.
        link: SecretText,
    },
    /// Make an invitation.
    Invite {
        /// The text behind `#`.
        link: SecretText,
        /// See [`crate::membership::body::Invite`].
        role: Role,
        /// See [`crate::membership::body::Invite`].
        founder: bool,
        /// See [`crate::membership::body::Invite`].
        group: Option<GroupId>,
        /// See [`crate::membership::body::Invite`].
        #[serde(default)]
        returns: Option<PersonId>,
        /// See [`crate::membership::body::Invite`].
        expires: Timestamp,
        /// Sealed.
        #[serde(with = "serde_bytes")]
        welcome: Vec<u8>,
    },
    /// Let somebody in.
    Admit {
        /// Whom.
        person: PersonId,
        /// The device whose check words were shown.
        device: DeviceId,
    },
    /// Take out, leave, withdraw, or make an admin.
    Other(Wished),
}

/// What is under way between the person's devices. Kept once, not per room: what is entered meanwhile is part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mine {
    /// The codes of devices this one has added: they come into rooms that are entered later too.
    pub(super) added: Vec<SecretText>,
    /// Where this device moves to.
    pub(super) moving: Option<Move>,
    /// Devices of the person that this one need not ask about.
    pub(super) known: Vec<DeviceId>,
    /// Until when this device, having shown its code, waits to be added.
    pub(super) waits_until: Option<Timestamp>,
}

/// A move to another device (*Flytt til appen*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Move {
    /// To which one.
    pub(super) to: DeviceId,
    /// It has everything: nothing more is written here, and this device takes itself out, room by room.
    pub(super) leaving: bool,
}

impl Mine {
    pub(super) fn leaving(&self) -> Option<DeviceId> {
        self.moving.filter(|it| it.leaving).map(|it| it.to)
    }

    /// Devices that are taken out come into no more rooms, and nobody moves to one.
    pub(super) fn forget_devices(&mut self, gone: &[DeviceId]) {
        self.added.retain(|text| DeviceCode::parse(text.expose()).is_ok_and(|it| !gone.contains(&it.half.device)));
        self.moving = self.moving.filter(|it| !gone.contains(&it.to));
    }

    /// The devices this one has added.
    pub(super) fn codes(&self) -> impl Iterator<Item = DeviceCode> {
        self.added.iter().filter_map(|text| DeviceCode::parse(text.expose()).ok())
    }
}

impl Wish {
    /// The invitation it is about.
    pub(super) fn invite(&self) -> Option<Invite> {
        let Self::Invite { link, role, founder, group, returns, expires, welcome } = self else { return None };
        Some(Invite {
            invite: InviteSecret::from_link(link.expose()).ok()?.id(),
            role: *role,
            founder: *founder,
            group: *group,
            returns: *returns,
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
        token: SecretText,
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
    pub(super) link: SecretText,
    /// For whom.
    pub(super) label: String,
    /// Until when.
    pub(super) expires: Timestamp,
    /// Who came in on it.
    #[serde(default)]
    pub(super) used_by: Option<PersonId>,
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
    pub(super) head: StoredHead,
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
    /// Another device speaks with the same keys at the same time: nothing is sent from here any more.
    #[serde(default)]
    pub(super) twice: bool,
    /// The relay's epoch in which the log is known to be whole; zero before anything was heard of it.
    #[serde(default)]
    pub(super) relay_epoch: u32,
    /// The relay was restored from a backup and lacks some of the log: all of it is to be at hand after loading.
    #[serde(default)]
    pub(super) offering: bool,
    /// The relay lists this device in it; whether that is so is known when the whole log is here.
    #[serde(default)]
    pub(super) coming: bool,
    /// The relay's signed head that contradicts the stored log, if that is why. See [`fork_bytes`].
    #[serde(default, with = "serde_bytes")]
    pub(super) fork: Option<Vec<u8>>,
}

/// A signed head as it is stored: the wire's own layout.
pub(super) fn fork_bytes(head: &SignedHead) -> Vec<u8> {
    minicbor::to_vec(head).expect("a vector takes all that is written to it")
}

pub(super) fn fork_from(bytes: &[u8]) -> Option<SignedHead> {
    minicbor::decode(bytes).ok()
}

/// A [`LogHead`] as it is stored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct StoredHead {
    seq: Seq,
    #[serde(with = "serde_bytes")]
    hash: [u8; 32],
}

impl From<LogHead> for StoredHead {
    fn from(head: LogHead) -> Self {
        Self { seq: head.seq, hash: *head.hash.as_bytes() }
    }
}

impl From<StoredHead> for LogHead {
    fn from(stored: StoredHead) -> Self {
        Self { seq: stored.seq, hash: Hash::from_bytes(stored.hash) }
    }
}

/// A verified beacon of another device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredBeacon {
    pub(super) device: DeviceId,
    pub(super) head: StoredHead,
}

/// What a stored value could not be read as. Names the key only, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored value `{key}` can not be read")]
pub struct Unreadable {
    /// The key.
    pub key: String,
}

/// Links are in some of them.
pub(super) fn to_cbor<T: Serialize>(value: &T) -> SecretBytes {
    minicbor_serde::to_vec(value).expect("stored types have no failing serializers").into()
}

pub(super) fn from_cbor<T: for<'de> Deserialize<'de>>(key: &str, bytes: &[u8]) -> Result<T, Unreadable> {
    minicbor_serde::from_slice(bytes).map_err(|_| Unreadable { key: key.to_owned() })
}

/// The inverse of an act, kept in memory for undo.
#[derive(Debug, Clone)]
pub(super) struct Undo {
    pub(super) act: crate::ids::CommandId,
    pub(super) inverse: Command,
}
