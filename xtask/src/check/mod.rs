//! What must hold in every commit beyond that it compiles. Each check is a file here; each finding says where and why.

mod budgets;
mod decoders;
mod dependencies;
mod files;
mod layers;
mod licences;
mod lints;
mod secrets;
mod source;
mod stil;
mod texts;
mod words;

use anyhow::{Result, ensure};

use crate::progress::Progress;
use crate::workspace::Workspace;

/// What a check has to say.
#[derive(Default)]
pub(crate) struct Findings {
    problems: Vec<String>,
    notes: Vec<String>,
}

impl Findings {
    /// Something that must be mended.
    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// A check that could not be carried out has not passed.
    fn from_error(error: anyhow::Error) -> Self {
        Self { problems: vec![format!("{error:#}")], notes: Vec::new() }
    }

    /// Something for a person to read; it never fails the check.
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

type Check = fn(&Workspace) -> Result<Findings>;

/// The quick ones first.
const CHECKS: [(&str, Check); 13] = [
    ("files: encoding and size", files::check),
    ("words that must not stand", words::check),
    ("texts: the same in nb, nn and en", texts::check),
    ("layers: who names whom", layers::check),
    ("layers: who depends on what", dependencies::check),
    ("secrets: by type, and tried", secrets::every_secret_is_one_by_type),
    ("decoders: each has a target", decoders::every_decoder_has_a_target),
    ("licences and sources", licences::check),
    ("format", lints::format),
    ("clippy: relay, core and tools", lints::native),
    ("clippy: app", lints::wasm),
    ("size budgets", budgets::check),
    ("release: nothing of /stil", stil::check),
];

/// Runs all checks whose name contains `only`, also after one has failed, so that one run shows everything there is to
/// mend.
pub(crate) fn check(workspace: &Workspace, only: &str) -> Result<()> {
    let mut progress = Progress::start();
    let mut failed = Vec::new();
    for (name, check) in CHECKS.iter().filter(|(name, _)| name.contains(only)) {
        let findings = progress.step(name, || check(workspace)).unwrap_or_else(Findings::from_error);
        for note in &findings.notes {
            println!("  · {note}");
        }
        for problem in &findings.problems {
            println!("  ✗ {problem}");
        }
        if !findings.problems.is_empty() {
            failed.push(*name);
        }
    }
    progress.print_table();
    ensure!(failed.is_empty(), "does not hold: {}", failed.join("; "));
    Ok(())
}
