//! `/stil` shows every component to those who work on the look. Nobody who uses Grend is to fetch it.

use std::fs;

use anyhow::{Context, Result};

use super::Findings;
use crate::build::{self, Quality, sizes};
use crate::workspace::Workspace;

/// What stands in all that belongs to the page, and nowhere else.
const MARK: &[u8] = b"g-stil";

/// Looks through every file of the release; builds it if there is none, or only one made in haste.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    if sizes::last_release(workspace)?.is_none() {
        build::build(workspace, Quality::Release)?;
    }
    let mut findings = Findings::default();
    let mut looked_at = 0;
    let folder = workspace.dist().join("assets");
    for file in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", workspace.shown(&folder)))? {
        let file = file?.path();
        if file.extension().is_some_and(|it| it == "wasm") {
            looked_at += 1;
            if has(&fs::read(&file)?, MARK) {
                findings.problem(format!("{} has the page `/stil`, which is for development", workspace.shown(&file)));
            }
        }
    }
    if looked_at == 0 {
        findings.problem("the release has no Wasm to look through");
    }
    // The mark is worth nothing if the page does not bear it.
    if !has(&fs::read(workspace.path("app/ui/src/stil/mod.rs"))?, MARK) {
        findings.problem("`/stil` does not bear the mark it is looked for by");
    }
    Ok(findings)
}

fn has(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_found_wherever_it_stands() {
        for (text, there) in [("xxg-stil", true), ("g-stil-part", true), ("g-stik", false), ("", false)] {
            assert_eq!(has(text.as_bytes(), MARK), there, "{text}");
        }
    }
}
