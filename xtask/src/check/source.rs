//! Finding and reading source files for the checks.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// A file of the checkout that is, or is about to be, under version control.
pub(super) struct SourceFile {
    /// Relative to the root, with `/`.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl SourceFile {
    pub(super) fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.bytes).with_context(|| format!("{} is not UTF-8", self.path))
    }

    /// Numbered lines of Rust without their comments. A `//` inside a string ends the line early, which can only hide
    /// what follows it.
    pub(super) fn rust_lines(&self) -> Result<impl Iterator<Item = (usize, &str)>> {
        let lines = self.text()?.lines().enumerate();
        Ok(lines.map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default())))
    }
}

/// All files under the folder; what version control ignores is left out.
pub(super) fn files(workspace: &Workspace, folder: &str) -> Result<Vec<SourceFile>> {
    let mut git = Command::new("git");
    git.current_dir(workspace.root());
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder]);
    let listed = process::read(&mut git)?;
    let present = listed.split('\0').filter(|path| !path.is_empty() && workspace.path(path).is_file());
    present.map(|path| read(workspace, path)).collect()
}

/// All Rust files under the folder.
pub(super) fn rust_files(workspace: &Workspace, folder: &str) -> Result<Vec<SourceFile>> {
    let mut files = files(workspace, folder)?;
    files.retain(|file| file.path.ends_with(".rs"));
    Ok(files)
}

fn read(workspace: &Workspace, path: &str) -> Result<SourceFile> {
    let place: PathBuf = workspace.path(path);
    let bytes = fs::read(&place).with_context(|| format!("could not read {path}"))?;
    Ok(SourceFile { path: path.to_owned(), bytes })
}
