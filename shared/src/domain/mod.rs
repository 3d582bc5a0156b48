//! The scheme's own words as types: gatherings, households, roles, rooms.
//! Knows nothing of documents, crypto, storage or screens. Start with [`gathering`].

pub mod gathering;
pub mod room;
pub mod text;

pub use gathering::{Answer, Cost, When};
pub use room::{Remove, Role, RoomKind};
pub use text::{Line, Paragraphs};
