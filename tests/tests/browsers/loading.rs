//! Pages that are loaded after the first paint: what somebody sees whose net goes away in between.
//!
//! Proves RUN-9 of docs/SPEC.md.

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

fn block(browser: &Browser, addresses: &[&str]) {
    browser.chromium("Network.enable", &json!({}));
    browser.chromium("Network.setBlockedURLs", &json!({ "urls": addresses }));
}
