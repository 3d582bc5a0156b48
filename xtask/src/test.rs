//! `cargo xtask test` and its kin: everything that shows that Grend does what it promises.

use std::fs;
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

/// More than a test run has time for: whole rooms of membership, and the simulator with many more seeds. Where it has
/// come is kept beside the build, so that it can be ended at any time and goes on from there. A seed that fails is
/// printed and fails again.
pub(crate) fn soak(workspace: &Workspace, seeds: u32, rooms: u64) -> Result<()> {
    let kept = workspace.target().join("soak.txt");
    let mut done = fs::read_to_string(&kept).ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    while done < rooms {
        let count = SOAK_STEP.min(rooms - done);
        let mut cargo = soaking(workspace, "members", "whatever");
        process::run(
            cargo.env("GREND_MEMBER_FROM", (done + 1).to_string()).env("GREND_MEMBER_ROOMS", count.to_string()),
        )?;
        done += count;
        fs::write(&kept, done.to_string())?;
        println!("✓ {done} of {rooms} rooms");
    }
    process::run(soaking(workspace, "sim", "random").env("GREND_SIM_SEEDS", seeds.to_string()))
}

fn soaking(workspace: &Workspace, suite: &str, which: &str) -> Command {
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["test", "--release", "--package", "grend-shared", "--all-features", "--test", suite]);
    cargo.args(["--", which, "--nocapture"]);
    cargo
}

/// How many rooms are tried before it is noted down.
const SOAK_STEP: u64 = 20_000;
