//! A person's devices: one more that is added, one that is moved to, and a code that is none.
//!
//! Proves DEV-1 to DEV-6 of docs/SPEC.md.

use grend_shared::crypto::words;
use grend_tests::{
    Browser, Engine, Habits, Journal, Relay, Screen, What,
    story::{self, SLEDGING, Village, WORKSHOP, names},
};

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/18.5 Mobile/15E148 Safari/604.1";

/// DEV-2, DEV-6: a family that went on in Safari moves to the app. All of it is there, the rest go on with it as before,
/// and Safari says that it is empty, also after a reload, and how one comes in there again.
#[test]
fn who_moves_to_the_app_has_everything_there_and_the_old_one_is_emptied() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let resource = founded(engine, &relay);
        let safari = went_on_in_safari(engine, &relay, &resource);
        let gathering = story::plan(&safari, &WORKSHOP);
        story::delivered(&safari, "received");

        let app = Browser::start(engine, "the app", relay.origin(), Screen::Phone, Journal::default());
        let code = story::device_code(&app, "/?hjem");
        safari.click("header-me");
        safari.see(What::test("add-device").saying("Flytt til appen"));
        safari.click("add-device");
        safari.see(What::test("device-steps").saying("hjemskjermen"));
        story::read_device_code(&safari, &code);
        same_words(&safari, &app);
        safari.click(What::test("move").with("data-variant", "primary"));

        app.see("network-name");
        app.see(What::test("toast").saying("Du er inne"));
        app.ready();
        safari.see("emptied");
        safari.reload();
        safari.see("emptied");
        assert_ne!(story::device_code(&safari, "/tunet"), code, "it can come in anew");

        app.open(&gathering);
        app.see(What::css("h1").saying(WORKSHOP.title));
        let planned = story::plan(&app, &SLEDGING);
        story::delivered(&app, "received");
        resource.open(&planned);
        resource.see(What::test("place").saying(SLEDGING.place));
        app.click("header-me");
        app.see(What::test("myself").saying("Én enhet"));
    });
}

/// DEV-1: a computer is added to a phone. Both are used from then on, and both are the same person's.
#[test]
fn a_second_device_is_added_and_both_are_used() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        let phone = &village.resource;
        let gathering = story::plan(phone, &WORKSHOP);
        let computer =
            Browser::start(engine, "a computer", village.relay.origin(), Screen::Desk, village.journal.clone());
        let code = story::device_code(&computer, "/");
        phone.click("header-me");
        phone.see(What::test("add-device").saying("Legg til en enhet"));
        phone.click("add-device");
        story::read_device_code(phone, &code);
        same_words(phone, &computer);
        phone.click(What::test("use-both").with("data-variant", "primary"));
        phone.see("device-added");

        computer.see("network-name");
        computer.ready();
        computer.open(&gathering);
        computer.see(What::css("h1").saying(WORKSHOP.title));
        story::move_to(&computer, "Løa");
        story::delivered(&computer, "received");
        phone.open(&gathering);
        phone.see(What::test("place").saying("Løa"));
        // A page that is opened before what it shows has arrived.
        village.relay.kill();
        let planned = story::plan(phone, &SLEDGING);
        computer.open(&planned);
        computer.see(What::css("h1").saying("Her er det ingen side"));
        village.relay.start_again();
        computer.see(What::css("h1").saying(SLEDGING.title));
        for device in [phone, &computer] {
            device.click("header-me");
            device.see(What::test("myself").saying("2 enheter"));
        }
        it_is_inside_already(&computer, &code);
    });
}

/// DEV-4: a device that has come in is not added twice, and its page leads on into what it is in.
fn it_is_inside_already(phone: &Browser, code: &str) {
    phone.click("add-device");
    phone.fill(What::field("code"), code);
    phone.click("device-form submit");
    phone.see(What::test("problem").saying("med fra før"));
    phone.open("/ny-enhet");
    phone.see("network-name");
}

/// DEV-3: without the net a device is read and added all the same. Whoever wanted to move may think better of it, and the
/// other comes in when the net is back.
#[test]
fn a_device_is_added_without_the_net_and_a_move_can_be_given_up() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        village.staff.quit();
        let (phone, journal) = (&village.foster, village.journal.clone());
        let tablet = Browser::start(engine, "a tablet", village.relay.origin(), Screen::Phone, journal);
        let code = story::device_code(&tablet, "/");
        phone.kept_offline();
        phone.click("header-me");
        phone.click("add-device");
        phone.see("device-form");
        village.relay.kill();
        tablet.see(What::test("waits").saying("nett"));

        story::read_device_code(phone, &code);
        same_words(phone, &tablet);
        phone.click("move");
        phone.see("on-the-move");
        story::go(phone, "tunet");
        phone.see("network-name");
        phone.click(What::css("[data-test=moving] a"));
        phone.click("stay");
        phone.see("device-added");
        let planned = story::plan(phone, &WORKSHOP);
        story::delivered(phone, "saved");

        village.relay.start_again();
        tablet.see("network-name");
        tablet.ready();
        tablet.open(&planned);
        tablet.see(What::css("h1").saying(WORKSHOP.title));
        phone.see("gathering-detail");
        story::delivered(phone, "received");
        assert!(!phone.sees("moving"), "it stays");
    });
}

/// DEV-4, DEV-5: what is no code is answered at the field, and other words mean that nothing is done. A code whose time
/// is over is shown anew on the same page.
#[test]
fn a_code_that_is_none_is_answered_at_the_field_and_one_that_is_old_is_shown_anew() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let phone = founded(engine, &relay);
        let tablet = Browser::start(engine, "a tablet", relay.origin(), Screen::Phone, Journal::default());
        let code = story::device_code(&tablet, "/");
        phone.click("header-me");
        phone.click("add-device");
        let turned: String = code.chars().rev().collect();
        for mangled in [&code[..code.len() - 6], turned.as_str(), "Kom klokka fem"] {
            phone.fill(What::field("code"), mangled);
            phone.click("device-form submit");
            phone.see(What::test("problem").saying("en gang til"));
            assert_eq!(phone.value(What::field("code")), mangled, "what was pasted stays");
            assert_eq!(phone.attribute(What::field("code"), "aria-describedby"), "code-problem");
            phone.until("until the field has the focus", || phone.has_focus(&What::field("code")).then_some(()));
        }
        story::read_device_code(&phone, &code);
        same_words(&phone, &tablet);
        phone.heading_has_focus();
        phone.click("not-same");
        phone.see("unlike");
        assert_eq!(phone.value(What::field("code")), "", "a code with other words is not to be used");

        copied_by_hand(&tablet, &code);
        shown_anew(&tablet, &code);
        story::read_device_code(&phone, &code);
        phone.click("use-both");
        tablet.see("network-name");
    });
}

/// A window that does not let itself be copied from: the code is marked, for the keys to copy.
fn copied_by_hand(tablet: &Browser, code: &str) {
    let refusing = "if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject(); return true";
    assert_eq!(tablet.script(refusing, &[]), true);
    tablet.click("copy");
    tablet.see(What::test("copied").saying("Merk teksten"));
    assert_eq!(tablet.script("return getSelection().toString().trim()", &[]), code);
    assert!(tablet.has_focus(&What::test("device-code")));
}

/// DEV-5: the same code, for a while from now.
fn shown_anew(tablet: &Browser, code: &str) {
    tablet.see(What::test("waits").saying("Koden gjelder til kl."));
    story::let_pass(tablet, 6);
    tablet.see(What::test("waits").saying("Tiden for koden er ute"));
    tablet.click("again");
    story::let_pass(tablet, -6);
    tablet.see(What::test("waits").saying("Koden gjelder til kl."));
    tablet.see_no_more("again");
    assert_eq!(tablet.text("device-code"), code);
}

/// The same words stand on both.
fn same_words(one: &Browser, other: &Browser) {
    assert_eq!(story::agree([one, other], &What::css("[data-test=check-words] li")).len(), words::COUNT);
}

/// A resource family alone in its network; nobody sits at the service's desk any more.
fn founded(engine: Engine, relay: &Relay) -> Browser {
    let staff = Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default());
    story::set_up_service(&staff, relay.first_link());
    story::open_network(&staff, names::NETWORK);
    let link = story::invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);
    let resource = Browser::start(engine, "the resource family", relay.origin(), Screen::Phone, Journal::default());
    story::join(&resource, &link, names::KARI, names::RESOURCE);
    resource
}

/// A foster family that was told of the home screen and came in where it was all the same.
fn went_on_in_safari(engine: Engine, relay: &Relay, resource: &Browser) -> Browser {
    let link = story::invite(resource, "invite-foster-family", names::FOSTER_LABEL);
    let habits = Habits { agent: Some(SAFARI), ..Habits::default() };
    let (origin, journal) = (relay.origin(), Journal::default());
    let safari = Browser::start_unusual(engine, "the foster family", origin, Screen::Phone, journal, habits);
    safari.open("/ny-enhet");
    safari.see(What::test("install-steps").saying("Jeg bruker Grend fra før"));
    safari.open(&link);
    safari.click("stay-here");
    story::name_oneself(&safari, names::OLA, names::FOSTER);
    safari
}
