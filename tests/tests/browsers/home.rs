//! At home in every browser: a second tab, a clock that is years wrong, and nothing for axe to find in any engine.
//!
//! Proves RUN-11, RUN-12, A11Y-5 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Relay, Screen, What, axe,
    story::{self, Plan, Village, WORKSHOP, names},
};

/// RUN-11: one tab at a time has the engine; the other says so, takes it over when told, and when it is the only one
/// left comes to life by itself.
#[test]
fn a_second_tab_says_so_and_takes_over_when_told() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let browser = Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default());
        looked_at(&browser, "/", "front");
        story::set_up_service(&browser, relay.first_link());
        looked_at(&browser, "/nettverk", "service-name");
        browser.ready();
        let first = browser.tab();

        browser.open_tab();
        let second = browser.tab();
        looked_at(&browser, "/nettverk", "elsewhere");
        for (here, there) in [(&second, &first), (&first, &second)] {
            browser.look_at(here);
            browser.click("go-on");
            browser.see(What::test("service-name").saying(names::SERVICE));
            browser.ready();
            browser.look_at(there);
            browser.see("elsewhere");
        }
        browser.look_at(&first);
        story::open_network(&browser, names::NETWORK);

        browser.open_tab();
        let third = browser.tab();
        browser.open("/nettverk");
        browser.see("elsewhere");
        browser.look_at(&first);
        browser.close_tab(&third);
        browser.see(What::test("service-name").saying(names::SERVICE));
        browser.ready();
    });
}

/// A11Y-5: axe finds nothing, whatever the engine.
fn looked_at(browser: &Browser, address: &str, what: &str) {
    browser.open(address);
    browser.see(what);
    assert_eq!(axe::violations(browser), Vec::<String>::new(), "{} at {address}", browser.name());
}

/// RUN-12: a phone that believes it is six years ago (its battery was empty) or in six years gives and takes as ever.
#[test]
fn a_clock_that_is_years_wrong_harms_nothing() {
    const SIX_YEARS: i64 = 6 * 365 * 24 * 60 * 60 * 1000;
    Engine::each(|engine| {
        let village = Village::found(engine);
        for (browser, by) in [(&village.resource, SIX_YEARS), (&village.foster, -SIX_YEARS)] {
            browser.move_clock(by);
            browser.reload();
            browser.ready();
        }
        let gathering = story::plan(&village.foster, &WORKSHOP);
        story::delivered(&village.foster, "received");
        let resource = &village.resource;
        resource.open(&gathering);
        resource.see(What::test("place").saying(WORKSHOP.place));
        story::move_to(resource, "Løa");
        story::delivered(resource, "received");
        village.foster.see(What::test("place").saying("Løa"));
        // What the resource family's clock holds to be past is still there, and still theirs.
        let _there = story::plan(resource, &Plan { title: "Bål", ..WORKSHOP });
        story::delivered(resource, "received");
    });
}
