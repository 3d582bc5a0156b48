//! What people do. A page fills in a draft; the draft becomes a [`Command`] here or says what is wrong, field by
//! field. A command that exists is valid in itself; whether *this* person may give it in *this* room is
//! [`crate::rules`]. Start with [`Command`]; the gathering's form is in [`gathering`].

pub mod gathering;

use serde::{Deserialize, Serialize};

pub use gathering::{Field, GatheringChange, GatheringDraft, GatheringPlan, Problem, ProblemKind};

use crate::{
    domain::{Answer, Line},
    ids::{CommandId, DeviceId, GatheringId},
    time::Timestamp,
};

/// One thing a person does in a room. Stored in the outbox until the relay has it, so variants and fields are
/// only ever added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Service room: gives the service its name.
    NameService {
        /// The service's name, as families will see it in invitations.
        name: Line,
    },
    /// Service room: notes a network that was opened.
    NoteNetwork {
        /// The network's room.
        network: crate::ids::RoomId,
        /// Its name.
        name: Line,
    },
    /// Network room: gives the network its name.
    NameNetwork {
        /// The network's name.
        name: Line,
        /// The name of the service that opened it.
        service: Line,
    },
    /// Any room: the person says their own name.
    NameMyself {
        /// What the others call this person.
        name: Line,
    },
    /// Any room: names a device of one's own, for oneself.
    NameDevice {
        /// Which.
        device: DeviceId,
        /// What the person calls it.
        name: Line,
    },
    /// Network room: names the own household, as its house in the hamlet is labelled.
    NameHousehold {
        /// The family's name.
        name: Line,
    },
    /// Plans a new gathering (G1, G2).
    PlanGathering {
        /// Made on the device.
        gathering: GatheringId,
        /// What is planned.
        plan: GatheringPlan,
    },
    /// Changes one thing about a gathering. Choosing between two concurrent versions is the same act.
    ChangeGathering {
        /// Which.
        gathering: GatheringId,
        /// The one thing.
        change: GatheringChange,
    },
    /// Calls a gathering off; it stays in the list, marked.
    CancelGathering {
        /// Which.
        gathering: GatheringId,
    },
    /// Takes a cancellation back.
    RestoreGathering {
        /// Which.
        gathering: GatheringId,
    },
    /// Takes a just planned gathering away again. Only ever the undoing of [`Command::PlanGathering`].
    WithdrawGathering {
        /// Which.
        gathering: GatheringId,
    },
    /// Answers for the own household; `None` takes the answer back.
    AnswerGathering {
        /// Which.
        gathering: GatheringId,
        /// Coming, maybe, not coming.
        answer: Option<Answer>,
    },
}

impl Command {
    /// The gathering it is about, if it is about one.
    #[must_use]
    pub const fn gathering(&self) -> Option<GatheringId> {
        match self {
            Self::PlanGathering { gathering, .. }
            | Self::ChangeGathering { gathering, .. }
            | Self::CancelGathering { gathering }
            | Self::RestoreGathering { gathering }
            | Self::WithdrawGathering { gathering }
            | Self::AnswerGathering { gathering, .. } => Some(*gathering),
            Self::NameService { .. }
            | Self::NoteNetwork { .. }
            | Self::NameNetwork { .. }
            | Self::NameMyself { .. }
            | Self::NameDevice { .. }
            | Self::NameHousehold { .. } => None,
        }
    }
}

/// A command with its id and time: what the outbox keeps and undo names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Made on the device, random.
    pub id: CommandId,
    /// When it was given, by the device's clock.
    pub at: Timestamp,
    /// What is done.
    pub command: Command,
}
