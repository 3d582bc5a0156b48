//! Turns `app/locales/{nb,nn,en}.json` into one method per text on `Words`, so that a text that is not there, a
//! value that is not given, or a language that lacks a line does not compile.
//!
//! Nested keys are joined with `_`. `{name}` in a text becomes a parameter. An object with exactly `one` and `many`
//! is one text with a number `n`.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

use serde_json::Value;

const LANGUAGES: [(&str, &str); 3] = [("Nb", "nb"), ("Nn", "nn"), ("En", "en")];

/// One text in one language.
#[derive(Clone, PartialEq, Eq)]
enum Text {
    Plain(String),
    Counted { one: String, many: String },
}

fn main() {
    let locales = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../locales");
    println!("cargo::rerun-if-changed=build.rs");
    let texts: Vec<BTreeMap<String, Text>> = LANGUAGES
        .iter()
        .map(|(_, code)| {
            let file = locales.join(format!("{code}.json"));
            println!("cargo::rerun-if-changed={}", file.display());
            let json = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let json: Value = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let mut flat = BTreeMap::new();
            flatten("", &json, &mut flat);
            flat
        })
        .collect();
    for (language, (_, code)) in texts.iter().zip(LANGUAGES) {
        let lacks = texts[0].keys().find(|key| !language.contains_key(*key));
        assert!(lacks.is_none(), "{code}.json has no text for {lacks:?}");
        let more = language.keys().find(|key| !texts[0].contains_key(*key));
        assert!(more.is_none(), "{code}.json has {more:?}, which nb.json has not");
    }
    let mut code = String::from("impl Words {\n");
    for key in texts[0].keys() {
        let each: Vec<&Text> = texts.iter().map(|language| &language[key]).collect();
        method(&mut code, key, &each);
    }
    code.push_str("}\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("words.rs");
    fs::write(&out, code).unwrap_or_else(|e| panic!("{}: {e}", out.display()));
}

fn flatten(prefix: &str, value: &Value, into: &mut BTreeMap<String, Text>) {
    match value {
        Value::String(text) => {
            into.insert(prefix.to_owned(), Text::Plain(text.clone()));
        }
        Value::Object(map) => {
            if let (2, Some(Value::String(one)), Some(Value::String(many))) =
                (map.len(), map.get("one"), map.get("many"))
            {
                into.insert(prefix.to_owned(), Text::Counted { one: one.clone(), many: many.clone() });
                return;
            }
            for (key, value) in map {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}_{key}") };
                flatten(&key, value, into);
            }
        }
        _ => panic!("{prefix} is neither a text nor a group of texts"),
    }
}

fn method(code: &mut String, key: &str, each: &[&Text]) {
    let values = placeholders(each[0]);
    let mut sorted = values.clone();
    sorted.sort();
    for text in each {
        let mut others = placeholders(text);
        others.sort();
        assert!(sorted == others, "{key}: the languages do not take the same values");
    }
    let counted = matches!(each[0], Text::Counted { .. });
    let mut parameters = String::new();
    if counted {
        parameters.push_str(", n: usize");
    }
    for value in values.iter().filter(|value| !(counted && *value == "n")) {
        write!(parameters, ", {value}: impl core::fmt::Display").expect("a string takes it");
    }
    let returns = if parameters.is_empty() { "&'static str" } else { "String" };
    writeln!(code, "    pub(crate) fn {key}(self{parameters}) -> {returns} {{\n        match self.0 {{")
        .expect("a string takes it");
    for (text, (variant, _)) in each.iter().zip(LANGUAGES) {
        let line = match text {
            Text::Plain(text) if parameters.is_empty() => format!("{text:?}"),
            Text::Plain(text) => format!("format!({text:?})"),
            Text::Counted { one, many } if one == many => formatted(one),
            Text::Counted { one, many } => format!("if n == 1 {{ {} }} else {{ {} }}", formatted(one), formatted(many)),
        };
        writeln!(code, "            Language::{variant} => {line},").expect("a string takes it");
    }
    code.push_str("        }\n    }\n");
}

/// A text of a counted pair need not name the number.
fn formatted(text: &str) -> String {
    if text.contains('{') { format!("format!({text:?})") } else { format!("{text:?}.to_owned()") }
}

/// The names between braces, in the order of their first place.
fn placeholders(text: &Text) -> Vec<String> {
    let mut names = Vec::new();
    let both = match text {
        Text::Plain(text) => text.clone(),
        Text::Counted { one, many } => format!("{{n}}{one}{many}"),
    };
    for part in both.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}
