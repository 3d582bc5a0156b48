//! Who may name whom in the sources. What may be *linked* is in [`super::dependencies`].

use anyhow::Result;

use super::Findings;
use super::source;
use crate::workspace::Workspace;

/// Words that must not stand in the Rust files of a folder.
struct Rule {
    folder: &'static str,
    except: &'static [&'static str],
    words: &'static [&'static str],
    because: &'static str,
}

const RULES: [Rule; 6] = [
    Rule {
        folder: "app/ui/src/pages",
        except: &[],
        words: &["platform::", "::platform"],
        because: "pages take data and callbacks; the device is behind `state`",
    },
    Rule {
        folder: "app/ui/src/state",
        except: &[],
        words: &["ui::", "pages::"],
        because: "what the screens know does not know how it looks",
    },
    Rule {
        folder: "app",
        except: &[],
        words: &["automerge::", "autosurgeon::"],
        because: "only shared::document knows how documents are kept",
    },
    Rule {
        folder: "shared/src",
        except: &["shared/src/document/"],
        words: &["automerge::", "autosurgeon::"],
        because: "only shared::document knows how documents are kept",
    },
    Rule {
        folder: "shared/src",
        except: &[],
        words: &[
            "SystemTime",
            "Instant::now",
            "::now()",
            "std::fs",
            "std::net",
            "std::env",
            "std::io",
            "std::process",
            "std::thread",
            "getrandom",
            "OsRng",
            "thread_rng",
            "web_sys",
            "js_sys",
            "println!",
            "eprintln!",
        ],
        because: "shared does no IO and reads no clock; `now` and randomness are passed in",
    },
    Rule {
        folder: "server",
        except: &[],
        words: &["leptos", "grend_ui", "grend_engine", "grend_store", "automerge"],
        because: "the relay passes on what it cannot read and draws nothing",
    },
];

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    for rule in &RULES {
        for file in source::rust_files(workspace, rule.folder)? {
            if rule.except.iter().any(|folder| file.path.starts_with(folder)) {
                continue;
            }
            for (number, line) in file.shipped_lines()? {
                for word in rule.words.iter().filter(|word| line.contains(**word)) {
                    findings.problem(format!("{}:{number} names `{word}`: {}", file.path, rule.because));
                }
            }
        }
    }
    Ok(findings)
}
