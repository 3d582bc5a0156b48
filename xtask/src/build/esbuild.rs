//! Bundling and minifying scripts and style with esbuild from npm.
//!
//! Sources stay plain JavaScript and CSS: what the build fills in are free identifiers, replaced by `--define`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// The oldest browsers that have module workers, CSS layers and the Wasm features we compile with.
const BROWSERS: &str = "--target=chrome111,firefox114,safari16.4";

/// What starts in any browser, so that one which is too old can still be told so.
const ANY_BROWSER: &str = "--target=es2017";

/// How the browser will load a script.
#[derive(Clone, Copy)]
pub(super) enum Format {
    /// `<script type="module">`, `import()` or a module worker.
    Module,
    /// `<script>` or a service worker.
    Classic,
}

/// Style bundled into one file, and the files it names.
pub(super) struct Style {
    pub(super) css: Vec<u8>,
    pub(super) files: Vec<StyleFile>,
}

/// A font or picture, already named by its hash.
pub(super) struct StyleFile {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) struct Esbuild {
    program: PathBuf,
    scratch: PathBuf,
}

impl Esbuild {
    pub(super) fn new(workspace: &Workspace) -> Self {
        Self { program: workspace.npm_program("esbuild"), scratch: workspace.scratch().join("esbuild") }
    }

    /// Bundles a script with what it imports. Addresses under `/assets/` are left for the browser to resolve.
    pub(super) fn script(
        &self,
        entry: &Path,
        format: Format,
        defines: &[(&str, serde_json::Value)],
        aliases: &[(&str, &Path)],
    ) -> Result<Vec<u8>> {
        let mut esbuild = self.command(entry);
        match format {
            Format::Module => esbuild.args(["--format=esm", BROWSERS]),
            Format::Classic => esbuild.args(["--format=iife", ANY_BROWSER, "--supported:dynamic-import=true"]),
        };
        // A module from which two functions are imported stands twice in what `wasm-bindgen` writes, with one meaning.
        esbuild.args(["--external:/assets/*", "--log-override:duplicate-object-key=silent"]);
        esbuild.args(defines.iter().map(|(name, value)| format!("--define:{name}={value}")));
        esbuild.args(aliases.iter().map(|(name, path)| format!("--alias:{name}={}", path.display())));
        process::read(&mut esbuild).map(String::into_bytes)
    }

    /// Bundles a style sheet with all it imports, npm packages included.
    pub(super) fn css(&self, entry: &Path) -> Result<Style> {
        let out = self.scratch.join("css");
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let mut esbuild = self.command(entry);
        esbuild.args([BROWSERS, "--asset-names=[name].[hash]", "--entry-names=bundle"]);
        esbuild.args(["woff2", "svg", "png"].map(|kind| format!("--loader:.{kind}=file")));
        esbuild.arg(format!("--outdir={}", out.display()));
        process::run(&mut esbuild)?;
        read_style(&out)
    }

    fn command(&self, entry: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(entry).args(["--bundle", "--minify", "--legal-comments=none", "--log-level=warning"]);
        command
    }
}

fn read_style(folder: &Path) -> Result<Style> {
    let mut css = None;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        match path.file_name().and_then(|name| name.to_str()) {
            Some("bundle.css") => css = Some(bytes),
            Some(name) => files.push(StyleFile { name: name.to_owned(), bytes }),
            None => bail!("{} has a name that is no text", path.display()),
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Style { css: css.context("esbuild wrote no style sheet")?, files })
}
