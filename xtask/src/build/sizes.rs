//! How large the app became: what the build prints, and what the check holds against the budgets.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Quality;
use super::dist::{DistFile, Use};
use crate::workspace::Workspace;

/// One file of the app and what it costs to fetch.
#[derive(Serialize, Deserialize)]
pub(crate) struct FileSize {
    pub(crate) path: String,
    pub(crate) usage: Use,
    pub(crate) raw: usize,
    /// What travels: the compressed copy, where there is one.
    pub(crate) sent: usize,
}

impl FileSize {
    pub(super) fn new(file: &DistFile, compressed: Option<&[u8]>) -> Self {
        let raw = file.bytes.len();
        Self { path: file.path.clone(), usage: file.usage, raw, sent: compressed.map_or(raw, <[u8]>::len) }
    }
}

/// Remembers the sizes of a release for the check; after a build in haste there is nothing to hold against a budget.
pub(super) fn remember(workspace: &Workspace, quality: Quality, files: &[FileSize]) -> Result<()> {
    let place = memory(workspace);
    match quality {
        Quality::Release => fs::write(place, serde_json::to_vec(files)?)?,
        Quality::Fast if place.exists() => fs::remove_file(place)?,
        Quality::Fast => {}
    }
    Ok(())
}

/// The sizes in `target/dist`, if it holds a release.
pub(crate) fn last_release(workspace: &Workspace) -> Result<Option<Vec<FileSize>>> {
    match fs::read(memory(workspace)) {
        Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn memory(workspace: &Workspace) -> PathBuf {
    workspace.scratch().join("sizes.json")
}

/// Bytes fetched before the app is seen.
pub(crate) fn first_paint(files: &[FileSize]) -> usize {
    files.iter().filter(|file| file.usage == Use::FirstPaint).map(|file| file.sent).sum()
}

/// Bytes fetched before somebody with an invitation sees it.
pub(crate) fn first_paint_by_link(files: &[FileSize]) -> usize {
    let by_link = |file: &&FileSize| matches!(file.usage, Use::FirstPaintByLink | Use::OnlyByLink);
    let besides = files.iter().filter(by_link).map(|file| file.sent);
    first_paint(files) + besides.sum::<usize>()
}

/// Bytes fetched so that the app works without the net.
pub(crate) fn precached(files: &[FileSize]) -> usize {
    files.iter().filter(|file| file.usage.is_kept()).map(|file| file.sent).sum()
}

pub(super) fn print(files: &[FileSize], binary: &Path) -> Result<()> {
    println!();
    println!("  {:<44} {:>11} {:>11}", "", "raw", "brotli");
    for file in files {
        println!("  {:<44} {:>11} {:>11}", file.path, kilobytes(file.raw), kilobytes(file.sent));
    }
    println!("  {:<44} {:>23}", "needed for first paint", kilobytes(first_paint(files)));
    println!("  {:<44} {:>23}", "needed for first paint of an invitation", kilobytes(first_paint_by_link(files)));
    println!("  {:<44} {:>23}", "kept for use without the net", kilobytes(precached(files)));
    let binary_size = usize::try_from(fs::metadata(binary)?.len())?;
    println!("  {:<44} {:>11}", "the binary with all of it inside", kilobytes(binary_size));
    println!();
    Ok(())
}

pub(crate) fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}
