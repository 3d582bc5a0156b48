//! docs/SPEC.md is kept honest: each id stands once, and each test it names is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use grend_tests::programs::root;

/// One row of the tables: an id, what holds, and the tests in backticks: `folder/file.rs: name`.
struct Row {
    id: String,
    proofs: Vec<(String, String)>,
}

#[test]
fn every_behaviour_stands_once_and_names_tests_that_are_there() {
    let spec = fs::read_to_string(root().join("docs/SPEC.md")).expect("docs/SPEC.md is there");
    let rows: Vec<Row> = spec.lines().filter_map(row).collect();
    assert!(rows.len() > 40, "only {} behaviours", rows.len());
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "an id stands twice");
    for row in &rows {
        assert!(!row.proofs.is_empty(), "{} names no test", row.id);
        for (file, name) in &row.proofs {
            assert!(has_test(file, name), "{} names `{file}: {name}`, and it is not there", row.id);
        }
    }
}

/// Every id that a source names is in the SPEC.
#[test]
fn every_id_that_a_suite_names_is_a_behaviour() {
    let spec = fs::read_to_string(root().join("docs/SPEC.md")).expect("docs/SPEC.md is there");
    let ids: BTreeSet<String> = spec.lines().filter_map(row).map(|row| row.id).collect();
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| id.split_once('-')).map(|(area, _)| area).collect();
    for folder in ["tests/tests", "shared/tests", "server/tests", "fuzz/tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source can be read");
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            for word in words.filter(|word| is_id(word) && areas.contains(word.split('-').next().unwrap_or_default())) {
                assert!(ids.contains(word), "{} names {word}, and docs/SPEC.md does not know it", file.display());
            }
        }
    }
}

fn row(line: &str) -> Option<Row> {
    let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim);
    let id = cells.next().filter(|id| is_id(id))?.to_owned();
    let proofs = cells.next_back()?;
    let quoted = proofs.split('`').skip(1).step_by(2);
    let proofs = quoted.filter_map(|proof| proof.split_once(": ")).map(|(f, n)| (f.to_owned(), n.to_owned()));
    Some(Row { id, proofs: proofs.collect() })
}

/// `SAVE-1`.
fn is_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(area, number)| {
        area.len() >= 3
            && area.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Whether a Rust file has the test or check, or a script names it.
fn has_test(file: &str, name: &str) -> bool {
    let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
    let function = format!("fn {name}(");
    let in_rust = text.match_indices(&function).any(|(at, _)| {
        let before = text[..at].trim_end_matches("async ").trim_end();
        // Right behind an attribute; the checks of `cargo xtask check` are functions of their own.
        before.ends_with(']') || (file.starts_with("xtask/src/check/") && before.ends_with("pub(super)"))
    });
    in_rust || (!file.ends_with(".rs") && text.contains(name))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of tests can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}
