//! The browsers the journeys run in. A missing one is installed where apt can do it, and fails the tests where not.

use std::env;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// A browser with the driver that steers it.
struct Engine {
    name: &'static str,
    /// Each must be there under one of its names, in `PATH` or at its place.
    programs: &'static [&'static [&'static str]],
    /// What brings them on Debian and its kin.
    packages: &'static [&'static str],
    /// What says its version.
    version: &'static [&'static [&'static str]],
}

/// One line for each engine the journeys run in.
const ENGINES: [Engine; 3] = [
    Engine {
        name: "Chromium",
        programs: &[&["chromium", "chromium-browser", "google-chrome"], &["chromedriver"]],
        packages: &["chromium", "chromium-driver"],
        version: &[&["chromium", "--version"], &["chromium-browser", "--version"], &["google-chrome", "--version"]],
    },
    Engine {
        name: "Firefox",
        programs: &[&["firefox-esr", "firefox"]],
        packages: &["firefox-esr"],
        version: &[&["firefox-esr", "--version"], &["firefox", "--version"]],
    },
    Engine {
        name: "WebKitGTK",
        programs: &[&["WebKitWebDriver"], &["xvfb-run"], &["xauth"], &MINI_BROWSER],
        packages: &["webkit2gtk-driver", "xvfb", "xauth"],
        // Neither driver nor browser says it without a screen.
        version: &[&["dpkg-query", "-W", "-f", "${Version}", "webkit2gtk-driver"]],
    },
];

/// Where Debian puts the small browser that `WebKitGTK`'s driver steers.
const MINI_BROWSER: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"];

/// Firefox's driver, which no Debian package brings.
const GECKODRIVER: &str = "0.37.1";

/// Makes sure that every engine can be started; Firefox needs [`ensure_geckodriver`] besides.
pub(crate) fn ensure_installed() -> Result<()> {
    if !missing().is_empty() && in_path("apt-get") {
        install(&missing()).with_context(|| instruction(&missing()))?;
    }
    let missing = missing();
    if !missing.is_empty() {
        bail!(instruction(&missing));
    }
    for engine in &ENGINES {
        let mut said = engine.version.iter().filter(|words| in_path(words[0]));
        let said = said.find_map(|words| process::read(Command::new(words[0]).args(&words[1..])).ok());
        println!("  {:<10} {}", engine.name, said.as_deref().map_or("", str::trim));
    }
    Ok(())
}

/// Builds Firefox's driver into `target/tools`, once.
pub(crate) fn ensure_geckodriver(workspace: &Workspace) -> Result<()> {
    let root = workspace.target().join("tools");
    if root.join("bin/geckodriver").is_file() || in_path("geckodriver") {
        return Ok(());
    }
    println!("  geckodriver (some minutes, once)");
    let mut cargo = process::cargo(workspace.root());
    // As a driver it is fast enough unoptimised, and there in half the time.
    cargo
        .args(["install", "--quiet", "--debug", "--locked", "--version", GECKODRIVER, "--root"])
        .arg(&root)
        .arg("geckodriver");
    process::run(cargo.env("CARGO_TARGET_DIR", root.join("build")))
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
    // `join` leaves a program that has a place of its own as it is.
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
