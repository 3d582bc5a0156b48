//! What may be linked into what. Cargo is asked crate by crate, so that features united across the workspace hide
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::Findings;
use super::licences::Policy;
use crate::process;
use crate::setup::WASM_TARGET;
use crate::workspace::Workspace;

/// The feature of `shared` by which tests put faults into the rules.
const PLANTED: &str = "planted";

/// A crate that reaches people, and what must not be in it.
struct Shipped {
    package: &'static str,
    wasm: bool,
    without: &'static [&'static str],
}

const SHIPPED: [Shipped; 4] = [
    Shipped { package: "grend-ui", wasm: true, without: &["automerge", "tokio", "grend-server", "grend-engine"] },
    Shipped { package: "grend-engine", wasm: true, without: &["tokio", "leptos", "grend-server", "grend-ui"] },
    Shipped { package: "grend-store", wasm: true, without: &["tokio", "leptos", "grend-server", "grend-ui"] },
    Shipped { package: "grend-server", wasm: false, without: &["automerge", "leptos", "grend-ui", "grend-engine"] },
];

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let policy = Policy::read(workspace)?;
    let mut findings = Findings::default();
    for shipped in &SHIPPED {
        let Tree { versions, planted } = tree(workspace, shipped)?;
        if planted {
            findings.problem(format!("{} is built with the feature `{PLANTED}`", shipped.package));
        }
        for banned in shipped.without.iter().filter(|name| versions.contains_key(**name)) {
            let why = format!("`cargo tree -p {} -i {banned}` shows why", shipped.package);
            findings.problem(format!("{} depends on {banned}; {why}", shipped.package));
        }
        for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
            if !policy.may_be_doubled(name) {
                let list = versions.iter().cloned().collect::<Vec<_>>().join(" and ");
                findings
                    .problem(format!("{} carries {name} {list}; bans.skip in deny.toml can say why", shipped.package));
            }
        }
    }
    Ok(findings)
}

/// What is linked into a crate; procedural macros and build scripts are not.
struct Tree {
    /// By name.
    versions: BTreeMap<String, BTreeSet<String>>,
    planted: bool,
}

fn tree(workspace: &Workspace, shipped: &Shipped) -> Result<Tree> {
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["tree", "--quiet", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none"]);
    cargo.args(["--format", "{p} features:{f}", "--package", shipped.package]);
    if shipped.wasm {
        cargo.args(["--target", WASM_TARGET]);
    }
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    let mut planted = false;
    for line in process::read(&mut cargo)?.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let (name, version) = words.next().zip(words.next()).context("`cargo tree` wrote a line without a version")?;
        versions.entry(name.to_owned()).or_default().insert(version.to_owned());
        let features = line.rsplit_once("features:").map_or("", |(_, features)| features);
        planted |= features.split(',').any(|feature| feature == PLANTED);
    }
    Ok(Tree { versions, planted })
}
