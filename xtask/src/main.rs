//! Grend's own tool: builds, runs, checks and tests the whole workspace with one command each.
//!
//! Start reading in [`build`] for how the app and the relay become one binary, and in [`check`] for what must hold.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to whoever started it")]

mod browsers;
mod build;
mod check;
mod process;
mod progress;
mod run;
mod setup;
mod soak;
mod stamp;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::build::Quality;
use crate::workspace::Workspace;

/// Build, run, check and test Grend.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build one self-contained `grend` binary with the compressed app inside.
    Build {
        #[command(flatten)]
        speed: Speed,
    },
    /// Build, then start the relay with its app.
    Run {
        #[command(flatten)]
        speed: Speed,
        #[command(flatten)]
        options: run::Options,
    },
    /// Format, lints, layers, licences, texts, words and size budgets.
    Check {
        /// Only the checks whose name contains this, such as `layers` or `clippy`.
        #[arg(default_value = "")]
        only: String,
    },
    /// Everything: installs browsers where apt can, builds, checks and runs all tests.
    Test,
    /// Take pictures of every screen.
    Shots,
    /// Look at every component in its states, on a page that only builds of this kind have.
    Stil,
    /// Measure how fast the app is there, beside an empty page of the same build.
    Bench,
    /// Run the searches for long; goes on where it was ended.
    Soak(soak::Options),
}

#[derive(clap::Args)]
struct Speed {
    /// For quick loops while writing: the dev profile, no `wasm-opt`, light compression.
    #[arg(long)]
    fast: bool,
}

impl Speed {
    fn quality(&self) -> Quality {
        if self.fast { Quality::Fast } else { Quality::Release }
    }
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    let workspace = Workspace::find();
    match task {
        Task::Build { speed } => build::build(&workspace, speed.quality()).map(drop),
        Task::Run { speed, options } => run::run(&workspace, speed.quality(), &options),
        Task::Check { only } => check::check(&workspace, &only),
        Task::Test => test::test(&workspace),
        Task::Shots => test::shots(&workspace),
        Task::Stil => test::stil(&workspace),
        Task::Bench => test::bench(&workspace),
        Task::Soak(options) => soak::soak(&workspace, &options),
    }
}
