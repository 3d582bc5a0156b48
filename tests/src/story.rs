//! The steps that every story takes, as people take them.

use std::{fmt, sync::LazyLock};

use jiff::{Span, civil};

use crate::{Browser, Engine, Journal, Relay, Screen, What, programs::poll, watch};

/// A day so many days from today, whenever that is: a gathering that is past takes no answers. As fields of a form have
/// it: `2027-02-13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead(pub i64);

/// Days since 1970, the same as long as a suite runs.
static TODAY: LazyLock<i64> = LazyLock::new(|| (watch::now() / (24 * 60 * 60 * 1000)).cast_signed());

impl fmt::Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = civil::date(1970, 1, 1) + Span::new().days(*TODAY + self.0);
        write!(f, "{day}")
    }
}

/// What is typed about a gathering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan<'a> {
    /// What it is called.
    pub title: &'a str,
    /// On which day.
    pub date: Ahead,
    /// `17:20`.
    pub start: &'a str,
    /// `19:40`.
    pub end: &'a str,
    /// Where.
    pub place: &'a str,
    /// What to bring.
    pub note: &'a str,
}

/// Names of the story. None is a word of the app's own.
pub mod names {
    /// The service.
    pub const SERVICE: &str = "Fosterhjemstenesta i Vestre Slidrevik";
    /// Its first admin.
    pub const STAFF: &str = "Solveig Brekkhus";
    /// The network.
    pub const NETWORK: &str = "Granlia-nettverket";
    /// The resource family.
    pub const RESOURCE: &str = "Haugerud";
    /// An adult of it.
    pub const KARI: &str = "Kari Haugerud";
    /// A foster family.
    pub const FOSTER: &str = "Myrvang gård";
    /// An adult of it.
    pub const OLA: &str = "Ola Myrvang";
    /// What the service calls the resource family in its invitation.
    pub const RESOURCE_LABEL: &str = "Haugerud-folket";
    /// What the resource family calls the foster family in its invitation.
    pub const FOSTER_LABEL: &str = "Myrvang-folket";
}

/// The gathering of the story.
pub const WORKSHOP: Plan<'static> = Plan {
    title: "Juleverksted på låven",
    date: Ahead(20),
    start: "13:20",
    end: "16:40",
    place: "Haugerudlåven",
    note: "Ta med ullsokker.\nVi ordner gløgg og pepperkaker.",
};

/// Another, for what is planned later.
pub const SLEDGING: Plan<'static> = Plan {
    title: "Aketur til Svartåsen",
    date: Ahead(62),
    start: "11:10",
    end: "14:50",
    place: "Svartåsbakken",
    note: "Rumpebrett og varm saft.",
};

/// A relay, the service's desk, and two families in one network.
pub struct Village {
    /// The relay.
    pub relay: Relay,
    /// All that was typed or sent.
    pub journal: Journal,
    /// The service's first admin, at a desk.
    pub staff: Browser,
    /// The resource family, with a phone.
    pub resource: Browser,
    /// A foster family, with a phone.
    pub foster: Browser,
}

impl Village {
    /// Builds it from nothing: set-up link, network, the resource family that founds it, a foster family.
    ///
    /// # Panics
    /// When any step fails.
    #[must_use]
    pub fn found(engine: Engine) -> Self {
        let (relay, journal) = (Relay::start(), Journal::default());
        let start = |name, screen| Browser::start(engine, name, relay.origin(), screen, journal.clone());
        let staff = start("the service", Screen::Desk);
        set_up_service(&staff, relay.first_link());
        open_network(&staff, names::NETWORK);
        let link = invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);
        let resource = start("the resource family", Screen::Phone);
        join(&resource, &link, names::KARI, names::RESOURCE);
        let link = invite(&resource, "invite-foster-family", names::FOSTER_LABEL);
        let foster = start("the foster family", Screen::Phone);
        join(&foster, &link, names::OLA, names::FOSTER);
        Self { relay, journal, staff, resource, foster }
    }

    /// The two families.
    #[must_use]
    pub fn families(&self) -> [&Browser; 2] {
        [&self.resource, &self.foster]
    }
}

/// Sets up a service by the operator's link.
///
/// # Panics
/// When it does not go.
pub fn set_up_service(browser: &Browser, link: &str) {
    browser.open(link);
    browser.fill(What::field("service_name"), names::SERVICE);
    browser.fill(What::field("person_name"), names::STAFF);
    browser.click("set-up-form submit");
    browser.see(What::test("service-name").saying(names::SERVICE));
    browser.ready();
}

/// Opens a network as staff.
///
/// # Panics
/// When it does not go.
pub fn open_network(browser: &Browser, name: &str) {
    browser.click("open-network");
    browser.fill(What::field("network_name").in_dialog(), name);
    browser.click(What::test("submit").in_dialog());
    browser.see(What::test("network").saying(name));
}

/// Makes an invitation and returns its link, once the relay takes it.
///
/// # Panics
/// When it does not go.
#[must_use]
pub fn invite(browser: &Browser, button: &str, label: &str) -> String {
    let link = invite_and_look(browser, button, label);
    browser.click(What::css("dialog[open] > div > .g-form__actions > button"));
    browser.see_no_more(What::css("dialog[open]"));
    link
}

/// Makes an invitation and leaves it on the screen.
///
/// # Panics
/// When it does not go.
#[must_use]
pub fn invite_and_look(browser: &Browser, button: &str, label: &str) -> String {
    hush(browser);
    browser.click(button);
    browser.fill(What::css("input").in_dialog(), label);
    browser.click(What::test("submit").in_dialog());
    let ready = What::test("invite").with("data-ready", "true").in_dialog();
    browser.text(ready.then("invite-link"))
}

/// Opens an invitation, gives one's names and comes in.
///
/// # Panics
/// When it does not go.
pub fn join(browser: &Browser, link: &str, person: &str, household: &str) {
    browser.open(link);
    name_oneself(browser, person, household);
}

/// Gives one's names on an invitation that is open, and comes in.
///
/// # Panics
/// When it does not go.
pub fn name_oneself(browser: &Browser, person: &str, household: &str) {
    browser.fill(What::field("person_name"), person);
    if !household.is_empty() {
        browser.fill(What::field("household_name"), household);
    }
    browser.click("join-form submit");
    browser.see("network-name");
    browser.ready();
}

/// Goes from an address on to where a new device shows its code, and returns that.
///
/// # Panics
/// When there is no way, or no code.
#[must_use]
pub fn device_code(browser: &Browser, from: &str) -> String {
    browser.open(from);
    browser.click("new-device");
    browser.text("device-code")
}

/// Reads a new device's code on the page for it, with a space in it as chats put one there, and waits for the words.
///
/// # Panics
/// When it is not taken.
pub fn read_device_code(browser: &Browser, code: &str) {
    let (one, other) = code.split_at(code.len() / 2);
    browser.fill(What::field("code"), &format!("{one} {other}"));
    browser.click("device-form submit");
    browser.see("check-words");
}

/// Lets minutes pass on the clock of the screen, or takes them back. The engine keeps the one it was started with.
///
/// # Panics
/// When the browser does not answer.
pub fn let_pass(browser: &Browser, minutes: i64) {
    let script = "
        const moved = Number(localStorage.getItem('grend-clock-offset') ?? 0);
        localStorage.setItem('grend-clock-offset', String(moved + arguments[0] * 60 * 1000));
        window.dispatchEvent(new Event('pageshow'));";
    let _nothing = browser.script(script, &[minutes.into()]);
}

/// Fills in the form of a gathering without sending it.
///
/// # Panics
/// When it does not go.
pub fn fill_plan(browser: &Browser, plan: &Plan<'_>) {
    browser.fill(What::field("title"), plan.title);
    browser.pick(What::field("date"), &plan.date.to_string());
    browser.pick(What::field("start"), plan.start);
    browser.pick(What::field("end"), plan.end);
    browser.fill(What::field("place"), plan.place);
    browser.fill(What::field("note"), plan.note);
}

/// Plans a gathering; the browser then shows it. Returns its address.
///
/// # Panics
/// When it does not go.
pub fn plan(browser: &Browser, plan: &Plan<'_>) -> String {
    go(browser, "gatherings");
    hush(browser);
    browser.click("plan");
    fill_plan(browser, plan);
    browser.click("gathering-form submit");
    browser.see("gathering-detail");
    browser.path()
}

/// Changes where a gathering is; the browser shows the gathering before and after.
///
/// # Panics
/// When it does not go.
pub fn move_to(browser: &Browser, place: &str) {
    hush(browser);
    browser.click("edit");
    browser.fill(What::field("place"), place);
    browser.click("gathering-form submit");
    browser.see(What::test("place").saying(place));
}

/// Closes the line about what was just done, if there is one.
///
/// # Panics
/// When it does not close.
pub fn hush(browser: &Browser) {
    if browser.sees("toast") {
        browser.click(What::css("[data-test=toast] button:last-of-type"));
        browser.see_no_more("toast");
    }
}

/// Answers for the household; the browser shows the gathering.
///
/// # Panics
/// When it does not go.
pub fn answer(browser: &Browser, answer: &str) {
    let button = What::test("answer").with("data-answer", answer);
    hush(browser);
    browser.click(button.clone());
    browser.see(button.with("aria-pressed", "true"));
}

/// Goes to one of the places by the navigation of this screen.
///
/// # Panics
/// When there is no such place.
pub fn go(browser: &Browser, place: &str) {
    browser.click(What::css(format!("[data-test=bar-{place}], [data-test=side-{place}]")));
}

/// The gathering of this title in the list.
#[must_use]
pub fn card(title: &str) -> What {
    What::test("gathering").saying(title)
}

/// Waits until the gathering that is shown has come so far.
///
/// # Panics
/// When it does not.
pub fn delivered(browser: &Browser, state: &str) {
    browser.see(What::test("gathering-detail").with("data-delivery", state));
}

/// Waits until both show the same of what `selector` names, and returns it.
///
/// # Panics
/// When they never agree.
#[must_use]
pub fn agree(browsers: [&Browser; 2], what: &What) -> Vec<String> {
    let [one, other] = browsers;
    let mut last = Default::default();
    let agreed = poll(crate::browser::PATIENCE, || {
        last = (one.texts(what.clone()), other.texts(what.clone()));
        (last.0 == last.1 && !last.0.is_empty()).then(|| last.0.clone())
    });
    agreed.unwrap_or_else(|| panic!("{} and {} never agreed on {what}: {last:?}", one.name(), other.name()))
}
