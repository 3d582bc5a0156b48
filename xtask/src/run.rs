//! `cargo xtask run`: build everything, then become the relay.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::build::{self, Quality};
use crate::workspace::Workspace;

/// Where the relay keeps its data and how it is reached.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder for the relay's database.
    #[arg(long, env = "GREND_DATA", default_value = "./data")]
    data: PathBuf,
    /// Address and port to listen on.
    #[arg(long, env = "GREND_LISTEN", default_value = "127.0.0.1:8420")]
    listen: String,
    /// The address people type; invitations and the set-up link begin with it. If not given: http://localhost and the
    /// port listened on.
    #[arg(long, env = "GREND_PUBLIC_URL")]
    public_url: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, quality: Quality, options: &Options) -> Result<()> {
    let binary = build::build(workspace, quality)?;
    println!("▸ Starting (stop with Ctrl-C)");
    let mut relay = Command::new(binary);
    relay.arg("serve").arg("--data").arg(&options.data);
    relay.args(["--listen", &options.listen]);
    if let Some(url) = &options.public_url {
        relay.args(["--public-url", url]);
    }
    become_program(relay)
}

/// Signals then reach the relay itself, and no parent lingers.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(anyhow::Error::from(command.exec()).context("could not start the relay"))
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    crate::process::run(&mut command)
}
