//! How an entry changes a room. Whether it may is asked before, in [`verify`].

use std::collections::{BTreeMap, BTreeSet};

use super::{AddedBy, CurrentEpoch, Device, Former, InviteState, Member, Room, Standing, StandingInvite};
use crate::{
    domain::{Role, RoomKind},
    ids::{DeviceId, PersonId},
    membership::{
        Entry, MembershipError,
        body::{AddDevice, Admit, Body, Epoch, Genesis, Grant, Invite, Join, Refound, Remove, SetRole},
        verify,
    },
    planted::Planted,
};

/// What `retain` does, without the code to take from the middle of a tree: that is 2 kB for every kind of map.
fn keep_if<K: Ord, V>(map: &mut BTreeMap<K, V>, keep: impl Fn(&K, &V) -> bool) {
    for (key, value) in core::mem::take(map) {
        if keep(&key, &value) {
            map.insert(key, value);
        }
    }
}

impl Room {
    /// The room that a Genesis begins.
    ///
    /// # Errors
    /// [`MembershipError::NotTheBeginning`] for any other entry.
    pub fn begin(entry: &Entry) -> Result<Self, MembershipError> {
        let Body::Genesis(Genesis { kind, relay, group, founder, .. }) = entry.body() else {
            return Err(MembershipError::NotTheBeginning);
        };
        let member = Member {
            group: *group,
            role: if *kind == RoomKind::Network { Role::Steward } else { Role::Admin },
            standing: Standing::Inside,
            devices: vec![(*founder).into()],
            taken_out: Vec::new(),
            moved: Vec::new(),
            returning: None,
            invited_by: None,
        };
        Ok(Self {
            id: entry.room(),
            kind: *kind,
            relay: *relay,
            last: entry.hash(),
            entries: BTreeSet::from([entry.hash()]),
            members: BTreeMap::from([(founder.person, member)]),
            invites: Vec::new(),
            epoch: None,
            turn_key: false,
            commitments: Vec::new(),
            wanted: Vec::new(),
            former: Vec::new(),
            confirmed: 0,
            refounded: None,
            oldest_key: 1,
            closed: None,
        })
    }

    /// Takes the next entry, or leaves everything as it was.
    ///
    /// # Errors
    /// [`MembershipError`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), MembershipError> {
        self.check(entry)?;
        match entry.body() {
            Body::Genesis(_) => return Err(MembershipError::NotTheBeginning),
            Body::Invite(invite) => self.add_invite(entry.author(), invite),
            Body::Join(join) => self.add_joiner(join),
            Body::Admit(it) => self.admit(it),
            Body::Epoch(it) => self.begin_epoch(it),
            Body::Grant(Grant { device, .. }) => {
                if let Some(epoch) = &mut self.epoch {
                    epoch.given.insert(*device);
                    epoch.lacking.retain(|it| it != device);
                }
            }
            Body::Lacks(number) => match self.epoch.as_mut().filter(|epoch| epoch.number == *number) {
                Some(epoch) => epoch.lacking.push(entry.author()),
                None => self.wanted.push(*number),
            },
            Body::Wrap(it) => self.wanted.retain(|number| *number != it.number),
            Body::AddDevice(it) => self.add_device(entry.author(), it),
            Body::Remove(who) => self.remove(entry.author(), *who),
            Body::SetRole(SetRole { person, role }) => {
                if let Some(member) = self.members.get_mut(person) {
                    member.role = *role;
                }
            }
            // What it says is nothing the door needs to know.
            Body::Notice(_) => {}
            Body::Confirm(it) => self.confirmed = it.relay_epoch,
            Body::Refound(it) => self.refound(*it),
            Body::Close(it) => self.closed = Some(*it),
        }
        self.last = entry.hash();
        self.entries.insert(self.last);
        Ok(())
    }

    /// Whether an entry may come next; changes nothing.
    ///
    /// # Errors
    /// [`MembershipError`].
    pub fn check(&self, entry: &Entry) -> Result<(), MembershipError> {
        verify::next(self, entry)
    }

    /// The key under which the new beginning is written gives way to another at once. Where there is no beginning, the next
    /// key is a first one.
    fn refound(&mut self, it: Refound) {
        self.refounded = Some(it);
        self.wanted.clear();
        if it.from > it.head.seq {
            self.oldest_key = self.first_key();
            (self.epoch, self.turn_key) = (None, false);
        } else {
            self.oldest_key = self.epoch.as_ref().map_or(self.oldest_key, |epoch| epoch.number);
            self.turn_key = true;
        }
    }

    fn begin_epoch(&mut self, it: &Epoch) {
        let Epoch { number, commitment, inbox, grants, .. } = it;
        // Who could not open the one before, but had the one before that, still can say so of this one.
        let had = |device: &DeviceId| self.holds_key(*device) || self.may_rescue(*device);
        let before = self.devices().filter(had).collect();
        let given = grants.iter().map(|(device, _)| *device).collect();
        let (number, commitment, inbox, lacking) = (*number, *commitment, *inbox, Vec::new());
        self.epoch = Some(CurrentEpoch { number, commitment, inbox, given, lacking, before });
        self.commitments.push(commitment);
        self.turn_key = false;
    }

    fn add_invite(&mut self, author: DeviceId, invite: &Invite) {
        if let Some((by, member)) = self.author(author) {
            let by_key_holder = member.entitled();
            let (invite, by_device, state) = (invite.clone(), author, InviteState::Open);
            let standing = StandingInvite { invite, by, by_device, by_key_holder, state };
            self.invites.push(standing);
        }
    }

    fn add_joiner(&mut self, join: &Join) {
        let Some(standing) = self.invites.iter_mut().find(|it| it.invite.invite == join.invite) else { return };
        let person = join.joiner.person;
        standing.state = InviteState::Used(person);
        let trusted = standing.by_key_holder || standing.invite.founder || !standing.invite.role.holds_key();
        let (role, invited_by) = (standing.invite.role, Some(standing.by));
        let device = Device::from(join.joiner);
        if let Some(member) = self.members.get_mut(&person) {
            // If they ask once more, the one by which they asked before waits no longer.
            member.returning = Some(device);
        } else {
            // Whoever was taken out once comes back by somebody's tap, on whosever invitation.
            let former = self.former.iter().find(|it| it.person == person);
            let standing = if trusted && former.is_none() { Standing::Inside } else { Standing::Waiting };
            let taken_out = former.map(|it| it.taken_out.clone()).unwrap_or_default();
            let (group, devices, moved, returning) = (join.group, vec![device], Vec::new(), None);
            let member = Member { group, role, standing, devices, taken_out, moved, returning, invited_by };
            self.members.insert(person, member);
        }
    }

    fn admit(&mut self, Admit { person, device }: &Admit) {
        let Some(member) = self.members.get_mut(person) else { return };
        self.former.retain(|it| it.person != *person);
        member.standing = Standing::Inside;
        if let Some(back) = member.returning.take_if(|it| it.device == *device) {
            if Planted::Readmission.is_on() {
                return member.devices.push(back);
            }
            let before: BTreeSet<_> = member.devices.iter().map(|it| it.device).collect();
            member.devices = vec![back];
            member.taken_out.extend(&before);
            self.devices_go(&before, false);
        }
    }

    fn add_device(&mut self, author: DeviceId, it: &AddDevice) {
        let Some(member) = self.members.values_mut().find(|it| it.has(author)) else { return };
        let added_by = Some(AddedBy { device: author, claim: it.claim });
        member.devices.push(Device { device: it.half.device, seal_key: it.half.seal_key, added_by, kit: it.kit });
    }

    fn remove(&mut self, author: DeviceId, who: Remove) {
        let gone: BTreeSet<_> = self.devices_of(who).collect();
        match who {
            Remove::Device(device) => {
                for member in self.members.values_mut().filter(|it| it.has(device)) {
                    member.devices.retain(|it| it.device != device);
                    member.taken_out.push(device);
                    member.moved.extend(Some(device).filter(|it| *it == author));
                }
                for member in self.members.values_mut() {
                    member.returning.take_if(|it| it.device == device);
                }
            }
            Remove::Person(_) | Remove::Group(_) => self.members_go(|person, member| match who {
                Remove::Person(out) => person == out,
                _ => who == Remove::Group(member.group),
            }),
            Remove::Invite(invite) => {
                if let Some(it) = self.invites.iter_mut().find(|it| it.invite.invite == invite) {
                    it.state = InviteState::Withdrawn;
                }
            }
        }
        self.devices_go(&gone, who == Remove::Device(author));
    }

    /// Whoever was ever inside keeps their place, and never again comes in without a tap.
    fn members_go(&mut self, goes: impl Fn(PersonId, &Member) -> bool) {
        for (person, it) in self.members.iter().filter(|(person, it)| goes(**person, it)) {
            let known = self.former.len();
            self.former.retain(|former| former.person != *person);
            if it.standing == Standing::Inside || self.former.len() < known {
                self.former.push(Former { person: *person, group: it.group, taken_out: it.taken_out.clone() });
            }
        }
        keep_if(&mut self.members, |person, it| !goes(*person, it));
    }

    /// What follows when devices are not in the room any more; `moved` when one took out itself.
    fn devices_go(&mut self, gone: &BTreeSet<DeviceId>, moved: bool) {
        for it in self.invites.iter_mut().filter(|it| it.state == InviteState::Open) {
            // Whoever has the device has the secrets of what was invited on it. One that took out itself has most likely
            // moved, and its person is still there; but a thief can take it out as well: who comes in on it needs
            // somebody's tap.
            let vouched = self.members.get(&it.by).is_some_and(|by| !by.devices.is_empty());
            if !vouched || (gone.contains(&it.by_device) && !moved) {
                it.state = InviteState::Withdrawn;
            }
            it.by_key_holder &= !gone.contains(&it.by_device);
        }
        if let Some(epoch) = &mut self.epoch {
            // Also who says that it did not open: nobody can see whether that is so.
            for device in core::mem::take(&mut epoch.given) {
                if gone.contains(&device) {
                    self.turn_key = true;
                } else {
                    epoch.given.insert(device);
                }
            }
            epoch.lacking.retain(|it| !gone.contains(it));
            epoch.before.retain(|it| !gone.contains(it));
        }
    }
}
