//! Every text file is UTF-8 with plain line ends, and nothing large slips into the history.

use anyhow::Result;

use super::Findings;
use super::source::{self, SourceFile};
use crate::workspace::Workspace;

/// Larger than any source should be; pictures and golden documents stay below it too.
const MOST_BYTES: usize = 700_000;

/// Beyond this a Rust file is worth splitting; a reader decides.
const MOST_LINES: usize = 500;

const BINARY: [&str; 8] = ["bin", "br", "db", "ico", "jpg", "png", "wasm", "woff2"];

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    for file in source::files(workspace, ".")? {
        if file.bytes.len() > MOST_BYTES {
            findings.problem(format!("{} has {} bytes, more than {MOST_BYTES}", file.path, file.bytes.len()));
        }
        if !is_binary(&file.path) {
            check_text(&file, &mut findings);
        }
    }
    Ok(findings)
}

fn check_text(file: &SourceFile, findings: &mut Findings) {
    let path = &file.path;
    let Ok(text) = file.text() else {
        findings.problem(format!("{path} is not UTF-8"));
        return;
    };
    if text.starts_with('\u{feff}') {
        findings.problem(format!("{path} begins with a byte order mark"));
    }
    if text.contains('\r') {
        findings.problem(format!("{path} has carriage returns"));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        findings.problem(format!("{path} does not end with a line break"));
    }
    let lines = text.lines().count();
    if path.ends_with(".rs") && lines > MOST_LINES {
        findings.note(format!("{path} has {lines} lines"));
    }
}

/// By the end of the name; golden files may lie in `testdata` under any.
fn is_binary(path: &str) -> bool {
    path.contains("/testdata/") || path.rsplit_once('.').is_some_and(|(_, end)| BINARY.contains(&end))
}
