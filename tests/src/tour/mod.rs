//! A walk past every screen there is, for whoever wants to look at them all. Here is what a village meets when all goes
//! well; [`devices`] is one person's several, [`members`] who is let back in, [`trouble`] when something does not go, and
//! [`sample`] the hamlet under `/prov`.

mod devices;
mod members;
mod sample;
mod trouble;

use crate::{
    Browser, Engine, Journal, Key, Relay, Screen, What,
    story::{self, Ahead, Plan, WORKSHOP, names},
    watch,
};

/// Gatherings that make the screens look lived in.
const BONFIRE: Plan<'static> = Plan {
    title: "Bål ved Storvatnet",
    date: Ahead(83),
    start: "12:00",
    end: "15:00",
    place: "Gapahuken ved Storvatnet",
    note: "Pinnebrød og kakao. Parkering ved demningen.",
};

/// How the walk is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// `nb`, `nn` or `en`.
    pub language: &'static str,
}

/// Walks past every screen. `look` gets its name and the browser that shows it.
///
/// # Panics
/// When a screen does not come.
pub fn walk(walk: Walk, mut look: impl FnMut(&str, &mut Browser)) {
    let (mut relay, journal) = (Relay::start(), Journal::default());
    let origin = relay.origin();
    let start = |name: &str, screen| {
        let browser = Browser::start(Engine::Chromium, name, origin.clone(), screen, journal.clone());
        browser.open("/");
        browser.move_clock(until_noon());
        browser.speak(walk.language);
        browser
    };
    let mut staff = start("the service", Screen::Desk);
    service(&mut staff, &relay, &mut look);
    let link = story::invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);

    let mut resource = start("the resource family", Screen::Phone);
    founding(&mut resource, &link, &mut look);
    let link = story::invite(&resource, "invite-foster-family", names::FOSTER_LABEL);
    let mut foster = start("the foster family", Screen::Phone);
    story::join(&foster, &link, names::OLA, names::FOSTER);
    let mut third = start("a third family", Screen::Phone);
    door(&mut third, &mut resource, &staff, &mut look);

    planning(&mut resource, &mut look);
    dispute(&mut resource, &mut foster, &mut relay, &mut look);
    places(&mut foster, &mut look);
    story::go(&staff, "networks");
    staff.see(What::test("network").with("data-founded", "true"));
    look("networks", &mut staff);
    let mut finder = start("a new phone", Screen::Phone);
    members::walk(&mut resource, &mut foster, &mut finder, &mut look);
    drop(finder);
    several_rooms(&staff, &mut resource, &mut look);
    // Whoever was in for a moment is done, and two browsers less leave room for the next.
    drop(resource);
    drop(staff);

    let mut stranger = start("somebody curious", Screen::Phone);
    trouble::refused(&mut foster, &mut stranger, &link, &mut look);
    trouble::offline(&mut foster, &mut stranger, &mut relay, &link, &mut look);
    sample::walk(&mut stranger, &mut look);
    let mut tablet = start("a tablet", Screen::Phone);
    devices::walk([&mut foster, &mut stranger, &mut tablet], &mut relay, &mut look);
    drop(tablet);
    drop(stranger);
    let mut newcomer = Browser::start(Engine::Chromium, "a newcomer", relay.origin(), Screen::Phone, journal.clone());
    trouble::before_the_app(&mut newcomer, walk.language, &mut look);
    drop(newcomer);
    trouble::stopped(&mut third, &mut look);
    trouble::elsewhere(&mut third, &mut look);
    trouble::crashed(&mut foster, &mut look);
}

/// Whoever is in more than one room changes between them in the header.
fn several_rooms(staff: &Browser, resource: &mut Browser, look: &mut impl FnMut(&str, &mut Browser)) {
    story::open_network(staff, "Storelva");
    let link = story::invite(staff, "invite-resource-family", "Haugerud-folket");
    story::join(resource, &link, names::KARI, names::RESOURCE);
    resource.see("room");
    look("tunet-one-of-two-rooms", resource);
}

/// So that pictures show the day whenever they are taken: milliseconds from now to eleven o'clock UTC, noon in Oslo.
fn until_noon() -> i64 {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let of_day = watch::now() % DAY;
    (DAY * 11 / 24).cast_signed() - of_day.cast_signed()
}

fn service(staff: &mut Browser, relay: &Relay, look: &mut impl FnMut(&str, &mut Browser)) {
    staff.see("front");
    look("front", staff);
    staff.fill(What::field("link"), "https://eksempel.no");
    staff.click("paste submit");
    staff.see("problem");
    look("front-not-a-link", staff);
    staff.open("/oppsett");
    staff.see("paste");
    look("set-up-without-link", staff);
    staff.open(relay.first_link());
    staff.see("set-up-form");
    look("set-up", staff);
    staff.click("set-up-form submit");
    staff.see("problem");
    look("set-up-problems", staff);
    story::set_up_service(staff, relay.first_link());
    look("networks-empty", staff);
    staff.click("open-network");
    staff.see(What::field("network_name").in_dialog());
    look("network-dialog", staff);
    staff.press(Key::Escape);
    staff.see_no_more(What::css("dialog[open]"));
    story::open_network(staff, names::NETWORK);
    look("networks-one", staff);
}

fn founding(resource: &mut Browser, link: &str, look: &mut impl FnMut(&str, &mut Browser)) {
    resource.open(link);
    resource.see("join-form");
    look("invitation", resource);
    story::join(resource, link, names::KARI, names::RESOURCE);
    resource.see("empty");
    look("tunet-alone", resource);
    story::go(resource, "gatherings");
    resource.see("empty");
    look("gatherings-empty", resource);
    story::go(resource, "tunet");
    let _link = story::invite_and_look(resource, "invite-adult", "Bestemor");
    look("invitation-made", resource);
    resource.press(Key::Escape);
    resource.see_no_more(What::css("dialog[open]"));
}

fn door(third: &mut Browser, resource: &mut Browser, staff: &Browser, look: &mut impl FnMut(&str, &mut Browser)) {
    staff.see(What::test("network").with("data-founded", "true"));
    let link = story::invite(staff, "invite-foster-family", "Elvheim-folket");
    third.open(&link);
    third.fill(What::field("person_name"), "Ingrid");
    third.fill(What::field("household_name"), "Elvheim");
    third.click("join-form submit");
    third.see(What::test("step").with("data-step", "waiting-for-admit"));
    look("threshold", third);
    story::go(resource, "tunet");
    resource.see("waiting");
    assert_eq!(resource.text("waiting check-words"), third.text("check-words"), "both sides see the same words");
    look("tunet-somebody-at-the-door", resource);
    resource.click("admit");
    third.see("network-name");
    resource.see_no_more("waiting");
}

fn planning(resource: &mut Browser, look: &mut impl FnMut(&str, &mut Browser)) {
    story::go(resource, "gatherings");
    resource.click("plan");
    resource.see("gathering-form");
    look("plan", resource);
    resource.click("gathering-form submit");
    resource.see("problem");
    look("plan-problems", resource);
    let _bonfire = story::plan(resource, &BONFIRE);
    let _workshop = story::plan(resource, &WORKSHOP);
    story::answer(resource, "coming");
    story::delivered(resource, "received");
    look("gathering", resource);
    story::hush(resource);
    resource.click("edit");
    resource.see("gathering-form");
    look("gathering-edit", resource);
    resource.click("leave");
    resource.see("gathering-detail");
}

fn dispute(resource: &mut Browser, foster: &mut Browser, relay: &mut Relay, look: &mut impl FnMut(&str, &mut Browser)) {
    let address = resource.path();
    foster.open(&address);
    foster.see("gathering-detail");
    foster.kept_offline();
    relay.kill();
    story::move_to(resource, "Nystua hos Haugerud");
    story::move_to(foster, "Skolekjøkkenet");
    story::answer(foster, "maybe");
    story::delivered(foster, "saved");
    look("gathering-saved-here", foster);
    story::hush(foster);
    foster.click("sync-chip");
    foster.see("sync-now");
    look("sync-explained", foster);
    foster.press(Key::Escape);
    foster.see_no_more(What::css("dialog[open]"));
    foster.open("/inn");
    relay.start_again();
    foster.open(&address);
    foster.see("conflict");
    look("gathering-two-versions", foster);
}

fn places(foster: &mut Browser, look: &mut impl FnMut(&str, &mut Browser)) {
    story::go(foster, "tunet");
    foster.see("gathering");
    look("tunet", foster);
    story::go(foster, "gatherings");
    foster.see("gathering");
    look("gatherings", foster);
    story::go(foster, "people");
    foster.see("family");
    look("people", foster);
    foster.open("/meg");
    foster.see("myself");
    look("me", foster);
}
