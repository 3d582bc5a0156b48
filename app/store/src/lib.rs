//! What is kept on the device, encrypted: one IndexedDB database with one object store, keys and data together, so that
//! a browser which clears one clears both. The engine writes through [`Store`]; the screen reads its first paint and
//! keeps its drafts through [`screen`]. It knows nothing of documents, logs or the wire.
//!
//! | key | value | sealed |
//! |---|---|---|
//! | `key/wrapping` | a WebCrypto AES-GCM key that cannot be taken out of the browser | – |
//! | `key/store` | the store key, wrapped by it | yes |
//! | `key/owner` | a random mark of the engine that may write | no |
//! | `draft/…` | what is typed and not saved; `draft/<room>/…` goes with its room | yes |
//! | `test/fault` | see below | no |
//! | all others | the engine's, see `grend_shared::sync::store` | yes |
//!
//! Sealed is: XChaCha20-Poly1305 under the store key, the random nonce in front, the record's key as associated data.
//!
//! **The mark.** Web Locks keep two tabs apart, but a tab from which the lock was taken learns of it a little later. So
//! the engine that loads marks the store as its own ([`Store::claim`]), and no commit of another engine goes through
//! after that: each reads the mark within its own transaction. The same holds when the database was deleted under us.
//!
//! **Seam for journeys.** A test can write the plain text `full` or `abort` under `test/fault`. Every write then
//! queues as ever and its real transaction is aborted before it commits. Nobody can gain by it who could not as well
//! delete the database.

mod connection;
mod database;
mod keys;
pub mod screen;
mod sealing;
mod store;

pub use store::{Fault, LoadError, NoStorage, Store, Write};

/// Prefix of the stored projections.
pub const VIEWS: &str = "view/";
