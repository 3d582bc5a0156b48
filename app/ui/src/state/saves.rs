//! Acts given from the screen: asked of the engine, then shown with their undo.

use grend_shared::{
    command::Command,
    ids::{CommandId, GatheringId, RoomId},
    port::{Ask, Outcome},
};

use super::{AppState, Trouble, toast::Toast};

/// A new gathering's id.
///
/// # Errors
/// [`Trouble::Restarted`] where the browser gives no randomness: nothing can be made, and trying again is safe.
pub(crate) fn new_gathering() -> Result<GatheringId, Trouble> {
    let mut bytes = [0; GatheringId::LEN];
    getrandom::fill(&mut bytes).map_err(|_| Trouble::Restarted)?;
    Ok(GatheringId::from_bytes(bytes))
}

impl AppState {
    /// Gives one act. It is on this device's disk when this returns.
    ///
    /// # Errors
    /// Why it was not saved; what was typed is to be kept.
    pub(crate) async fn save(self, room: RoomId, command: Command) -> Result<Option<CommandId>, Trouble> {
        match self.engine.ask(Ask::Do { room, command }).await? {
            Outcome::Saved { act } => Ok(Some(act)),
            _ => Ok(None),
        }
    }

    /// Gives acts one after the other, then says it with an undo for all of them.
    ///
    /// # Errors
    /// The first trouble; what was saved before it stays, and can be undone from the toast.
    pub(crate) async fn save_and_say(self, room: RoomId, commands: Vec<Command>, text: String) -> Result<(), Trouble> {
        let mut acts = Vec::new();
        let mut outcome = Ok(());
        for command in commands {
            match self.save(room, command).await {
                Ok(act) => acts.extend(act),
                Err(trouble) => {
                    outcome = Err(trouble);
                    break;
                }
            }
        }
        acts.reverse();
        if outcome.is_ok() || !acts.is_empty() {
            self.toast.show(Toast { text, room, acts });
        }
        outcome
    }

    /// Takes back what a toast tells of.
    ///
    /// # Errors
    /// Why it could not be taken back.
    pub(crate) async fn undo(self, toast: &Toast) -> Result<(), Trouble> {
        for act in &toast.acts {
            self.engine.ask(Ask::Undo { room: toast.room, act: *act }).await?;
        }
        Ok(())
    }
}
