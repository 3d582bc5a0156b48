//! The people of a room as the screens show them: who is inside, who waits, who was invited, and who was here.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Remove, Role},
    ids::{DeviceId, GroupId, InviteId, PersonId},
    secret::SecretText,
    time::Timestamp,
};

/// An adult of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adult {
    /// The person.
    pub person: PersonId,
    /// What they call themself; empty before the name has arrived.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How many devices the person has in this room; none for somebody who is not inside any more.
    pub devices: usize,
}

/// A household in the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// Its opaque id.
    pub group: GroupId,
    /// Its name; empty before it has arrived.
    pub name: String,
    /// Whether this is the resource family, the house in the middle.
    pub resource: bool,
    /// Whether it is the own one.
    pub mine: bool,
    /// Its adults who are let in.
    pub adults: Vec<Adult>,
}

/// Somebody who joined on a steward's invitation and waits for a key holder's tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The person.
    pub person: PersonId,
    /// The device that joined.
    pub device: DeviceId,
    /// Check words made from the joiner's keys, to compare by phone.
    pub check_words: Vec<String>,
    /// What they are called, if they are in the room already and ask to come in anew: their other devices go then.
    pub returns: Option<String>,
}

/// An invitation this device made that is not used yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvite {
    /// Its id.
    pub invite: InviteId,
    /// Whom it is for, in the words of whoever made it. Never leaves this device but in the sealed welcome.
    pub label: String,
    /// The part of the link behind `#`. Never sent to a server.
    pub secret: SecretText,
    /// Whether the relay has it; before that the link does not work yet.
    pub ready: bool,
    /// When the relay stops taking it.
    pub expires: Timestamp,
}

/// The room a projection is of, seen from this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The own person.
    pub person: PersonId,
    /// The own household.
    pub group: GroupId,
    /// The own role.
    pub role: Role,
    /// The own name, as the others see it.
    pub name: String,
    /// The own devices in it, in the order they came.
    pub devices: Vec<OwnDevice>,
}

/// A device of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDevice {
    /// Which.
    pub device: DeviceId,
    /// What its person calls it; empty before it has a name.
    pub name: String,
    /// Whether it is this one.
    pub this: bool,
    /// By which other it was added.
    pub added_by: Option<DeviceId>,
    /// Whether this device knows how it came here. Of any other it asks: was it not you?
    pub known: bool,
    /// Whether it is taken out as soon as there is the net.
    pub goes: bool,
}

/// Something this device was asked to enter into a room's log. It is kept until it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wished {
    /// Taking out, leaving, or withdrawing an invitation.
    TakeOut(Remove),
    /// Letting somebody invite others.
    MakeAdmin(PersonId),
    /// The room begun anew: what was changed, taken back or written by who is gone is erased everywhere.
    Refound,
    /// The end of the room.
    Close,
}
