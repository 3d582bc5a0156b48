//! On the way to the home screen: where Grend makes no keys and spends no invitation, and how one comes on from there.
//!
//! Proves INST-1 to INST-5 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Habits, Journal, Relay, Screen, What, axe,
    story::{self, names},
};
use serde_json::json;

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/18.5 Mobile/15E148 Safari/604.1";
const INSTAGRAM_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
    (KHTML, like Gecko) Mobile/15E148 Instagram/385.0.0 (iPhone15,2; iOS 18_5)";
const SNAPCHAT_ON_ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
    Version/4.0 Chrome/138.0 Mobile Safari/537.36 Snapchat/13.40";

/// INST-1: an invitation in Safari. No key is made and nothing is spent; there are steps and the link to copy, and the app
/// on the home screen opens on the field to paste it into.
#[test]
fn an_invitation_in_safari_leads_to_the_home_screen_unspent() {
    Engine::each(|engine| {
        let (relay, staff, link) = invited(engine);
        let phone = pretending(engine, &relay, SAFARI);
        phone.open(&link);
        phone.see(What::css("h1").saying("Legg Grend på hjemskjermen først"));
        assert_eq!(phone.count(What::css("[data-test=install-steps] li")), 3);
        assert!(!phone.sees(What::css("form")), "no name is asked for");
        assert_eq!(axe::violations(&phone), Vec::<String>::new());
        phone.click("copy");
        phone.until("until it says what came of copying", || (!phone.text("copied").is_empty()).then_some(()));
        let copied = phone.text("link-here");
        assert_eq!(copied, link, "the whole invitation");
        phone.open("/");
        phone.see("front");
        assert_eq!(phone.script(KEYS, &[]), 0, "no key was made");
        staff.see(What::test("network").with("data-founded", "false"));

        let app = Browser::start(engine, "the app", relay.origin(), Screen::Phone, Journal::default());
        app.open("/?hjem");
        app.see("paste-first");
        app.see(What::css("h1").saying("Lim inn invitasjonen"));
        assert_eq!(axe::violations(&app), Vec::<String>::new());
        app.fill(What::field("link"), &copied);
        app.click("paste submit");
        app.fill(What::field("person_name"), names::KARI);
        app.fill(What::field("household_name"), names::RESOURCE);
        app.click("join-form submit");
        app.see("network-name");
    });
}

/// INST-2: windows inside other apps send on to the browser, with the link to copy.
#[test]
fn a_window_inside_another_app_sends_on_to_the_browser() {
    Engine::each(|engine| {
        let (relay, staff, link) = invited(engine);
        for (agent, title) in [(INSTAGRAM_ON_IPHONE, "Åpne i Safari"), (SNAPCHAT_ON_ANDROID, "Åpne i nettleseren")] {
            let window = pretending(engine, &relay, agent);
            window.open("/samlinger");
            window.see(What::css("h1").saying(title));
            assert_eq!(window.text("link-here"), format!("{}/samlinger", relay.origin()));
            window.open(&link);
            window.until("to read the invitation", || (window.text("link-here") == link).then_some(()));
            window.see(What::css("h1").saying(title));
            assert!(!window.sees(What::css("form")));
            assert_eq!(axe::violations(&window), Vec::<String>::new());
            assert_eq!(window.script(KEYS, &[]), 0, "no key was made");
        }
        staff.see(What::test("network").with("data-founded", "false"));
    });
}

/// INST-3: whoever can not do otherwise goes on here, is warned of what it costs, and is not asked again.
#[test]
fn who_stays_is_warned_and_comes_in_all_the_same() {
    Engine::each(|engine| {
        let (relay, _staff, link) = invited(engine);
        let phone = pretending(engine, &relay, SAFARI);
        phone.open(&link);
        phone.see(What::test("stay").saying("kommer ikke med til hjemskjermen"));
        phone.see(What::test("stay").saying("en ny invitasjon"));
        phone.click("stay-here");
        phone.fill(What::field("person_name"), names::KARI);
        phone.fill(What::field("household_name"), names::RESOURCE);
        phone.click("join-form submit");
        phone.see("network-name");
        phone.ready();
        phone.reload();
        phone.see("network-name");
        phone.ready();
        assert!(!phone.sees("install-page"));
    });
}

/// INST-4: a later link where there are no keys says where to go. It is no way to sign up.
#[test]
fn a_later_link_without_keys_says_open_grend_from_the_home_screen() {
    Engine::each(|engine| {
        let relay = Relay::start();
        let phone = pretending(engine, &relay, SAFARI);
        for address in ["/tunet", "/samlinger", "/folk", "/meg"] {
            phone.open(address);
            phone.see(What::css("h1").saying("Åpne Grend fra hjemskjermen"));
            assert!(!phone.sees(What::css("form, [data-test=copy]")), "{address}");
        }
        assert_eq!(axe::violations(&phone), Vec::<String>::new());
        for (language, title) in [("nn", "Opne Grend frå heimskjermen"), ("en", "Open Grend from the home screen")] {
            phone.speak(language);
            phone.see(What::css("h1").saying(title));
        }
        assert_eq!(phone.script(KEYS, &[]), 0);
    });
}

/// INST-5: where the browser offers to install, Grend says so once after joining and from then on in *Meg*. Elsewhere
/// *Meg* has the steps in words.
#[test]
fn the_home_screen_is_offered_once_and_stands_in_me() {
    Engine::each(|engine| {
        let (relay, _staff, link) = invited(engine);
        let phone = Browser::start(engine, "the resource family", relay.origin(), Screen::Phone, Journal::default());
        story::join(&phone, &link, names::KARI, names::RESOURCE);
        assert!(engine == Engine::Chromium || !phone.sees("offer-install"), "this browser offers nothing of itself");
        offered(&phone);
        phone.see("offer-install");
        assert_eq!(axe::violations(&phone), Vec::<String>::new());
        phone.click("not-now");
        phone.see_no_more("offer-install");
        phone.reload();
        phone.see("network-name");
        phone.ready();
        offered(&phone);
        phone.click("header-me");
        phone.click("home-screen install");
        phone.until("until the browser asks", || (phone.script("return window.asked", &[]) == 1).then_some(()));
        assert!(!phone.sees("home-screen install"), "an offer counts once");
        phone.click("install-how");
        phone.see("install-steps");
        assert_eq!(axe::violations(&phone), Vec::<String>::new());
        words_for_this_browser(&phone);
        phone.open("/tunet");
        phone.see("network-name");
        assert!(!phone.sees("offer-install"), "it was offered once");
    });
}

/// The words are those for this browser.
fn words_for_this_browser(browser: &Browser) {
    let words = if browser.engine() == Engine::Firefox { "Firefox" } else { "adressefeltet" };
    browser.see(What::test("install-steps").saying(words));
}

/// The browser offers to install, as Chromium does when it thinks fit; its own offer comes first then.
fn offered(browser: &Browser) {
    if browser.engine() == Engine::Chromium {
        browser.until("until the browser offers to install", || {
            (browser.script("return Boolean(globalThis.grendInstall)", &[]) == true).then_some(())
        });
    }
    let script = "
        const offer = new Event('beforeinstallprompt', { cancelable: true });
        offer.prompt = () => { window.asked = (window.asked ?? 0) + 1; };
        window.dispatchEvent(offer);
        return offer.defaultPrevented;";
    assert_eq!(browser.script(script, &[]), json!(true), "the browser does not ask by itself");
}

/// How many rows the store holds, keys included.
const KEYS: &str = "
    return new Promise((done, failed) => {
        const opening = indexedDB.open('grend');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
            const db = opening.result;
            const counting = db.transaction('kv').objectStore('kv').count();
            counting.onsuccess = () => { db.close(); done(counting.result); };
            counting.onerror = () => failed(counting.error);
        };
    });";

/// A relay, the service at its desk, and an invitation for the family that founds the network.
fn invited(engine: Engine) -> (Relay, Browser, String) {
    let relay = Relay::start();
    let staff = Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default());
    story::set_up_service(&staff, relay.first_link());
    story::open_network(&staff, names::NETWORK);
    let link = story::invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);
    (relay, staff, link)
}

/// A browser that gives itself out as another.
fn pretending(engine: Engine, relay: &Relay, agent: &'static str) -> Browser {
    let habits = Habits { agent: Some(agent), ..Habits::default() };
    Browser::start_unusual(engine, "a phone", relay.origin(), Screen::Phone, Journal::default(), habits)
}
