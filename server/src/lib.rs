//! The relay of Grend: stores and passes on ciphertext, and serves the app.
//!
//! It checks who may append and read with the same `shared::membership` that every device uses, and can open nothing.
//! [`Running::start`] runs it, [`app`] is the router alone. Start reading with [`relay`], then [`session`].

pub mod clock;
pub mod config;
pub mod error;
pub mod limits;
pub mod log;
pub mod relay;
pub mod router;
pub mod routes;
pub mod serve;
pub mod session;
pub mod set_up;
pub mod storage;

pub use config::Config;
pub use error::StartError;
pub use relay::Relay;
pub use router::app;
pub use serve::Running;
