//! rustfmt and clippy, with every warning an error.

use anyhow::Result;

use super::Findings;
use crate::process;
use crate::setup::WASM_TARGET;
use crate::workspace::{WASM_CRATES, Workspace};

pub(super) fn format(workspace: &Workspace) -> Result<Findings> {
    cargo(workspace, &["fmt", "--all", "--check"])
}

/// Everything that runs outside a browser, its tests included. All features at once, as the tests are built.
pub(super) fn native(workspace: &Workspace) -> Result<Findings> {
    let mut arguments = vec!["clippy", "--quiet", "--workspace", "--all-targets", "--all-features"];
    arguments.extend(WASM_CRATES.iter().flat_map(|krate| ["--exclude", krate]));
    arguments.extend(["--", "-D", "warnings"]);
    cargo(workspace, &arguments)
}

/// What runs in a browser; one by one, as each is built.
pub(super) fn wasm(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    for krate in WASM_CRATES {
        let arguments = ["clippy", "--quiet", "--target", WASM_TARGET, "--package", krate, "--", "-D", "warnings"];
        findings.problems.extend(cargo(workspace, &arguments)?.problems);
    }
    Ok(findings)
}

/// The tool itself has shown where and why when it fails.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<Findings> {
    let mut findings = Findings::default();
    if let Err(error) = process::run(process::cargo(workspace.root()).args(arguments)) {
        findings.problem(error.to_string());
    }
    Ok(findings)
}
