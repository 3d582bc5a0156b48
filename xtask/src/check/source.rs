//! Finding and reading source files for the checks.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// A file of the checkout that is, or is about to be, under version control.
pub(super) struct SourceFile {
    /// Relative to the root, with `/`.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl SourceFile {
    pub(super) fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.bytes).with_context(|| format!("{} is not UTF-8", self.path))
    }

    /// Numbered lines of the Rust that ships: without comments and without what is under `#[cfg(test)]`. It relies on
    /// rustfmt's indentation. A `//` inside a string ends the line early, which can only hide what follows it.
    pub(super) fn shipped_lines(&self) -> Result<Vec<(usize, &str)>> {
        let mut shipped = Vec::new();
        let mut test_indent = None;
        for (index, line) in self.text()?.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default().trim_end();
            let indent = code.len() - code.trim_start().len();
            match test_indent {
                None if code.trim_start() == "#[cfg(test)]" => test_indent = Some(indent),
                None => shipped.push((index + 1, code)),
                Some(start) if indent == start && code.ends_with(['}', ';']) => test_indent = None,
                Some(_) => {}
            }
        }
        Ok(shipped)
    }
}

/// All files under the folder; what version control ignores is left out.
pub(super) fn files(workspace: &Workspace, folder: &str) -> Result<Vec<SourceFile>> {
    let mut git = Command::new("git");
    git.current_dir(workspace.root());
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder]);
    let listed = process::read(&mut git)?;
    let present = listed.split('\0').filter(|path| !path.is_empty() && workspace.path(path).is_file());
    present.map(|path| read(workspace, path)).collect()
}

/// All Rust files under the folder that are not tests as a whole.
pub(super) fn rust_files(workspace: &Workspace, folder: &str) -> Result<Vec<SourceFile>> {
    let mut files = files(workspace, folder)?;
    files.retain(|file| {
        file.path.ends_with(".rs") && !file.path.ends_with("/tests.rs") && !file.path.contains("/tests/")
    });
    Ok(files)
}

fn read(workspace: &Workspace, path: &str) -> Result<SourceFile> {
    let place: PathBuf = workspace.path(path);
    let bytes = fs::read(&place).with_context(|| format!("could not read {path}"))?;
    Ok(SourceFile { path: path.to_owned(), bytes })
}

#[cfg(test)]
mod tests {
    use super::SourceFile;

    #[test]
    fn code_for_tests_and_comments_do_not_ship() {
        let source =
            "use a;\n// b\n#[cfg(test)]\nuse c;\nfn d() {} // e\n#[cfg(test)]\nmod f {\n    fn g() {}\n}\nh!();\n";
        let file = SourceFile { path: "lib.rs".into(), bytes: source.into() };
        let lines = file.shipped_lines().expect("is UTF-8");
        let code: Vec<_> = lines.into_iter().filter(|(_, line)| !line.is_empty()).collect();
        assert_eq!(code, [(1, "use a;"), (5, "fn d() {}"), (10, "h!();")]);
    }
}
