//! What sessions ask of the writer.

use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, LogHead, Seq},
    },
    ids::{DeviceId, RoomId},
    membership::Entry,
    protocol::Opening,
};
use tokio::sync::oneshot;

use super::{
    mailbox::{Mailbox, SessionId},
    prepare::Prepared,
};

/// What comes to the writer.
#[derive(Debug)]
pub(super) enum Message {
    Job(Box<Job>),
    /// A device has signed in; answered when it will be told of what happens from then on.
    Arrive(SessionId, DeviceId, Mailbox, oneshot::Sender<()>),
    Leave(SessionId),
    Stop,
}

/// A session's request.
#[derive(Debug)]
pub struct Job {
    /// Whose.
    pub session: SessionId,
    /// Where the answer goes.
    pub mailbox: Mailbox,
    /// The device that has signed in.
    pub device: DeviceId,
    /// The room it is about.
    pub room: RoomId,
    /// What is asked.
    pub work: Work,
}

/// What a session may ask of the writer.
#[derive(Debug)]
pub enum Work {
    /// Begin a room. Always answered.
    Begin {
        /// By what right.
        opening: Opening,
        /// The Genesis.
        genesis: Box<Entry>,
        /// The item's name.
        name: Hash,
    },
    /// Append an item. Always answered.
    Put {
        /// The item.
        item: Prepared,
        /// The item's name.
        name: Hash,
    },
    /// Subscribe. Always answered.
    Open {
        /// From where the device has come.
        from: LogHead,
    },
    /// Take back what a restored relay has lost: items from a place on. Answered only when it is refused.
    Offer {
        /// Place of the first.
        first: Seq,
        /// The items.
        items: Vec<Prepared>,
    },
    /// Keep a beacon and pass it on. Answered only when it is refused.
    Seen(Beacon),
}

impl Work {
    /// The name of the item it is about.
    pub(super) const fn name(&self) -> Option<Hash> {
        match self {
            Self::Begin { name, .. } | Self::Put { name, .. } => Some(*name),
            Self::Open { .. } | Self::Offer { .. } | Self::Seen(_) => None,
        }
    }

    /// Whether the session counts it as unanswered.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        !matches!(self, Self::Seen(_) | Self::Offer { .. })
    }

    /// How many items it may bring to the log.
    pub(super) fn items(&self) -> usize {
        match self {
            Self::Begin { .. } | Self::Put { .. } | Self::Open { .. } | Self::Seen(_) => 1,
            Self::Offer { items, .. } => items.len().max(1),
        }
    }

    /// About how many bytes it brings to the log.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Begin { genesis, .. } => genesis.as_bytes().len(),
            Self::Put { item, .. } => item.len(),
            Self::Offer { items, .. } => items.iter().map(Prepared::len).sum(),
            Self::Open { .. } | Self::Seen(_) => 0,
        }
    }
}
