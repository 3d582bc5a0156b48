//! A browser with a profile of its own, kept when it is closed or killed, so that it can be started cold.
//!
//! [`Browser`] is what a person does: open, click, type, look. [`keyboard`] does it without a mouse, [`What`] says what
//! is meant, [`Engine`] how each browser is started, and [`life`] how it ends and begins again.

mod engine;
mod habits;
mod keyboard;
mod life;
mod pictures;
mod webdriver;
mod what;
mod window;

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

pub use engine::Engine;
pub use habits::Habits;
pub use keyboard::Key;
pub use webdriver::Refusal;
pub use what::What;
pub use window::{Screen, Tab};

use crate::{
    journal::{Entry, Journal},
    programs::poll,
};
use engine::Driver;
use webdriver::{Element, Session};
use what::FIND;

/// How long something may take before the suite calls it broken.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// The page of a browser that has not been anywhere.
const BLANK: &str = "about:blank";

/// A browser in somebody's hands.
pub struct Browser {
    name: String,
    engine: Engine,
    habits: Habits,
    screen: Screen,
    origin: String,
    folder: TempDir,
    journal: Journal,
    driver: Option<Driver>,
}

impl Browser {
    /// Starts a browser that has never seen Grend. `name` says in whose hands it is.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    #[must_use]
    pub fn start(engine: Engine, name: &str, origin: String, screen: Screen, journal: Journal) -> Self {
        Self::start_unusual(engine, name, origin, screen, journal, Habits::default())
    }

    /// The same with a browser that is not as it comes.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    #[must_use]
    pub fn start_unusual(
        engine: Engine,
        name: &str,
        origin: String,
        screen: Screen,
        journal: Journal,
        habits: Habits,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let name = format!("{name} ({engine:?})");
        let mut browser = Self { name, engine, habits, screen, origin, folder, journal, driver: None };
        browser.start_again();
        browser
    }

    fn session(&self) -> &Session {
        &self.driver.as_ref().expect("the browser is open").session
    }

    /// In whose hands it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The engine it runs on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Colours as chosen in *Meg*, until the next load: `light`, `dark` or `auto`.
    ///
    /// # Panics
    /// When the browser does not answer.
    pub fn colours(&self, scheme: &str) {
        // What changes colour slowly would be looked at half way.
        let script = "
            const at_once = new CSSStyleSheet();
            at_once.replaceSync('*, ::before, ::after { transition: none !important; }');
            document.adoptedStyleSheets = [at_once];
            document.documentElement.dataset.colorScheme = arguments[0];
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));";
        let _nothing = self.script(script, &[json!(scheme)]);
    }

    /// Language as chosen in *Meg*: `nb`, `nn` or `en`. Loads the page anew.
    ///
    /// # Panics
    /// When the browser does not answer.
    pub fn speak(&self, language: &str) {
        let script = "localStorage.setItem('grend.language', JSON.stringify(arguments[0]))";
        let _nothing = self.script(script, &[json!(language)]);
        self.reload();
    }

    /// Moves the app's clock by so many milliseconds, its engine's included. Takes effect with the next load.
    ///
    /// # Panics
    /// When the browser does not answer.
    pub fn move_clock(&self, by: i64) {
        let script = "localStorage.setItem('grend-clock-offset', String(arguments[0]))";
        let _nothing = self.script(script, &[json!(by)]);
    }

    /// Opens an address of the app, or a whole link. A link's secret goes into the journal.
    ///
    /// # Panics
    /// When the browser cannot open it.
    pub fn open(&self, address: &str) {
        if let Some((_, secret)) = address.split_once('#') {
            self.journal.note(Entry::Secret(secret.to_owned()));
        }
        let url = if address.contains("://") { address.to_owned() } else { format!("{}{address}", self.origin) };
        // From a page of the same address a link with another fragment would not load anew.
        if address.contains('#') {
            self.must("/url", &json!({ "url": BLANK }));
        }
        self.load(&url);
    }

    /// A browser that has just been started on a busy machine may not have set out for its first page when its driver
    /// loses patience: it is sent again. One that has set out must arrive.
    fn load(&self, url: &str) {
        let there = json!({ "url": url });
        if let Err(refusal) = self.session().post("/url", &there) {
            if refusal.code == "timeout" && self.session().get("/url").is_ok_and(|here| here == BLANK) {
                self.must("/url", &there);
            } else {
                self.give_up(&format!("could not open {url} ({}: {})", refusal.code, refusal.message));
            }
        }
    }

    /// Loads the page anew.
    ///
    /// # Panics
    /// When the browser cannot.
    pub fn reload(&self) {
        self.must("/refresh", &json!({}));
    }

    /// The path of the page.
    ///
    /// # Panics
    /// When the browser does not say.
    #[must_use]
    pub fn path(&self) -> String {
        self.script("return location.pathname", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page. The page's own policy does not bind it.
    ///
    /// # Panics
    /// When the script throws.
    #[must_use]
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.session()
            .script(script, arguments)
            .unwrap_or_else(|refusal| self.give_up(&format!("a script failed ({}: {})", refusal.code, refusal.message)))
    }

    /// Waits until something can be seen.
    ///
    /// # Panics
    /// When it does not come.
    pub fn see(&self, what: impl Into<What>) {
        let what = what.into();
        self.until(&format!("to see {what}"), || self.element(&what));
    }

    /// Waits until something can no longer be seen.
    ///
    /// # Panics
    /// When it stays.
    pub fn see_no_more(&self, what: impl Into<What>) {
        let what = what.into();
        self.until(&format!("to see no more of {what}"), || (!self.sees(what.clone())).then_some(()));
    }

    /// Whether something can be seen right now.
    #[must_use]
    pub fn sees(&self, what: impl Into<What>) -> bool {
        self.element(&what.into()).is_some()
    }

    /// How many of it can be seen right now.
    #[must_use]
    pub fn count(&self, what: impl Into<What>) -> usize {
        self.texts(what).len()
    }

    /// The texts of all that can be seen of it right now, in the order of the page.
    #[must_use]
    pub fn texts(&self, what: impl Into<What>) -> Vec<String> {
        let script = format!("{FIND} return found.map((e) => plain(e.innerText ?? e.textContent));");
        let texts = self.script(&script, &what.into().arguments());
        texts.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The text of something, as soon as it can be seen.
    ///
    /// # Panics
    /// When it does not come.
    #[must_use]
    pub fn text(&self, what: impl Into<What>) -> String {
        let what = what.into();
        self.until(&format!("to read {what}"), || self.texts(what.clone()).into_iter().next())
    }

    /// What stands in a field, as soon as it can be seen.
    ///
    /// # Panics
    /// When it does not come.
    #[must_use]
    pub fn value(&self, what: impl Into<What>) -> String {
        self.of(what, "value")
    }

    /// An attribute of something, as soon as it can be seen; empty if it has none.
    ///
    /// # Panics
    /// When it does not come.
    #[must_use]
    pub fn attribute(&self, what: impl Into<What>, name: &str) -> String {
        self.of(what, &format!("getAttribute('{name}')"))
    }

    fn of(&self, what: impl Into<What>, property: &str) -> String {
        let what = what.into();
        let script = format!("{FIND} return found.length ? String(found[0].{property} ?? '') : null;");
        let read = || self.script(&script, &what.arguments()).as_str().map(str::to_owned);
        self.until(&format!("to read the {property} of {what}"), read)
    }

    /// Clicks on something as soon as it can be clicked on.
    ///
    /// # Panics
    /// When it does not come, or something lies over it for too long.
    pub fn click(&self, what: impl Into<What>) {
        let what = what.into();
        self.handle(&format!("to click on {what}"), &what, |element| self.session().click(element));
    }

    /// Types into a field, over what stands there, and notes it in the journal.
    ///
    /// # Panics
    /// When the field does not come or does not take it.
    pub fn fill(&self, what: impl Into<What>, text: &str) {
        let what = what.into();
        self.journal.note(Entry::Typed(text.to_owned()));
        self.handle(&format!("to type into {what}"), &what, |element| self.session().fill(element, text));
        let stands = self.value(what.clone());
        assert!(stands == text, "{} typed “{text}” into {what}, and there stands “{stands}”", self.name);
    }

    /// Chooses a day or a time, as the browser's own picker does: one value, one event.
    ///
    /// # Panics
    /// When the field does not come or does not take it.
    pub fn pick(&self, what: impl Into<What>, value: &str) {
        let what = what.into();
        self.journal.note(Entry::Typed(value.to_owned()));
        self.see(what.clone());
        let script = format!(
            "{FIND} found[0].value = arguments[3]; found[0].dispatchEvent(new Event('input', {{ bubbles: true }}));
             found[0].dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        let mut arguments = what.arguments();
        arguments.push(json!(value));
        let _nothing = self.script(&script, &arguments);
        let stands = self.value(what);
        assert!(stands == value, "{} picked “{value}”, and there stands “{stands}”", self.name);
    }

    /// Waits until there is an answer.
    ///
    /// # Panics
    /// When there is none within [`PATIENCE`].
    pub fn until<T>(&self, wish: &str, ask: impl FnMut() -> Option<T>) -> T {
        poll(PATIENCE, ask).unwrap_or_else(|| self.give_up(&format!("waited {} s {wish}", PATIENCE.as_secs())))
    }

    /// Waits until the engine has everything of this device at hand.
    ///
    /// # Panics
    /// When it does not say so.
    pub fn ready(&self) {
        self.see(What::css("html[data-ready]"));
    }

    /// Waits until the whole release is on this device, so that the next start needs no relay.
    ///
    /// # Panics
    /// When it does not come.
    pub fn kept_offline(&self) {
        let script = "return navigator.serviceWorker.getRegistration().then((r) => r?.active?.state === 'activated')";
        self.until("until the app is kept on the device", || (self.script(script, &[]) == true).then_some(()));
    }

    /// Sends a command of Chromium's own protocol.
    ///
    /// # Panics
    /// When the browser refuses.
    pub fn chromium(&self, command: &str, parameters: &Value) -> Value {
        let sent = self.session().chromium(command, parameters);
        sent.unwrap_or_else(|refusal| panic!("{command} failed for {}: {}", self.name, refusal.message))
    }

    fn element(&self, what: &What) -> Option<Element> {
        self.element_by("return found[0];", what)
    }

    /// In the middle of the screen, clear of what is fixed to its edges.
    fn element_at_hand(&self, what: &What) -> Option<Element> {
        self.element_by("found[0]?.scrollIntoView({ block: 'center', behavior: 'instant' }); return found[0];", what)
    }

    fn element_by(&self, script: &str, what: &What) -> Option<Element> {
        // A page that is just being replaced has no elements.
        self.session().element(&format!("{FIND} {script}"), &what.arguments()).ok().flatten()
    }

    /// Does something with an element. Pages move: what is stale or covered is looked for again.
    fn handle(&self, wish: &str, what: &What, mut act: impl FnMut(&Element) -> Result<(), Refusal>) {
        let mut last = None;
        let done = poll(PATIENCE, || {
            let element = self.element_at_hand(what)?;
            act(&element).map_err(|refusal| last = Some(refusal)).ok()
        });
        if done.is_none() {
            let why = last.map_or_else(String::new, |refusal| format!(" ({}: {})", refusal.code, refusal.message));
            self.give_up(&format!("waited {} s {wish}{why}", PATIENCE.as_secs()))
        }
    }

    fn must(&self, path: &str, body: &Value) {
        if let Err(refusal) = self.session().post(path, body) {
            panic!("{} could not go on ({path}): {} {}", self.name, refusal.code, refusal.message);
        }
    }
}
