//! Why the relay does not start.

use std::io;

use crate::{config::BadPublicUrl, storage::StorageError};

/// Why the relay does not start, said to the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory or the database in it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The address to listen on.
    #[error("can not listen on {address}: {why}")]
    Listen {
        /// As it was given.
        address: String,
        /// The system's answer.
        why: io::Error,
    },
    /// The public URL.
    #[error(transparent)]
    PublicUrl(#[from] BadPublicUrl),
    /// The system does not give what every program needs: threads, signals, standard output.
    #[error("the system: {0}")]
    System(#[from] io::Error),
}
