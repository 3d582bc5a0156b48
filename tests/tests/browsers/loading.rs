//! Pages that are loaded after the first paint: what somebody sees whose net goes away in between.
//!
//! And what a start does not do: fetch twice, or show a page in between.
//!
//! Proves RUN-9, RUN-22 and RUN-23 of docs/SPEC.md.

use grend_tests::{Browser, Engine, Journal, Relay, Screen};
use serde_json::json;

/// On a first visit nothing is kept yet, so the module of a page may be out of reach when it is wanted.
#[test]
fn a_page_that_could_not_be_fetched_says_so_and_comes_by_itself() {
    let (relay, journal) = (Relay::start(), Journal::default());
    for (address, module, page) in [("/oppsett", "joining", "set-up-page"), ("/meg", "rooms", "version-of-app")] {
        let browser = Browser::start(Engine::Chromium, page, relay.origin(), Screen::Phone, journal.clone());
        block(&browser, &[&format!("*/assets/{module}.*")]);
        browser.open(address);
        browser.see("page-missing");
        assert!(!browser.sees(page), "{address} is there without its module");
        assert!(browser.text("page-missing").split(' ').count() >= 7, "it says what happens next");
        block(&browser, &[]);
        browser.see(page);
        assert!(!browser.sees("page-missing"));
    }
}

/// Notes whether the page said that it waits: as soon as it was read, and ever.
const WATCH: &str = "
    const waits = () => document.documentElement?.hasAttribute('data-waits') ?? false;
    window.grendWaited = waits();
    new MutationObserver(() => { window.grendWaited ||= waits(); }).observe(document, { subtree: true, attributes: true });
    addEventListener('DOMContentLoaded', () => { window.grendWaitedWhenRead = waits(); });";

#[test]
fn a_start_fetches_nothing_twice_and_shows_no_page_in_between_where_all_is_kept() {
    let relay = Relay::start();
    let browser = Browser::start(Engine::Chromium, "somebody", relay.origin(), Screen::Phone, Journal::default());
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }));
    browser.open("/");
    browser.see("front");
    assert!(browser.script("return window.grendWaitedWhenRead", &[]) == true, "a newcomer sees that something comes");
    browser.kept_offline();
    browser.open("/");
    browser.see("front");
    assert!(browser.script("return window.grendWaitedWhenRead", &[]) == false, "a kept app is there before");
    let twice = "
        const names = performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('/assets/'));
        return names.filter((name, at) => names.indexOf(name) !== at)";
    assert_eq!(browser.script(twice, &[]), json!([]), "fetched more than once");
    // On a device so slow that there is something to wait for, it says so all the same.
    browser.chromium("Emulation.setCPUThrottlingRate", &json!({ "rate": 20 }));
    browser.open("/");
    browser.see("front");
    assert!(browser.script("return window.grendWaited", &[]) == true, "nothing said that Grend is coming");
}

#[test]
fn letters_that_few_names_have_are_kept_by_who_was_shown_one() {
    let mut relay = Relay::start();
    let mut browser = Browser::start(Engine::Chromium, "somebody", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/");
    browser.see("front");
    browser.kept_offline();
    // A page of its own: the one that was there before the service worker is not served by it.
    browser.open("/");
    browser.see("front");
    let show = "return document.fonts.load(\"16px Figtree\", \"Ŋ\").then((faces) => faces.map((face) => face.status))";
    assert_eq!(browser.script(show, &[]), json!(["loaded"]));
    let kept = "return caches.match(performance.getEntriesByType('resource').map((it) => it.name).find((it) => it.includes('-ext.'))).then(Boolean)";
    browser.until("until the font is kept", || (browser.script(kept, &[]) == true).then_some(()));
    relay.kill();
    browser.start_cold();
    browser.open("/");
    browser.see("front");
    assert_eq!(browser.script(show, &[]), json!(["loaded"]), "without the net too");
}

fn block(browser: &Browser, addresses: &[&str]) {
    browser.chromium("Network.enable", &json!({}));
    browser.chromium("Network.setBlockedURLs", &json!({ "urls": addresses }));
}
