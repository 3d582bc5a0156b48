//! Pictures of the page, and the last words of a suite that gives up.

use std::{fs, path::Path};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::Browser;
use crate::programs::trouble_folder;

/// How far the parts of the app have come that cannot be seen: who holds the engine, what was fetched and when.
const INSIDE: &str = "
    const locks = await_at_most(navigator.locks?.query());
    const worker = await_at_most(navigator.serviceWorker?.getRegistration());
    const fetched = performance.getEntriesByType('resource').map((e) => `${e.name.split('/').at(-1)} ${Math.round(e.responseEnd)} ms`);
    const state = (worker) => worker?.state ?? 'none';
    return Promise.all([locks, worker]).then(([locks, worker]) => ({
        now: Math.round(performance.now()),
        ready: 'ready' in document.documentElement.dataset,
        held: locks?.held?.map((lock) => lock.name), pending: locks?.pending?.length,
        controller: state(navigator.serviceWorker?.controller),
        serviceWorker: [worker?.installing, worker?.waiting, worker?.active].map(state),
        fetched,
    }));
    function await_at_most(promise) {
        return Promise.race([promise, new Promise((end) => setTimeout(end, 2000))]);
    }";

impl Browser {
    /// A picture of what is on the screen, as PNG.
    ///
    /// # Panics
    /// When the browser makes none.
    pub fn picture(&self, file: &Path) {
        let taken =
            self.session().get("/screenshot").unwrap_or_else(|refusal| panic!("no picture: {}", refusal.message));
        keep(&taken, file);
    }

    /// A picture of the whole page, however long, as on a screen of that length.
    ///
    /// # Panics
    /// When the browser makes none.
    pub fn whole_picture(&self, file: &Path) {
        let (width, height) = self.screen().size();
        let long = self.script("return document.documentElement.scrollHeight", &[]).as_u64().unwrap_or_default();
        self.stretch(width, u32::try_from(long).map_or(height, |long| long.max(height)));
        self.picture(file);
        self.stretch(width, height);
    }

    /// What the page has said to the console; empty where the browser does not tell.
    #[must_use]
    pub fn console(&self) -> String {
        let entries = self.session().post("/se/log", &json!({ "type": "browser" })).unwrap_or_default();
        let lines = entries.as_array().into_iter().flatten().filter_map(|entry| entry["message"].as_str());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Ends the suite with all there is to know.
    pub(crate) fn give_up(&self, what: &str) -> ! {
        let file = trouble_folder().join(format!("{}-{}.png", self.name().replace(' ', "-"), std::process::id()));
        if let Ok(taken) = self.session().get("/screenshot") {
            keep(&taken, &file);
        }
        let page = "return `${location.href}\n${document.body?.innerText}`";
        let page = match self.session().script(page, &[]) {
            Ok(page) => page.as_str().unwrap_or_default().to_owned(),
            Err(refusal) => {
                let driver = self.driver_said();
                format!("(it does not answer: {} {}; the driver said: {driver})", refusal.code, refusal.message)
            }
        };
        let inside = self.session().script(INSIDE, &[]).unwrap_or_default();
        panic!(
            "{} {what}.\n── picture: {}\n── page: {page}\n── inside: {inside:#}\n── console:\n{}",
            self.name(),
            file.display(),
            self.console()
        )
    }
}

fn keep(base64: &Value, file: &Path) {
    let picture = BASE64.decode(base64.as_str().unwrap_or_default().as_bytes()).expect("a picture comes as base64");
    fs::write(file, picture).expect("a picture can be written");
}
