//! Nothing that was confirmed is lost: not with the relay killed at its worst moment, not with the browser killed right
//! after "lagret her"; and what could not be saved is never called saved.
//!
//! Proves SAVE-3, SAVE-4, SAVE-5, SAVE-6, SAVE-12 of docs/SPEC.md.

use std::time::Duration;

use grend_tests::{
    Browser, Engine, What,
    chest::{break_store, drafts_rest},
    programs::poll,
    story::{self, Plan, Village, WORKSHOP},
    watch,
};
use serde_json::json;

const fn of_title(title: &'static str) -> Plan<'static> {
    Plan { title, ..WORKSHOP }
}

const BONFIRE: Plan<'static> = of_title("Bålkveld ved Storvatnet");
const SKATING: Plan<'static> = of_title("Skøyter på Tjernet");
const BAKING: Plan<'static> = of_title("Lefsebaking i kjelleren");
const FISHING: Plan<'static> = of_title("Isfiske på Langvatnet");
const LATER: Plan<'static> = of_title("Noko vi ikkje er samde om enno");
const THOUGHT_BETTER: &str = "Noko vi snart er samde om";

/// Milliseconds between commit and ack: longer than the suite takes to kill the relay once it has seen the commit.
const PAUSE: &str = "5000";

#[test]
fn nothing_confirmed_is_lost_and_nothing_unsaved_is_called_saved() {
    let mut village = Village::found(Engine::Chromium);
    village.staff.quit();
    village.families().into_iter().for_each(Browser::kept_offline);

    a_relay_killed_between_append_and_ack_keeps_one_copy(&mut village);
    a_store_that_fails_keeps_the_text_and_says_so(&village.resource);
    what_is_typed_survives_a_reload_and_a_kill(&mut village.foster);
    a_browser_killed_right_after_saved_here_has_it(&mut village);
    everything_reaches_the_other_family(&village);
}

/// SAVE-3: the relay dies with the record on its disk and the ack unsaid. The device does not claim "sent" before it
/// has heard so, offers the record again, and there is one gathering.
fn a_relay_killed_between_append_and_ack_keeps_one_copy(village: &mut Village) {
    village.relay.kill();
    village.relay.start_again_with(&["--test-pause-before-ack", PAUSE]);
    let (relay, resource) = (&village.relay, &village.resource);
    resource.until("until the phone is back at the relay", || relay.log().ends_with_session().then_some(()));
    let committed = commits(relay.log().as_str());

    let _address = story::plan(resource, &BONFIRE);
    watch::begin(resource);
    resource.until("until the relay has it on disk", || (commits(&relay.log()) > committed).then_some(()));
    story::delivered(resource, "saved");
    village.relay.kill();
    let said = watch::steps(watch::seen(&village.resource).iter().map(|sight| sight.chip.as_str()));
    assert!(!said.iter().any(|state| state == "sent" || state == "received"), "claimed without an ack: {said:?}");

    village.relay.start_again();
    story::delivered(&village.resource, "received");
    for browser in village.families() {
        story::go(browser, "gatherings");
        browser.see(story::card(BONFIRE.title));
        assert_eq!(browser.count(story::card(BONFIRE.title)), 1, "{} has one copy", browser.name());
    }
}

/// SAVE-5, SAVE-6: full disk, aborted transaction, real quota. No "lagret her", the text is kept, a clear message, and
/// afterwards it works.
fn a_store_that_fails_keeps_the_text_and_says_so(browser: &Browser) {
    for (fault, why, plan) in [("full", "storage-full", &SKATING), ("abort", "storage-failed", &BAKING)] {
        story::go(browser, "gatherings");
        browser.click("plan");
        story::fill_plan(browser, plan);
        break_store(browser, Some(fault));
        refused(browser, why, plan);
        break_store(browser, None);
        accepted(browser, plan);
    }

    story::go(browser, "gatherings");
    browser.click("plan");
    story::fill_plan(browser, &FISHING);
    let origin = browser.script("return location.origin", &[]);
    browser.chromium("Storage.overrideQuotaForOrigin", &json!({ "origin": origin, "quotaSize": 1 }));
    the_quota_is_felt(browser);
    refused(browser, "storage-full", &FISHING);
    browser.chromium("Storage.overrideQuotaForOrigin", &json!({ "origin": origin }));
    accepted(browser, &FISHING);
}

/// Chromium asks for the room that is left only now and then.
fn the_quota_is_felt(browser: &Browser) {
    let probe = "return new Promise((done) => {
        const opening = indexedDB.open('probe');
        opening.onupgradeneeded = () => opening.result.createObjectStore('kv');
        opening.onerror = () => done(opening.error.name);
        opening.onsuccess = () => {
            const writing = opening.result.transaction('kv', 'readwrite');
            writing.objectStore('kv').put('x'.repeat(1000), 'x');
            writing.oncomplete = () => { opening.result.close(); done(''); };
            writing.onabort = () => { opening.result.close(); done(writing.error.name); };
        };
    })";
    let felt = || (browser.script(probe, &[]) == "QuotaExceededError").then_some(());
    poll(Duration::from_mins(1), felt).expect("Chromium keeps to the quota within a minute");
}

fn refused(browser: &Browser, why: &str, plan: &Plan<'_>) {
    watch::begin(browser);
    story::hush(browser);
    browser.click("gathering-form submit");
    browser.see(What::test("trouble").with("data-why", why));
    let words = browser.text("trouble");
    assert!(words.len() > 30, "what happened, what is safe, what to do: “{words}”");
    stands(browser, plan);
    assert!(!browser.sees(What::test("toast").saying(plan.title)), "nothing was done, so there is nothing to undo");
    let seen = watch::seen(browser);
    assert!(!seen.iter().any(|sight| sight.words.contains(plan.title)), "shown as saved: {seen:?}");
    story::go(browser, "gatherings");
    browser.see("year");
    assert!(!browser.sees(story::card(plan.title)), "what is not saved does not stand in the list");
    browser.click("plan");
}

fn accepted(browser: &Browser, plan: &Plan<'_>) {
    if browser.value(What::field("title")) != plan.title {
        story::fill_plan(browser, plan);
    }
    story::hush(browser);
    browser.click("gathering-form submit");
    browser.see("gathering-detail");
    browser.see(What::css("h1").saying(plan.title));
}

/// SAVE-12: a form that nobody has sent.
fn what_is_typed_survives_a_reload_and_a_kill(browser: &mut Browser) {
    story::go(browser, "gatherings");
    browser.click("plan");
    story::fill_plan(browser, &LATER);
    drafts_rest(browser);
    browser.reload();
    stands(browser, &LATER);
    browser.fill(What::field("title"), THOUGHT_BETTER);
    drafts_rest(browser);
    browser.fill(What::field("place"), "Her er eg midt i ein setn");
    browser.kill();
    browser.start_again();
    browser.open("/samlinger/ny");
    // The last letters may be on their way to the disk when the battery dies; what came before them is there.
    stands(browser, &Plan { title: THOUGHT_BETTER, place: &browser.value(What::field("place")), ..LATER });
}

fn stands(browser: &Browser, plan: &Plan<'_>) {
    let date = plan.date.to_string();
    for (field, text) in [("title", plan.title), ("place", plan.place), ("note", plan.note), ("date", &date)] {
        browser.until(&format!("to see “{text}” in {field}"), || {
            (browser.value(What::field(field)) == text).then_some(())
        });
    }
}

/// SAVE-4: the battery dies in the moment in which the phone says "lagret her", with no relay that could have it.
fn a_browser_killed_right_after_saved_here_has_it(village: &mut Village) {
    village.relay.kill();
    let resource = &mut village.resource;
    story::go(resource, "gatherings");
    resource.click("plan");
    story::fill_plan(resource, &WORKSHOP);
    story::hush(resource);
    resource.click("gathering-form submit");
    let saved = What::test("gathering-detail").with("data-delivery", "saved");
    poll(grend_tests::browser::PATIENCE, || resource.sees(saved.clone()).then_some(())).expect("it says saved here");
    let address = resource.path();
    resource.kill();

    resource.start_again();
    resource.open(&address);
    resource.see(What::css("h1").saying(WORKSHOP.title));
    resource.ready();
    story::delivered(resource, "saved");
    resource.see(What::test("place").saying(WORKSHOP.place));
    village.relay.start_again();
    story::delivered(&village.resource, "received");
}

fn everything_reaches_the_other_family(village: &Village) {
    story::go(&village.foster, "gatherings");
    for plan in [BONFIRE, SKATING, BAKING, FISHING, WORKSHOP] {
        village.foster.see(story::card(plan.title));
        assert_eq!(village.foster.count(story::card(plan.title)), 1, "one {}", plan.title);
    }
}

/// Commits with something in them; a beacon is none.
fn commits(log: &str) -> usize {
    log.matches("committed items=").count() - log.matches("committed items=0").count()
}

trait Log {
    /// Whether a session has begun since the relay last came up.
    fn ends_with_session(&self) -> bool;
}

impl Log for String {
    fn ends_with_session(&self) -> bool {
        self.rsplit("the relay listens").next().is_some_and(|run| run.contains("a session begins"))
    }
}
