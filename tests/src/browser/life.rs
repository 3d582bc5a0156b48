//! How a browser ends, closed or killed, and begins again over what it has kept.

use std::{fs, path::PathBuf};

use serde_json::json;

use super::{Browser, Engine, engine::Driver};

impl Browser {
    /// Starts it again over the same profile; the page is empty.
    ///
    /// # Panics
    /// When it still runs, or does not start.
    pub fn start_again(&mut self) {
        assert!(self.driver.is_none(), "{} still has the browser open", self.name);
        self.driver = Some(Driver::start(self.engine, &self.profile(), self.habits));
        self.resize(self.screen);
        if self.habits.no_wasm && self.engine == Engine::Chromium {
            // It has no switch for it any more.
            let script = json!({ "source": "delete globalThis.WebAssembly" });
            self.chromium("Page.addScriptToEvaluateOnNewDocument", &script);
        }
    }

    /// Closes it as a person does.
    ///
    /// # Panics
    /// When it is not open.
    pub fn quit(&mut self) {
        self.driver.take().expect("the browser is open").quit();
    }

    /// Ends it as a flat battery does.
    ///
    /// # Panics
    /// When it is not open.
    pub fn kill(&mut self) {
        let profile = self.profile();
        self.driver.take().expect("the browser is open").kill(&profile);
    }

    fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// The last lines its driver has written.
    pub(super) fn driver_said(&self) -> String {
        const LINES: usize = 20;
        let said = fs::read_to_string(Driver::diary(&self.profile())).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    /// Starts it cold: closed as a person does and started over the same profile. An engine that keeps none is left
    /// open, and the page is loaded anew from nothing.
    ///
    /// # Panics
    /// When it does not go.
    pub fn start_cold(&mut self) {
        self.leave();
        self.come_back();
    }

    /// Closes it as a person does who is away for a while. An engine that keeps no profile is left open, on nothing.
    ///
    /// # Panics
    /// When it does not go.
    pub fn leave(&mut self) {
        if self.engine.keeps_profile() {
            self.quit();
        } else {
            self.must("/url", &json!({ "url": "about:blank" }));
        }
    }

    /// Starts it again after [`Self::leave`]; the page is empty.
    ///
    /// # Panics
    /// When it does not start.
    pub fn come_back(&mut self) {
        if self.engine.keeps_profile() {
            self.start_again();
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let profile = self.profile();
        if let Some(mut driver) = self.driver.take() {
            driver.kill(&profile);
        }
    }
}
