//! May this role do this in this room? The same answer on every side: the engine asks before an act is written,
//! the projection asks again of every record that arrives (promise 6).

use serde::{Deserialize, Serialize};

use crate::{
    command::Command,
    domain::{Role, RoomKind},
};

/// Why a command was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// This kind of act has no place in this kind of room.
    #[error("this act does not belong in this room")]
    WrongRoom,
    /// Whoever gives it does not hold the role for it.
    #[error("your role in this room does not allow it")]
    NotYourRole,
    /// What it is about is not there (any more).
    #[error("what it is about is not there")]
    NotThere,
    /// Nobody else could read the room any more.
    #[error("nobody else holds the room's key")]
    LastKey,
    /// The only one who may invite goes, or ceases to.
    #[error("somebody else has to be admin first")]
    LastAdmin,
    /// There is nothing to undo: too old, or undone already.
    #[error("there is nothing to undo")]
    NothingToUndo,
}

/// Whether `role` may give `command` in a room of this kind.
///
/// # Errors
/// [`Refused::WrongRoom`] or [`Refused::NotYourRole`].
pub const fn may(kind: RoomKind, role: Role, command: &Command) -> Result<(), Refused> {
    if !role.holds_key() {
        return Err(Refused::NotYourRole);
    }
    let (belongs, needs_admin) = match command {
        Command::NameService { .. } => (matches!(kind, RoomKind::Service), true),
        Command::NoteNetwork { .. } => (matches!(kind, RoomKind::Service), false),
        Command::NameNetwork { .. } => (matches!(kind, RoomKind::Network), true),
        Command::NameMyself { .. } | Command::NameDevice { .. } => (true, false),
        Command::NameHousehold { .. } => (matches!(kind, RoomKind::Network), false),
        Command::PlanGathering { .. }
        | Command::ChangeGathering { .. }
        | Command::CancelGathering { .. }
        | Command::RestoreGathering { .. }
        | Command::WithdrawGathering { .. }
        | Command::AnswerGathering { .. } => (matches!(kind, RoomKind::Network), false),
    };
    if !belongs {
        Err(Refused::WrongRoom)
    } else if needs_admin && !matches!(role, Role::Admin) {
        Err(Refused::NotYourRole)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Line, ids::GatheringId};

    #[test]
    fn a_steward_writes_nothing_and_a_gathering_belongs_in_a_network() {
        let cancel = Command::CancelGathering { gathering: GatheringId::from_bytes([1; 16]) };
        assert_eq!(may(RoomKind::Network, Role::Member, &cancel), Ok(()));
        assert_eq!(may(RoomKind::Network, Role::Steward, &cancel), Err(Refused::NotYourRole));
        assert_eq!(may(RoomKind::Service, Role::Admin, &cancel), Err(Refused::WrongRoom));
    }

    #[test]
    fn only_an_admin_names_the_network() {
        let line = |text| Line::new(text).expect("a line");
        let name = Command::NameNetwork { name: line("Solbakken"), service: line("Fjellvik") };
        assert_eq!(may(RoomKind::Network, Role::Member, &name), Err(Refused::NotYourRole));
        assert_eq!(may(RoomKind::Network, Role::Admin, &name), Ok(()));
    }
}
