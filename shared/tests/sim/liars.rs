//! A member with a changed app: what it can do to the others' keys, and that they get on all the same. And somebody who
//! has lost their phone comes back.

use grend_shared::{
    crypto::{
        DeviceKeys,
        grant::{EpochKey, GrantPlace},
        head::ItemKind,
    },
    ids::{DeviceId, RoomId},
    membership::{
        Body, Entry, Room as Membership,
        body::{Epoch, Grant, Remove},
    },
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, StopReason},
    protocol::{self, FromDevice, FromRelay, Item, auth},
    rules::Refused,
};

use crate::{
    FOSTER, RESOURCE, STAFF,
    support::{Device, World},
};

impl World {
    /// What a device signs with.
    fn keys(&self, device: usize) -> DeviceKeys {
        DeviceKeys::from_stored(&self.devices[device].disk["device"]).expect("the device's keys")
    }

    /// The room as its log has it.
    fn membership(&self, room: RoomId) -> Membership {
        let items = self.relay.log(room).items.iter();
        let mut entries = items
            .filter(|it| it.kind() == Some(ItemKind::Membership))
            .map(|it| Entry::parse(it.bytes.clone()).expect("a good entry"));
        let mut membership = Membership::begin(&entries.next().expect("a genesis")).expect("a genesis");
        entries.for_each(|entry| membership.apply(&entry).expect("a good log"));
        membership
    }

    /// Another app, with a device's keys, puts an entry; whether the relay took it.
    fn enters_as(&mut self, device: usize, room: RoomId, body: Body) -> bool {
        let (keys, now) = (self.keys(device), self.now);
        let entry = Entry::sign(&keys, room, self.membership(room).last(), body);
        let before = self.relay.log(room).items.len();
        let socket = self.relay.connect();
        let hello = FromDevice::Hello { version: protocol::VERSION, device: keys.device() };
        self.relay.message(socket, &protocol::encode(&[hello]), now);
        let challenge = self.relay.take_message(socket).expect("a challenge");
        let challenge = protocol::decode::<FromRelay>(&challenge).expect("frames").remove(0);
        let FromRelay::Challenge { relay, nonce, .. } = challenge else { panic!("no challenge: {challenge:?}") };
        let signature = auth::sign_in(&keys, &relay, &nonce);
        let item = Item::new(ItemKind::Membership, entry.as_bytes().to_vec());
        let frames = [FromDevice::Auth { signature }, FromDevice::Put { room, item }];
        self.relay.message(socket, &protocol::encode(&frames), now);
        self.relay.close(socket);
        self.settle();
        self.relay.log(room).items.len() > before
    }

    /// An Epoch in which something is rubbish.
    fn false_epoch(&mut self, device: usize, room: RoomId, what: What) -> Body {
        let (keys, membership) = (self.keys(device), self.membership(room));
        let number = membership.epoch().expect("a key").number + 1;
        let (key, other) = (EpochKey::generate(&mut self.dice), EpochKey::generate(&mut self.dice));
        let commitment = key.commitment(room, number);
        let (prev, author) = (membership.last(), keys.device());
        let grants = membership.entitled().map(|it| {
            let place = GrantPlace { room, prev, epoch: number, device: it.device, author, commitment };
            let honest = what != What::Grants || it.device == author;
            let sealed = if honest { &key } else { &other };
            (it.device, sealed.seal_to(it.seal_key, &place, &mut self.dice).expect("sealed"))
        });
        let grants = grants.collect();
        let inbox = if what == What::Inbox { other.inbox(room, number) } else { key.inbox(room, number) };
        let previous = Some(key.wrap_older(room, number, &other, &mut self.dice));
        Body::Epoch(Epoch { number, commitment, inbox, previous, grants })
    }

    fn newcomer(&mut self, room: RoomId, seed: u64) -> usize {
        let at = self.devices.len();
        self.devices.push(Device::new(seed));
        let secret = self.invites(RESOURCE, room, InvitedAs::FosterFamily);
        self.joins(at, &secret, "Ola", "Granli").expect("steps up");
        at
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Grants,
    Inbox,
    Wrap,
}

#[test]
fn a_key_that_does_not_open_is_said_so_and_replaced() {
    for what in [What::Grants, What::Inbox] {
        let (mut world, room) = World::with_network(61, 4);
        world.plans(FOSTER + 1, room, "Før");
        let lie = world.false_epoch(FOSTER, room, what);
        assert!(world.enters_as(FOSTER, room, lie), "the relay can not see it");
        let membership = world.membership(room);
        assert!(membership.epoch().is_some_and(|epoch| epoch.number > 2), "the others have made another");
        world.plans(RESOURCE, room, "Etter");
        let late = world.newcomer(room, 777);
        for device in [RESOURCE, FOSTER + 1, late] {
            assert_eq!(world.titles(device, room), ["Etter", "Før"]);
        }
        assert_eq!(world.devices[RESOURCE].summary.saved_here, 0, "and it went out");
    }
}

#[test]
fn an_older_key_that_was_wrapped_wrong_is_helped_with() {
    let (mut world, room) = World::with_network(62, 4);
    world.plans(RESOURCE, room, "Før");
    let lie = world.false_epoch(FOSTER, room, What::Wrap);
    assert!(world.enters_as(FOSTER, room, lie), "whoever was there has the older key, and sees nothing wrong");
    world.plans(RESOURCE, room, "Etter");
    let late = world.newcomer(room, 777);
    assert_eq!(world.titles(late, room), ["Etter", "Før"], "the newcomer asks for it and is helped");
    assert_eq!(world.network(late, room).set_aside, 0);
    world.assert_alike(room);
    world.restarts(late);
    assert_eq!(world.titles(late, room), ["Etter", "Før"]);
}

#[test]
fn a_newcomer_who_was_given_rubbish_is_given_the_key_by_another() {
    let (mut world, room) = World::with_network(63, 4);
    world.plans(RESOURCE, room, "Før");
    for device in RESOURCE..FOSTER + 2 {
        world.goes_offline(device);
    }
    world.goes_offline(FOSTER);
    let (keys, secret) = (world.keys(FOSTER), {
        world.comes_back(RESOURCE);
        let secret = world.invites(RESOURCE, room, InvitedAs::FosterFamily);
        world.goes_offline(RESOURCE);
        secret
    });
    let late = world.devices.len();
    world.devices.push(Device::new(778));
    world.joins(late, &secret, "Ola", "Granli").expect("steps up");
    let device: DeviceId = world.keys(late).device();
    let place = world.membership(room).grant_place(keys.device(), device).expect("a key");
    let rubbish = EpochKey::generate(&mut world.dice);
    let key = rubbish.seal_to(world.keys(late).seal_key(), &place, &mut world.dice).expect("sealed");
    assert!(world.enters_as(FOSTER, room, Body::Grant(Grant { number: place.epoch, device, key })));
    assert!(world.devices[late].network(room).is_none(), "nothing to read yet");
    world.comes_back(RESOURCE);
    assert_eq!(world.titles(late, room), ["Før"]);
}

#[test]
fn who_has_lost_the_phone_comes_back_by_a_tap_on_exactly_the_keys_whose_words_were_read() {
    let (mut world, room) = World::with_network(64, 4);
    world.plans(FOSTER, room, "Før");
    world.goes_offline(FOSTER);
    let (person, group) = {
        let membership = world.membership(room);
        let (person, member) = membership.person_of(world.keys(FOSTER).device()).expect("inside");
        (person, member.group)
    };
    let secret = world.invites(STAFF, room, InvitedAs::FosterFamily);
    let back = |world: &mut World, seed: u64| {
        // The screen for it comes with the next step: here the app's own keys are made by hand.
        let keys = DeviceKeys::generate(person, &mut crate::support::Dice::new(seed));
        let secret = grend_shared::crypto::links::InviteSecret::from_link(secret.expose()).expect("a link");
        let join = grend_shared::membership::body::Join::new(&secret.signer(), room, group, keys.certificate());
        let at = world.devices.len();
        world.devices.push(Device::new(seed));
        world.devices[at].disk.insert("device".to_owned(), keys.to_stored().expose().to_vec());
        assert!(world.enters_as(at, room, Body::Join(join)));
        at
    };
    let anew = back(&mut world, 91);
    let waiting = world.network(RESOURCE, room).waiting.clone();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].returns.as_deref(), Some("Person 2"), "the card says who it is");
    let other = world.keys(RESOURCE).device();
    let wrong = world.asked(RESOURCE, Ask::Admit { room, person, device: other });
    assert_eq!(wrong, Err(Failure::Refused { reason: Refused::NotThere }), "not whoever has stepped up meanwhile");
    assert_eq!(world.asked(RESOURCE, Ask::Admit { room, person, device: waiting[0].device }), Ok(Outcome::Done));
    let membership = world.membership(room);
    assert_eq!(membership.members()[&person].devices.len(), 1);
    assert!(membership.may_write(world.keys(anew).device()));
    world.comes_back(FOSTER);
    assert_eq!(world.stopped(FOSTER, room), Some(StopReason::Left));
    let kept = world.devices[FOSTER].disk.keys().filter(|key| key.starts_with("log/") || key.starts_with("out/"));
    assert_eq!(kept.count(), 0, "whoever finds the phone finds nothing");
    assert!(!world.enters_as(FOSTER, room, Body::Remove(Remove::Person(person))), "and says no more");
}
