//! One Wasm crate: compiled by Cargo, given its script by `wasm-bindgen`, made small by `wasm-opt`.
//!
//! The two crates are compiled one by one, never in one Cargo call: otherwise Cargo would unite their features and the
//! UI would be built with what only the engine needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::Quality;
use crate::process;
use crate::setup::WASM_TARGET;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Exactly what rustc emits and all engines we support read; with `--all-features` it writes imports Chromium refuses.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// A crate that becomes Wasm.
pub(super) struct WasmCrate {
    package: &'static str,
    /// The file Cargo writes.
    artifact: &'static str,
    /// The stem of what we make of it.
    name: &'static str,
}

pub(super) const UI: WasmCrate = WasmCrate { package: "grend-ui", artifact: "grend-ui.wasm", name: "ui" };
pub(super) const ENGINE: WasmCrate =
    WasmCrate { package: "grend-engine", artifact: "grend_engine.wasm", name: "engine" };

/// A finished Wasm module and the script that loads it.
pub(super) struct Built {
    pub(super) wasm: Vec<u8>,
    /// An ES module, not yet minified; it may import snippets that lie beside it.
    pub(super) script: PathBuf,
}

pub(super) fn build(workspace: &Workspace, quality: Quality, krate: &WasmCrate) -> Result<Built> {
    let compiled = compile(workspace, quality, krate)?;
    let (folder, optimise) = match quality {
        Quality::Fast => ("wasm-fast", false),
        Quality::Release => ("wasm", true),
    };
    let out = workspace.scratch().join(folder).join(krate.name);
    let wasm = out.join(format!("{}_bg.wasm", krate.name));
    let inputs = Inputs::new()
        .add_file(&compiled)?
        .add(wasm_bindgen_version(workspace)?)
        .add_file(&workspace.path("style/node_modules/binaryen/package.json"))?
        .add(WASM_OPT.join(" "));

    stamp::unless_unchanged(out.join("stamp"), inputs, || {
        bind(&compiled, krate.name, &out)?;
        if optimise { shrink(workspace, &wasm) } else { Ok(()) }
    })?;
    Ok(Built { wasm: fs::read(&wasm)?, script: out.join(format!("{}.js", krate.name)) })
}

fn compile(workspace: &Workspace, quality: Quality, krate: &WasmCrate) -> Result<PathBuf> {
    let (profile, folder) = match quality {
        Quality::Fast => ("dev", "debug"),
        Quality::Release => ("wasm", "wasm"),
    };
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["build", "--target", WASM_TARGET, "--profile", profile, "--package", krate.package]);
    process::run(&mut cargo)?;
    let file = workspace.target().join(WASM_TARGET).join(folder).join(krate.artifact);
    ensure!(file.is_file(), "{} did not produce {}: is it a cdylib or a binary?", krate.package, krate.artifact);
    Ok(file)
}

fn bind(compiled: &Path, name: &str, out: &Path) -> Result<()> {
    match fs::remove_dir_all(out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .out_name(name)
        .generate(out)
        .with_context(|| format!("wasm-bindgen could not read {}", compiled.display()))
}

fn shrink(workspace: &Workspace, wasm: &Path) -> Result<()> {
    println!("  wasm-opt (about half a minute)");
    let mut wasm_opt = Command::new(workspace.npm_program("wasm-opt"));
    process::run(wasm_opt.args(WASM_OPT).arg(wasm).arg("-o").arg(wasm))
}

/// As pinned by the lock file, which gives the script generator and the library the same one.
fn wasm_bindgen_version(workspace: &Workspace) -> Result<String> {
    let lock = fs::read_to_string(workspace.path("Cargo.lock"))?;
    lock.split("[[package]]")
        .find(|package| package.contains("name = \"wasm-bindgen-shared\""))
        .map(str::to_owned)
        .context("Cargo.lock does not name wasm-bindgen-shared")
}
