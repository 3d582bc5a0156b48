//! What a proxy can do to frames with no help: say again, put in, leave out, turn round, change, keep from somebody, show
//! what was true once, sign as somebody else.
//!
//! Proves HOST-1 to HOST-8 of docs/SPEC.md.

use grend_shared::{
    projection::Delivery,
    protocol::{Fault, FromDevice, FromRelay, Refusal},
};
use grend_tests::{
    Engine,
    native::speech,
    proxy::Operator,
    story::{self, Plan, WORKSHOP},
};

use super::Hamlet;

const BONFIRE: Plan<'static> = Plan { title: "Bål ved Storvatnet", ..WORKSHOP };

#[test]
fn whatever_a_proxy_does_to_frames_changes_nothing_and_is_named() {
    let hamlet = Hamlet::whole(Engine::Chromium);
    replay(&hamlet);
    replay_in_anothers_name(&hamlet);
    insertion(&hamlet);
    deletion(&hamlet);
    reordering(&hamlet);
    modification(&hamlet);
    cutting_off(&hamlet);
    an_old_head(&hamlet);
    another_relays_key(&hamlet);
}

/// HOST-1: all is said twice, both ways. It stands once, and the relay gives the first answer again.
fn replay(hamlet: &Hamlet) {
    hamlet.proxy.replay_everything();
    hamlet.resource.plans(hamlet.network, "Dobbelt opp");
    let _address = story::plan(&hamlet.foster, &WORKSHOP);
    story::delivered(&hamlet.foster, "received");
    let items = hamlet.resource.log(hamlet.network);
    let mut names: Vec<_> = items.iter().map(|it| *it.name().as_bytes()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), items.len(), "nothing stands twice");
    let heard = hamlet.proxy.heard();
    let answers = heard.iter().filter_map(|frame| match frame {
        FromRelay::PutOk { item, seq, .. } => Some((*item, *seq)),
        _ => None,
    });
    let answers: Vec<_> = answers.collect();
    let (last, seq) = *answers.last().expect("the relay has answered");
    assert!(answers.iter().filter(|answer| **answer == (last, seq)).count() >= 2, "the same answer: {answers:?}");
    hamlet.goes_on("Etter gjentakelsen");
}

/// HOST-1: what somebody has said, said by another, or as the answer to another challenge.
fn replay_in_anothers_name(hamlet: &Hamlet) {
    let (before, said) = (hamlet.state(), hamlet.proxy.said());
    let record = said.iter().rev().find_map(|frame| match frame {
        FromDevice::Put { item, .. } => Some(item.clone()),
        _ => None,
    });
    let (relay, keys) = (hamlet.relay.socket(), hamlet.nils.keys());
    let stolen = record.expect("the family has written");
    assert_eq!(speech::put(&relay, &keys, hamlet.network, &stolen), Err(Refusal::ForeignAuthor));
    let device = said.iter().rev().find_map(|frame| match frame {
        FromDevice::Hello { device, .. } => Some(*device),
        _ => None,
    });
    let signature = said.iter().rev().find_map(|frame| match frame {
        FromDevice::Auth { signature } => Some(*signature),
        _ => None,
    });
    let (device, signature) = (device.expect("it has said who it is"), signature.expect("and proved it"));
    let heard = speech::signs_in_by(&relay, device, signature);
    assert_eq!(heard.last(), Some(&FromRelay::Fault { why: Fault::SignIn }));
    hamlet.is_as(&before);
}

/// HOST-2: something that no log has is put before what it has.
fn insertion(hamlet: &Hamlet) {
    let never_put = speech::record(&hamlet.nils.log(hamlet.network), &hamlet.nils.keys(), b"smuglet inn");
    hamlet.disbelieves("altered", |proxy| {
        proxy.alter_batches(hamlet.network, move |items, _| items.insert(0, never_put.clone()));
    });
}

/// HOST-3: one item is left out, and then a whole batch.
fn deletion(hamlet: &Hamlet) {
    hamlet.disbelieves("altered", |proxy| {
        proxy.alter_batches(hamlet.network, |items, _| {
            items.remove(0);
        });
    });
    hamlet.disbelieves("gap", |proxy| {
        let (room, mut left_out) = (hamlet.network, false);
        proxy.alter_what_comes(move |frame| match frame {
            FromRelay::Batch { room: it, first, items, head } if it == room => {
                let rest = FromRelay::Batch { room, first: first + 1, items: items[1..].to_vec(), head };
                let first = !core::mem::replace(&mut left_out, true);
                if first { vec![rest] } else { Vec::new() }
            }
            _ => vec![frame],
        });
    });
}

/// HOST-4: two items change places.
fn reordering(hamlet: &Hamlet) {
    hamlet.disbelieves("altered", |proxy| proxy.alter_batches(hamlet.network, |items, _| items.swap(0, 1)));
}

/// HOST-5: one bit is another, of what comes and of what goes.
fn modification(hamlet: &Hamlet) {
    hamlet.disbelieves("altered", |proxy| {
        proxy.alter_batches(hamlet.network, |items, _| {
            let middle = items[0].bytes.len() / 2;
            items[0].bytes[middle] ^= 1;
        });
    });
    hamlet.proxy.alter_what_goes(|mut frame| {
        if let FromDevice::Put { item, .. } = &mut frame {
            let middle = item.bytes.len() / 2;
            item.bytes[middle] ^= 1;
        }
        vec![frame]
    });
    let _address = story::plan(&hamlet.foster, &BONFIRE);
    let refused = |frame: &FromRelay| matches!(frame, FromRelay::Refused { why: Refusal::BadSignature, .. });
    hamlet.foster.until("to be refused by name", || hamlet.proxy.heard().iter().any(refused).then_some(()));
    story::delivered(&hamlet.foster, "saved");
    hamlet.proxy.be_honest();
    hamlet.proxy.cut();
    story::delivered(&hamlet.foster, "received");
    hamlet.goes_on("Etter endringen");
}

/// HOST-6: nothing reaches one family. The others go on, and nobody claims that it has what it has not.
fn cutting_off(hamlet: &Hamlet) {
    let (before, room) = (hamlet.state(), hamlet.network);
    let own = hamlet.network().me.group;
    hamlet.proxy.alter_what_comes(move |frame| match frame {
        FromRelay::Batch { room: it, .. } if it == room => Vec::new(),
        _ => vec![frame],
    });
    let gathering = hamlet.resource.plans(room, "Uten dem");
    let received = |it: &grend_shared::projection::Network| {
        let delivery = it.gatherings.iter().find(|it| it.id == gathering).and_then(|it| it.delivery.clone());
        match delivery {
            Some(Delivery::Received { by }) => by,
            _ => Vec::new(),
        }
    };
    let by = received(&hamlet.resource.sees(room, "Nils to have it", |it| !received(it).is_empty()));
    assert!(!by.contains(&own), "who was cut off is not said to have it");
    hamlet.is_as(&before);
    hamlet.proxy.go_away();
    hamlet.foster.see(grend_tests::What::test("sync-chip").with("data-state", "away"));
    hamlet.goes_on("Med dem igjen");
    let _all = hamlet.resource.sees(room, "the family to have it too", |it| received(it).contains(&own));
}

/// HOST-7: what the relay truly signed, long ago.
fn an_old_head(hamlet: &Hamlet) {
    let heard = hamlet.proxy.heard();
    let old = heard.iter().find_map(|frame| match frame {
        FromRelay::Opened { room, head, .. } if *room == hamlet.network => Some(head.clone()),
        _ => None,
    });
    let old = old.expect("it has been opened before");
    hamlet.disbelieves("behind", |proxy| proxy.open_at(hamlet.network, old));
}

/// HOST-8: signed, but not by the relay that the room pins.
fn another_relays_key(hamlet: &Hamlet) {
    let stranger = Operator::pretended();
    let room = hamlet.network;
    hamlet.disbelieves("unsigned", |proxy| {
        proxy.alter_batches(room, move |_, head| *head = stranger.sign(room, head.head));
    });
}
