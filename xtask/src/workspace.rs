//! Where things lie. Every path the tool reads or writes is named here once.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The version every crate of the workspace shares; shown to people and written to `version.json`.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The crates that only run in a browser.
pub(crate) const WASM_CRATES: [&str; 4] = ["grend-ui", "grend-engine", "grend-store", "grend-empty"];

/// The checkout this tool was compiled in.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// As Cargo says when it starts this tool: several checkouts may share one target folder and so one compiled tool.
    pub(crate) fn find() -> Self {
        let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = here.parent().expect("xtask lies one folder below the root");
        Self { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's output folder.
    pub(crate) fn target(&self) -> PathBuf {
        self.path("target")
    }

    /// What the server embeds: exactly the files that browsers may ask for.
    pub(crate) fn dist(&self) -> PathBuf {
        self.target().join("dist")
    }

    /// This tool's own half-finished work and stamps.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target().join("xtask")
    }

    /// A program that came with the npm packages of `style`.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.path("style/node_modules/.bin").join(name)
    }

    /// Keeps a second `xtask` in the same checkout from writing the same files; released when dropped.
    pub(crate) fn lock(&self) -> Result<File> {
        let scratch = self.scratch();
        fs::create_dir_all(&scratch)?;
        let file = File::create(scratch.join("lock"))?;
        if file.try_lock().is_err() {
            println!("Waiting for another xtask in this checkout …");
            file.lock().context("could not lock the build folder")?;
        }
        Ok(file)
    }

    /// A path as a reader would write it: relative to the root, when it is inside.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
