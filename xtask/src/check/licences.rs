//! Every crate we build with has a licence `deny.toml` allows and comes from crates.io.
//!
//! `deny.toml` is written for `cargo-deny`, which anybody may run; this check reads the same file, so that nobody has to
//! compile cargo-deny first. docs/adr/0002 has the measurements.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::Findings;
use crate::process;
use crate::workspace::Workspace;

/// The one registry, as Cargo names it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The parts of `deny.toml` that we enforce.
#[derive(Deserialize)]
pub(super) struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    /// A name, mostly with the version that is tolerated: `digest@0.10`.
    #[serde(rename = "crate")]
    spec: String,
}

impl Skip {
    fn name(&self) -> &str {
        self.spec.split('@').next().unwrap_or_default()
    }
}

impl Policy {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.path("deny.toml")).context("could not read deny.toml")?;
        toml::from_str(&text).context("could not read deny.toml")
    }

    /// Whether two versions of the crate may be linked into one program.
    pub(super) fn may_be_doubled(&self, name: &str) -> bool {
        self.bans.skip.iter().any(|skip| skip.name() == name)
    }

    fn allowed_for(&self, name: &str) -> Vec<&str> {
        let exceptions = self.licenses.exceptions.iter().filter(|exception| exception.name == name);
        let more = exceptions.flat_map(|exception| &exception.allow);
        self.licenses.allow.iter().chain(more).map(String::as_str).collect()
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Nothing for our own crates.
    source: Option<String>,
}

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let policy = Policy::read(workspace)?;
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["metadata", "--quiet", "--locked", "--format-version", "1"]);
    let metadata: Metadata = serde_json::from_str(&process::read(&mut cargo)?)?;

    let mut findings = Findings::default();
    for package in &metadata.packages {
        if let Some(problem) = licence_problem(package, &policy) {
            findings.problem(format!("{} {}: {problem}", package.name, package.version));
        }
        if package.source.as_deref().is_some_and(|source| source != CRATES_IO) {
            findings.problem(format!("{} {} does not come from crates.io", package.name, package.version));
        }
    }
    note_unused(&policy, &metadata, &mut findings);
    Ok(findings)
}

fn licence_problem(package: &Package, policy: &Policy) -> Option<String> {
    let Some(licence) = &package.license else {
        return Some("names no licence".to_owned());
    };
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("licence “{licence}” cannot be read: {}", error.reason)),
    };
    let allowed = policy.allowed_for(&package.name);
    let fits = expression.evaluate(|required| allowed.iter().any(|name| *name == required.to_string()));
    (!fits).then(|| format!("licence “{licence}” is not allowed by deny.toml"))
}

/// An exception that nothing needs any more would hide the next crate of that name.
fn note_unused(policy: &Policy, metadata: &Metadata, findings: &mut Findings) {
    let mut versions = HashMap::<&str, usize>::new();
    for package in &metadata.packages {
        *versions.entry(&package.name).or_default() += 1;
    }
    for exception in policy.licenses.exceptions.iter().filter(|entry| !versions.contains_key(entry.name.as_str())) {
        findings.note(format!("deny.toml has a licence exception for {}, which is not used", exception.name));
    }
    for skip in policy.bans.skip.iter().filter(|skip| versions.get(skip.name()).is_none_or(|count| *count < 2)) {
        findings.note(format!("deny.toml allows two versions of {}; there is one at most", skip.name()));
    }
}
