//! What a phone must fetch. The figures are promises of docs/SPEC.md, measured on the finished app with Brotli.

use anyhow::Result;

use super::Findings;
use crate::build::sizes::{self, kilobytes};
use crate::build::{self, Quality};
use crate::workspace::Workspace;

/// Page, boot script, style, the letters' font, and the UI's script and Wasm; by a link also its page's modules.
const FIRST_PAINT: usize = 350_000;

/// Everything that is kept for use without the net.
const PRECACHED: usize = 900_000;

/// Builds the app if there is none, or only one made in haste.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let files = match sizes::last_release(workspace)? {
        Some(files) => files,
        None => {
            build::build(workspace, Quality::Release)?;
            sizes::last_release(workspace)?.unwrap_or_default()
        }
    };
    let mut findings = Findings::default();
    hold("the first paint needs", sizes::first_paint(&files), FIRST_PAINT, &mut findings);
    hold("the first paint of an invitation needs", sizes::first_paint_by_link(&files), FIRST_PAINT, &mut findings);
    hold("use without the net needs", sizes::precached(&files), PRECACHED, &mut findings);
    if sizes::first_paint(&files) == 0 {
        findings.problem("the build measured nothing");
    }
    Ok(findings)
}

fn hold(what: &str, bytes: usize, budget: usize, findings: &mut Findings) {
    let text = format!("{what} {} of at most {}", kilobytes(bytes), kilobytes(budget));
    if bytes > budget { findings.problem(text) } else { findings.note(text) }
}
