//! The relay, with the app inside.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::Quality;
use crate::process;
use crate::workspace::Workspace;

/// Compiles the server after `target/dist` is complete, and gives back its binary. The server's build script watches
/// that folder.
pub(super) fn build(workspace: &Workspace, quality: Quality) -> Result<PathBuf> {
    let (profile, folder) = match quality {
        Quality::Fast => ("dev", "debug"),
        Quality::Release => ("release", "release"),
    };
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["build", "--package", "grend-server", "--bin", "grend", "--profile", profile]);
    process::run(&mut cargo)?;
    let binary = workspace.target().join(folder).join(format!("grend{}", std::env::consts::EXE_SUFFIX));
    ensure!(binary.is_file(), "Cargo did not write {}", workspace.shown(&binary));
    Ok(binary)
}
