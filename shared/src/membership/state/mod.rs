//! What a room's membership log amounts to. How an entry changes it is in [`change`].

mod change;

use std::collections::{BTreeMap, BTreeSet};

use super::body::{Close, Invite, Refound, Remove};
use crate::{
    crypto::{
        Hash,
        grant::{EpochNumber, GrantPlace},
        keys::{Certificate, SealKey},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    planted::Planted,
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
    /// Whether its keys are kept on paper: a recovery kit.
    pub kit: bool,
}

/// By whom a device was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedBy {
    /// An older device of the person.
    pub device: DeviceId,
    /// See [`super::body::AddDevice::claim`].
    pub claim: Hash,
}

impl From<Certificate> for Device {
    fn from(it: Certificate) -> Self {
        Self { device: it.device, seal_key: it.seal_key, added_by: None, kit: false }
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
    /// Those of them that took out themselves: their person has moved to another.
    pub moved: Vec<DeviceId>,
    /// A device by which they ask to come in once more (*Slipp inn igjen*): whoever lets it in takes out all the others.
    pub returning: Option<Device>,
    /// Who invited them; `None` for the founder.
    pub invited_by: Option<PersonId>,
}

impl Member {
    /// Whether the room's key is theirs.
    #[must_use]
    pub fn entitled(&self) -> bool {
        self.role.holds_key() && (self.standing == Standing::Inside || Planted::Grant.is_on())
    }

    /// The device that somebody's tap would let in.
    #[must_use]
    pub fn waiting(&self) -> Option<&Device> {
        let first = self.devices.first().filter(|_| self.standing == Standing::Waiting);
        self.returning.as_ref().or(first)
    }

    /// Those that are inside, and the one that asks to come back.
    fn all(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().chain(&self.returning)
    }

    fn has(&self, device: DeviceId) -> bool {
        self.devices.iter().any(|it| it.device == device)
    }
}

/// Somebody who was inside and was taken out. Their place is kept: a household that pauses comes back into its own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Former {
    person: PersonId,
    group: GroupId,
    taken_out: Vec<DeviceId>,
}

/// What has become of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// It can be used, as far as the log knows: that it runs out is the relay's affair.
    Open,
    /// By somebody who joined on it.
    Used(PersonId),
    /// Taken back, or void because whoever made it was taken out.
    Withdrawn,
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
    /// What has become of it.
    pub state: InviteState,
}

impl StandingInvite {
    /// Who used it.
    #[must_use]
    pub const fn used_by(&self) -> Option<PersonId> {
        match self.state {
            InviteState::Used(by) => Some(by),
            InviteState::Open | InviteState::Withdrawn => None,
        }
    }
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
    pub given: BTreeSet<DeviceId>,
    /// Those of them that say it did not open.
    pub lacking: Vec<DeviceId>,
    /// Who had the key before, and may make another if this one does not open.
    before: Vec<DeviceId>,
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
    invites: Vec<StandingInvite>,
    epoch: Option<CurrentEpoch>,
    turn_key: bool,
    /// What was published of the key of each epoch, from the first.
    commitments: Vec<Hash>,
    /// Older keys that somebody lacks.
    wanted: Vec<EpochNumber>,
    former: Vec<Former>,
    /// The relay's epoch in which the log was last confirmed; zero before any.
    confirmed: u32,
    /// Where it was begun anew last.
    refounded: Option<Refound>,
    /// The first epoch whose key anybody has a use for.
    oldest_key: EpochNumber,
    closed: Option<Close>,
}

impl Room {
    /// The devices that go when somebody is taken out.
    pub fn devices_of(&self, who: Remove) -> impl Iterator<Item = DeviceId> {
        self.members.iter().flat_map(move |(person, member)| {
            let goes = move |device| match who {
                Remove::Device(out) => device == out,
                Remove::Person(out) => *person == out,
                Remove::Group(out) => member.group == out,
                Remove::Invite(_) => false,
            };
            member.all().map(|it| it.device).filter(move |device| goes(*device))
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

    /// The epoch of the relay in which somebody last confirmed the log: after the relay was restored from a backup.
    #[must_use]
    pub const fn confirmed(&self) -> u32 {
        self.confirmed
    }

    /// Where the room was begun anew last, if it was: what was written before is erased.
    #[must_use]
    pub const fn refounded(&self) -> Option<Refound> {
        self.refounded
    }

    /// The first epoch whose key is still of use: nothing is left that was written under an earlier one.
    #[must_use]
    pub const fn oldest_key(&self) -> EpochNumber {
        self.oldest_key
    }

    /// The number of a key that is made where there is none.
    #[must_use]
    pub fn first_key(&self) -> EpochNumber {
        EpochNumber::try_from(self.commitments.len()).map_or(EpochNumber::MAX, |made| made.saturating_add(1))
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

    /// The invitations in the order they were made, used ones too.
    #[must_use]
    pub fn invites(&self) -> &[StandingInvite] {
        &self.invites
    }

    /// An invitation, used or not.
    #[must_use]
    pub fn invite(&self, invite: InviteId) -> Option<&StandingInvite> {
        self.invites.iter().find(|it| it.invite.invite == invite)
    }

    /// The current key; `None` before the room is founded.
    #[must_use]
    pub const fn epoch(&self) -> Option<&CurrentEpoch> {
        self.epoch.as_ref()
    }

    /// All devices, waiting, returning or inside.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.members.values().flat_map(Member::all).map(|it| it.device)
    }

    /// The devices that are in the room now and were not before, and those that were and are not any more.
    #[must_use]
    pub fn moves_since(&self, before: &[DeviceId]) -> (Vec<DeviceId>, Vec<DeviceId>) {
        let came = self.devices().filter(|device| !before.contains(device)).collect();
        let gone = before.iter().copied().filter(|device| self.person_of(*device).is_none()).collect();
        (came, gone)
    }

    /// Whose device it is, waiting, returning or inside.
    #[must_use]
    pub fn person_of(&self, device: DeviceId) -> Option<(PersonId, &Member)> {
        let found = self.members.iter().find(|(_, member)| member.all().any(|it| it.device == device));
        found.map(|(person, member)| (*person, member))
    }

    /// Whose device it is, if they are let in.
    #[must_use]
    pub fn author(&self, device: DeviceId) -> Option<(PersonId, &Member)> {
        self.person_of(device).filter(|(_, member)| member.standing == Standing::Inside && member.has(device))
    }

    /// Whether this device was given the current key.
    #[must_use]
    pub fn holds_key(&self, device: DeviceId) -> bool {
        let holds = |it: &CurrentEpoch| it.given.contains(&device) && !it.lacking.contains(&device);
        self.epoch.as_ref().is_some_and(holds) && self.author(device).is_some_and(|(_, member)| member.entitled())
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
        self.holds_key(device) && (!self.turn_key || Planted::Cut.is_on()) && self.closed.is_none()
    }

    /// Whether one of a person's devices was given the current key.
    #[must_use]
    pub fn has_key(&self, person: PersonId) -> bool {
        self.members.get(&person).is_some_and(|it| it.devices.iter().any(|it| self.holds_key(it.device)))
    }

    /// How the room ended, if it did.
    #[must_use]
    pub const fn closed(&self) -> Option<Close> {
        self.closed
    }

    /// Whether somebody of this household is or was inside.
    pub(super) fn knows_group(&self, group: GroupId) -> bool {
        self.members.values().any(|member| member.group == group) || self.former.iter().any(|it| it.group == group)
    }

    /// Those who were inside and were taken out or left, each with the household whose place is kept for them.
    pub fn former(&self) -> impl Iterator<Item = (PersonId, GroupId)> {
        self.former.iter().map(|it| (it.person, it.group))
    }

    /// The household somebody was in before they were taken out.
    pub(super) fn former_group(&self, person: PersonId) -> Option<GroupId> {
        self.former().find(|(it, _)| *it == person).map(|(_, group)| group)
    }

    /// The household of somebody who is inside, or was.
    #[must_use]
    pub fn place_of(&self, person: PersonId) -> Option<GroupId> {
        let inside = self.members.get(&person).filter(|it| it.standing == Standing::Inside);
        inside.map(|it| it.group).or_else(|| self.former_group(person))
    }

    /// The devices of their person that were taken out one by one.
    pub(super) fn taken_out(&self, person: PersonId) -> &[DeviceId] {
        let former = || self.former.iter().find(|it| it.person == person).map(|it| it.taken_out.as_slice());
        self.members.get(&person).map(|it| it.taken_out.as_slice()).or_else(former).unwrap_or_default()
    }

    /// The devices that shall have the key, in ascending order.
    pub fn entitled(&self) -> impl Iterator<Item = &Device> {
        let mut entitled: Vec<_> =
            self.members.values().filter(|it| it.entitled()).flat_map(|it| &it.devices).collect();
        entitled.sort_unstable_by_key(|it| it.device);
        entitled.into_iter()
    }

    /// The devices that shall have the key but were not given it.
    pub fn ungranted(&self) -> impl Iterator<Item = &Device> {
        let lacks = |epoch: &CurrentEpoch, it: DeviceId| !epoch.given.contains(&it) || epoch.lacking.contains(&it);
        let epoch = self.epoch.as_ref();
        self.entitled().filter(move |it| epoch.is_some_and(|epoch| lacks(epoch, it.device)))
    }

    /// Whether a device may make another key because the current one does not open there: it had the one before.
    #[must_use]
    pub fn may_rescue(&self, device: DeviceId) -> bool {
        let wronged = |it: &CurrentEpoch| it.lacking.contains(&device) && it.before.contains(&device);
        self.epoch.as_ref().is_some_and(wronged) && self.author(device).is_some_and(|(_, member)| member.entitled())
    }

    /// Whose key it is by what was published of it.
    #[must_use]
    pub fn epoch_of(&self, commitment: impl Fn(EpochNumber) -> Hash) -> Option<EpochNumber> {
        let mut numbers = (1..).zip(&self.commitments);
        numbers.find(|(number, published)| commitment(*number) == **published).map(|(number, _)| number)
    }

    /// The older keys that somebody lacks.
    #[must_use]
    pub fn wanted(&self) -> &[EpochNumber] {
        &self.wanted
    }

    /// Where a grant of the current key by one device to another would stand, if it were the next entry.
    #[must_use]
    pub fn grant_place(&self, author: DeviceId, device: DeviceId) -> Option<GrantPlace> {
        let CurrentEpoch { number: epoch, commitment, .. } = *self.epoch.as_ref()?;
        Some(GrantPlace { room: self.id, prev: self.last, epoch, device, author, commitment })
    }

    /// Whether somebody holds an invitation that is neither used nor, by the relay's clock, run out.
    #[must_use]
    pub fn open_invite(&self, invite: InviteId, now: Timestamp) -> bool {
        self.invite(invite).is_some_and(|it| it.state == InviteState::Open && it.invite.expires > now)
    }
}
