//! Grend for everybody: no rule of axe-core is broken on any screen, by day or by night, on the phone or at the desk;
//! and the whole way from the set-up link to the answered gathering can be gone without a mouse.
//!
//! Proves A11Y-1, A11Y-2 and A11Y-6 to A11Y-9 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Key, Relay, Screen, What, axe, fit,
    story::{self, Ahead, Village, WORKSHOP, names},
    tour::{self, Walk},
};

/// A11Y-1, A11Y-6 to A11Y-8 for every screen in bokmål, on the phone and at the desk.
#[test]
fn no_screen_breaks_a_rule_of_axe() {
    walk("nb", &[Screen::Phone, Screen::Desk]);
}

/// The same in nynorsk, on the screen each is at home on.
#[test]
fn no_screen_breaks_a_rule_in_nynorsk() {
    walk("nn", &[]);
}

/// And in English.
#[test]
fn no_screen_breaks_a_rule_in_english() {
    walk("en", &[]);
}

fn walk(language: &'static str, sizes: &[Screen]) {
    let mut found = Vec::new();
    let mut looks = 0;
    tour::walk(Walk { language }, |screen, browser| {
        let at_home = browser.screen();
        let sizes = if sizes.is_empty() { &[at_home] } else { sizes };
        let mut broken = |how: &str, what: Vec<String>| {
            found.extend(what.into_iter().map(|what| format!("{screen}, {how}: {what}")));
            looks += 1;
        };
        for size in sizes {
            browser.resize(*size);
            for colours in ["light", "dark"] {
                browser.colours(colours);
                broken(&format!("{size:?}, {colours}"), axe::violations(browser));
            }
        }
        browser.colours("auto");
        for (size, per_cent) in [(Screen::Narrow, 100), (Screen::Phone, 200), (Screen::Desk, 200)] {
            browser.resize(size);
            fit::letters(browser, per_cent);
            broken(&format!("{size:?}, letters of {per_cent} %"), fit::lost(browser));
            fit::letters(browser, 100);
        }
        browser.resize(at_home);
        broken("reduced motion", fit::moves(browser));
        broken("forced colours", fit::alike(browser));
    });
    assert!(looks >= 300, "only {looks} looks were taken");
    assert!(found.is_empty(), "{} breaches in {looks} looks:\n{}", found.len(), found.join("\n"));
}

/// Axe would find something if there were something to find.
#[test]
fn axe_sees_what_is_wrong() {
    let relay = Relay::start();
    let browser = Browser::start(Engine::Chromium, "a stranger", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/");
    browser.see("front");
    assert_eq!(axe::violations(&browser), Vec::<String>::new());
    let _nothing = browser.script("document.querySelector('#link').removeAttribute('id')", &[]);
    assert!(axe::violations(&browser).iter().any(|rule| rule.starts_with("label")), "a field has lost its label");
}

/// And so would the others: words too long for the place they are in, what moves, what looks alike.
#[test]
fn what_is_lost_or_moves_or_looks_alike_is_seen() {
    let relay = Relay::start();
    let browser = Browser::start(Engine::Chromium, "a stranger", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/prov");
    browser.see("answer");
    browser.ready();
    assert_eq!((fit::lost(&browser), fit::moves(&browser), fit::alike(&browser)), Default::default());
    assert!(!fit::moves_when(&browser, "no-preference").is_empty(), "some things move for those who like it");
    let style = |rule: &str| {
        let script = "
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(arguments[0]);
            document.adoptedStyleSheets = [sheet];";
        let _nothing = browser.script(script, &[rule.into()]);
    };
    style("h1 { width: 5px; overflow: hidden; }");
    assert!(fit::lost(&browser).iter().any(|lost| lost.contains("cut off")));
    browser.until("until a page that is too wide is seen to be", || {
        style("body { min-width: 500px; }");
        fit::lost(&browser).iter().any(|lost| lost.contains("too wide")).then_some(())
    });
    style(
        ".ds-button { background: Canvas !important; color: CanvasText !important; border-color: red !important; \
           outline: none !important; forced-color-adjust: auto !important; }",
    );
    let _nothing =
        browser.script("document.querySelector('[data-test=answer]').setAttribute('aria-pressed', 'true')", &[]);
    assert!(fit::alike(&browser).iter().any(|alike| alike.contains("answer")));
}

/// A11Y-9: in the list of rooms one may go up and down; only the tap, or Enter, leads on.
#[test]
fn another_room_is_gone_to_only_when_it_is_chosen() {
    let village = Village::found(Engine::Chromium);
    let (staff, family) = (&village.staff, &village.resource);
    story::open_network(staff, "Storelva");
    let link = story::invite(staff, "invite-resource-family", names::RESOURCE_LABEL);
    story::join(family, &link, names::KARI, names::RESOURCE);
    family.see(What::test("network-name").saying("Storelva"));
    family.tab_to("room");
    family.press(Key::Enter);
    family.see(What::test("go-to-room").in_dialog());
    let other = What::test("go-to-room").in_dialog();
    family.tab_to(What::css("dialog[open] li:first-child button"));
    family.press(Key::Tab);
    family.press(Key::Down);
    assert_eq!(family.text("network-name"), "Storelva", "nothing is chosen yet");
    assert_eq!(family.count(other), 2);
    family.tab_to(What::css("dialog[open] li button:not([aria-current])"));
    family.press(Key::Enter);
    family.see(What::test("network-name").saying(names::NETWORK));
    family.see_no_more(What::css("dialog[open]"));
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
    // From the twelfth of December on, twenty days ahead is next year.
    let year = &Ahead(20).to_string()[..4];
    let date = (format!("1212{year}"), format!("{year}-12-12"));
    for (field, keys, stands) in
        [("date", &*date.0, &*date.1), ("start", "1010AM", "10:10"), ("end", "1111AM", "11:11")]
    {
        family.tab_to(What::field(field));
        family.type_here(keys);
        assert_eq!(family.value(What::field(field)), stands);
    }
    type_into(family, "place", WORKSHOP.place);
    family.tab_to("gathering-form submit");
    family.press(Key::Enter);
}
