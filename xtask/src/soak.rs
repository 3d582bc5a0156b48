//! `cargo xtask soak`: more than a test run has time for. Where each search has come is kept beside the build, so that it
//! can be ended at any time and goes on from there. What fails is printed and fails again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// How much is searched.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many of the simulator's seeds to try.
    #[arg(long, default_value_t = 10_000)]
    seeds: u32,
    /// How many rooms to try.
    #[arg(long, default_value_t = 1_000_000)]
    rooms: u64,
    /// How many inputs to give each decoder and verifier.
    #[arg(long, default_value_t = 10_000_000)]
    inputs: u64,
}

/// How many rooms are tried before it is noted down.
const ROOMS: u64 = 20_000;
/// How many inputs.
const INPUTS: u64 = 250_000;

pub(crate) fn soak(workspace: &Workspace, options: &Options) -> Result<()> {
    in_steps(&workspace.target().join("soak.txt"), options.rooms, ROOMS, "rooms", |done, count| {
        let mut cargo = simulating(workspace, "members", "whatever");
        cargo.env("GREND_MEMBER_FROM", (done + 1).to_string()).env("GREND_MEMBER_ROOMS", count.to_string());
        process::run(&mut cargo)
    })?;
    if options.inputs > 0 {
        let fuzzing = Fuzzing::build(workspace)?;
        for target in fuzzing.targets()? {
            fuzzing.search(&target, options.inputs)?;
        }
    }
    process::run(simulating(workspace, "sim", "random").env("GREND_SIM_SEEDS", options.seeds.to_string()))
}

/// Does what is left of `all`, noting down after each step how much is done.
fn in_steps(
    kept: &Path,
    all: u64,
    step: u64,
    what: &str,
    mut search: impl FnMut(u64, u64) -> Result<()>,
) -> Result<()> {
    let mut done = fs::read_to_string(kept).ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    while done < all {
        let count = step.min(all - done);
        search(done, count)?;
        done += count;
        fs::write(kept, done.to_string())?;
        println!("✓ {done} of {all} {what}");
    }
    Ok(())
}

fn simulating(workspace: &Workspace, suite: &str, which: &str) -> Command {
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["test", "--release", "--package", "grend-shared", "--all-features", "--test", suite]);
    cargo.args(["--", which, "--nocapture"]);
    cargo
}

/// What makes the compiler write down which branches an input takes, and which numbers it compares: libFuzzer then goes on
/// from what came to a new place. It needs no nightly compiler; see docs/adr/0009.
const COVERAGE: [&str; 7] = [
    "--cfg=fuzzing",
    "-Ccodegen-units=1",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// The fuzzer, built, and where its work lies.
struct Fuzzing<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    program: PathBuf,
}

impl<'a> Fuzzing<'a> {
    fn build(workspace: &'a Workspace) -> Result<Self> {
        let folder = workspace.target().join("fuzz");
        let about = process::read(Command::new("rustc").arg("-vV"))?;
        // Named, so that build scripts and macros are built without all that.
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
        let mut cargo = process::cargo(workspace.root());
        cargo
            .args(["build", "--release", "--package", "grend-fuzz", "--target", host])
            .arg("--target-dir")
            .arg(&folder);
        process::run(cargo.env("RUSTFLAGS", COVERAGE.join(" ")))?;
        let program = folder.join(host).join("release/grend-fuzz");
        Ok(Self { workspace, folder, program })
    }

    /// The same program without libFuzzer, which knows the targets and what is kept of them.
    fn keeper(&self) -> Command {
        let mut cargo = process::cargo(self.workspace.root());
        cargo.args(["run", "--quiet", "--release", "--package", "grend-fuzz", "--"]);
        cargo
    }

    fn targets(&self) -> Result<Vec<String>> {
        Ok(process::read(self.keeper().arg("names"))?.lines().map(str::to_owned).collect())
    }

    fn search(&self, target: &str, inputs: u64) -> Result<()> {
        let found = self.folder.join("found").join(target);
        process::run(self.keeper().args(["lay-out", target]).arg(&found))?;
        in_steps(&self.folder.join(target).with_extension("txt"), inputs, INPUTS, target, |_, count| {
            process::run(self.fuzzer(target).arg(format!("-runs={count}")).arg(&found))
        })?;
        let least = self.folder.join("least").join(target);
        fs::create_dir_all(&least)?;
        process::run(self.fuzzer(target).arg("-merge=1").arg(&least).arg(&found))?;
        process::run(self.keeper().args(["keep", target]).arg(&least))
    }

    fn fuzzer(&self, target: &str) -> Command {
        let mut fuzzer = Command::new(&self.program);
        fuzzer.env("GREND_FUZZ", target).current_dir(&self.folder);
        fuzzer.args(["-max_len=8192", "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0"]);
        fuzzer
    }
}
