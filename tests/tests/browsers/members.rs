//! The people of a room: let back in, taken out, leaving, another admin, an invitation withdrawn, and own devices.
//!
//! Proves MEM-14 to MEM-18 of docs/SPEC.md.

use grend_shared::crypto::words;
use grend_tests::{
    Browser, Engine, Screen, What,
    story::{self, SLEDGING, Village, WORKSHOP, names},
};
use rusqlite::Connection;

/// MEM-14, MEM-15: the phone is lost. On a link made for them, and a tap, they are who they were on a new one; the old
/// one has nothing any more.
#[test]
fn who_has_lost_the_phone_is_let_back_in_as_who_they_were() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        let gathering = story::plan(&village.foster, &WORKSHOP);
        story::delivered(&village.foster, "received");
        village.foster.leave();

        let resource = &village.resource;
        let link = way_back(resource, names::OLA);
        let (origin, journal) = (village.relay.origin(), village.journal.clone());
        let anew = Browser::start(engine, "a new phone", origin, Screen::Phone, journal);
        anew.open(&link);
        anew.see(What::test("returns").saying(names::OLA));
        anew.click("join-form submit");
        anew.see(What::test("step").with("data-step", "waiting-for-admit"));
        story::go(resource, "tunet");
        resource.see(What::test("waiting").saying("Ola Myrvang vil inn igjen"));
        let same = story::agree([resource, &anew], &What::css("[data-test=check-words] li"));
        assert_eq!(same.len(), words::COUNT);
        resource.click("admit");
        anew.see("network-name");
        anew.ready();
        anew.open(&gathering);
        anew.see(What::css("h1").saying(WORKSHOP.title));
        let _planned = story::plan(&anew, &SLEDGING);
        story::delivered(&anew, "received");
        anew.open("/meg");
        anew.see(What::test("myself").saying(names::OLA));

        village.foster.come_back();
        village.foster.open("/tunet");
        village.foster.see("emptied");
        village.resource.open(&link);
        village.resource.see(What::test("trouble").with("data-why", "somebody-elses"));
    });
}

/// MEM-16: taken out while the phone was off. It finds out kindly, the room is gone from it, and the others go on.
#[test]
fn who_was_taken_out_while_away_is_told_kindly_and_the_others_go_on() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        let _gathering = story::plan(&village.foster, &WORKSHOP);
        story::delivered(&village.foster, "received");
        village.foster.leave();

        let resource = &village.resource;
        about(resource, names::OLA);
        resource.click(What::role("button", "Ta ut: Ola Myrvang"));
        resource.see(What::role("dialog", "Ta ut: Ola Myrvang"));
        resource.click("confirmed");
        resource.see(What::test("former").saying(names::OLA));
        assert_eq!(resource.count("family"), 1);
        let _planned = story::plan(resource, &SLEDGING);
        story::delivered(resource, "sent");

        village.foster.come_back();
        village.foster.open("/tunet");
        village.foster.see(What::test("emptied").saying("tatt ut"));
        village.foster.reload();
        village.foster.see("emptied");
    });
}

/// MEM-16: the only admin is told who must be made one first; whoever leaves is out everywhere, and what they wrote stays.
#[test]
fn who_leaves_is_out_and_what_they_wrote_stays() {
    Engine::each(|engine| {
        let village = Village::found(engine);
        let [resource, foster] = village.families();
        let _gathering = story::plan(foster, &WORKSHOP);
        story::delivered(foster, "received");
        resource.open("/meg");
        resource.see(What::test("stays").saying("eneste som kan invitere"));
        foster.open("/meg");
        foster.click("leave");
        foster.see(What::test("confirm").saying("må noen slippe deg inn"));
        foster.click("confirmed");
        foster.see("emptied");
        resource.see(What::test("stays").saying("Ingen andre"));
        story::go(resource, "gatherings");
        resource.see(story::card(WORKSHOP.title));
    });
}

/// MEM-17: one more who may invite, and an invitation that is taken back. Without the net both wait, and can be undone.
#[test]
fn another_may_invite_and_an_invitation_is_withdrawn() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        village.staff.quit();
        let link = story::invite(&village.resource, "invite-foster-family", "Feil nummer");
        village.resource.kept_offline();
        village.relay.kill();
        let resource = &village.resource;
        about(resource, names::OLA);
        resource.click("make-admin");
        resource.click("confirmed");
        resource.see(What::test("wished").saying("har nett"));
        resource.click("unwish");
        resource.see_no_more("wished");
        resource.click("make-admin");
        resource.click("confirmed");
        resource.see("wished");
        village.relay.start_again();
        let [resource, foster] = village.families();
        resource.see_no_more("wished");
        story::go(foster, "tunet");
        foster.see("invite-foster-family");

        story::go(resource, "tunet");
        resource.click(What::css("[data-test=open-invites] > summary"));
        resource.click("withdraw");
        resource.click("confirmed");
        resource.see_no_more("open-invites");
        let (origin, journal) = (village.relay.origin(), village.journal.clone());
        let late = Browser::start(engine, "a wrong number", origin, Screen::Phone, journal);
        late.open(&link);
        late.see(What::test("trouble").with("data-why", "unknown-link"));
        resource.open("/meg");
        resource.see("leave");
    });
}

/// MEM-18: a person's devices have names, and a lost one is taken out.
#[test]
fn own_devices_have_names_and_one_is_taken_out() {
    Engine::each(|engine| {
        let village = Village::found(engine);
        let phone = &village.foster;
        let (origin, journal) = (village.relay.origin(), village.journal.clone());
        let computer = Browser::start(engine, "a computer", origin, Screen::Desk, journal);
        let code = story::device_code(&computer, "/");
        phone.click("header-me");
        phone.click("add-device");
        story::read_device_code(phone, &code);
        phone.click("use-both");
        computer.see("network-name");
        computer.ready();

        phone.open("/meg");
        phone.ready();
        let (this, other) = (own_device("true"), own_device("false"));
        phone.see(other.clone());
        // The line about what was just done goes from under the finger first.
        story::hush(phone);
        phone.click(What::css(format!("{} > summary", this_css("true"))));
        phone.see(this.clone().then("rename"));
        // What is open stays open when something comes in from another device.
        computer.open("/meg");
        computer.ready();
        story::hush(&computer);
        computer.click(What::css(format!("{} > summary", this_css("true"))));
        computer.click(own_device("true").then("rename"));
        computer.fill(What::field("device_name").in_dialog(), "Datamaskinen");
        computer.click(What::test("submit").in_dialog());
        phone.see(own_device("false").saying("Datamaskinen"));
        phone.click(this.then("rename"));
        phone.fill(What::field("device_name").in_dialog(), "Mobilen");
        phone.click(What::test("submit").in_dialog());
        phone.see(own_device("true").saying("Mobilen"));
        computer.see(own_device("false").saying("Mobilen"));

        phone.click(What::css(format!("{} > summary", this_css("false"))));
        phone.click("take-out-device");
        phone.click("confirmed");
        phone.see_no_more(own_device("false"));
        computer.see("emptied");
        phone.see(What::test("myself").saying("Én enhet"));
    });
}

fn this_css(this: &str) -> String {
    format!("[data-test=own-device][data-this={this}]")
}

fn own_device(this: &str) -> What {
    What::css(this_css(this))
}

/// Opens what can be done about somebody.
fn about(browser: &Browser, person: &str) {
    story::go(browser, "people");
    story::hush(browser);
    browser.click(What::css("[data-test=person] > summary").saying(person));
}

/// Makes a link that lets somebody back in.
fn way_back(browser: &Browser, person: &str) -> String {
    about(browser, person);
    browser.click("let-back");
    browser.click(What::test("make-link").in_dialog());
    let link = browser.text(What::test("invite").with("data-ready", "true").in_dialog().then("invite-link"));
    browser.click(What::css("dialog[open] > div > .g-form__actions > button"));
    browser.see_no_more(What::css("dialog[open]"));
    link
}

/// REFOUND-1: an admin is told what it costs; what stands stays, for the others too.
#[test]
fn a_room_is_begun_anew_and_everybody_reads_what_stands() {
    Engine::each(|engine| {
        let village = Village::found(engine);
        let gathering = story::plan(&village.foster, &WORKSHOP);
        story::delivered(&village.foster, "received");
        let resource = &village.resource;
        village.foster.open("/meg");
        village.foster.see("leaving");
        assert!(!village.foster.sees("refound"), "only who may invite");
        resource.open("/meg");
        resource.click("refound");
        resource.see(What::test("confirm").saying("kan ikke hentes fram igjen"));
        resource.click("confirmed");
        resource.see_no_more("confirm");
        resource.see_no_more("wished");
        let database = Connection::open(village.relay.data().join("grend.sqlite")).expect("opens");
        let erased = "SELECT count(*) FROM items WHERE kind = 3";
        let erased: i64 = database.query_row(erased, [], |row| row.get(0)).expect("an answer");
        assert!(erased > 3, "the relay has nothing left of what was written before");
        for browser in [resource, &village.foster] {
            browser.open(&gathering);
            browser.see(What::css("h1").saying(WORKSHOP.title));
        }
        let _planned = story::plan(&village.foster, &SLEDGING);
        story::delivered(&village.foster, "received");
    });
}
