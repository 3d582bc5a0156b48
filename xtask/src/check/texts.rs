//! The three languages say the same: equal keys and equal placeholders. Where nb and nn are word for word the same, a
//! reader gets a list, for that is either luck or a text nobody has translated.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Findings;
use crate::workspace::Workspace;

pub(super) const LANGUAGES: [&str; 3] = ["nb", "nn", "en"];

/// Folders with either `nb.json` or `nb/*.json`, and the same for the other languages.
const FOLDERS: [&str; 2] = ["app/locales", "app/js/texts"];

/// One language's texts: file and key → text.
pub(super) type Texts = BTreeMap<String, String>;

pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let mut findings = Findings::default();
    for folder in FOLDERS {
        let [nb, nn, en] = LANGUAGES.map(|language| read(workspace, folder, language));
        let (nb, nn, en) = (nb?, nn?, en?);
        compare(folder, ("nb", &nb), ("nn", &nn), &mut findings);
        compare(folder, ("nb", &nb), ("en", &en), &mut findings);
        for (key, text) in nb.iter().filter(|(key, text)| nn.get(*key) == Some(text)) {
            findings.note(format!("{folder} {key}: nb and nn are both “{text}”"));
        }
    }
    Ok(findings)
}

/// All texts of one language in all folders.
pub(super) fn all(workspace: &Workspace, language: &str) -> Result<Texts> {
    let mut texts = Texts::new();
    for folder in FOLDERS {
        let of_folder = read(workspace, folder, language)?;
        texts.extend(of_folder.into_iter().map(|(key, text)| (format!("{folder} {key}"), text)));
    }
    Ok(texts)
}

fn compare(folder: &str, (name, texts): (&str, &Texts), (other_name, other): (&str, &Texts), findings: &mut Findings) {
    for (key, text) in texts {
        match other.get(key) {
            None => findings.problem(format!("{folder} {key} is missing in {other_name}")),
            Some(translated) if placeholders(text) != placeholders(translated) => {
                findings.problem(format!("{folder} {key} has other placeholders in {other_name} than in {name}"));
            }
            Some(_) => {}
        }
    }
    for key in other.keys().filter(|key| !texts.contains_key(*key)) {
        findings.problem(format!("{folder} {key} is missing in {name}"));
    }
}

/// What the app fills in: `{name}`, and elements such as `<b>` or `</b>`.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let variables = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let elements = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    variables.chain(elements).map(|(inside, _)| inside.trim()).collect()
}

fn read(workspace: &Workspace, folder: &str, language: &str) -> Result<Texts> {
    let mut texts = Texts::new();
    for file in language_files(&workspace.path(folder), language)? {
        let shown = workspace.shown(&file).to_string();
        let json = fs::read_to_string(&file).with_context(|| format!("could not read {shown}"))?;
        let value: Value = serde_json::from_str(&json).with_context(|| format!("{shown} is not valid JSON"))?;
        let stem = file.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != language);
        flatten(stem.unwrap_or_default(), &value, &mut texts);
    }
    Ok(texts)
}

fn language_files(folder: &Path, language: &str) -> Result<Vec<PathBuf>> {
    let single = folder.join(format!("{language}.json"));
    if single.is_file() {
        return Ok(vec![single]);
    }
    let several = folder.join(language);
    let entries = fs::read_dir(&several).with_context(|| format!("could not read {}", several.display()))?;
    let mut files = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

fn flatten(key: &str, value: &Value, texts: &mut Texts) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&below(name), value, texts)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| flatten(&below(&index.to_string()), value, texts));
        }
        Value::String(text) => drop(texts.insert(key.to_owned(), text.clone())),
        other => drop(texts.insert(key.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, Texts, compare};

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    fn problems(nb: &[(&str, &str)], nn: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Findings::default();
        compare("texts", ("nb", &texts(nb)), ("nn", &texts(nn)), &mut findings);
        findings.problems
    }

    #[test]
    fn word_order_may_differ_between_languages() {
        let nb = [("from", "Fra {name} til <b>{place}</b>")];
        assert!(problems(&nb, &[("from", "Til <b>{place}</b> frå {name}")]).is_empty());
    }

    #[test]
    fn a_lost_placeholder_and_a_key_that_only_one_has_are_found() {
        let found = problems(&[("a", "Hei {name}"), ("b", "Ja")], &[("a", "Hei"), ("c", "Nei")]);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
