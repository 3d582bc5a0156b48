//! Every function that reads, checks or judges what others wrote is given bytes that nobody honest sends, or
//! `fuzz/covered.toml` says why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};

use super::Findings;
use super::source::{self, SourceFile};
use crate::workspace::Workspace;

/// Where bytes of others are read.
const FOLDERS: [&str; 5] = ["shared/src", "server/src", "app/engine/src", "app/store/src", "app/ui/src"];

/// The first word of such a function's name.
const WORDS: [&str; 12] =
    ["decode", "parse", "verify", "open", "unpack", "unpad", "unwrap", "read", "load", "apply", "deserialize", "judge"];
/// Or the whole of it.
const NAMES: [&str; 8] =
    ["from_link", "from_text", "from_stored", "from_str", "from_cbor", "try_from", "fork_from", "is_bounded"];

/// By file, then by function.
type Covered = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn every_decoder_has_a_target(workspace: &Workspace) -> Result<Findings> {
    let text = fs::read_to_string(workspace.path("fuzz/covered.toml")).context("could not read fuzz/covered.toml")?;
    let covered: Covered = toml::from_str(&text).context("could not read fuzz/covered.toml")?;
    let targets = fs::read_to_string(workspace.path("fuzz/src/targets/mod.rs"))?;
    let mut findings = Findings::default();
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        for file in source::rust_files(workspace, folder)? {
            found.extend(decoders(&file)?.into_iter().map(|name| (file.path.clone(), name)));
        }
    }
    let listed = |file: &str, name: &str| covered.get(file).and_then(|names| names.get(name));
    for (file, name) in found.iter().filter(|(file, name)| listed(file, name).is_none()) {
        findings.problem(format!("{file}: fuzz/covered.toml says nothing of `{name}`"));
    }
    for (file, names) in &covered {
        for (name, by) in names {
            if !found.contains(&(file.clone(), name.clone())) {
                findings.problem(format!("fuzz/covered.toml has `{name}` of {file}, which is not there"));
            }
            if !by.starts_with("not: ") && !targets.contains(&format!("name: \"{by}\"")) {
                findings.problem(format!("fuzz/covered.toml has a target `{by}`, which is not there"));
            }
        }
    }
    Ok(findings)
}

/// `Type::function`, or the function alone. It relies on rustfmt's lines.
fn decoders(file: &SourceFile) -> Result<Vec<String>> {
    let mut of = String::new();
    let mut found = Vec::new();
    for (_, line) in file.shipped_lines()? {
        let code = line.trim_start();
        if code.starts_with("impl") {
            of = type_of(code);
        }
        let Some(name) = function(code) else { continue };
        if WORDS.contains(&name.split('_').next().unwrap_or_default()) || NAMES.contains(&name) {
            let inside = line.len() > code.len();
            found.push(if inside { format!("{of}::{name}") } else { name.to_owned() });
        }
    }
    Ok(found)
}

/// What `impl<T> Trait for Type<T> {` is about.
fn type_of(line: &str) -> String {
    let head = line.split('{').next().unwrap_or_default();
    let own = match head.rsplit_once(" for ") {
        Some((_, own)) => own,
        None if head.starts_with("impl<") => head.split_once("> ").map_or(head, |(_, own)| own),
        None => head.trim_start_matches("impl").trim_start(),
    };
    own.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$').collect()
}

fn function(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ").filter(|_| !line.ends_with(';'))?;
    let before = before.rsplit(')').next().unwrap_or_default();
    let plain = before.split_whitespace().all(|word| ["pub", "const", "async"].contains(&word));
    plain.then(|| after.split(['(', '<']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_are_found_by_name_and_type() {
        let text = "pub fn decode(a: u8) {}\nimpl<'a> Reader<'a> {\n    fn reader() {}\n    pub(super) const fn read_all() {}\n}\n\
                    impl TryFrom<String> for Line {\n    fn try_from() {}\n}\n#[cfg(test)]\nmod tests {\n    fn open() {}\n}\n";
        let file = SourceFile { path: String::new(), bytes: text.into() };
        assert_eq!(decoders(&file).expect("text"), ["decode", "Reader::read_all", "Line::try_from"]);
    }
}
