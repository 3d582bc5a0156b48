//! What is unusual about a browser: who it says it is, and what it keeps from pages.

use serde_json::{Value, json};

use super::Engine;

/// A browser that is not as it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Habits {
    /// The user agent it gives itself out as.
    pub agent: Option<&'static str>,
    /// It lends pages no storage, as some do in private windows or when told to take no cookies.
    pub no_storage: bool,
    /// It has no WebAssembly, as an iPhone in Lockdown Mode.
    pub no_wasm: bool,
}

impl Habits {
    /// Adds them to what a session is asked for with.
    pub(super) fn put_into(self, engine: Engine, capabilities: &mut Value) {
        let agent = self.agent.map(|agent| format!("--user-agent={agent}"));
        match engine {
            Engine::Chromium => {
                let options = &mut capabilities["goog:chromeOptions"];
                add(&mut options["args"], agent.into_iter());
                if self.no_storage {
                    options["prefs"] = json!({ "profile.default_content_setting_values.cookies": 2 });
                }
            }
            Engine::Firefox => {
                let prefs = &mut capabilities["moz:firefoxOptions"]["prefs"];
                if let Some(agent) = self.agent {
                    prefs["general.useragent.override"] = json!(agent);
                }
                if self.no_storage {
                    prefs["network.cookie.cookieBehavior"] = json!(2);
                }
                if self.no_wasm {
                    prefs["javascript.options.wasm"] = json!(false);
                }
            }
            Engine::WebKit => {
                let storage = self.no_storage.then(|| "--features=-IndexedDBAPI".to_owned());
                add(&mut capabilities["webkitgtk:browserOptions"]["args"], agent.into_iter().chain(storage));
            }
        }
    }

    /// What the driver is started with besides: the engine's own switches.
    pub(super) fn environment(self, engine: Engine) -> Option<(&'static str, &'static str)> {
        (self.no_wasm && engine == Engine::WebKit).then_some(("JSC_useWasm", "0"))
    }
}

fn add(arguments: &mut Value, more: impl Iterator<Item = String>) {
    arguments.as_array_mut().expect("a browser is started with arguments").extend(more.map(Value::from));
}
