//! Rooms and what somebody may be in one (domain.md section 2, architecture.md section 4).

use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, GroupId, InviteId, PersonId};

/// What a room is for. The numbers are part of the signed layout and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum RoomKind {
    /// *Husstand*: the adults of one household.
    Household = 1,
    /// *Nettverk*: the adults of the resource family and of the foster families.
    Network = 2,
    /// *Veiledning*: resource parents and their two guides.
    Guidance = 3,
    /// *Nettverksmappe*: the staff round one network.
    File = 4,
    /// *Tjeneste*: the staff of one child-welfare service.
    Service = 5,
    /// *Fellesmøte*: resource families and guides across services.
    Joint = 6,
}

impl RoomKind {
    /// The kind a layout's number stands for.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Household,
            2 => Self::Network,
            3 => Self::Guidance,
            4 => Self::File,
            5 => Self::Service,
            6 => Self::Joint,
            _ => return None,
        })
    }

    /// Rooms of the service's staff, where each person is a group of their own.
    #[must_use]
    pub const fn is_staff_room(self) -> bool {
        matches!(self, Self::File | Self::Service)
    }
}

/// What a person may do in a room. The numbers are part of the signed layout and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Role {
    /// Reads and writes; may invite adults into the own household.
    Member = 1,
    /// A member who may invite and remove anybody.
    Admin = 2,
    /// Invites and removes, but holds no content key: stewards hold the door, members hold the key.
    Steward = 3,
}

impl Role {
    /// The role a layout's number stands for.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Member,
            2 => Self::Admin,
            3 => Self::Steward,
            _ => return None,
        })
    }

    /// Whether this role is ever given the room's key.
    #[must_use]
    pub const fn holds_key(self) -> bool {
        matches!(self, Self::Member | Self::Admin)
    }
}

/// Who is taken out of a room, or which invitation is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remove {
    /// One device; its person stays, if only as a name.
    Device(DeviceId),
    /// A person with all their devices.
    Person(PersonId),
    /// A household.
    Group(GroupId),
    /// An invitation nobody has used.
    Invite(InviteId),
}
