//! What a person asks of a room's people: taking out, leaving, making an admin, withdrawing an invitation, and letting
//! somebody back in. Each is kept here first, and entered into the log when it can be; until then it can be taken back.

use super::{
    asks::{INVITE_LIFE, refused},
    core::{Core, Then, answered},
    engine::{Engine, own_room},
    room::{RoomSync, WishName},
    store::{self, MadeInvite, Wish, Write},
};
use crate::{
    crypto::{DeviceKeys, head::LogHead, links::InviteSecret, sealed},
    document::contents,
    domain::{Remove, Role},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    membership::{
        Body, Entry,
        body::{Close, Refound, SetRole},
        state::{InviteState, Standing},
    },
    port::{Failure, FromEngine, Outcome, RequestId},
    projection::{InvitedAs, Welcome, Wished},
    rules::Refused,
};

/// What an invitation says that is about to be made.
pub(super) struct Invitation {
    pub(super) welcome: Welcome,
    pub(super) role: Role,
    pub(super) founder: bool,
    pub(super) group: Option<GroupId>,
    pub(super) returns: Option<PersonId>,
}

impl Engine {
    /// Makes an invitation, if it will be valid. Answered once it is kept here.
    pub(super) fn make_invite(
        &mut self,
        request: RequestId,
        id: RoomId,
        label: &str,
        it: Invitation,
    ) -> Result<(), Failure> {
        let Invitation { welcome, role, founder, group, returns } = it;
        let secret = InviteSecret::generate(id, &mut *self.core.entropy);
        let expires = self.core.now.plus_millis(INVITE_LIFE);
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        let welcome = sealed::pad(store::to_cbor(&welcome).expose());
        let welcome = sealed::seal(&secret.welcome_key(), id.as_bytes(), &welcome, &mut *self.core.entropy);
        let link = secret.to_link();
        let wish = Wish::Invite { link: link.clone(), role, founder, group, returns, expires, welcome };
        if let Some(invite) = wish.invite() {
            room.may_invite(&self.core.keys, invite).map_err(|error| Failure::Refused { reason: refused(error) })?;
        }
        room.stored.wishes.push(wish);
        let label = label.trim().to_owned();
        room.stored.invites.push(MadeInvite { link: link.clone(), label, expires, used_by: None });
        let write = room.write_stored();
        self.commit(id, vec![write], vec![answered(request, Ok(Outcome::Invited { secret: link, expires }))]);
        self.advance(id);
        Ok(())
    }

    /// An invitation for somebody who is in a room, or was, to come back as who they are there.
    pub(super) fn invite_back(
        &mut self,
        request: RequestId,
        id: RoomId,
        person: PersonId,
        label: &str,
    ) -> Result<(), Failure> {
        let room = own_room(&mut self.rooms, id)?;
        let place = room.membership.as_ref().and_then(|it| it.place_of(person));
        let group = Some(place.ok_or(Failure::Refused { reason: Refused::NotThere })?);
        let names = contents::names(&mut room.document, &room.authors);
        let returns = names.person(person).to_owned();
        let welcome = Welcome { returns, ..self.welcome_of(id, InvitedAs::Back)? };
        let it = Invitation { welcome, role: Role::Member, founder: false, group, returns: Some(person) };
        self.make_invite(request, id, label, it)
    }

    pub(super) fn wish(&mut self, request: RequestId, id: RoomId, wished: Wished) -> Result<(), Failure> {
        let own = self.core.keys.person();
        let room = own_room(&mut self.rooms, id)?;
        room.may_wish(&self.core.keys, own, wished).map_err(|reason| Failure::Refused { reason })?;
        let writes = room.take_wish(wished);
        self.commit(id, writes, vec![answered(request, Ok(Outcome::Done))]);
        self.advance(id);
        Ok(())
    }

    /// Takes a wish back, unless it may stand in the log already.
    pub(super) fn unwish(&mut self, request: RequestId, id: RoomId, wished: Wished) -> Result<(), Failure> {
        let room = own_room(&mut self.rooms, id)?;
        let under_way = room.entry_in_flight.is_some_and(|it| it.wish == Some(WishName::Other(wished)));
        if under_way || room.wish_of(wished).is_none() {
            return Err(Failure::Refused { reason: Refused::NothingToUndo });
        }
        room.drop_wish(WishName::Other(wished));
        let write = room.write_stored();
        self.commit(id, vec![write], vec![answered(request, Ok(Outcome::Done))]);
        Ok(())
    }

    /// Takes devices of the own person out of every room this one is in, and adds them to none that is entered later.
    pub(super) fn take_out_devices(&mut self, request: RequestId, devices: &[DeviceId]) -> Result<(), Failure> {
        let own = self.core.keys.device();
        let mut wished = Vec::new();
        for (id, room) in self.rooms.iter().filter(|(_, room)| room.is_own()) {
            let Some((_, me)) = room.membership.as_ref().and_then(|it| it.author(own)) else { continue };
            let there = me.devices.iter().map(|it| it.device).filter(|it| *it != own && devices.contains(it));
            wished.extend(there.map(|device| (*id, Wished::TakeOut(Remove::Device(device)))));
        }
        if wished.is_empty() {
            return Err(Failure::Refused { reason: Refused::NotThere });
        }
        self.core.mine.forget_devices(devices);
        let mut writes = vec![self.core.write_mine()];
        for (id, wished) in &wished {
            writes.extend(self.rooms.get_mut(id).into_iter().flat_map(|room| room.take_wish(*wished)));
        }
        // One transaction: a lost phone is out of all rooms, or of none yet.
        self.core.persist(writes, vec![answered(request, Ok(Outcome::Done))]);
        self.show_all();
        self.advance_all();
        Ok(())
    }

    pub(super) fn know_device(&mut self, request: RequestId, device: DeviceId) {
        self.core.mine.known.push(device);
        let write = self.core.write_mine();
        self.core.persist(vec![write], vec![answered(request, Ok(Outcome::Done))]);
        self.show_all();
    }

    /// What is shown of every room anew.
    fn show_all(&mut self) {
        let ids: Vec<_> = self.rooms.keys().copied().collect();
        ids.into_iter().for_each(|id| self.commit(id, Vec::new(), Vec::new()));
    }

    /// Whoever finds that a copy of this device is in use empties it here, and comes in anew with keys of its own.
    pub(super) fn start_anew(&mut self, request: RequestId) -> Result<(), Failure> {
        if !self.rooms.values().any(|room| room.stored.twice) {
            return Err(Failure::Refused { reason: Refused::NotThere });
        }
        let ids: Vec<_> = self.rooms.keys().copied().collect();
        ids.into_iter().for_each(|id| self.forget(id, Vec::new()));
        self.core.hang_up();
        self.forget_connection();
        let writes = self.core.become_new().to_vec();
        let tell = |news| Then::Tell(Box::new(news));
        let then = vec![tell(FromEngine::Anew), tell(FromEngine::Ready), answered(request, Ok(Outcome::Done))];
        self.core.persist(writes, then);
        Ok(())
    }
}

impl Wished {
    fn body(self, head: LogHead, role: Role) -> Body {
        match self {
            Self::Close => Body::Close(Close { successor: None }),
            // Of an admin's: what it really begins with is written first ([`super::refound`]).
            Self::Refound => Body::Refound(Refound { from: head.seq + u64::from(role == Role::Steward), head }),
            Self::TakeOut(who) => Body::Remove(who),
            Self::MakeAdmin(person) => Body::SetRole(SetRole { person, role: Role::Admin }),
        }
    }
}

impl RoomSync {
    /// The wish by its name, if it is one.
    pub(super) fn wish_of(&self, wished: Wished) -> Option<WishName> {
        let is_it = |wish: &Wish| matches!(wish, Wish::Other(it) if *it == wished);
        self.stored.wishes.iter().any(is_it).then_some(WishName::Other(wished))
    }

    /// What this device was asked to do to the room's people and is not done.
    pub(super) fn wished(&self) -> Vec<Wished> {
        let wished = self.stored.wishes.iter();
        wished.filter_map(|wish| if let Wish::Other(wished) = wish { Some(*wished) } else { None }).collect()
    }

    fn take_wish(&mut self, wished: Wished) -> Vec<Write> {
        if self.wish_of(wished).is_none() {
            self.stored.wishes.push(Wish::Other(wished));
        }
        vec![self.write_stored()]
    }

    /// Whether it will be valid, and whether somebody can still ask others in when it is done.
    fn may_wish(&self, keys: &DeviceKeys, own: PersonId, wished: Wished) -> Result<(), Refused> {
        if let Wished::TakeOut(Remove::Invite(_)) = wished
            && self.is_for_invite_on_its_way(wished)
        {
            // The relay does not have it yet, and takes it back in the order they were made.
            return Ok(());
        }
        let membership = self.membership.as_ref().ok_or(Refused::NotThere)?;
        let role = membership.author(keys.device()).map_or(Role::Member, |(_, me)| me.role);
        let entry = Entry::sign(keys, self.id, membership.last(), wished.body(self.head, role));
        membership.check(&entry).map_err(refused)?;
        let inside = || membership.members().iter().filter(|(_, it)| it.standing == Standing::Inside);
        let only_admin = inside().any(|(person, it)| *person == own && it.role == Role::Admin)
            && inside().filter(|(_, it)| it.role == Role::Admin).count() == 1;
        if wished == Wished::TakeOut(Remove::Person(own)) && only_admin { Err(Refused::LastAdmin) } else { Ok(()) }
    }

    /// Whether it is about an invitation that is still to be entered.
    fn is_for_invite_on_its_way(&self, wished: Wished) -> bool {
        let Wished::TakeOut(Remove::Invite(invite)) = wished else { return false };
        self.stored.wishes.iter().filter_map(Wish::invite).any(|it| it.invite == invite)
    }

    /// The next of them that can be entered. What is not valid any more has come true by another's hand, or will not.
    pub(super) fn wished_other(&mut self, core: &Core) -> Option<Body> {
        let membership = self.membership.as_ref()?;
        let (own, me) = membership.author(core.keys.device())?;
        let role = me.role;
        let valid = |wished: Wished| {
            let entry = Entry::sign(&core.keys, self.id, membership.last(), wished.body(self.head, role));
            membership.check(&entry).is_ok()
        };
        let stands: Vec<_> =
            self.wished().into_iter().filter(|it| self.is_for_invite_on_its_way(*it) || valid(*it)).collect();
        self.stored.wishes.retain(|wish| !matches!(wish, Wish::Other(it) if !stands.contains(it)));
        let goes = |it: &Wished| match it {
            // Whoever leaves has first said all they had to say.
            Wished::TakeOut(Remove::Person(who)) if *who == own => self.outbox.is_empty(),
            Wished::Close => self.outbox.is_empty(),
            // See `wished_refound`.
            Wished::Refound => false,
            it => !self.is_for_invite_on_its_way(*it),
        };
        stands.into_iter().find(goes).map(|it| it.body(self.head, role))
    }

    /// Whether an invitation can be used, as far as this device knows.
    pub(super) fn is_open(&self, invite: InviteId) -> bool {
        let standing = self.membership.as_ref().and_then(|it| it.invite(invite));
        standing.is_none_or(|it| it.state == InviteState::Open)
    }

    /// Whom an invitation lets back in, by this room's own log.
    pub(super) fn returns_by(&self, secret: &InviteSecret) -> Option<PersonId> {
        self.membership.as_ref()?.invite(secret.id())?.invite.returns
    }
}
