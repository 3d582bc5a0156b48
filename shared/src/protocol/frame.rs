//! The frames themselves. Numbers of variants and fields are the wire format: they are never used again.

use minicbor::{Decode, Encode};

use super::auth::Nonce;
use crate::{
    crypto::{
        Hash, Signature,
        head::{Beacon, ItemKind, LogHead, Seq, SignedHead},
    },
    ids::{DeviceId, InviteId, RoomId},
};

/// From a device to the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FromDevice {
    /// First frame.
    #[n(0)]
    Hello {
        /// [`super::VERSION`].
        #[n(0)]
        version: u16,
        /// Who signs in.
        #[n(1)]
        device: DeviceId,
    },
    /// The answer to the challenge.
    #[n(1)]
    Auth {
        /// See [`super::auth::sign_in`].
        #[n(0)]
        signature: Signature,
    },
    /// Begins a room. Answered by `PutOk` or `Refused`, both naming the Genesis' hash.
    #[n(2)]
    Begin {
        /// By what right.
        #[n(0)]
        opening: Opening,
        /// The Genesis entry.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        genesis: Vec<u8>,
    },
    /// Asks for a room's membership log on the strength of an invitation. Answered by `Peeked` or `Refused`.
    #[n(3)]
    Peek {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The invitation.
        #[n(1)]
        invite: InviteId,
        /// See [`super::auth::peek`].
        #[n(2)]
        proof: Signature,
    },
    /// Subscribes to a room from where the device has come. Answered by `Opened`, then `Batch`es; or `Refused`.
    #[n(4)]
    Open {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The last head the device knows.
        #[n(1)]
        from: LogHead,
    },
    /// Appends an item. Answered by `PutOk` or `Refused`.
    #[n(5)]
    Put {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The item.
        #[n(1)]
        item: Item,
    },
    /// "I have this on my disk." Kept by the relay, latest per device, and passed on.
    #[n(6)]
    Seen {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The device's signed word.
        #[n(1)]
        beacon: Beacon,
    },
    /// Are you there? Answered by `Pong`.
    #[n(7)]
    Ping,
}

/// By what right a room is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Opening {
    /// The operator's set-up link: makes a tenant with this service room. Single use.
    #[n(0)]
    SetUp {
        /// The link's secret.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        token: [u8; 32],
    },
    /// As staff of a service on this relay.
    #[n(1)]
    Staff {
        /// The service's room, which holds the device.
        #[n(0)]
        service: RoomId,
    },
}

/// One item of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Item {
    /// What it is: [`ItemKind`]'s number.
    #[n(0)]
    pub kind: u8,
    /// The entry or record, whole.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

impl Item {
    /// An item of a kind.
    #[must_use]
    pub const fn new(kind: ItemKind, bytes: Vec<u8>) -> Self {
        Self { kind: kind as u8, bytes }
    }

    /// Its kind, if this version knows it.
    #[must_use]
    pub const fn kind(&self) -> Option<ItemKind> {
        ItemKind::from_number(self.kind)
    }

    /// The name by which `PutOk` and `Refused` speak of it: a hash over kind and bytes.
    #[must_use]
    pub fn name(&self) -> Hash {
        Hash::of("grend 2026 item name v1", &[&[self.kind], &self.bytes])
    }
}

/// A beacon with its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RoomBeacon {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// The beacon.
    #[n(1)]
    pub beacon: Beacon,
}

/// From the relay to a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FromRelay {
    /// Prove that you are the device you say.
    #[n(0)]
    Challenge {
        /// [`super::VERSION`] of the relay.
        #[n(0)]
        version: u16,
        /// The relay's public key.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        relay: [u8; 32],
        /// To sign.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        nonce: Nonce,
    },
    /// Signed in.
    #[n(1)]
    Welcome {
        /// The relay's epoch.
        #[n(0)]
        relay_epoch: u32,
        /// The rooms that hold this device, waiting or inside.
        #[n(1)]
        rooms: Vec<RoomId>,
    },
    /// A room's membership entries, in order, for one who holds an invitation.
    #[n(2)]
    Peeked {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The entries.
        #[n(1)]
        entries: Vec<Item>,
    },
    /// Subscribed. `Batch`es up to `head` follow, if the device lacks any.
    #[n(3)]
    Opened {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Where the log has come.
        #[n(1)]
        head: SignedHead,
        /// The latest beacon of each device.
        #[n(2)]
        beacons: Vec<Beacon>,
    },
    /// The next items of a room, in order, without gaps; the device's own among them.
    #[n(4)]
    Batch {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Position of the first.
        #[n(1)]
        first: Seq,
        /// The items.
        #[n(2)]
        items: Vec<Item>,
        /// The head after the last, signed.
        #[n(3)]
        head: SignedHead,
    },
    /// On the relay's disk. Also the answer to an item it has already.
    #[n(5)]
    PutOk {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// [`Item::name`].
        #[n(1)]
        item: Hash,
        /// Where it stands.
        #[n(2)]
        seq: Seq,
        /// A signed head at or after it.
        #[n(3)]
        head: SignedHead,
    },
    /// Not taken, and why. Nothing was changed.
    #[n(6)]
    Refused {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// [`Item::name`] for `Begin` and `Put`; absent for `Open`, `Peek` and `Seen`.
        #[n(1)]
        item: Option<Hash>,
        /// Why.
        #[n(2)]
        why: Refusal,
    },
    /// Others' latest beacons.
    #[n(7)]
    Seen {
        /// Each with its room.
        #[n(0)]
        beacons: Vec<RoomBeacon>,
    },
    /// I am here.
    #[n(8)]
    Pong,
    /// The session ends after this frame.
    #[n(9)]
    Fault {
        /// Why.
        #[n(0)]
        why: Fault,
    },
}

/// Why the relay did not take something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum Refusal {
    /// The room is unknown, or the device is not in it: the same answer, so that nobody learns of a room.
    #[error("no such room for this device")]
    #[n(0)]
    NoSuchRoom,
    /// Not the layout of an entry or record.
    #[error("not an item")]
    #[n(1)]
    Malformed,
    /// A signature does not fit.
    #[error("a signature does not fit")]
    #[n(2)]
    BadSignature,
    /// Signed by another device than the session's.
    #[error("signed by another device")]
    #[n(3)]
    ForeignAuthor,
    /// Made for another room.
    #[error("made for another room")]
    #[n(4)]
    OtherRoom,
    /// The device may not write here: waiting, steward, or without the key.
    #[error("this device may not write here")]
    #[n(5)]
    NotAllowed,
    /// The membership log has moved on: look again and sign anew.
    #[error("the membership log has moved on")]
    #[n(6)]
    Conflict,
    /// Sealed under a key that does not count any more: seal again.
    #[error("sealed under an old key")]
    #[n(7)]
    Stale,
    /// The device's records must follow one another without gap; this one does not.
    #[error("a gap in the device's records")]
    #[n(8)]
    Gap,
    /// Another record of this device stands at that place: two speak as one, or storage was rolled back.
    #[error("two records in one place")]
    #[n(9)]
    Equivocation,
    /// Above a limit.
    #[error("too large")]
    #[n(10)]
    TooLarge,
    /// The invitation or set-up link is unknown or withdrawn.
    #[error("the link is unknown")]
    #[n(11)]
    LinkUnknown,
    /// The invitation or set-up link has been used.
    #[error("the link has been used")]
    #[n(12)]
    LinkUsed,
    /// The invitation or set-up link has run out.
    #[error("the link has run out")]
    #[n(13)]
    LinkExpired,
    /// The entry is not valid where it stands.
    #[error("the entry is not valid")]
    #[n(14)]
    Invalid,
    /// Already in the room.
    #[error("already in the room")]
    #[n(15)]
    AlreadyInside,
    /// The relay's own disk failed; try again later.
    #[error("the relay could not store it")]
    #[n(16)]
    Storage,
    /// The device knows a log that the relay does not have: longer, or another.
    #[error("the device's log is not the relay's")]
    #[n(17)]
    Diverged,
    /// The Genesis pins another relay.
    #[error("the room belongs to another relay")]
    #[n(18)]
    OtherRelay,
}

impl Refusal {
    /// Whether the same thing asked for again is refused again. What is not final passes, or asks for another try upon
    /// what the log says by then.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::NoSuchRoom
            | Self::Malformed
            | Self::BadSignature
            | Self::ForeignAuthor
            | Self::OtherRoom
            | Self::NotAllowed
            | Self::TooLarge
            | Self::LinkUnknown
            | Self::LinkUsed
            | Self::LinkExpired
            | Self::Invalid
            | Self::AlreadyInside
            | Self::OtherRelay => true,
            Self::Conflict | Self::Stale | Self::Gap | Self::Equivocation | Self::Storage | Self::Diverged => false,
        }
    }

    /// Whether it is about the link itself.
    #[must_use]
    pub const fn is_about_link(self) -> bool {
        matches!(self, Self::LinkUnknown | Self::LinkUsed | Self::LinkExpired)
    }
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum Fault {
    /// Another version of the protocol.
    #[error("the versions do not fit")]
    #[n(0)]
    Version,
    /// A message that is no sequence of frames.
    #[error("a malformed message")]
    #[n(1)]
    Malformed,
    /// A frame that may not come now.
    #[error("a frame out of turn")]
    #[n(2)]
    OutOfTurn,
    /// The challenge's answer does not fit.
    #[error("the sign-in does not fit")]
    #[n(3)]
    SignIn,
    /// Too much, too fast; try again later.
    #[error("too much at once")]
    #[n(4)]
    Busy,
    /// The device reads too slowly; sign in again and open from where it has come.
    #[error("the device reads too slowly")]
    #[n(5)]
    SlowReader,
    /// The relay is shutting down.
    #[error("the relay is shutting down")]
    #[n(6)]
    ShuttingDown,
}
