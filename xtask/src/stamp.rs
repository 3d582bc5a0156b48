//! Skipping work whose inputs did not change: a stamp file keeps the hash of what a step was last done with.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Collects everything a step depends on.
#[derive(Default)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Length first, so that two inputs never read as one.
    pub(crate) fn add(mut self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The content of a file; a missing file counts as an empty one.
    pub(crate) fn add_file(self, path: &Path) -> Result<Self> {
        match fs::read(path) {
            Ok(bytes) => Ok(self.add(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(self.add([])),
            Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
        }
    }

    pub(crate) fn hash(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Does the work unless the file at `stamp` says it was done with the same inputs.
pub(crate) fn unless_unchanged(stamp: PathBuf, inputs: Inputs, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let hash = inputs.hash();
    if fs::read_to_string(&stamp).is_ok_and(|last| last == hash) {
        return Ok(());
    }
    work()?;
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&stamp, hash).with_context(|| format!("could not write {}", stamp.display()))
}

/// SHA-256 of the bytes in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
