//! What a member with another app can do, and what with the relay's help.
//!
//! Proves HOST-9, HOST-10, HOST-11 and HOST-19 of docs/SPEC.md.

use grend_shared::{
    crypto::{
        entropy::random,
        grant::{EpochKey, GrantPlace},
        record::Record,
    },
    domain::Role,
    ids::InviteId,
    membership::{
        Body,
        body::{Close, Epoch, Invite, Remove, SetRole},
    },
    projection::StopReason,
    protocol::{FromRelay, Refusal},
    time::Timestamp,
};
use grend_tests::{
    Engine, What,
    native::{Chance, speech},
    proxy::{Operator, operator},
    story,
};

use super::{Hamlet, titles};

#[test]
fn a_lying_member_gets_nowhere_with_or_without_the_relays_help_and_stops_nobody() {
    let mut hamlet = Hamlet::whole(Engine::Chromium);
    role_escalation(&hamlet);
    another_key_in_the_place_of_the_rooms(&hamlet);
    a_record_of_anothers_actor(&hamlet);
    backdated(&mut hamlet);
    whoever_is_taken_out_is_told(&hamlet);
}

/// HOST-9: a plain member would be admin, ask admins in, take others out, end the room. The relay refuses; and where it
/// enters it all the same, the device does not take it.
fn role_escalation(hamlet: &Hamlet) {
    let (relay, room, keys) = (hamlet.relay.socket(), hamlet.network, hamlet.nils.keys());
    let invite = |role| {
        let (invite, expires) = (InviteId::from_bytes(random(&mut Chance)), Timestamp::from_millis(i64::MAX));
        Body::Invite(Invite { invite, role, founder: false, group: None, returns: None, expires, welcome: vec![1; 64] })
    };
    let admin = Body::SetRole(SetRole { person: keys.person(), role: Role::Admin });
    let attempts = [
        admin.clone(),
        invite(Role::Admin),
        invite(Role::Steward),
        Body::Remove(Remove::Person(hamlet.resource.keys().person())),
        Body::Close(Close { successor: None }),
    ];
    for attempt in attempts {
        let entry = speech::entry(&hamlet.nils.log(room), &keys, attempt.clone());
        assert_eq!(speech::put(&relay, &keys, room, &entry), Err(Refusal::NotAllowed), "{attempt:?}");
    }
    hamlet.goes_on("Etter forsøkene");

    let before = hamlet.state();
    let entry = speech::entry(&hamlet.nils.log(room), &keys, admin);
    let operator = Operator::of(&hamlet.relay);
    let head = operator.sign_after(room, hamlet.head(), core::slice::from_ref(&entry));
    hamlet.proxy.alter_what_comes(move |frame| match &frame {
        FromRelay::Opened { room: it, .. } if *it == room => {
            let more = FromRelay::Batch { room, first: head.head.seq, items: vec![entry.clone()], head: head.clone() };
            vec![frame, more]
        }
        _ => vec![frame],
    });
    story::go(&hamlet.foster, "gatherings");
    hamlet.proxy.cut();
    hamlet.foster.see(What::test("stopped").saying("stemmer ikke"));
    assert_eq!(hamlet.network().stopped, Some(StopReason::LogContradicts));
    hamlet.is_as(&before);
    hamlet.others_go_on("Uten dem som står stille");
    hamlet.proxy.be_honest();
    hamlet.foster.reload();
    hamlet.foster.ready();
    hamlet.foster.see_no_more("stopped");
    hamlet.goes_on("Etter rolleskiftet");
}

/// HOST-19: he turns the key, and gives everybody but himself another than the one he has published. It is not taken;
/// they say so, make the next, and write under that.
fn another_key_in_the_place_of_the_rooms(hamlet: &Hamlet) {
    let (log, keys) = (hamlet.nils.log(hamlet.network), hamlet.nils.keys());
    let (room, older) = (speech::membership(&log), speech::keys_of(&log, &keys));
    let number = room.epoch().expect("a key").number + 1;
    let (own, given) = (EpochKey::generate(&mut Chance), EpochKey::generate(&mut Chance));
    let commitment = own.commitment(room.id(), number);
    let (prev, author) = (room.last(), keys.device());
    let grants = room.entitled().map(|it| {
        let place = GrantPlace { room: room.id(), prev, epoch: number, device: it.device, author, commitment };
        let key = if it.device == author { &own } else { &given };
        (it.device, key.seal_to(it.seal_key, &place, &mut Chance).expect("sealed"))
    });
    let epoch = Epoch {
        number,
        commitment,
        inbox: own.inbox(room.id(), number),
        previous: older.latest().map(|older| own.wrap_older(room.id(), number, older, &mut Chance)),
        grants: grants.collect(),
    };
    let entry = speech::entry(&log, &keys, Body::Epoch(epoch));
    // His own app, an honest one, would give them the right key.
    hamlet.nils.goes_offline();
    assert_eq!(speech::put(&hamlet.relay.socket(), &keys, hamlet.network, &entry), Ok(()), "nobody can see it yet");
    hamlet.goes_on("Under neste nøkkel");
    let now = speech::membership(&hamlet.resource.log(hamlet.network));
    assert!(now.epoch().is_some_and(|it| it.number > number), "the others have made another");
    assert_eq!(hamlet.network().set_aside, 0);
    hamlet.nils.comes_back();
    hamlet.nils.until("to be up to date", || {
        (hamlet.nils.log(hamlet.network) == hamlet.resource.log(hamlet.network)).then_some(())
    });
}

/// HOST-10: a change in another's name, in a record that is signed, chained and sealed as it should be. Everybody sets it
/// aside alike; it is counted in *Meg*, and is never shown.
fn a_record_of_anothers_actor(hamlet: &Hamlet) {
    let (log, keys) = (hamlet.nils.log(hamlet.network), hamlet.nils.keys());
    let ring = speech::keys_of(&log, &keys);
    let author = hamlet.resource.keys().device();
    let theirs = speech::records(&log).map(|(_, it)| it).filter(|it| it.header().device == author).last();
    let theirs = theirs.expect("the resource family has written");
    let text = theirs.open(ring.get(theirs.header().epoch).expect("his key")).expect("he may read it");
    let record = speech::record(&log, &keys, &text);
    assert_eq!(speech::put(&hamlet.relay.socket(), &keys, hamlet.network, &record), Ok(()));
    is_set_aside(hamlet, 1);
    hamlet.goes_on("Etter den falske");
}

/// So many records are set aside by everybody, and nothing of them is shown.
fn is_set_aside(hamlet: &Hamlet, count: usize) {
    let others = hamlet.resource.sees(hamlet.network, "it to be set aside", |it| it.set_aside == count);
    hamlet.foster.until("it to be set aside", || (hamlet.network().set_aside == count).then_some(()));
    assert_eq!(titles(&hamlet.network()), titles(&others));
    hamlet.foster.open("/meg");
    hamlet.foster.see("set-aside");
}

/// HOST-11: somebody who was taken out writes as if it had been before. The relay refuses; and where the operator puts
/// it into the log all the same, no device counts it.
fn backdated(hamlet: &mut Hamlet) {
    let (log, keys, room) = (hamlet.nils.log(hamlet.network), hamlet.nils.keys(), hamlet.network);
    let (place, ring) = (speech::next_place(&log, &keys), speech::keys_of(&log, &keys));
    hamlet.takes_out(Remove::Person(keys.person()));
    hamlet.nils.until("to know that he is out", || {
        (hamlet.stopped_reason(&hamlet.nils) == Some(StopReason::Left)).then_some(())
    });
    let key = ring.get(place.epoch).expect("the key he had");
    let record = Record::seal(&keys, key, &place, b"som om det var i forrige uke", &mut Chance);
    let record = speech::of_record(&record);
    assert_eq!(speech::put(&hamlet.relay.socket(), &keys, room, &record), Err(Refusal::NoSuchRoom));

    hamlet.relay.kill();
    operator::append(&hamlet.relay, room, &record);
    hamlet.start_relay_again();
    hamlet.tries_now();
    is_set_aside(hamlet, 2);
    hamlet.goes_on("Etter den tilbakedaterte");
}

/// HOST-11: and whoever is taken out is told so in plain words, and has nothing left.
fn whoever_is_taken_out_is_told(hamlet: &Hamlet) {
    hamlet.takes_out(Remove::Person(hamlet.network().me.person));
    hamlet.foster.see("emptied");
    assert!(grend_tests::chest::log(&hamlet.foster, hamlet.network).is_empty());
    hamlet.others_go_on("De andre holder fram");
}
