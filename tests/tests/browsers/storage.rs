//! A browser that lends no storage, one that has cleared it, and one without WebAssembly: said plainly, and calmly.
//!
//! Proves RUN-18, RUN-19, RUN-20 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Habits, Journal, Relay, Screen, What, axe,
    story::{self, Village, names},
};
use serde_json::json;

/// RUN-18: storage is refused, as in some private windows and where cookies are blocked. No page asks for anything that
/// could not be kept, and a link's page does not either.
#[test]
fn a_browser_that_lends_no_storage_is_told_so_calmly() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let browser = unusual(engine, &relay, Habits { no_storage: true, ..Habits::default() });
        for address in ["/", relay.first_link(), "/tunet"] {
            browser.open(address);
            browser.see("no-storage");
            browser.see(What::css("main p").saying("ikke et privat"));
            assert!(!browser.sees(What::css("form, .notice")), "{address} asks for nothing, and nothing has crashed");
        }
        assert_eq!(axe::violations(&browser), Vec::<String>::new());
    });
}

/// RUN-19: the browser cleared the store while Grend was closed. It says what happened and how one comes in again; it does
/// not pretend to be new, and a new invitation lets the family in again.
#[test]
fn a_store_that_was_cleared_is_spoken_of_and_a_new_invitation_lets_in_again() {
    Engine::each(|engine| {
        let village = Village::found(engine);
        let foster = &village.foster;
        // The one answer that is never the app: its engine would open the store again while it is deleted.
        foster.open("/healthz");
        assert_eq!(foster.script(CLEAR, &[]), json!(true));
        for address in ["/", "/samlinger"] {
            foster.open(address);
            foster.see("cleared");
            foster.see(What::css("h1").saying("borte"));
            foster.see(What::css("main p").saying("invitasjon"));
            assert!(!foster.sees("front"), "it is not as if nobody had been here");
        }
        assert_eq!(axe::violations(foster), Vec::<String>::new());
        let link = story::invite(&village.resource, "invite-foster-family", "Myrvang igjen");
        foster.fill(What::field("link"), &link);
        foster.click("paste submit");
        foster.fill(What::field("person_name"), names::OLA);
        foster.fill(What::field("household_name"), names::FOSTER);
        foster.click("join-form submit");
        foster.see("network-name");
        foster.ready();
        foster.reload();
        foster.see("network-name");
        assert!(!foster.sees("cleared"));
    });
}

/// RUN-20: Lockdown Mode takes WebAssembly away. The page says so in the reader's language.
#[test]
fn without_webassembly_the_page_says_why_in_three_languages() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let browser = unusual(engine, &relay, Habits { no_wasm: true, ..Habits::default() });
        browser.open("/");
        let words =
            [("nb", "Grend kan ikke starte her"), ("nn", "Grend kan ikkje starte her"), ("en", "Grend cannot start")];
        for (language, title) in words {
            browser.speak(language);
            browser.see(What::css(format!("html[lang={language}] .notice h1")).saying(title));
            browser.see(What::css(".notice p").saying("Lockdown"));
            assert!(!browser.sees(What::css(".notice button")), "loading anew would not help");
        }
        assert_eq!(axe::violations(&browser), Vec::<String>::new());
    });
}

/// What clearing takes away: every database. From a page on which the app does not run, so that nothing holds them open.
const CLEAR: &str = "
    const gone = (name) => new Promise((done, failed) => {
        const clearing = indexedDB.deleteDatabase(name);
        clearing.onsuccess = () => done(true);
        clearing.onerror = () => failed(clearing.error);
    });
    return indexedDB.databases().then((all) => Promise.all(all.map(({ name }) => gone(name)))).then(() => true);";

fn unusual(engine: Engine, relay: &Relay, habits: Habits) -> Browser {
    let (origin, journal) = (relay.origin(), Journal::default());
    Browser::start_unusual(engine, "somebody", origin, Screen::Phone, journal, habits)
}
