//! What a room's membership log amounts to, and which entry may come next.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MembershipError,
    body::{AddDevice, Admit, Body, Epoch, Genesis, Grant, Invite, Join, Remove},
    entry::Entry,
    verify,
};
use crate::{
    crypto::{
        Hash,
        grant::{EpochNumber, GrantPlace},
        keys::{Certificate, SealKey},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    time::Timestamp,
};

/// How many invitations one member who is not an admin may make, for their own household.
pub const MEMBER_INVITES: usize = 4;

/// Whether somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Joined on a steward's invitation; a key holder has to let them in.
    Waiting,
    /// Inside.
    Inside,
}

/// A device of a person of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its id: the key it signs with.
    pub device: DeviceId,
    /// The key that room keys are sealed to.
    pub seal_key: SealKey,
    /// Who added it, and by what claim; `None` for the one the person came in with.
    pub added_by: Option<AddedBy>,
}

/// By whom a device was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedBy {
    /// An older device of the person.
    pub device: DeviceId,
    /// See [`AddDevice::claim`].
    pub claim: Hash,
}

impl From<Certificate> for Device {
    fn from(it: Certificate) -> Self {
        Self { device: it.device, seal_key: it.seal_key, added_by: None }
    }
}

/// A person of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their household.
    pub group: GroupId,
    /// What they may do.
    pub role: Role,
    /// Whether they are let in.
    pub standing: Standing,
    /// Their devices; none if all of them were lost.
    pub devices: Vec<Device>,
    /// Those of their devices that were taken out one by one. They do not come back.
    pub taken_out: Vec<DeviceId>,
    /// Who invited them; `None` for the founder.
    pub invited_by: Option<PersonId>,
}

impl Member {
    /// Whether the room's key is theirs.
    #[must_use]
    pub fn entitled(&self) -> bool {
        self.role.holds_key() && self.standing == Standing::Inside
    }
}

/// An invitation as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingInvite {
    /// What was signed.
    pub invite: Invite,
    /// By whom.
    pub by: PersonId,
    /// On which device: an invitation does not outlive it.
    pub by_device: DeviceId,
    /// Whether the inviter held the key, so that the invited one needs no Admit.
    pub by_key_holder: bool,
    /// Who used it.
    pub used_by: Option<PersonId>,
}

/// The current key, as far as the log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentEpoch {
    /// Its number.
    pub number: EpochNumber,
    /// What is published of it.
    pub commitment: Hash,
    /// The inbox's public key.
    pub inbox: SealKey,
    /// The devices it was sealed to.
    pub holders: BTreeSet<DeviceId>,
}

/// What `retain` does, without the code to take from the middle of a tree: that is 2 kB for every kind of map.
fn keep_if<K: Ord, V>(map: &mut BTreeMap<K, V>, keep: impl Fn(&K, &V) -> bool) {
    for (key, value) in core::mem::take(map) {
        if keep(&key, &value) {
            map.insert(key, value);
        }
    }
}

/// A room's membership after its last entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    id: RoomId,
    kind: RoomKind,
    relay: [u8; 32],
    last: Hash,
    entries: BTreeSet<Hash>,
    members: BTreeMap<PersonId, Member>,
    devices: BTreeMap<DeviceId, PersonId>,
    invites: BTreeMap<InviteId, StandingInvite>,
    epoch: Option<CurrentEpoch>,
    turn_key: bool,
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
        let role = if *kind == RoomKind::Network { Role::Steward } else { Role::Admin };
        let member = Member {
            group: *group,
            role,
            standing: Standing::Inside,
            devices: vec![(*founder).into()],
            taken_out: Vec::new(),
            invited_by: None,
        };
        Ok(Self {
            id: entry.room(),
            kind: *kind,
            relay: *relay,
            last: entry.hash(),
            entries: BTreeSet::from([entry.hash()]),
            members: BTreeMap::from([(founder.person, member)]),
            devices: BTreeMap::from([(founder.device, founder.person)]),
            invites: BTreeMap::new(),
            epoch: None,
            turn_key: false,
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
            Body::Admit(Admit { person, .. }) => {
                if let Some(member) = self.members.get_mut(person) {
                    member.standing = Standing::Inside;
                }
            }
            Body::Epoch(Epoch { number, commitment, inbox, grants, .. }) => {
                let holders = grants.iter().map(|(device, _)| *device).collect();
                self.turn_key = false;
                self.epoch = Some(CurrentEpoch { number: *number, commitment: *commitment, inbox: *inbox, holders });
            }
            Body::Grant(Grant { device, .. }) => {
                if let Some(epoch) = &mut self.epoch {
                    epoch.holders.insert(*device);
                }
            }
            Body::AddDevice(it) => self.add_device(entry.author(), it),
            Body::Remove(who) => self.remove(entry.author(), *who),
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

    fn add_invite(&mut self, author: DeviceId, invite: &Invite) {
        if let Some((person, member)) = self.author(author) {
            let by_key_holder = member.entitled();
            let (invite, by, by_device) = (invite.clone(), person, author);
            let standing = StandingInvite { invite, by, by_device, by_key_holder, used_by: None };
            self.invites.insert(standing.invite.invite, standing);
        }
    }

    fn add_joiner(&mut self, join: &Join) {
        let Some(standing) = self.invites.get_mut(&join.invite) else { return };
        standing.used_by = Some(join.joiner.person);
        let trusted = standing.by_key_holder || standing.invite.founder || !standing.invite.role.holds_key();
        let member = Member {
            group: join.group,
            role: standing.invite.role,
            standing: if trusted { Standing::Inside } else { Standing::Waiting },
            devices: vec![join.joiner.into()],
            taken_out: Vec::new(),
            invited_by: Some(standing.by),
        };
        self.devices.insert(join.joiner.device, join.joiner.person);
        self.members.insert(join.joiner.person, member);
    }

    fn add_device(&mut self, author: DeviceId, it: &AddDevice) {
        let Some(person) = self.devices.get(&author).copied() else { return };
        let added_by = Some(AddedBy { device: author, claim: it.claim });
        let added = Device { device: it.half.device, seal_key: it.half.seal_key, added_by };
        self.devices.insert(added.device, person);
        if let Some(member) = self.members.get_mut(&person) {
            member.devices.push(added);
        }
    }

    fn remove(&mut self, author: DeviceId, who: Remove) {
        let gone: BTreeSet<_> = self.devices_of(who).collect();
        keep_if(&mut self.devices, |device, _| !gone.contains(device));
        keep_if(&mut self.members, |person, member| match who {
            Remove::Device(_) => true,
            Remove::Person(out) => *person != out,
            Remove::Group(out) => member.group != out,
        });
        if let Remove::Device(device) = who
            && let Some(member) = self.members.values_mut().find(|it| it.devices.iter().any(|it| it.device == device))
        {
            member.devices.retain(|it| it.device != device);
            member.taken_out.push(device);
        }
        // Whoever has the device has the secrets of what was invited on it. A device that took out itself has most likely
        // moved, and its person is still there.
        let members = &self.members;
        let vouched = |it: &StandingInvite| members.get(&it.by).is_some_and(|by| !by.devices.is_empty());
        let own = who == Remove::Device(author);
        let void = |it: &StandingInvite| gone.contains(&it.by_device) && !own;
        keep_if(&mut self.invites, |_, it| it.used_by.is_some() || (vouched(it) && !void(it)));
        // But a thief can take out the device as well: who comes in on it needs somebody's tap.
        for it in self.invites.values_mut().filter(|it| gone.contains(&it.by_device)) {
            it.by_key_holder = false;
        }
        if let Some(epoch) = &mut self.epoch {
            for device in core::mem::take(&mut epoch.holders) {
                if gone.contains(&device) {
                    self.turn_key = true;
                } else {
                    epoch.holders.insert(device);
                }
            }
        }
    }

    /// The devices that go when somebody is taken out.
    pub fn devices_of(&self, who: Remove) -> impl Iterator<Item = DeviceId> {
        self.devices.iter().filter_map(move |(device, person)| {
            let goes = match who {
                Remove::Device(out) => *device == out,
                Remove::Person(out) => *person == out,
                Remove::Group(out) => self.members.get(person).is_some_and(|member| member.group == out),
            };
            goes.then_some(*device)
        })
    }

    /// The room's id.
    #[must_use]
    pub const fn id(&self) -> RoomId {
        self.id
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> RoomKind {
        self.kind
    }

    /// The relay's key pinned in the Genesis.
    #[must_use]
    pub const fn relay(&self) -> &[u8; 32] {
        &self.relay
    }

    /// The last entry: what the next one must be written upon.
    #[must_use]
    pub const fn last(&self) -> Hash {
        self.last
    }

    /// Whether an entry of this hash stands in the log so far.
    #[must_use]
    pub fn has_entry(&self, hash: Hash) -> bool {
        self.entries.contains(&hash)
    }

    /// The persons.
    #[must_use]
    pub const fn members(&self) -> &BTreeMap<PersonId, Member> {
        &self.members
    }

    /// The invitations, used ones too.
    #[must_use]
    pub const fn invites(&self) -> &BTreeMap<InviteId, StandingInvite> {
        &self.invites
    }

    /// The current key; `None` before the room is founded.
    #[must_use]
    pub const fn epoch(&self) -> Option<&CurrentEpoch> {
        self.epoch.as_ref()
    }

    /// All devices, waiting or inside, in ascending order.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.devices.keys().copied()
    }

    /// Whose device it is, waiting or inside.
    #[must_use]
    pub fn person_of(&self, device: DeviceId) -> Option<(PersonId, &Member)> {
        let person = self.devices.get(&device)?;
        Some((*person, self.members.get(person)?))
    }

    /// Whose device it is, if they are let in.
    #[must_use]
    pub fn author(&self, device: DeviceId) -> Option<(PersonId, &Member)> {
        self.person_of(device).filter(|(_, member)| member.standing == Standing::Inside)
    }

    /// Whether this device was given the current key.
    #[must_use]
    pub fn holds_key(&self, device: DeviceId) -> bool {
        let holds = self.epoch.as_ref().is_some_and(|epoch| epoch.holders.contains(&device));
        holds && self.author(device).is_some_and(|(_, member)| member.entitled())
    }

    /// Whether somebody who held the current key was taken out: nothing is written under it any more, and the next
    /// thing a key holder does is to make another.
    #[must_use]
    pub const fn must_turn_key(&self) -> bool {
        self.turn_key
    }

    /// Whether content records of this device count here and now: it was given the current key, and nobody has it who
    /// should not.
    #[must_use]
    pub fn may_write(&self, device: DeviceId) -> bool {
        self.holds_key(device) && !self.turn_key
    }

    /// The devices that shall have the key, in ascending order.
    pub fn entitled(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter_map(|(device, person)| {
            let member = self.members.get(person)?;
            member.devices.iter().find(|it| it.device == *device).filter(|_| member.entitled())
        })
    }

    /// The devices that shall have the key but were not given it.
    pub fn ungranted(&self) -> impl Iterator<Item = &Device> {
        let holders = self.epoch.as_ref().map(|epoch| &epoch.holders);
        self.entitled().filter(move |it| holders.is_some_and(|holders| !holders.contains(&it.device)))
    }

    /// Where a grant of the current key to a device would stand, if it were the next entry.
    #[must_use]
    pub fn grant_place(&self, device: DeviceId) -> Option<GrantPlace> {
        let epoch = self.epoch.as_ref()?;
        Some(GrantPlace { room: self.id, prev: self.last, epoch: epoch.number, device, commitment: epoch.commitment })
    }

    /// Whether somebody holds an invitation that is neither used nor, by the relay's clock, run out.
    #[must_use]
    pub fn open_invite(&self, invite: InviteId, now: Timestamp) -> bool {
        self.invites.get(&invite).is_some_and(|it| it.used_by.is_none() && it.invite.expires > now)
    }
}
