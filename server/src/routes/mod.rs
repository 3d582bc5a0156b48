//! What the relay answers over HTTP, one file for each route. `sync` opens the WebSocket; [`crate::session`] goes on
//! from there.

pub mod assets;
pub mod health;
pub mod sync;
pub mod version;
