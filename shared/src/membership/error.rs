//! Why an entry is refused.

/// Why an entry is not valid where it stands. A relay refuses it by this name; a device that finds one in a log
/// knows that the relay let it through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MembershipError {
    /// It names another room.
    #[error("the entry belongs to another room")]
    OtherRoom,
    /// It was written upon another entry than the last: look again and sign anew.
    #[error("something else was entered in the meantime")]
    Conflict,
    /// A Genesis where there is a room already, or anything else where there is none.
    #[error("a room begins with its Genesis, once")]
    NotTheBeginning,
    /// The author is not in the room, or not let in yet.
    #[error("the author is not in the room")]
    NotInside,
    /// The author's role does not allow it.
    #[error("the author's role does not allow it")]
    NotAllowed,
    /// No key has been made yet; only the founder may come in.
    #[error("the room has not been founded yet")]
    NotFounded,
    /// The room has a founder already.
    #[error("the room has been founded")]
    AlreadyFounded,
    /// An invitation of this id stands already.
    #[error("this invitation stands already")]
    InviteExists,
    /// Nobody made this invitation.
    #[error("this invitation is unknown")]
    InviteUnknown,
    /// The invitation has been used.
    #[error("this invitation has been used")]
    InviteUsed,
    /// The invitation was taken back, or whoever made it is out.
    #[error("this invitation has been withdrawn")]
    InviteWithdrawn,
    /// A household has invited as many as it may.
    #[error("no invitations are left")]
    Quota,
    /// The device or person is in the room already.
    #[error("already in the room")]
    AlreadyInside,
    /// Another household than the invitation says, or one that exists.
    #[error("not the household of the invitation")]
    WrongGroup,
    /// The invitation lets somebody else back in, and nobody but them.
    #[error("this invitation is somebody else's way back")]
    NotTheirs,
    /// There is nobody to let in by that name and device.
    #[error("nobody waits by that name and device")]
    NobodyWaits,
    /// An Epoch or Grant of another number than it must have.
    #[error("not the epoch that comes next")]
    WrongEpoch,
    /// There is nobody to take out by that name.
    #[error("nobody is in the room by that name")]
    NotThere,
    /// A person, or the room, has as many devices as may be.
    #[error("no more devices")]
    TooManyDevices,
    /// This device of the person was taken out: it comes back with new keys.
    #[error("this device was taken out")]
    TakenOut,
    /// Nobody takes out themself, or their own household, as long as nobody else holds the key: it would go along.
    #[error("nobody else holds the key")]
    LastKey,
    /// A room that nobody stewards keeps an admin.
    #[error("somebody has to be admin")]
    LastAdmin,
    /// Nothing comes after a Close.
    #[error("the room is closed")]
    Closed,
    /// Keys for others than exactly those who shall have them.
    #[error("the keys are not for exactly those who shall have them")]
    WrongRecipients,
}
