//! What is a secret is one by its type: the types of `shared::secret`, and those whose own code says how they print.
//! `shared/tests/secrets.rs` tries them all; this check sees to it that the table there is whole and that nothing with the
//! name of a secret is a plain text or plain bytes.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::Findings;
use super::source;
use crate::workspace::Workspace;

const FOLDERS: [&str; 5] = ["shared/src", "server/src", "app/engine/src", "app/store/src", "app/ui/src"];
const TABLE: &str = "shared/tests/secrets.rs";
/// May be serialised: it goes to the screen and back, and to the disk, sealed.
const TRAVELS: [&str; 1] = ["SecretText"];

/// Fields and parameters by these names hold secrets. A `key` may be public, or the name of a row: those that are not
/// are types.
const NAMES: [&str; 8] = ["secret", "token", "seed", "link", "code", "first_link", "added", "passphrase"];
/// Types that show what is in them.
const PLAIN: [&str; 7] = ["String", "&str", "[u8;", "&[u8", "Vec<u8>", "Vec<String>", "Option<String>"];

pub(super) fn every_secret_is_one_by_type(workspace: &Workspace) -> Result<Findings> {
    let table = fs::read_to_string(workspace.path(TABLE)).with_context(|| format!("could not read {TABLE}"))?;
    let mut findings = Findings::default();
    let mut secrets = BTreeSet::new();
    for folder in FOLDERS {
        for file in source::rust_files(workspace, folder)? {
            let lines = file.shipped_lines()?;
            secrets.extend(wiped(&lines));
            for (number, line) in &lines {
                if let Some(name) = plain_secret(line) {
                    findings.problem(format!("{}:{number}: `{name}` is a secret by name and plain by type", file.path));
                }
                if let Some(shown) = shown(line) {
                    findings.problem(format!("{}:{number} exposes a secret to `{shown}`", file.path));
                }
            }
        }
    }
    for name in &secrets {
        if !table.contains(&format!("is_secret::<{name}")) {
            findings.problem(format!("{TABLE} does not try `{name}`"));
        }
    }
    for folder in FOLDERS {
        for file in source::rust_files(workspace, folder)? {
            let lines = file.shipped_lines()?;
            for name in secrets.iter().filter(|name| tells(&lines, name)) {
                findings.problem(format!("{}: `{name}` is a secret and is written out", file.path));
            }
        }
    }
    Ok(findings)
}

/// The types that are wiped when dropped.
fn wiped(lines: &[(usize, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut derived = false;
    for (_, line) in lines {
        let code = line.trim_start();
        if code.starts_with("#[derive(") {
            derived = code.contains("ZeroizeOnDrop");
        } else if let Some(name) = declared(code) {
            if derived {
                found.push(name.to_owned());
            }
            derived = false;
        }
    }
    found
}

fn declared(code: &str) -> Option<&str> {
    let (before, after) = code.split_once("struct ").or_else(|| code.split_once("enum "))?;
    let plain = before.split_whitespace().all(|word| word.starts_with("pub"));
    plain.then(|| after.split(|c: char| !c.is_alphanumeric() && c != '_').next()).flatten()
}

/// Whether a secret type can be written out: by `Display`, or by `Serialize` where it need not travel.
fn tells(lines: &[(usize, &str)], name: &str) -> bool {
    let about = |line: &str| line.contains(&format!(" for {name} ")) || line.contains(&format!(" for {name}<"));
    let shows = |line: &str| line.contains("Display for") || line.contains("Serialize for");
    let mut derived = false;
    lines.iter().any(|(_, line)| {
        let code = line.trim_start();
        if code.starts_with("#[derive(") {
            derived = code.contains("Serialize");
        }
        let declares = declared(code).map(|it| (it, std::mem::take(&mut derived)));
        let serialised = declares == Some((name, true)) && !TRAVELS.contains(&name);
        serialised || (about(line) && shows(line))
    })
}

/// A field, or a parameter that is all of its line, by the name of a secret and with a plain type.
fn plain_secret(line: &str) -> Option<&str> {
    let code = line.trim().trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
    let (name, kind) = code.trim_start_matches("pub ").split_once(": ")?;
    let plain = PLAIN.iter().any(|plain| kind.starts_with(plain)) && kind.ends_with(',');
    (plain && NAMES.contains(&name) && !kind.contains("::")).then_some(name)
}

/// What a secret must not be put into on the line where it is exposed.
fn shown(line: &str) -> Option<&'static str> {
    let loud = ["tracing::", "println!", "panic!", "log!", "assert", "error!", "unreachable!"];
    loud.into_iter().find(|loud| line.contains(".expose()") && line.contains(loud))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_secret_is_found() {
        assert_eq!(plain_secret("    pub secret: String,"), Some("secret"));
        assert_eq!(plain_secret("    seed: [u8; 32],"), Some("seed"));
        assert_eq!(plain_secret("    seed: Secret<32>,"), None);
        assert_eq!(plain_secret("    name: String,"), None);
        assert_eq!(shown("tracing::info!(link = link.expose());"), Some("tracing::"));
    }

    #[test]
    fn a_secret_type_is_found_and_may_not_be_written_out() {
        let lines = [(1, "#[derive(Clone, ZeroizeOnDrop)]"), (2, "pub struct Key<const N: usize>([u8; N]);")];
        assert_eq!(wiped(&lines), ["Key"]);
        assert!(!tells(&lines, "Key"));
        assert!(tells(&[(1, "impl fmt::Display for Key {")], "Key"));
        assert!(tells(&[(1, "#[derive(Serialize)]"), (2, "struct Key(u8);")], "Key"));
    }
}
