//! The browsers the journeys run in. A missing one is installed where apt can do it, and fails the tests where not.

use std::env;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// A browser with the driver that steers it.
struct Engine {
    name: &'static str,
    /// Each must be there under one of its names.
    programs: &'static [&'static [&'static str]],
    /// What brings them on Debian and its kin.
    packages: &'static [&'static str],
}

/// One line for each engine the journeys run in.
const ENGINES: [Engine; 1] = [Engine {
    name: "Chromium",
    programs: &[&["chromium", "chromium-browser", "google-chrome"], &["chromedriver"]],
    packages: &["chromium", "chromium-driver"],
}];

/// Makes sure that every engine can be started.
pub(crate) fn ensure_installed() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if in_path("apt-get") {
        install(&missing).with_context(|| instruction(&missing))?;
    }
    let missing = self::missing();
    if missing.is_empty() { Ok(()) } else { bail!(instruction(&missing)) }
}

fn missing() -> Vec<&'static Engine> {
    ENGINES
        .iter()
        .filter(|engine| !engine.programs.iter().all(|names| names.iter().any(|name| in_path(name))))
        .collect()
}

fn install(missing: &[&Engine]) -> Result<()> {
    process::run(apt().args(["update", "-qq"]))?;
    let packages = missing.iter().flat_map(|engine| engine.packages);
    process::run(apt().args(["install", "-qq", "-y", "--no-install-recommends"]).args(packages))
}

/// With the rights it needs: directly as root, else through sudo, which may ask.
fn apt() -> Command {
    let root = process::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = Command::new(if root { "apt-get" } else { "sudo" });
    if !root {
        command.arg("apt-get");
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn instruction(missing: &[&Engine]) -> String {
    let names = missing.iter().map(|engine| engine.name).collect::<Vec<_>>().join(" and ");
    let packages = missing.iter().flat_map(|engine| engine.packages).copied().collect::<Vec<_>>().join(" ");
    format!("the journeys need {names} with a driver in PATH (on Debian: `apt-get install {packages}`)")
}

fn in_path(program: &str) -> bool {
    let Some(path) = env::var_os("PATH") else { return false };
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
