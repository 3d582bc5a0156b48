//! Grend for everybody: no rule of axe-core is broken on any screen, by day or by night, on the phone or at the desk;
//! and the whole way from the set-up link to the answered gathering can be gone without a mouse.
//!
//! Proves A11Y-1 and A11Y-2 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Key, Relay, Screen, What, axe,
    story::{WORKSHOP, names},
    tour::{self, Walk},
};

#[test]
fn no_screen_breaks_a_rule_of_axe() {
    let mut found = Vec::new();
    let mut screens = 0;
    tour::walk(Walk { language: "nb" }, |screen, browser| {
        let at_home = browser.screen();
        for size in [Screen::Phone, Screen::Desk] {
            browser.resize(size);
            for colours in ["light", "dark"] {
                browser.colours(colours);
                let broken = axe::violations(browser).into_iter();
                found.extend(broken.map(|rule| format!("{screen}, {size:?}, {colours}: {rule}")));
                screens += 1;
            }
        }
        browser.colours("auto");
        browser.resize(at_home);
    });
    assert!(screens >= 100, "only {screens} screens were looked at");
    assert!(found.is_empty(), "{} breaches:\n{}", found.len(), found.join("\n"));
}

/// Axe would find something if there were something to find.
#[test]
fn axe_sees_what_is_wrong() {
    let relay = Relay::start();
    let browser = Browser::start(Engine::Chromium, "a stranger", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/");
    browser.see("front");
    assert_eq!(axe::violations(&browser), Vec::<String>::new());
    let _nothing = browser.script("document.querySelector('#paste').removeAttribute('id')", &[]);
    assert!(axe::violations(&browser).iter().any(|rule| rule.starts_with("label")), "a field has lost its label");
}

#[test]
fn the_whole_way_can_be_gone_without_a_mouse() {
    let (relay, journal) = (Relay::start(), Journal::default());
    let staff = Browser::start(Engine::Chromium, "the service", relay.origin(), Screen::Desk, journal.clone());
    staff.open(relay.first_link());
    type_into(&staff, "service_name", names::SERVICE);
    type_into(&staff, "person_name", names::STAFF);
    staff.press(Key::Enter);
    staff.see("service-name");
    staff.heading_has_focus();

    staff.tab_to("open-network");
    staff.press(Key::Enter);
    type_into(&staff, "network_name", names::NETWORK);
    staff.press(Key::Enter);
    staff.see("network");
    let link = invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);

    let family = Browser::start(Engine::Chromium, "the resource family", relay.origin(), Screen::Phone, journal);
    family.open(&link);
    type_into(&family, "person_name", names::KARI);
    type_into(&family, "household_name", names::RESOURCE);
    family.press(Key::Enter);
    family.see("network-name");
    family.heading_has_focus();
    let _link = invite(&family, "invite-foster-family", names::FOSTER_LABEL);

    family.tab_to("bar-gatherings");
    family.press(Key::Enter);
    family.see("year");
    family.heading_has_focus();
    family.tab_to("plan");
    family.press(Key::Enter);
    plan(&family);
    family.see("gathering-detail");
    family.heading_has_focus();
    let coming = What::test("answer").with("data-answer", "coming");
    family.tab_to(coming.clone());
    family.press(Key::Space);
    family.see(coming.with("aria-pressed", "true"));
    family.see(What::test("said").saying("lagret her"));
}

fn type_into(browser: &Browser, field: &str, text: &str) {
    browser.tab_to(What::field(field));
    browser.type_here(text);
    assert_eq!(browser.value(What::field(field)), text);
}

fn invite(browser: &Browser, button: &str, label: &str) -> String {
    browser.tab_to(button);
    browser.press(Key::Enter);
    browser.tab_to(What::css("input").in_dialog());
    browser.type_here(label);
    browser.press(Key::Enter);
    let ready = What::test("invite").with("data-ready", "true").in_dialog();
    let link = browser.text(ready.then("invite-link"));
    browser.press(Key::Escape);
    browser.see_no_more(What::css("dialog[open]"));
    browser.until("until the focus is where it was", || browser.has_focus(&button.into()).then_some(()));
    link
}

/// Day and month alike, and a morning hour, read the same wherever the browser believes to be.
fn plan(family: &Browser) {
    type_into(family, "title", WORKSHOP.title);
    for (field, keys, stands) in
        [("date", "12122026", "2026-12-12"), ("start", "1010AM", "10:10"), ("end", "1111AM", "11:11")]
    {
        family.tab_to(What::field(field));
        family.type_here(keys);
        assert_eq!(family.value(What::field(field)), stands);
    }
    type_into(family, "place", WORKSHOP.place);
    family.tab_to("gathering-form submit");
    family.press(Key::Enter);
}
