//! What a phone must fetch. The figures are promises of docs/SPEC.md, measured on the finished app with Brotli.

use anyhow::Result;

use super::Findings;
use crate::build::sizes::{self, kilobytes};
use crate::build::{self, Quality};
use crate::workspace::Workspace;

/// A promise, and how far the app has come towards it.
struct Budget {
    what: &'static str,
    /// docs/SPEC.md says so.
    promised: usize,
    /// What stands today, while that is above the promise. A step back fails; every gain is written down here, and
    /// once the promise is kept this figure goes.
    reached: usize,
}

/// Page, boot script, style, the letters' font, and the UI's script and Wasm.
const FIRST_PAINT: Budget = Budget { what: "the first paint needs", promised: 350_000, reached: 395_000 };

/// Everything that is kept for use without the net.
const PRECACHED: Budget = Budget { what: "use without the net needs", promised: 900_000, reached: 900_000 };

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
    FIRST_PAINT.hold(sizes::first_paint(&files), &mut findings);
    PRECACHED.hold(sizes::precached(&files), &mut findings);
    if sizes::first_paint(&files) == 0 {
        findings.problem("the build measured nothing");
    }
    Ok(findings)
}

impl Budget {
    fn hold(&self, bytes: usize, findings: &mut Findings) {
        let Self { what, promised, reached } = self;
        let text = format!("{what} {} of at most {}", kilobytes(bytes), kilobytes(*promised));
        if bytes <= *promised {
            findings.note(text);
        } else if bytes <= *reached {
            findings.note(format!("{text}: NOT KEPT YET, {} to go", kilobytes(bytes - promised)));
        } else {
            findings.problem(format!("{text}, and more than the {} it was", kilobytes(*reached)));
        }
    }
}
