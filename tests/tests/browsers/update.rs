//! A new release: it waits until the person takes it, takes nothing away, and leaves the pages of the one before what
//! they need.
//!
//! Proves RUN-13, RUN-14 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Relay, Screen, What,
    chest::drafts_rest,
    release::{Release, fetch},
    story::{self, Plan, Village, WORKSHOP, names},
};
use serde_json::json;

const BONFIRE: Plan<'static> = Plan { title: "Bålkveld ved Storvatnet", ..WORKSHOP };

/// RUN-13: the release comes while somebody writes, and the net goes. Nothing moves before the banner is taken; after
/// it the new release runs, without the net, and the draft and the act that was not sent are there.
#[test]
fn a_release_that_comes_while_somebody_writes_waits_and_takes_nothing_away() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        let (old, new) = two_releases(&village.relay);
        let folder = new.folder();
        village.resource.kept_offline();
        village.resource.open("/samlinger/ny");
        village.resource.fill(What::field("title"), WORKSHOP.title);
        serve(&mut village.relay, &folder);
        let resource = &village.resource;
        look_for_releases(resource);
        resource.see("update");
        assert_eq!(resource.value(What::field("title")), WORKSHOP.title, "the page has not moved");

        village.relay.kill();
        story::fill_plan(resource, &WORKSHOP);
        drafts_rest(resource);
        load_anew(resource);
        resource.see("update");
        assert_eq!(build(resource), old.build(), "nobody has taken it yet");
        assert_eq!(resource.value(What::field("note")), WORKSHOP.note);
        resource.click("gathering-form submit");
        story::delivered(resource, "saved");
        story::go(resource, "gatherings");
        story::hush(resource);
        resource.click("plan");
        story::fill_plan(resource, &BONFIRE);

        resource.click(What::css("[data-test=update] button"));
        runs(resource, &new);
        assert_eq!(resource.path(), "/samlinger/ny");
        for (field, text) in [("title", BONFIRE.title), ("place", BONFIRE.place), ("note", BONFIRE.note)] {
            assert_eq!(resource.value(What::field(field)), text, "the draft in the new release");
        }
        assert!(!resource.sees("update"), "it has been taken");
        resource.ready();
        story::go(resource, "gatherings");
        resource.click(story::card(WORKSHOP.title));
        story::delivered(resource, "saved");
        serve_again(&mut village.relay, &folder);
        story::delivered(&village.resource, "received");
    });
}

/// RUN-14: another tab takes the new release. The page of the old one keeps running it: every hashed file is still to be
/// had, and its engine starts anew from there, with the net gone.
#[test]
fn a_page_of_the_release_before_finds_all_its_files() {
    Engine::each(|engine| {
        let mut relay = Relay::start();
        let (old, new) = two_releases(&relay);
        let folder = new.folder();
        let browser = Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default());
        story::set_up_service(&browser, relay.first_link());
        browser.kept_offline();
        let first = browser.tab();
        serve(&mut relay, &folder);
        assert!(old.assets().all(|address| fetch(&relay, address).is_none()), "the relay has none of them any more");

        browser.open_tab();
        browser.open("/nettverk");
        browser.click("go-on");
        browser.click(What::css("[data-test=update] button"));
        runs(&browser, &new);
        browser.ready();

        relay.kill();
        browser.look_at(&first);
        browser.see("elsewhere");
        assert_eq!(build(&browser), old.build());
        let addresses: Vec<&str> = old.kept_assets().collect();
        let refused = browser.script(NOT_TO_BE_HAD, &[json!(addresses)]);
        assert_eq!(refused, json!([]), "files of the old release, out of {addresses:?}");
        browser.click("go-on");
        browser.see(What::test("service-name").saying(names::SERVICE));
        browser.ready();
        assert_eq!(build(&browser), old.build(), "it has not moved");
        serve_again(&mut relay, &folder);
        story::open_network(&browser, names::NETWORK);
    });
}

/// RUN-14: a page that had not fetched all its modules yet when the new release took over still gets its own.
#[test]
fn a_module_wanted_late_is_the_one_of_its_own_release() {
    let mut relay = Relay::start();
    let (old, new) = two_releases(&relay);
    let folder = new.folder();
    let browser = Browser::start(Engine::Chromium, "somebody", relay.origin(), Screen::Phone, Journal::default());
    block(&browser, &["*/assets/rooms.*"]);
    browser.open("/meg");
    browser.see("page-missing");
    browser.kept_offline();
    serve(&mut relay, &folder);
    look_for_releases(&browser);
    let _nothing = browser.script(TAKE_OVER, &[]);
    relay.kill();
    assert!(browser.sees("page-missing"));
    block(&browser, &[]);
    browser.see("version-of-app");
    assert_eq!(build(&browser), old.build());
}

/// Which of some addresses do not answer with a file of their kind, past the browser's own cache.
const NOT_TO_BE_HAD: &str = "
    const kinds = { js: 'text/javascript', css: 'text/css', wasm: 'application/wasm', woff2: 'font/woff2' };
    const had = async (address) => {
        const answer = await fetch(address, { cache: 'no-store' }).catch(() => undefined);
        return answer?.ok && answer.headers.get('content-type').startsWith(kinds[address.split('.').at(-1)]);
    };
    return Promise.all(arguments[0].map(async (address) => [address, await had(address)]))
        .then((all) => all.filter(([, had]) => !had).map(([address]) => address));";

/// Lets the release that waits take over, as another tab would.
const TAKE_OVER: &str = "
    const taken = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
    return navigator.serviceWorker.getRegistration().then(async (registration) => {
        while (!registration.waiting) await new Promise((done) => setTimeout(done, 50));
        registration.waiting.postMessage({ type: 'SkipWaiting' });
        await taken;
        return true;
    });";

/// The release that the relay serves, and one after it.
fn two_releases(relay: &Relay) -> (Release, Release) {
    let old = Release::of(relay);
    let new = old.next();
    assert!(old.kept_assets().count() >= 8 && old.assets().all(|address| !new.assets().any(|other| other == address)));
    (old, new)
}

fn serve(relay: &mut Relay, folder: &tempfile::TempDir) {
    relay.kill();
    serve_again(relay, folder);
}

fn serve_again(relay: &mut Relay, folder: &tempfile::TempDir) {
    relay.start_again_with(&["--test-app", &folder.path().display().to_string()]);
}

/// Firefox takes a reload of the only page for leave to let the new release in, and stops the old worker in the middle of
/// its answer; without the net that reload fails, and the next shows the new release. Coming back to the page is not so.
fn load_anew(browser: &Browser) {
    if browser.engine() == Engine::Firefox {
        browser.open(&browser.path());
    } else {
        browser.reload();
    }
}

/// As browsers do now and then, and the page does when it is looked at again after an hour.
fn look_for_releases(browser: &Browser) {
    let script = "return navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)";
    assert_eq!(browser.script(script, &[]), true);
}

fn build(browser: &Browser) -> String {
    browser.attribute(What::css("html"), "data-build")
}

/// Waits until the page is one of this release.
fn runs(browser: &Browser, release: &Release) {
    browser.see(What::css(format!("html[data-build='{}']", release.build())));
}

fn block(browser: &Browser, addresses: &[&str]) {
    browser.chromium("Network.enable", &json!({}));
    browser.chromium("Network.setBlockedURLs", &json!({ "urls": addresses }));
}
