//! Who is in a room, who holds its key, who may let others in: one log per room, checked by the same code on the
//! relay and on every device (architecture.md section 4). A room is self-contained: its log alone says it all.
//! Knows crypto and ids, nothing of documents or storage. Start with [`Body`], then [`state::Room::apply`].

pub mod body;
mod duties;
pub mod entry;
mod error;
mod records;
mod ring;
pub mod state;
#[cfg(test)]
mod tests;
mod verify;

pub use body::Body;
pub use duties::Duty;
pub use entry::{Entry, EntryError};
pub use error::MembershipError;
pub use records::{Chain, RecordError};
pub use ring::KeyRing;
pub use state::{Room, Standing};
