//! Words the families must never meet: Grend collects experience and asks nobody to report on anybody.

use std::fs;

use anyhow::{Context, Result};

use super::Findings;
use super::texts::{self, LANGUAGES};
use crate::workspace::Workspace;

/// In any form and any compound, whatever the case.
fn forbidden(language: &str) -> &'static str {
    match language {
        "en" => "report",
        _ => "rapport",
    }
}

/// What people may see that is not in the language files.
const PAGES: [&str; 4] = ["app/index.html", "app/js/boot.js", "app/js/notice.js", "app/manifest.webmanifest"];

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    for language in LANGUAGES {
        for (place, text) in texts::all(workspace, language)? {
            look(&format!("{place} ({language})"), &text, forbidden(language), &mut findings);
        }
    }
    for page in PAGES {
        let text = fs::read_to_string(workspace.path(page)).with_context(|| format!("could not read {page}"))?;
        for word in ["nb", "en"].map(forbidden) {
            look(page, &text, word, &mut findings);
        }
    }
    Ok(findings)
}

fn look(place: &str, text: &str, word: &str, findings: &mut Findings) {
    if text.to_lowercase().contains(word) {
        findings.problem(format!("{place} says “{word}…”"));
    }
}
