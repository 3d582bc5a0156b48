//! Membership entries this device owes the room: what was wished for, and what follows from the log itself (the first
//! key after founding, the key for somebody who was let in). One at a time, each written upon the last entry; after a
//! conflict it is looked at anew, and whatever has come true by somebody else's hand is dropped.

use super::{
    core::{Core, Then},
    room::{Following, RoomSync},
    store::{StoredOpening, Wish},
};
use crate::{
    crypto::{
        grant::{EpochKey, GrantPlace},
        head::ItemKind,
        keys::{InviteSecret, SetUpToken},
    },
    domain::{Line, Role},
    ids::RoomId,
    membership::{
        Body, Entry,
        entry::{Admit, Epoch, Grant, Invite, Join},
    },
    protocol::{FromDevice, Item, Opening},
};

impl RoomSync {
    /// Sends the next entry that is owed, if the log is complete here and none is under way.
    pub(super) fn reconcile(&mut self, core: &mut Core) {
        if self.following != Following::Live
            || self.entry_in_flight.is_some()
            || self.held_until.is_some()
            || self.stored.stopped.is_some()
        {
            return;
        }
        let Some(body) = self.next_entry(core) else { return };
        let Some(last) = self.membership.as_ref().map(crate::membership::Room::last) else { return };
        self.put_entry(core, Entry::sign(&core.keys, self.id, last, body));
    }

    pub(super) fn put_entry(&mut self, core: &mut Core, entry: Entry) {
        let item = Item::new(ItemKind::Membership, entry.as_bytes().to_vec());
        self.entry_in_flight = Some((item.name(), entry.previous()));
        core.send(FromDevice::Put { room: self.id, item });
    }

    fn next_entry(&mut self, core: &mut Core) -> Option<Body> {
        self.first_epoch(core)
            .or_else(|| self.wished_admit(core))
            .or_else(|| self.owed_grant(core))
            .or_else(|| self.wished_invite(core))
    }

    /// The founder makes the room's first key.
    fn first_epoch(&self, core: &mut Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        let (_, me) = membership.author(core.keys.device())?;
        if membership.epoch().is_some() || me.role != Role::Admin {
            return None;
        }
        let key = EpochKey::generate(&mut *core.entropy);
        let (number, commitment) = (1, key.commitment(self.id, 1));
        let grants = membership
            .entitled()
            .filter_map(|it| {
                let place =
                    GrantPlace { room: self.id, prev: membership.last(), epoch: number, device: it.device, commitment };
                Some((it.device, key.seal_to(it.seal_key, &place, &mut *core.entropy).ok()?))
            })
            .collect();
        Some(Body::Epoch(Epoch { number, commitment, inbox: key.inbox(), previous: None, grants }))
    }

    fn wished_admit(&mut self, core: &Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        if !membership.may_write(core.keys.device()) {
            return None;
        }
        let still_waits = |wish: &Wish| match wish {
            Wish::Admit { device, .. } => membership.person_of(*device).is_some_and(|(_, it)| !it.entitled()),
            Wish::Begin { .. } | Wish::Join { .. } | Wish::Invite { .. } => true,
        };
        self.stored.wishes.retain(still_waits);
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Admit { person, device } => Some(Body::Admit(Admit { person: *person, device: *device })),
            Wish::Begin { .. } | Wish::Join { .. } | Wish::Invite { .. } => None,
        })
    }

    /// Whoever holds the key gives it to whom it is due.
    fn owed_grant(&self, core: &mut Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        if !self.can_seal(core.keys.device()) {
            return None;
        }
        let due = membership.ungranted().next()?;
        let place = membership.grant_place(due.device)?;
        let key = self.keys.get(&place.epoch)?.seal_to(due.seal_key, &place, &mut *core.entropy).ok()?;
        Some(Body::Grant(Grant { number: place.epoch, device: due.device, key }))
    }

    fn wished_invite(&self, core: &Core) -> Option<Body> {
        self.membership.as_ref()?.author(core.keys.device())?;
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Invite { link, role, founder, group, expires, welcome } => Some(Body::Invite(Invite {
                invite: InviteSecret::from_link(link).ok()?.id(),
                role: *role,
                founder: *founder,
                group: *group,
                expires: *expires,
                welcome: welcome.clone(),
            })),
            Wish::Begin { .. } | Wish::Join { .. } | Wish::Admit { .. } => None,
        })
    }

    /// The invitation this device wants to come in on.
    pub(super) fn wished_join(&self) -> Option<InviteSecret> {
        self.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Join { link } => InviteSecret::from_link(link).ok(),
            Wish::Begin { .. } | Wish::Invite { .. } | Wish::Admit { .. } => None,
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

    /// The frame that begins the room, if that is what it waits for.
    pub(super) fn begin_frame(&self) -> Option<(Then, crate::crypto::Hash)> {
        self.stored.wishes.iter().find_map(|wish| {
            let Wish::Begin { opening, genesis } = wish else { return None };
            let opening = match opening {
                StoredOpening::SetUp { token } => {
                    Opening::SetUp { token: *SetUpToken::from_link(token).ok()?.expose() }
                }
                StoredOpening::Staff { service, .. } => Opening::Staff { service: *service },
            };
            let name = Item::new(ItemKind::Membership, genesis.clone()).name();
            Some((Then::Send(FromDevice::Begin { opening, genesis: genesis.clone() }), name))
        })
    }
}
