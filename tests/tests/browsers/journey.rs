//! The journey: two families plan with the relay switched off and end with one truth.
//!
//! Proves RUN-1, SAVE-1, SAVE-2, SYNC-1, SYNC-2, SYNC-5, MERGE-1, MERGE-2, KEY-1 of docs/SPEC.md.

use std::time::Duration;

use grend_tests::{
    Browser, Engine, What,
    programs::poll,
    story::{self, SLEDGING, Village, WORKSHOP, names},
    watch::{self, Sight},
};

/// Where each family would rather have the workshop.
const IN_THE_BARN: &str = "Nystua hos Haugerud";
const AT_SCHOOL: &str = "Skulekjøkkenet i Slidrevik";

/// Reconnecting takes at most this long in the foreground, and telling each other everything this long after it.
const RETRY: u64 = 5_000;
const SETTLE: u64 = 2_000;
/// For looks, frames and a busy machine.
const SLACK: u64 = 1_500;

#[test]
fn two_families_plan_without_the_net_and_end_with_one_truth() {
    Engine::each(journey);
}

fn journey(engine: Engine) {
    let mut village = Village::found(engine);
    let gathering = story::plan(&village.resource, &WORKSHOP);
    both_have_the_workshop(&village, &gathering);

    village.staff.quit();
    village.families().into_iter().for_each(Browser::kept_offline);
    village.relay.kill();
    start_cold(&mut village, &gathering);
    plan_apart(&village, &gathering);
    start_cold(&mut village, "/samlinger");
    nothing_has_been_sent(&village);

    meet_again(&mut village);
    both_see_both_places(&village, &gathering);
    for browser in village.families() {
        browser.reload();
        browser.ready();
    }
    both_see_both_places(&village, &gathering);
    one_tap_settles_it(&village);
}

/// SYNC-1: what one family plans the other has, and the planner is told so.
fn both_have_the_workshop(village: &Village, gathering: &str) {
    story::delivered(&village.resource, "received");
    assert!(village.resource.text("delivery").contains(names::FOSTER), "the detail says who has it");
    let foster = &village.foster;
    story::go(foster, "gatherings");
    foster.see(story::card(WORKSHOP.title));
    foster.open(gathering);
    foster.see(What::css("h1").saying(WORKSHOP.title));
    for (name, text) in [("place", WORKSHOP.place), ("note", "gløgg og pepperkaker"), ("when", "13.20")] {
        foster.see(What::test(name).saying(text));
    }
}

/// RUN-1: both browsers are closed and started cold, with no relay, and show what they had.
fn start_cold(village: &mut Village, address: &str) {
    for browser in [&mut village.resource, &mut village.foster] {
        browser.start_cold();
        browser.open(address);
        browser.see(What::css("main").saying(WORKSHOP.title));
        browser.ready();
    }
}

/// Both move the workshop, both answer, the foster family plans something else. All of it is saved here and no more.
fn plan_apart(village: &Village, gathering: &str) {
    for (browser, place, answer) in
        [(&village.resource, IN_THE_BARN, "coming"), (&village.foster, AT_SCHOOL, "not_coming")]
    {
        browser.open(gathering);
        browser.ready();
        watch::begin(browser);
        story::answer(browser, answer);
        story::move_to(browser, place);
        story::delivered(browser, "saved");
        browser.see(What::test("sync-chip").with("data-state", "saved"));
        let steps = watch::steps(watch::seen(browser).iter().flat_map(|sight| &sight.deliveries).map(String::as_str));
        assert_eq!(steps.last().map(String::as_str), Some("saved"), "{}: {steps:?}", browser.name());
        assert!(!watch::seen(browser).iter().any(|sight| sight.chip == "sent"), "sent, without a relay");
    }
    let _there = story::plan(&village.foster, &SLEDGING);
    story::delivered(&village.foster, "saved");
}

/// SAVE-2: after a cold start too, nothing claims to be further than it is.
fn nothing_has_been_sent(village: &Village) {
    for browser in village.families() {
        browser.see(What::test("sync-chip").with("data-state", "saved"));
        browser.see(story::card(WORKSHOP.title).with("data-delivery", "saved"));
    }
    assert!(!village.resource.sees(story::card(SLEDGING.title)), "nobody can have told the resource family");
}

/// SYNC-2: the relay comes back, and shortly after both lists tell the same.
fn meet_again(village: &mut Village) {
    village.families().into_iter().for_each(watch::begin);
    let sessions = sessions(village);
    village.relay.start_again();
    let up = watch::now();
    let reconnected =
        poll(Duration::from_millis(RETRY + SLACK), || (self::sessions(village) >= sessions + 2).then(watch::now));
    let reconnected = reconnected.unwrap_or_else(|| panic!("both reconnect within {} ms", RETRY + SLACK));

    let [one, other] = village.families();
    let settled = |sights: &[Sight]| sights.last().is_some_and(|last| last.chip == "received");
    one.until("until both have everything", || {
        let [a, b] = [watch::seen(one), watch::seen(other)];
        let same = a.last().map(|sight| &sight.words) == b.last().map(|sight| &sight.words);
        (settled(&a) && settled(&b) && same).then_some(())
    });
    for browser in village.families() {
        let sights = watch::seen(browser);
        told_in_time(browser, &sights, reconnected);
        told_truthfully(browser, &sights, up);
        browser.see(story::card(SLEDGING.title));
    }
}

/// How many sessions the relay has seen begin.
fn sessions(village: &Village) -> usize {
    village.relay.log().matches("a session begins").count()
}

/// The last word about a gathering came within two seconds of reconnecting.
fn told_in_time(browser: &Browser, sights: &[Sight], reconnected: u64) {
    let last = sights.last().expect("something was seen");
    let told =
        sights.iter().rev().take_while(|sight| sight.words == last.words).last().map_or(last.at, |sight| sight.at);
    let late = told.saturating_sub(reconnected);
    assert!(late <= SETTLE, "{} had everything only {late} ms after reconnecting: {sights:#?}", browser.name());
}

/// SAVE-1: saved here, then sent, then received; and nothing was sent before there was a relay.
fn told_truthfully(browser: &Browser, sights: &[Sight], up: u64) {
    let workshop = |sight: &Sight| sight.deliveries.first().cloned().unwrap_or_default();
    let deliveries: Vec<String> = sights.iter().map(workshop).collect();
    let who = browser.name();
    for states in
        [deliveries.iter().map(String::as_str).collect(), sights.iter().map(|s| s.chip.as_str()).collect::<Vec<_>>()]
    {
        let steps = watch::steps(states);
        assert_eq!(steps, ["saved", "sent", "received"], "{who}: {sights:#?}");
    }
    let first_sent = sights.iter().find(|sight| sight.chip == "sent" || sight.deliveries.iter().any(|d| d == "sent"));
    let first_sent = first_sent.expect("it was sent").at;
    // The relay answers a moment before it has told us its address.
    assert!(first_sent + 200 >= up, "{who} was told “sent” {} ms before there was a relay", up - first_sent);
}

/// MERGE-1: both versions with who, on both devices, in the same order, and both answers.
fn both_see_both_places(village: &Village, gathering: &str) {
    for browser in village.families() {
        browser.open(gathering);
        browser.ready();
        browser.see("conflict");
    }
    let versions = story::agree(village.families(), &What::test("conflict version"));
    assert_eq!(versions.len(), 2, "two versions: {versions:?}");
    for (place, who) in [(IN_THE_BARN, names::KARI), (AT_SCHOOL, names::OLA)] {
        let version = versions.iter().find(|version| version.contains(place));
        assert!(version.is_some_and(|version| version.contains(who)), "{place} by {who}: {versions:?}");
    }
    for browser in village.families() {
        browser.see(What::test("family-answer").with("data-answer", "coming").saying(names::RESOURCE));
        browser.see(What::test("family-answer").with("data-answer", "not_coming").saying(names::FOSTER));
        story::delivered(browser, "received");
    }
}

/// MERGE-2: one tap, and it is settled on both.
fn one_tap_settles_it(village: &Village) {
    let [resource, foster] = village.families();
    resource.click(What::test("conflict version").saying(AT_SCHOOL));
    for browser in [resource, foster] {
        browser.see_no_more("conflict");
        browser.see(What::test("place").saying(AT_SCHOOL));
    }
    story::delivered(resource, "received");
}
