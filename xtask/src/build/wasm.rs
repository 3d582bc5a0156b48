//! One Wasm crate: compiled by Cargo, cut into the modules it asks for, given its script by `wasm-bindgen`, made small by
//! `wasm-opt`.
//!
//! The two crates are compiled one by one, never in one Cargo call: otherwise Cargo would unite their features and the
//! UI would be built with what only the engine needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::Quality;
use super::names::shorten;
use crate::process;
use crate::setup::WASM_TARGET;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Exactly what rustc emits and all engines we support read; with `--all-features` it writes imports Chromium refuses.
const WASM_OPT: [&str; 13] = [
    // The first kilobyte is the far end of the stack, which nothing reaches that has not overflowed: 0.7 % less to fetch.
    "--low-memory-unused",
    // Told apart and put together anew, and twice: 1 % less to fetch.
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // What is alike stands together: 1 % less once more.
    "--reorder-functions-by-name",
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
    /// Whether functions in it are marked to be loaded later (`wasm_split`).
    split: bool,
}

pub(super) const UI: WasmCrate = WasmCrate { package: "grend-ui", artifact: "grend-ui.wasm", name: "ui", split: true };
pub(super) const ENGINE: WasmCrate =
    WasmCrate { package: "grend-engine", artifact: "grend_engine.wasm", name: "engine", split: true };
/// The baseline of the benchmarks.
pub(super) const EMPTY: WasmCrate =
    WasmCrate { package: "grend-empty", artifact: "grend-empty.wasm", name: "empty", split: false };

/// Finished Wasm modules and the script that loads them.
pub(super) struct Built {
    pub(super) wasm: Vec<u8>,
    /// Modules that the script loads later.
    pub(super) later: Vec<LaterModule>,
    /// An ES module, not yet minified; it may import snippets that lie beside it.
    pub(super) script: PathBuf,
}

/// A module that is fetched when a function in it is called for the first time.
pub(super) struct LaterModule {
    /// As the crate calls it.
    pub(super) name: String,
    /// How the script names its file, relative to itself.
    pub(super) file: String,
    pub(super) wasm: Vec<u8>,
}

/// What the splitter puts before the name a crate gave a module. What several of them share is in a `chunk_…`.
const NAMED: &str = "split_";

pub(super) fn build(workspace: &Workspace, quality: Quality, krate: &WasmCrate) -> Result<Built> {
    let compiled = compile(workspace, quality, krate)?;
    let (folder, optimise) = match quality {
        Quality::Fast => ("wasm-fast", false),
        Quality::Release => ("wasm", true),
    };
    let out = workspace.scratch().join(folder).join(krate.name);
    let inputs = Inputs::new()
        .add_file(&compiled)?
        .add(locked(workspace, "wasm-bindgen-shared")?)
        .add(locked(workspace, "wasm_split_cli_support")?)
        .add_file(&workspace.path("style/node_modules/binaryen/package.json"))?
        .add(WASM_OPT.join(" "))
        .add(include_str!("names.rs"));

    stamp::unless_unchanged(out.join("stamp"), inputs, || {
        make_anew(&out)?;
        if krate.split {
            let first = out.join("first.wasm");
            split(&compiled, krate.name, &out, &first)?;
            bind(&first, krate, &out)?;
            fs::remove_file(first)?;
        } else {
            bind(&compiled, krate, &out)?;
        }
        if optimise {
            shorten(&out.join(format!("{}_bg.wasm", krate.name)), &out.join(format!("{}.js", krate.name)))?;
            println!("  wasm-opt (about half a minute)");
            modules(&out)?.iter().try_for_each(|module| shrink(workspace, module))?;
        }
        Ok(())
    })?;

    let (mut wasm, mut later) = (None, Vec::new());
    for module in modules(&out)? {
        let file = module.file_name().and_then(|name| name.to_str()).context("a module's name is no text")?;
        let (stem, bytes) = (file.trim_end_matches(".wasm"), fs::read(&module)?);
        if stem == format!("{}_bg", krate.name) {
            wasm = Some(bytes);
        } else {
            let name = stem.strip_prefix(NAMED).unwrap_or(stem);
            later.push(LaterModule { name: name.to_owned(), file: file.to_owned(), wasm: bytes });
        }
    }
    let wasm = wasm.with_context(|| format!("{} has no module to begin with", krate.package))?;
    Ok(Built { wasm, later, script: out.join(format!("{}.js", krate.name)) })
}

fn compile(workspace: &Workspace, quality: Quality, krate: &WasmCrate) -> Result<PathBuf> {
    let (profile, folder) = match quality {
        Quality::Fast => ("dev", "debug"),
        Quality::Release => ("wasm", "wasm"),
    };
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["rustc", "--target", WASM_TARGET, "--profile", profile, "--package", krate.package]);
    if quality == Quality::Fast && krate.package == UI.package {
        cargo.args(["--features", "stil"]);
    }
    if krate.split {
        // Where a function's calls are is known only by the linker's own table.
        cargo.args(["--", "-C", "link-args=--emit-relocs"]);
    }
    process::run(&mut cargo)?;
    let file = workspace.target().join(WASM_TARGET).join(folder).join(krate.artifact);
    ensure!(file.is_file(), "{} did not produce {}: is it a cdylib or a binary?", krate.package, krate.artifact);
    Ok(file)
}

fn make_anew(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    Ok(fs::create_dir_all(folder)?)
}

/// Cuts what is loaded later out of a module: `first` is left, the others and the script that fetches them go to `out`.
fn split(compiled: &Path, name: &str, out: &Path, first: &Path) -> Result<()> {
    let whole = fs::read(compiled)?;
    let script = format!("./{name}.js");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = first;
    options.main_module = &script;
    wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("{} could not be split", compiled.display()))?;
    Ok(())
}

fn bind(compiled: &Path, krate: &WasmCrate, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .keep_lld_exports(krate.split)
        .out_name(krate.name)
        .generate(out)
        .with_context(|| format!("wasm-bindgen could not read {}", compiled.display()))
}

/// The Wasm files of a folder, by name.
fn modules(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut modules: Vec<_> = files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "wasm")).collect();
    modules.sort();
    Ok(modules)
}

fn shrink(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let mut wasm_opt = Command::new(workspace.npm_program("wasm-opt"));
    process::run(wasm_opt.args(WASM_OPT).arg(wasm).arg("-o").arg(wasm))
}

/// A package as the lock file pins it.
fn locked(workspace: &Workspace, name: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace.path("Cargo.lock"))?;
    lock.split("[[package]]")
        .find(|package| package.contains(&format!("name = \"{name}\"")))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock does not name {name}"))
}
