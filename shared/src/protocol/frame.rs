//! The frames themselves. Numbers of variants and fields are the wire format: they are never used again.

use minicbor::{Decode, Encode};

use super::{
    auth::Nonce,
    refusal::{Fault, Refusal},
};
use crate::{
    crypto::{
        Hash, Signature,
        head::{Beacon, ItemKind, LogHead, Seq, SignedHead},
        links::SetUpToken,
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
    /// Gives back to a restored relay what its log lacks: the next items, in order, whoever wrote them. Not answered but by
    /// `Refused`; an `Open` afterwards tells how far it has come.
    #[n(8)]
    Offer {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Position of the first.
        #[n(1)]
        first: Seq,
        /// The items.
        #[n(2)]
        items: Vec<Item>,
    },
}

/// By what right a room is begun.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Opening {
    /// The operator's set-up link: makes a tenant with this service room. Single use.
    #[n(0)]
    SetUp {
        /// The link's secret.
        #[n(0)]
        token: SetUpToken,
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
    /// Another device has added this one to a room: as if the room had stood in `Welcome`.
    #[n(10)]
    Entered {
        /// The room.
        #[n(0)]
        room: RoomId,
    },
    /// Not subscribed: the relay was restored from a backup and its log ends here, before what the device knows. It wants
    /// an `Offer` of the rest.
    #[n(11)]
    Behind {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Where its log ends.
        #[n(1)]
        head: SignedHead,
    },
}
