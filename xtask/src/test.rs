//! `cargo xtask test` and its kin: everything that shows that Grend does what it promises.

use std::path::PathBuf;
use std::process::Command;
use std::thread;

use anyhow::{Result, anyhow};

use crate::build::{self, Quality};
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{browsers, check, process};

/// Build, check and test; ends with how long each stage took.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let mut progress = Progress::start();
    let result = stages(workspace, &mut progress);
    progress.print_table();
    result
}

fn stages(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    progress.step("Set-up: browsers", browsers::ensure_installed)?;
    let binary = progress.step("Build, and the tests beside it", || build_all(workspace))?;
    progress.step("Check", || check::check(workspace, ""))?;
    progress.step("Tests", || {
        let all = cargo_tests(workspace).map(|mut cargo| process::run(cargo.env("GREND_BIN", &binary)));
        // Also after one has failed, so that one run shows everything there is to mend.
        all.into_iter().collect()
    })
}

/// Builds the app and compiles the tests at the same time. Either has long stretches that keep one core busy.
fn build_all(workspace: &Workspace) -> Result<PathBuf> {
    thread::scope(|scope| {
        let tests = scope.spawn(|| {
            browsers::ensure_geckodriver(workspace)?;
            cargo_tests(workspace).iter_mut().try_for_each(|cargo| process::run(cargo.args(["--quiet", "--no-run"])))
        });
        let binary = build::build(workspace, Quality::Release);
        tests.join().map_err(|_| anyhow!("compiling the tests panicked"))??;
        binary
    })
}

/// All features at once, so that one build serves every test; what runs in browsers is tested natively as far as it
/// knows no browser. Browser suites find the relay through `GREND_BIN`. This tool is tested as it was built: with the
/// others' features all it rests on would be compiled anew.
fn cargo_tests(workspace: &Workspace) -> [Command; 2] {
    [["--package", "xtask"].as_slice(), &["--workspace", "--exclude", "xtask", "--all-features"]].map(|which| {
        let mut cargo = process::cargo(workspace.root());
        cargo.args(["test", "--no-fail-fast"]).args(which);
        cargo
    })
}

/// Pictures of every screen, in `target/shots`.
pub(crate) fn shots(workspace: &Workspace) -> Result<()> {
    look(workspace, Quality::Release, "shots")
}

/// Every component in its states: axe and pictures, in `target/stil`.
pub(crate) fn stil(workspace: &Workspace) -> Result<()> {
    look(workspace, Quality::Fast, "stil")
}

fn look(workspace: &Workspace, quality: Quality, what: &str) -> Result<()> {
    browsers::ensure_installed()?;
    browsers::ensure_geckodriver(workspace)?;
    let binary = build::build(workspace, quality)?;
    let folder = workspace.target().join(what);
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["run", "--package", "grend-tests", "--all-features", "--bin", what]);
    process::run(cargo.env("GREND_BIN", binary).env("GREND_SHOTS", &folder))?;
    println!("✓ The pictures are in {}", workspace.shown(&folder));
    Ok(())
}

/// How fast the app is there, in Chromium: see docs/BENCHMARKS.md.
pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    browsers::ensure_installed()?;
    let binary = build::build(workspace, Quality::Release)?;
    let empty = build::build_empty(workspace)?;
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["run", "--package", "grend-tests", "--all-features", "--bin", "bench"]);
    process::run(cargo.env("GREND_BIN", binary).env("GREND_EMPTY", empty))
}
