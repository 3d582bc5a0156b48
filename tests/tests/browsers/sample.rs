//! *Prøv uten å registrere deg*: the sample hamlet, met as a curious person meets it.
//!
//! Proves TRY-1 to TRY-4 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Relay, Screen, What, axe,
    story::{self, WORKSHOP},
};

/// TRY-1: one tap from the front page, and what one does as one family the others see.
#[test]
fn one_tap_leads_into_a_hamlet_that_lives() {
    Engine::each(|engine| {
        let (relay, browser) = at_the_front(engine);
        browser.click("try");
        browser.see("network-name");
        browser.see("sample");
        browser.ready();
        // Everything is marked, and nothing for axe to find.
        let pages = [("tunet", ".g-hamlet"), ("gatherings", "[data-test=gathering]"), ("people", "[data-test=family]")];
        for (place, what) in pages {
            story::go(&browser, place);
            browser.see(What::css(what));
            browser.see("sample");
            assert_eq!(axe::violations(&browser), Vec::<String>::new(), "{place} in {engine:?}");
        }
        let _there = story::plan(&browser, &WORKSHOP);
        story::delivered(&browser, "received");
        look_as(&browser, "foster");
        story::go(&browser, "gatherings");
        browser.click(story::card(WORKSHOP.title));
        browser.see(What::test("place").saying(WORKSHOP.place));
        story::answer(&browser, "coming");
        look_as(&browser, "service");
        browser.see("service-name");
        browser.see("sample");
        look_as(&browser, "resource");
        story::go(&browser, "gatherings");
        browser.click(story::card(WORKSHOP.title));
        browser.see(What::test("family-answer").saying("Myrvang"));
        drop(relay);
    });
}

/// TRY-2: it lives in memory. Nothing of it is on the disk, the relay never hears of it, and it is made anew at the next
/// load.
#[test]
fn nothing_of_it_is_kept_or_sent() {
    Engine::each(|engine| {
        let (mut relay, browser) = at_the_front(engine);
        browser.ready();
        browser.kept_offline();
        // Whoever has been shown it is shown it without the net too.
        browser.open("/prov");
        browser.see("network-name");
        browser.ready();
        browser.open("/");
        browser.see("front");
        browser.ready();
        // The app has made its keys at the front page.
        let rows = browser.script(COUNT, &[]);
        relay.kill();
        browser.click("try");
        browser.see("network-name");
        browser.ready();
        let _there = story::plan(&browser, &WORKSHOP);
        story::delivered(&browser, "received");
        story::go(&browser, "gatherings");
        browser.click("plan");
        browser.fill(What::field("title"), "Et utkast");
        let kept = browser.script("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])", &[]);
        assert_eq!(kept, "[{},{}]", "{engine:?}");
        assert_eq!(browser.script(COUNT, &[]), rows, "{engine:?}");
        browser.open("/prov/samlinger");
        browser.see("sample");
        browser.ready();
        story::go(&browser, "gatherings");
        browser.see("gathering");
        assert!(!browser.sees(story::card(WORKSHOP.title)), "made anew");
        browser.click("sample-leave");
        browser.see("front");
        assert!(!browser.sees("sample"));
    });
}

/// TRY-4: on a phone that has never shown it, without the net, it says so, and comes by itself.
#[test]
fn it_is_fetched_when_it_is_first_asked_for() {
    Engine::each(|engine| {
        let (mut relay, browser) = at_the_front(engine);
        browser.ready();
        browser.kept_offline();
        relay.kill();
        browser.click("try");
        browser.see("page-missing");
        browser.see("sample");
        relay.start_again();
        browser.see("network-name");
        assert!(!browser.sees("page-missing"), "{engine:?}");
    });
}

/// How many rows there are in all stores of all databases.
const COUNT: &str = "
    const asked = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    return (async () => {
        let rows = 0;
        for (const { name } of await indexedDB.databases()) {
            const db = await asked(indexedDB.open(name));
            for (const store of db.objectStoreNames) rows += await asked(db.transaction(store).objectStore(store).count());
            db.close();
        }
        return rows;
    })();";

/// TRY-3: whoever has a network of their own finds it untouched.
#[test]
fn it_never_meets_what_is_ones_own() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let browser = Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default());
        story::set_up_service(&browser, relay.first_link());
        browser.open("/prov");
        browser.see("network-name");
        browser.ready();
        look_as(&browser, "service");
        story::open_network(&browser, "Bare på prøve");
        browser.click("sample-leave");
        browser.see(What::test("service-name").saying(story::names::SERVICE));
        browser.ready();
        assert!(!browser.sees("network"), "what was opened in the sample is not here");
    });
}

fn at_the_front(engine: Engine) -> (Relay, Browser) {
    let relay = Relay::start();
    let browser = Browser::start(engine, "somebody curious", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/");
    browser.see("front");
    (relay, browser)
}

fn look_as(browser: &Browser, role: &str) {
    story::hush(browser);
    browser.click(What::test("sample-role").with("data-role", role));
    browser.see(if role == "service" { "service-name" } else { "network-name" });
    browser.ready();
}
