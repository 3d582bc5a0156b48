//! What may be linked into what. Cargo is asked crate by crate, so that features united across the workspace hide
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::Findings;
use super::licences::Policy;
use crate::process;
use crate::setup::WASM_TARGET;
use crate::workspace::Workspace;

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
        let versions = tree(workspace, shipped)?;
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

/// Name → versions of all that is linked into the crate; procedural macros and build scripts are not.
fn tree(workspace: &Workspace, shipped: &Shipped) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["tree", "--quiet", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none"]);
    cargo.args(["--format", "{p}", "--package", shipped.package]);
    if shipped.wasm {
        cargo.args(["--target", WASM_TARGET]);
    }
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for line in process::read(&mut cargo)?.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let (name, version) = words.next().zip(words.next()).context("`cargo tree` wrote a line without a version")?;
        versions.entry(name.to_owned()).or_default().insert(version.to_owned());
    }
    Ok(versions)
}
