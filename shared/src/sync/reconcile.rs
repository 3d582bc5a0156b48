//! Membership entries this device owes the room: what was wished for, and what follows from the log itself (the first
//! key after founding, the key for somebody who was let in). One at a time, each written upon the last entry; after a
//! conflict it is looked at anew, and whatever has come true by somebody else's hand is dropped.

use super::{
    core::{Core, Then},
    room::{EntryInFlight, Following, RoomSync, WishName},
    store::{StoredOpening, Wish},
};
use crate::{
    crypto::{
        DeviceKeys, Hash,
        head::ItemKind,
        links::{DeviceCode, InviteSecret, SetUpToken},
    },
    domain::Line,
    ids::RoomId,
    membership::{
        Body, Entry, MembershipError, Room as Membership,
        body::{AddDevice, Admit, Invite, Join, MAX_DEVICES, Remove},
    },
    projection::Wished,
    protocol::{FromDevice, Item, Opening},
    secret::SecretText,
};

impl RoomSync {
    /// Sends the next entry that is owed, if the log is complete here and none is under way.
    pub(super) fn reconcile(&mut self, core: &mut Core) {
        if self.following != Following::Live
            || self.entry_in_flight.is_some()
            || self.held_until.is_some()
            || self.stored.stopped.is_some()
            || self.stored.twice
        {
            return;
        }
        let Some(body) = self.next_entry(core) else { return };
        let Some(last) = self.membership.as_ref().map(Membership::last) else { return };
        self.put_entry(core, Entry::sign(&core.keys, self.id, last, body));
    }

    pub(super) fn put_entry(&mut self, core: &mut Core, entry: Entry) {
        let item = Item::new(ItemKind::Membership, entry.as_bytes().to_vec());
        let wish = match entry.body() {
            Body::Invite(it) => Some(WishName::Invite(it.invite)),
            Body::Admit(it) => Some(WishName::Admit(it.person)),
            Body::AddDevice(it) => Some(WishName::AddDevice(it.half.device)),
            Body::Remove(it) => self.wish_of(Wished::TakeOut(*it)),
            Body::SetRole(it) => self.wish_of(Wished::MakeAdmin(it.person)),
            Body::Refound(_) => self.wish_of(Wished::Refound),
            Body::Close(_) => self.wish_of(Wished::Close),
            _ => None,
        };
        self.entry_in_flight = Some(EntryInFlight { name: item.name(), upon: entry.previous(), wish });
        // Behind what it rests on: who leaves must have said so on the disk first.
        core.persist(Vec::new(), vec![Then::Send(FromDevice::Put { room: self.id, item })]);
    }

    fn next_entry(&mut self, core: &mut Core) -> Option<Body> {
        if self.is_unconfirmed() {
            return self.confirmation(core.keys.device());
        }
        self.owed(core)
            .or_else(|| self.wished_refound(core.keys.device()))
            .or_else(|| self.wished_other(core))
            .or_else(|| self.wished_admit(core))
            .or_else(|| self.owed_device(core))
            .or_else(|| self.wished_invite(core))
            .or_else(|| self.owed_leave(core))
    }

    /// What follows from the log itself: a key to be made, given, or asked for.
    fn owed(&self, core: &mut Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        let duty = membership.duty(core.keys.device(), |number| self.ring.has(number))?;
        duty.body(membership, &core.keys, &self.ring, &mut *core.entropy)
    }

    /// The person's other devices that this one has added come into every room this one is in.
    fn owed_device(&self, core: &Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        let own = core.keys.device();
        let (person, me) = membership.author(own)?;
        let missing = |it: &DeviceCode| {
            let device = it.half.device;
            membership.person_of(device).is_none()
                && !me.taken_out.contains(&device)
                && !self.not_added.contains(&device)
                && me.devices.len() < MAX_DEVICES
        };
        let code = core.mine.codes().find(missing)?;
        Some(Body::AddDevice(AddDevice { half: code.half, claim: code.claim(self.id, person, own), kit: false }))
    }

    /// Whoever moves goes when the other device has everything: asked anew when it is signed.
    fn owed_leave(&self, core: &Core) -> Option<Body> {
        let to = core.mine.leaving()?;
        let own = core.keys.device();
        self.has_all(own, to).then_some(Body::Remove(Remove::Device(own)))
    }

    fn wished_admit(&mut self, core: &Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        if !membership.may_write(core.keys.device()) {
            return None;
        }
        let still_waits = |wish: &Wish| match wish {
            Wish::Admit { device, .. } => {
                let waits = membership.person_of(*device).and_then(|(_, it)| it.waiting());
                waits.is_some_and(|it| it.device == *device)
            }
            _ => true,
        };
        self.stored.wishes.retain(still_waits);
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Admit { person, device } => Some(Body::Admit(Admit { person: *person, device: *device })),
            _ => None,
        })
    }

    fn wished_invite(&self, core: &Core) -> Option<Body> {
        self.membership.as_ref()?.author(core.keys.device())?;
        self.stored.wishes.iter().find_map(Wish::invite).map(Body::Invite)
    }

    /// Whether an invitation will be valid after those that are on their way.
    pub(super) fn may_invite(&self, keys: &DeviceKeys, invite: Invite) -> Result<(), MembershipError> {
        // Before the log is here there is nothing to ask.
        let known = self.membership.as_ref().filter(|it| it.author(keys.device()).is_some());
        let Some(mut expected) = known.cloned() else { return Ok(()) };
        let entry = |upon: &Membership, invite| Entry::sign(keys, self.id, upon.last(), Body::Invite(invite));
        for wished in self.stored.wishes.iter().filter_map(Wish::invite) {
            let wished = entry(&expected, wished);
            if expected.check(&wished).is_ok() {
                expected.apply(&wished)?;
            }
        }
        expected.check(&entry(&expected, invite))
    }

    /// The relay will never take it: those behind it shall not wait for it.
    pub(super) fn drop_wish(&mut self, name: WishName) {
        if let WishName::AddDevice(device) = name {
            self.not_added.push(device);
        }
        let is_it = |link: &SecretText| {
            InviteSecret::from_link(link.expose()).is_ok_and(|it| WishName::Invite(it.id()) == name)
        };
        self.stored.wishes.retain(|wish| match wish {
            Wish::Invite { link, .. } => !is_it(link),
            Wish::Admit { person, .. } => WishName::Admit(*person) != name,
            Wish::Other(wished) => WishName::Other(*wished) != name,
            Wish::Begin { .. } | Wish::Join { .. } => true,
        });
        self.stored.invites.retain(|made| !is_it(&made.link));
    }

    /// The invitation this device wants to come in on.
    pub(super) fn wished_join(&self) -> Option<InviteSecret> {
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Join { link } => InviteSecret::from_link(link.expose()).ok(),
            _ => None,
        })
    }

    /// A Join upon the last entry this device was shown.
    pub(super) fn join_entry(&self, core: &Core, secret: &InviteSecret) -> Option<Entry> {
        let last = self.membership.as_ref()?.last();
        let join = Join::new(&secret.signer(), self.id, self.stored.group, core.keys.certificate());
        Some(Entry::sign(&core.keys, self.id, last, Body::Join(join)))
    }

    /// Where a network under way is to be noted, and by what name.
    pub(super) fn to_note(&self) -> Option<(RoomId, Line)> {
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Begin { opening: StoredOpening::Staff { service, name }, .. } => {
                Some((*service, Line::new(name).ok()?))
            }
            _ => None,
        })
    }

    /// The name of what was sent to begin or join the room.
    pub(super) fn knock_in_flight(&self) -> Option<Hash> {
        let genesis = self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Begin { genesis, .. } => Some(Item::new(ItemKind::Membership, genesis.clone()).name()),
            _ => None,
        });
        genesis.or_else(|| Some(self.entry_in_flight?.name))
    }

    /// The frame that begins the room, if that is what it waits for.
    pub(super) fn begin_frame(&self) -> Option<Then> {
        self.stored.wishes.iter().find_map(|wish| {
            let Wish::Begin { opening, genesis } = wish else { return None };
            let opening = match opening {
                StoredOpening::SetUp { token } => Opening::SetUp { token: SetUpToken::from_link(token.expose()).ok()? },
                StoredOpening::Staff { service, .. } => Opening::Staff { service: *service },
            };
            Some(Then::Send(FromDevice::Begin { opening, genesis: genesis.clone() }))
        })
    }
}
