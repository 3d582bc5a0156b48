//! What the machine needs before anything can be built: the Wasm target and the npm packages of `style`.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// The target both Wasm crates are built for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that rustc can build Wasm; asks rustup for the target when it is missing.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    let folder = process::read(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if std::path::Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    process::run(Command::new("rustup").current_dir(workspace.root()).args(["target", "add", WASM_TARGET]))
        .context("Grend's app is built for Wasm, and this Rust lacks that target")
}

/// Installs the npm packages when they are missing or their lock file changed.
pub(crate) fn npm_packages(workspace: &Workspace) -> Result<()> {
    let style = workspace.path("style");
    let inputs = Inputs::new().add_file(&style.join("package.json"))?.add_file(&style.join("package-lock.json"))?;
    stamp::unless_unchanged(style.join("node_modules/.grend-stamp"), inputs, || {
        let mut npm = Command::new("npm");
        npm.current_dir(&style).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(&mut npm).context("Grend's look and its Wasm optimiser come from npm: Node 20 or later is needed")
    })
}
