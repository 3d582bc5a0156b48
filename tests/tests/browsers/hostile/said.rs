//! What is told to whoever has to know, in every browser: that an invitation is none, or used, or the door another's;
//! that the app is too old; that the relay was put back to an old backup; that it contradicts itself.
//!
//! Proves HOST-12 to HOST-18 of docs/SPEC.md.

use grend_shared::{
    crypto::{Hash, head::LogHead, links::InviteSecret},
    membership::body::Remove,
    projection::StopReason,
    protocol::{FromRelay, Item},
};
use grend_tests::{
    Engine, Native, What, chest,
    native::Chance,
    proxy::{Operator, operator},
    story::{self, Plan, WORKSHOP, names},
};

use super::{Hamlet, titles};

/// What is written where there are two.
const LATER: Plan<'static> = Plan { title: "Skrevet på den ene av to", ..WORKSHOP };

#[test]
fn whoever_has_to_know_is_told_in_plain_words() {
    Engine::each(|engine| {
        let mut hamlet = Hamlet::found(engine);
        a_forged_invitation(&hamlet);
        another_door(&hamlet);
        a_used_invitation_that_looks_unused(&hamlet);
        hamlet.family_joins();
        another_version(&hamlet);
        an_old_backup(&mut hamlet);
        a_copied_device(&hamlet);
        a_fork(&hamlet);
    });
}

/// What is said on the page instead of what was asked for, in words that help.
fn is_told(hamlet: &Hamlet, why: &str) {
    hamlet.foster.see(What::test("trouble").with("data-why", why));
    let words = hamlet.foster.text("trouble");
    assert!(words.split(' ').count() >= 7, "what happened and what to do: “{words}”");
}

/// HOST-12: an invitation that nobody made, though the proxy shows the way to the door.
fn a_forged_invitation(hamlet: &Hamlet) {
    let forged = InviteSecret::generate(hamlet.network, &mut Chance);
    hamlet.foster.open(&hamlet.link(forged.to_link().expose()));
    is_told(hamlet, "unknown-link");
    let (room, entries) = (hamlet.network, entries(hamlet));
    hamlet.proxy.alter_what_comes(move |frame| match frame {
        FromRelay::Refused { room: it, item: None, .. } if it == room => {
            vec![FromRelay::Peeked { room, entries: entries.clone() }]
        }
        _ => vec![frame],
    });
    hamlet.foster.open(&hamlet.link(forged.to_link().expose()));
    is_told(hamlet, "unknown-link");
    hamlet.proxy.be_honest();
    nobody_came(hamlet);
}

/// HOST-13: behind a good invitation the door is shown with another's keys in it.
fn another_door(hamlet: &Hamlet) {
    let good = hamlet.resource.invites(hamlet.network, grend_shared::projection::InvitedAs::FosterFamily);
    for at in 0..3 {
        // In the first entry stands the relay's key, in the third the joiner's own.
        hamlet.proxy.alter_what_comes(move |mut frame| {
            if let FromRelay::Peeked { entries, .. } = &mut frame {
                let middle = entries[at].bytes.len() / 2;
                entries[at].bytes[middle] ^= 1;
            }
            vec![frame]
        });
        hamlet.foster.open(&hamlet.link(&good));
        is_told(hamlet, "unknown-link");
    }
    hamlet.proxy.be_honest();
    nobody_came(hamlet);
}

/// HOST-14: the door as it was before somebody else came in by the same invitation.
fn a_used_invitation_that_looks_unused(hamlet: &Hamlet) {
    let used = InviteSecret::from_link(&hamlet.used_link).expect("a link").id();
    hamlet.foster.open(&hamlet.link(&hamlet.used_link));
    is_told(hamlet, "used-link");
    let joined = |item: &Item| {
        let entry = grend_shared::membership::Entry::parse(item.bytes.clone()).expect("a good entry");
        matches!(entry.body(), grend_shared::membership::Body::Join(it) if it.invite == used)
    };
    let (room, before) = (hamlet.network, entries(hamlet).into_iter().take_while(|it| !joined(it)));
    let before: Vec<_> = before.collect();
    hamlet.proxy.alter_what_comes(move |frame| match frame {
        FromRelay::Refused { room: it, item: None, .. } if it == room => {
            vec![FromRelay::Peeked { room, entries: before.clone() }]
        }
        _ => vec![frame],
    });
    hamlet.foster.open(&hamlet.link(&hamlet.used_link));
    hamlet.foster.fill(What::field("person_name"), names::OLA);
    hamlet.foster.fill(What::field("household_name"), names::FOSTER);
    hamlet.foster.click("join-form submit");
    is_told(hamlet, "used-link");
    hamlet.proxy.be_honest();
    nobody_came(hamlet);
}

fn entries(hamlet: &Hamlet) -> Vec<Item> {
    let items = hamlet.resource.log(hamlet.network).into_iter();
    items.filter(|it| it.kind() == Some(grend_shared::crypto::head::ItemKind::Membership)).collect()
}

fn nobody_came(hamlet: &Hamlet) {
    assert_eq!(hamlet.others().families.len(), 2, "nobody slipped in");
    assert!(hamlet.others().waiting.is_empty());
}

/// HOST-15: the relay seems to speak another version: nothing is sent, and the page says what to do.
fn another_version(hamlet: &Hamlet) {
    hamlet.foster.open("/meg");
    hamlet.foster.ready();
    let before = hamlet.state();
    hamlet.proxy.alter_what_comes(|frame| match frame {
        FromRelay::Challenge { relay, nonce, .. } => vec![FromRelay::Challenge { version: 0, relay, nonce }],
        _ => vec![frame],
    });
    hamlet.proxy.cut();
    hamlet.tries_now();
    hamlet.foster.see(What::test("whereabouts").saying("må oppdateres"));
    hamlet.is_as(&before);
    hamlet.proxy.be_honest();
    hamlet.foster.reload();
    hamlet.foster.ready();
    hamlet.goes_on("Etter nedgraderingen");
}

/// HOST-16: the relay has an old backup again, of before somebody was taken out. The shorter log is not believed, that is
/// said, and all is kept; what is written waits until the relay has again what it had.
fn an_old_backup(hamlet: &mut Hamlet) {
    hamlet.relay.kill();
    let old = operator::backup(&hamlet.relay);
    hamlet.start_relay_again();
    hamlet.takes_out(Remove::Person(hamlet.nils.keys().person()));
    hamlet.goes_on("Siden kopien");
    let before = hamlet.state();
    assert_eq!(before.1.families.len(), 2, "Nils is out");

    hamlet.relay.kill();
    let new = operator::backup(&hamlet.relay);
    operator::restore(&hamlet.relay, &old);
    hamlet.start_relay_again();
    story::go(&hamlet.foster, "gatherings");
    hamlet.tries_now();
    hamlet.foster.see(What::test("behind").saying("mangler noe"));
    hamlet.is_as(&before); // Nils stays out, and nothing is lost.
    let _address = story::plan(&hamlet.foster, &WORKSHOP);
    story::delivered(&hamlet.foster, "saved");

    hamlet.relay.kill();
    operator::restore(&hamlet.relay, &new);
    hamlet.start_relay_again();
    hamlet.tries_now();
    story::delivered(&hamlet.foster, "received");
    hamlet.foster.see_no_more("behind");
    hamlet.goes_on("Etter kopien");
}

/// HOST-17: somebody has copied all that the browser stores, and writes in its name while it looks on. It says so and
/// sends nothing more; it goes on hearing the others.
fn a_copied_device(hamlet: &Hamlet) {
    let copy = Native::over("a copy", &hamlet.relay.socket(), chest::copy(&hamlet.foster));
    story::go(&hamlet.foster, "gatherings");
    copy.plans(hamlet.network, "Fra kopien");
    copy.has_sent_all();
    hamlet.foster.see(What::test("stopped").saying("er kopiert"));
    assert_eq!(hamlet.network().stopped, Some(StopReason::Twice));
    let written = story::plan(&hamlet.foster, &LATER);
    story::delivered(&hamlet.foster, "saved");
    hamlet.others_go_on("Mens det er to");
    let hears = || titles(&hamlet.network()).contains(&"Mens det er to".to_owned()).then_some(());
    hamlet.foster.until("to hear the others", hears);
    hamlet.foster.open(&written);
    story::delivered(&hamlet.foster, "saved");
}

/// HOST-18: the relay signs two logs. Where that is proven the room is followed no further, and says so, also after
/// a reload; what is in it is read and added to, and the others go on.
fn a_fork(hamlet: &Hamlet) {
    let (room, before) = (hamlet.network, hamlet.state());
    let other = LogHead { hash: Hash::of("another log", &[]), ..hamlet.head() };
    let signed = Operator::of(&hamlet.relay).sign(room, other);
    story::go(&hamlet.foster, "gatherings");
    hamlet.proxy.open_at(room, signed);
    hamlet.proxy.cut();
    hamlet.tries_now();
    hamlet.foster.see(What::test("stopped").saying("stemmer ikke"));
    assert_eq!(hamlet.network().stopped, Some(StopReason::LogContradicts));
    hamlet.is_as(&before);
    hamlet.proxy.be_honest();
    hamlet.foster.reload();
    hamlet.foster.ready();
    hamlet.foster.see("stopped");
    assert_eq!(titles(&hamlet.network()), titles(&before.1));
    hamlet.others_go_on("De andre holder fram");
    hamlet.is_as(&before); // What the others do is not taken on top of it.
}
