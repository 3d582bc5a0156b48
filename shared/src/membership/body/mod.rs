//! What each kind of entry says. How it is written is in [`layout`].

mod layout;

pub use crate::domain::Remove;
use crate::{
    crypto::{
        BadSignature, Hash, Signature, Writer,
        grant::{EpochNumber, SealedKey, WRAPPED_LEN},
        head::{LogHead, Seq},
        keys::{self, Certificate, Half, SealKey, SignKey},
        notice::SealedNotice,
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

/// What an entry does. One of a kind this version does not know stops the room with "update the app".
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
    /// Another role for somebody who is inside.
    SetRole(SetRole),
    /// What a steward tells the room without being able to read it.
    Notice(Notice),
    /// The last entry of the room.
    Close(Close),
    /// Says of itself that it was given no key, or a wrong one.
    Lacks(EpochNumber),
    /// An older key under the current one, for those who say that they lack it.
    Wrap(Wrap),
    /// After the relay was restored from a backup: the log goes on from here.
    Confirm(Confirm),
    /// Begins the room anew: its content is what stands right before, and what was written earlier is erased.
    Refound(Refound),
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
    /// Who comes back by it (*Slipp inn igjen*); nobody else comes in on it. `None` is for whoever has the link.
    pub returns: Option<PersonId>,
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
    /// The latest key its author truly has, under this one; absent in the first epoch.
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
    /// Whether it is a recovery kit: a device whose keys are kept on paper.
    pub kit: bool,
}

/// See [`Body::SetRole`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRole {
    /// Whose.
    pub person: PersonId,
    /// What they become.
    pub role: Role,
}

/// See [`Body::Notice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The epoch whose inbox it is sealed to: the current one.
    pub number: EpochNumber,
    /// The text.
    pub sealed: SealedNotice,
}

/// See [`Body::Wrap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrap {
    /// Whose key it is. Whoever opens it compares it with what was published of that epoch.
    pub number: EpochNumber,
    /// The key, under the current one.
    pub wrapped: [u8; WRAPPED_LEN],
}

/// See [`Body::Close`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// The room that goes on in its place, if one does.
    pub successor: Option<RoomId>,
}

/// See [`Body::Confirm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// The relay's epoch: how often it was restored.
    pub relay_epoch: u32,
    /// Where the log had come before this entry, which its readers compare with their own.
    pub head: LogHead,
}

/// See [`Body::Refound`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refound {
    /// From where on its author's records say what the room's content is. What was written before goes.
    pub from: Seq,
    /// Where the log had come before this entry: nothing was written that is not part of it.
    pub head: LogHead,
}

impl Body {
    /// Before which place of the log all content goes, if this entry stands at another.
    #[must_use]
    pub const fn erases(&self, at: Seq) -> Option<Seq> {
        match self {
            Self::Refound(it) => Some(it.from),
            Self::Close(_) => Some(at),
            _ => None,
        }
    }
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
