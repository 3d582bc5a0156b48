//! What the relay says no with, and why a session ends. Numbers are the wire format: they are never used again.

use minicbor::{Decode, Encode};

use crate::membership::{MembershipError, RecordError};

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
    /// The relay was restored from a backup, and nobody in charge of the room has confirmed its log since: it takes only
    /// what it lacks.
    #[error("the log is not confirmed since the relay was restored")]
    #[n(19)]
    Unconfirmed,
}

impl From<MembershipError> for Refusal {
    fn from(error: MembershipError) -> Self {
        use MembershipError as E;
        match error {
            E::OtherRoom => Self::OtherRoom,
            E::Conflict => Self::Conflict,
            // Somebody who waits: that the room does not know the device at all has been answered before.
            E::NotInside | E::NotAllowed | E::Quota => Self::NotAllowed,
            E::InviteUnknown | E::InviteWithdrawn => Self::LinkUnknown,
            E::InviteUsed => Self::LinkUsed,
            E::AlreadyInside => Self::AlreadyInside,
            E::NotTheBeginning
            | E::NotFounded
            | E::AlreadyFounded
            | E::InviteExists
            | E::WrongGroup
            | E::NotTheirs
            | E::NobodyWaits
            | E::NotThere
            | E::TooManyDevices
            | E::TakenOut
            | E::LastKey
            | E::LastAdmin
            | E::Closed
            | E::WrongEpoch
            | E::WrongRecipients => Self::Invalid,
        }
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::OtherRoom => Self::OtherRoom,
            RecordError::NotInside => Self::NoSuchRoom,
            RecordError::NotAllowed => Self::NotAllowed,
            RecordError::Stale => Self::Stale,
            RecordError::Gap => Self::Gap,
            // It names another record as the one before: this relay and the device do not know the same past.
            RecordError::Equivocation => Self::Equivocation,
        }
    }
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
            Self::Conflict
            | Self::Stale
            | Self::Gap
            | Self::Equivocation
            | Self::Storage
            | Self::Diverged
            | Self::Unconfirmed => false,
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
