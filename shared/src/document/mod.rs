//! A room's document: the only place that knows Automerge. Commands become single-field writes here, changes of
//! others are checked and merged, and contents are read back as plain data with their writers.
//!
//! Every document of a kind begins with the same bytes ([`schema`]); maps are keyed by stable ids; a change's actor is
//! bound to the device that signs it ([`actor`]). What others send is looked over ([`chunk`]), judged ([`ledger`], by
//! [`place`]) and only then given to Automerge. Start with [`RoomDocument`].

pub mod actor;
mod chunk;
pub mod contents;
mod ledger;
mod place;
mod read;
mod schema;
mod state;
#[cfg(test)]
mod tests;
mod write;

use automerge::{AutoCommit, Change, transaction::CommitOptions};

pub use actor::{Actor, Authors, Writer};
pub use state::Past;

use self::ledger::Ledger;
use crate::{
    command::{Act, Command},
    domain::RoomKind,
    rules::Refused,
    time::Timestamp,
};

/// The most bytes one change may have. A long note is a hundredth of it.
pub const MAX_CHANGE: usize = 128 * 1024;
/// The most single writes one change may hold.
pub const MAX_OPS: usize = 512;

/// Why a change from a record was not taken into the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotApplied {
    /// Not a change in the plain layout, or above a limit.
    #[error("not a change within the limits")]
    Malformed,
    /// Made in the name of another actor than the record's signer has.
    #[error("made in another actor's name")]
    ForeignActor,
    /// It rests on a change that is not in the log before it.
    #[error("it rests on a change that is not here")]
    MissingDependency,
    /// It is not its author's next change upon what stands in the log, or Automerge does not take it.
    #[error("it does not fit the document")]
    DoesNotFit,
    /// It writes where its writer may not, or what does not belong there.
    #[error("it writes what its writer may not")]
    NotAllowed,
}

/// What writing an act led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The change to seal and send; `None` if the document said it already.
    pub change: Option<Vec<u8>>,
    /// The act that takes it back, if it can be taken back.
    pub inverse: Option<Command>,
}

/// One room's document.
#[derive(Debug, Clone)]
pub struct RoomDocument {
    doc: AutoCommit,
    kind: RoomKind,
    ledger: Ledger,
}

impl RoomDocument {
    /// A document with nothing but the first change every one of its kind begins with.
    #[must_use]
    pub fn new(kind: RoomKind) -> Self {
        let mut doc = schema::first(kind);
        let first = doc.get_heads().first().copied().expect("the first change is the head");
        Self { doc, kind, ledger: Ledger::new(kind, first) }
    }

    /// Writes an act as the given actor. The rules have been asked before; what can still be refused is an act about
    /// something that is not there.
    ///
    /// # Errors
    /// [`Refused::NotThere`], or [`Refused::NotYourRole`] for taking away what another planned; the document is as
    /// before.
    pub fn write(&mut self, act: &Act, writer: &Writer, actor: Actor) -> Result<Written, Refused> {
        self.write_command(&act.command, act.at, writer, actor)
    }

    fn write_command(
        &mut self,
        command: &Command,
        at: Timestamp,
        writer: &Writer,
        actor: Actor,
    ) -> Result<Written, Refused> {
        if let Command::WithdrawGathering { gathering } = command
            && self.ledger.planner(*gathering).is_some_and(|planner| planner != writer.person)
        {
            return Err(Refused::NotYourRole);
        }
        self.doc.set_actor(actor.to_automerge());
        let inverse = match write::act(&mut self.doc, command, writer) {
            Ok(inverse) => inverse,
            Err(refused) => {
                self.doc.rollback();
                return Err(refused);
            }
        };
        let seconds = at.as_millis().div_euclid(1_000).clamp(-chunk::MAX_TIME, chunk::MAX_TIME);
        let options = CommitOptions::default().with_time(seconds);
        let Some(hash) = self.doc.commit_with(options) else {
            return Ok(Written { change: None, inverse: None });
        };
        let change = self.doc.get_change_by_hash(&hash).map(|change| change.raw_bytes().to_vec());
        Ok(Written { change, inverse })
    }

    /// Takes in the change of a record in the log, if its writer could have made it with our own writer upon what stands
    /// before it there. What counts is the log alone, so that every device judges alike: not what this device has
    /// written and not sent yet. A change that stands in the log already changes nothing.
    ///
    /// # Errors
    /// [`NotApplied`]; the document is as before.
    pub fn take(&mut self, bytes: &[u8], actor: Actor, writer: &Writer) -> Result<(), NotApplied> {
        let change = read_change(bytes, actor)?;
        let hash = change.hash();
        if self.ledger.holds(&hash) {
            return Ok(());
        }
        let expanded = change.decode();
        let judged = self.ledger.judge(self.doc.document(), hash, actor, &expanded, writer)?;
        // The one way in which our own writer packs it: whatever else Automerge could read into the bytes is not there.
        if Change::from(expanded).raw_bytes() != bytes {
            return Err(NotApplied::Malformed);
        }
        self.doc.apply_changes([change]).map_err(|_| NotApplied::DoesNotFit)?;
        self.ledger.note(judged);
        Ok(())
    }

    /// Takes in a change this device wrote before and keeps in its outbox, if all it rests on is here. What others
    /// wrote comes by [`RoomDocument::take`].
    ///
    /// # Errors
    /// [`NotApplied`]; the document is as before.
    pub fn apply(&mut self, bytes: &[u8], actor: Actor) -> Result<(), NotApplied> {
        let change = read_change(bytes, actor)?;
        if change.deps().iter().any(|dep| self.doc.get_change_meta_by_hash(dep).is_none()) {
            return Err(NotApplied::MissingDependency);
        }
        if self.doc.get_change_meta_by_hash(&change.hash()).is_some() {
            return Ok(());
        }
        self.doc.set_actor(actor.to_automerge());
        let last = self.doc.get_last_local_change().map_or(0, |change| change.seq());
        if change.seq() != last + 1 {
            return Err(NotApplied::DoesNotFit);
        }
        let expanded = change.decode();
        ledger::names_what_is_there(self.doc.document(), actor, &expanded)?;
        if Change::from(expanded).raw_bytes() != bytes {
            return Err(NotApplied::Malformed);
        }
        self.doc.apply_changes([change]).map_err(|_| NotApplied::DoesNotFit)
    }

    /// The document's heads, sorted: equal heads mean equal documents.
    #[must_use]
    pub fn heads(&mut self) -> Vec<[u8; 32]> {
        let mut heads: Vec<_> = self.doc.get_heads().iter().map(|head| head.0).collect();
        heads.sort_unstable();
        heads
    }

    /// The whole document in Automerge's own format.
    #[must_use]
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    /// What kind of room it is the document of.
    #[must_use]
    pub const fn kind(&self) -> RoomKind {
        self.kind
    }

    /// For reading. Writes are always committed, so this commits nothing.
    fn doc(&mut self) -> &automerge::Automerge {
        self.doc.document()
    }
}

/// Reads a change by this actor within the limits.
fn read_change(bytes: &[u8], actor: Actor) -> Result<Change, NotApplied> {
    if !chunk::is_bounded(bytes) {
        return Err(NotApplied::Malformed);
    }
    let change = Change::from_bytes(bytes.to_vec()).map_err(|_| NotApplied::Malformed)?;
    if change.len() > MAX_OPS {
        return Err(NotApplied::Malformed);
    }
    if *change.actor_id() == actor.to_automerge() { Ok(change) } else { Err(NotApplied::ForeignActor) }
}
