//! The service worker and what it keeps: broken, and whole again by itself.
//!
//! Proves RUN-15, RUN-16, RUN-17 of docs/SPEC.md.

use grend_tests::{
    Browser, Engine, Journal, Relay, Screen, What,
    release::{Release, WORKER},
    story,
};
use serde_json::json;

/// RUN-15: files that the disk has lost or spoilt. With the net the app starts as if nothing were, and everything is
/// whole again without a word, so that the next start needs no net.
#[test]
fn files_that_the_disk_has_lost_or_spoilt_are_put_right_without_a_word() {
    Engine::each(|engine| {
        let mut relay = Relay::start();
        let release = Release::of(&relay);
        let browser = set_up(engine, &relay);
        let files =
            [("spoilt", "ui.", ".wasm"), ("spoilt", "boot.", ".js"), ("lost", "ui.", ".js"), ("lost", "rooms.", "")];
        for (how, name, end) in files {
            let file = release
                .assets()
                .find(|address| address.starts_with(&format!("/assets/{name}")) && address.ends_with(end));
            harm(&browser, how, file.expect("the release has it"));
            browser.open("/nettverk");
            works(&browser);
            whole_again(&browser);
        }
        for (how, address) in [("spoilt", "/"), ("lost", "/")] {
            harm(&browser, how, address);
            browser.open("/nettverk");
            works(&browser);
            whole_again(&browser);
        }
        // What is kept by who was shown it is looked at when it is shown.
        browser.open("/prov");
        browser.see("network-name");
        let sample = release.assets().find(|address| address.starts_with("/assets/sample."));
        harm(&browser, "spoilt", sample.expect("the release has it"));
        browser.open("/prov");
        browser.see("network-name");
        relay.kill();
        browser.open("/nettverk");
        works(&browser);
    });
}

/// RUN-16: a worker that cannot be registered, and one whose script throws. The app works with the net and says nothing;
/// as soon as there is a good one it is kept as ever.
#[test]
fn without_a_service_worker_the_app_works_and_says_nothing() {
    Engine::each(|engine| {
        let mut relay = Relay::start();
        let release = Release::of(&relay);
        let folder = release.clone().with(WORKER, "throw new Error('broken');").folder();
        relay.kill();
        relay.start_again_with(&["--test-app", &folder.path().display().to_string()]);
        let browser = start(engine, &relay);
        story::set_up_service(&browser, relay.first_link());
        works(&browser);
        assert_eq!(browser.script(KEPT, &[]), json!([false, 0]), "there is no worker, and nothing kept");
        std::fs::remove_file(folder.path().join(WORKER.trim_start_matches('/'))).expect("the file is there");
        relay.kill();
        relay.start_again_with(&["--test-app", &folder.path().display().to_string()]);
        browser.reload();
        works(&browser);

        relay.kill();
        relay.start_again();
        browser.reload();
        works(&browser);
        browser.kept_offline();
        relay.kill();
        browser.open("/nettverk");
        works(&browser);
    });
}

/// RUN-16: the next release has a broken worker. The one that is there goes on.
#[test]
fn a_broken_worker_does_not_take_the_place_of_a_good_one() {
    Engine::each(|engine| {
        let mut relay = Relay::start();
        let folder = Release::of(&relay).next().with(WORKER, "throw new Error('broken');").folder();
        let browser = set_up(engine, &relay);
        relay.kill();
        relay.start_again_with(&["--test-app", &folder.path().display().to_string()]);
        browser.open("/nettverk");
        works(&browser);
        assert!(!browser.sees("update"));
        relay.kill();
        browser.open("/nettverk");
        works(&browser);
    });
}

/// RUN-17: nothing kept and no net: a calm page in the reader's language, and the app when the net is back.
#[test]
fn without_the_net_and_with_nothing_kept_a_calm_page_says_so() {
    Engine::each(|engine| {
        let mut relay = Relay::start();
        let browser = set_up(engine, &relay);
        relay.kill();
        let _gone = browser
            .script("return caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))", &[]);
        browser.open("/nettverk");
        browser.see(What::css("html[lang=nb] h1").saying("Grend ble ikke hentet"));
        browser.see(What::css("main p").saying("trygt"));
        relay.start_again();
        browser.click(What::css("main a"));
        works(&browser);
        whole_again(&browser);
    });
}

fn start(engine: Engine, relay: &Relay) -> Browser {
    Browser::start(engine, "the service", relay.origin(), Screen::Desk, Journal::default())
}

/// A device with something to lose, and the whole release on it.
fn set_up(engine: Engine, relay: &Relay) -> Browser {
    let browser = start(engine, relay);
    story::set_up_service(&browser, relay.first_link());
    browser.kept_offline();
    browser
}

fn works(browser: &Browser) {
    browser.see(What::test("service-name").saying(story::names::SERVICE));
    browser.ready();
    assert!(!browser.sees(What::css("[data-test=trouble], [role=alert], .notice")), "nothing alarming is said");
}

/// Whether there is a worker, and how many caches.
const KEPT: &str = "return Promise.all([
    navigator.serviceWorker.getRegistration().then((registration) => Boolean(registration)),
    caches.keys().then((names) => names.length),
])";

fn harm(browser: &Browser, how: &str, address: &str) {
    let script = "return caches.keys().then(async ([name]) => {
        const cache = await caches.open(name);
        const kept = await cache.match(arguments[1]);
        if (arguments[0] === 'lost') return cache.delete(arguments[1]);
        await cache.put(arguments[1], new Response('spoilt', { headers: kept.headers }));
        return true;
    })";
    assert_eq!(browser.script(script, &[json!(how), json!(address)]), true, "{address} was there");
}

/// Waits until every file of the release is kept, each with the hash that the worker's script names.
fn whole_again(browser: &Browser) {
    let script = "
        const worker = await fetch('/sw.js').then((answer) => answer.text());
        const everybodys = worker.match(/{\"\\/\":[^}]*}/)[0];
        const files = [...everybodys.matchAll(/\"([^\"]+)\":\"(sha256-[^\"]+)\"/g)];
        const [name] = await caches.keys();
        const cache = await caches.open(name);
        const right = async ([, address, integrity]) => {
            const kept = await cache.match(address);
            const hash = kept && await crypto.subtle.digest('SHA-256', await kept.arrayBuffer());
            return hash && integrity === 'sha256-' + btoa(String.fromCharCode(...new Uint8Array(hash)));
        };
        return files.length > 8 && (await Promise.all(files.map(right))).every(Boolean);";
    let script = format!("return (async () => {{ {script} }})()");
    browser.until("until all that is kept is whole", || (browser.script(&script, &[]) == true).then_some(()));
}
