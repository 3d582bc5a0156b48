//! From sources to one binary: both Wasm crates, style and page are built into `target/dist`, which the server embeds.
//!
//! Each file browsers may keep for ever carries the hash of its content in its name. Read [`app`] for the order.

mod app;
mod compress;
mod dist;
mod empty;
mod esbuild;
mod names;
mod page;
mod server;
pub(crate) mod sizes;
mod wasm;

use std::path::PathBuf;

use anyhow::Result;

use crate::progress::Progress;
use crate::setup;
use crate::workspace::Workspace;

/// How much time to spend on making things small and fast.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    /// For quick loops: the dev profile, no `wasm-opt`, light compression.
    Fast,
    /// What people get.
    Release,
}

/// Builds the empty page that the app is measured beside, and gives back its folder.
pub(crate) fn build_empty(workspace: &Workspace) -> Result<PathBuf> {
    let _lock = workspace.lock()?;
    empty::build(workspace)
}

/// Builds everything and gives back the relay's binary.
pub(crate) fn build(workspace: &Workspace, quality: Quality) -> Result<PathBuf> {
    let mut progress = Progress::start();
    let _lock = workspace.lock()?;
    progress.step("Set-up: Wasm target", || setup::wasm_target(workspace))?;
    progress.step("Set-up: npm packages", || setup::npm_packages(workspace))?;
    let files = app::build(workspace, quality, &mut progress)?;
    let binary = progress.step("Server: cargo build", || server::build(workspace, quality))?;
    sizes::remember(workspace, quality, &files)?;
    sizes::print(&files, &binary)?;
    progress.print_total(&format!("Built {}", workspace.shown(&binary)));
    Ok(binary)
}
