//! Short names for what a Wasm module takes from its script. `wasm-bindgen` ends each with a hash, which does not
//! compress, in the module and in the script alike: 2 % of the first paint.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use walrus::Module;

/// What the names begin with that `wasm-bindgen` gives.
const GIVEN: &str = "__wb";
/// What ours begin with.
const SHORT: &str = "i$";

/// Renames them in both files.
pub(super) fn shorten(wasm: &Path, script: &Path) -> Result<()> {
    let text = fs::read_to_string(script)?;
    ensure!(!text.contains(SHORT), "{} has names of its own that begin with {SHORT}", script.display());
    let mut module = Module::from_file(wasm).with_context(|| format!("{} can not be read", wasm.display()))?;

    let mut names = HashMap::new();
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with(GIVEN)) {
        let short = format!("{SHORT}{}", names.len());
        let given = std::mem::replace(&mut import.name, short.clone());
        ensure!(names.insert(given.clone(), short).is_none(), "{} imports {given} twice", wasm.display());
    }
    module.emit_wasm_file(wasm)?;
    Ok(fs::write(script, renamed(&text, &names))?)
}

/// The script with whole names exchanged.
fn renamed(text: &str, names: &HashMap<String, String>) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut written = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !in_name(c)) {
        let word = piece.trim_end_matches(|c| !in_name(c));
        written.push_str(names.get(word).map_or(word, String::as_str));
        written.push_str(&piece[word.len()..]);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_exchanged_and_nothing_else() {
        let names = HashMap::from([("__wbg_get_1".to_owned(), "i$0".to_owned())]);
        let text = "imports = { __wbg_get_1: (a) => a.__wbg_get_12, x__wbg_get_1: “__wbg_get_1” };";
        assert_eq!(renamed(text, &names), "imports = { i$0: (a) => a.__wbg_get_12, x__wbg_get_1: “i$0” };");
    }
}
