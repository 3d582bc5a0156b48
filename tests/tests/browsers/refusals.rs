//! Links that lead nowhere: the app says so in words, and nothing is harmed.
//!
//! Proves DOOR-1, DOOR-2, DOOR-3, DOOR-4 of docs/SPEC.md.

use std::collections::BTreeSet;

use grend_shared::{crypto::links::InviteSecret, ids::RoomId};
use grend_tests::{
    Browser, Engine, Journal, Relay, Screen, What,
    story::{self, names},
};

#[test]
fn a_link_that_leads_nowhere_says_so_and_harms_nothing() {
    Engine::each(links);
}

fn links(engine: Engine) {
    let (relay, journal) = (Relay::start(), Journal::default());
    let start = |name, screen| Browser::start(engine, name, relay.origin(), screen, journal.clone());
    let stranger = start("a stranger", Screen::Phone);
    let mut said = BTreeSet::new();

    set_up_with_a_strangers_link(&stranger, &relay, &mut said);
    let staff = start("the service", Screen::Desk);
    story::set_up_service(&staff, relay.first_link());
    a_used_set_up_link(&stranger, relay.first_link(), &mut said);

    story::open_network(&staff, names::NETWORK);
    let link = story::invite(&staff, "invite-resource-family", names::RESOURCE_LABEL);
    invitations_that_are_none(&stranger, &relay, &link, &mut said);
    nothing_was_spent(&staff);

    let resource = start("the resource family", Screen::Phone);
    story::join(&resource, &link, names::KARI, names::RESOURCE);
    a_used_invitation(&stranger, &link, &mut said);
    an_invitation_into_where_one_is(&resource, &mut said);
    what_is_no_link_at_all(&stranger);
    assert_eq!(said.len(), 4, "each trouble has words of its own: {said:#?}");

    story::go(&resource, "people");
    resource.see(What::test("family").saying(names::KARI));
    assert_eq!(resource.count("family"), 1, "nobody slipped in");
    stranger.open("/");
    stranger.see("front");
}

/// The trouble that is on the page, in words that a person can use.
fn trouble(browser: &Browser, why: &str, said: &mut BTreeSet<String>) {
    browser.see(What::test("trouble").with("data-why", why));
    let words = browser.text("trouble");
    assert!(words.split(' ').count() >= 7, "what happened and what to do: “{words}”");
    said.insert(words);
}

/// DOOR-1: a set-up link that this relay did not make. What was typed stays.
fn set_up_with_a_strangers_link(stranger: &Browser, relay: &Relay, said: &mut BTreeSet<String>) {
    let other = Relay::start();
    stranger.open(&other.first_link().replace(&other.origin(), &relay.origin()));
    stranger.fill(What::field("service_name"), "Ingens teneste");
    stranger.fill(What::field("person_name"), "Ingen");
    stranger.click("set-up-form submit");
    trouble(stranger, "unknown-link", said);
    assert_eq!(stranger.value(What::field("service_name")), "Ingens teneste");
}

/// DOOR-1: a set-up link works once.
fn a_used_set_up_link(stranger: &Browser, link: &str, said: &mut BTreeSet<String>) {
    stranger.open(link);
    stranger.fill(What::field("service_name"), "Tjuvens teneste");
    stranger.fill(What::field("person_name"), "Tjuv");
    stranger.click("set-up-form submit");
    trouble(stranger, "used-link", said);
}

/// DOOR-2: mistyped, cut off, and well-formed but not known here.
fn invitations_that_are_none(stranger: &Browser, relay: &Relay, link: &str, said: &mut BTreeSet<String>) {
    let (address, secret) = link.split_once('#').expect("a link has a secret");
    let turned: String = secret.chars().rev().collect();
    for broken in [&secret[..secret.len() - 6], turned.as_str()] {
        stranger.open(&format!("{address}#{broken}"));
        trouble(stranger, "bad-link", said);
    }
    let unknown = InviteSecret::generate(RoomId::from_bytes([7; 32]), &mut Seven).to_link();
    stranger.open(&format!("{}/inn#{}", relay.origin(), unknown.expose()));
    trouble(stranger, "unknown-link", said);
}

/// DOOR-3: looking at an invitation, or failing to, spends nothing.
fn nothing_was_spent(staff: &Browser) {
    staff.see(What::test("network").with("data-founded", "false"));
    assert_eq!(staff.count("network"), 1, "one network");
}

/// DOOR-3: an invitation works once, and who holds a used one learns whom to ring.
fn a_used_invitation(stranger: &Browser, link: &str, said: &mut BTreeSet<String>) {
    stranger.open(link);
    trouble(stranger, "used-link", said);
    stranger.see(What::test("trouble").saying("Var det ikke du?"));
}

/// DOOR-3: an invitation into a room where one is already is not spent either.
fn an_invitation_into_where_one_is(resource: &Browser, said: &mut BTreeSet<String>) {
    story::go(resource, "tunet");
    let own = story::invite(resource, "invite-foster-family", names::FOSTER_LABEL);
    resource.open(&own);
    trouble(resource, "already-inside", said);
    resource.open("/tunet");
    resource.see("open-invites");
}

/// DOOR-4: what somebody pasted is no link.
fn what_is_no_link_at_all(stranger: &Browser) {
    stranger.open("/");
    stranger.fill(What::field("link"), "https://eksempel.no/inn");
    stranger.click("paste submit");
    stranger.see("problem");
    assert_eq!(stranger.path(), "/", "the page stays");
}

/// Randomness that is none: the invitation is never made anywhere.
struct Seven;

impl grend_shared::crypto::Entropy for Seven {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
