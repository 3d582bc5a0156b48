//! Which entry may come next, kind by kind. Pure: reads the state, changes nothing.

use std::collections::BTreeSet;

use super::{
    MembershipError as E, Room, Standing,
    body::{
        AddDevice, Admit, Body, Confirm, Epoch, Grant, Invite, Join, MAX_DEVICES, MAX_GRANTS, Notice, Refound, Remove,
        SetRole,
    },
    entry::Entry,
    state::{InviteState, MEMBER_INVITES, Member, StandingInvite},
};
use crate::{
    crypto::grant::EpochNumber,
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, PersonId},
    planted::Planted,
};

pub(super) fn next(room: &Room, entry: &Entry) -> Result<(), E> {
    if matches!(entry.body(), Body::Genesis(_)) {
        return Err(E::NotTheBeginning);
    }
    if entry.room() != room.id() {
        return Err(E::OtherRoom);
    }
    let races = matches!(entry.body(), Body::Epoch(_)) && Planted::EpochRace.is_on();
    if entry.previous() != room.last() && !races {
        return Err(E::Conflict);
    }
    if room.closed().is_some() {
        return Err(E::Closed);
    }
    let author = entry.author();
    match entry.body() {
        Body::Genesis(_) => Err(E::NotTheBeginning),
        Body::Invite(it) => invite(room, inside(room, author)?, it),
        Body::Join(it) => join(room, it),
        Body::Admit(it) => admit(room, author, it),
        Body::Epoch(it) => epoch(room, author, it),
        Body::Grant(it) => grant(room, author, it),
        Body::AddDevice(it) => add_device(room, author, it),
        Body::Remove(it) => remove(room, author, *it),
        Body::SetRole(it) => set_role(room, author, *it),
        Body::Notice(it) => notice(room, author, it),
        Body::Close(_) => in_charge(room, author),
        Body::Confirm(it) => confirm(room, author, it),
        Body::Refound(it) => refound(room, author, *it),
        Body::Lacks(number) => lacks(room, author, *number),
        Body::Wrap(it) => {
            holder(room, author)?;
            if room.wanted().contains(&it.number) { Ok(()) } else { Err(E::WrongEpoch) }
        }
    }
}

fn inside(room: &Room, device: DeviceId) -> Result<(PersonId, &Member), E> {
    room.author(device).ok_or(E::NotInside)
}

fn in_charge(room: &Room, author: DeviceId) -> Result<(), E> {
    match inside(room, author)?.1.role {
        Role::Admin | Role::Steward => Ok(()),
        Role::Member => Err(E::NotAllowed),
    }
}

/// Somebody in charge, once in each epoch of the relay; where nobody is in charge any more, whoever holds the key.
fn confirm(room: &Room, author: DeviceId, it: &Confirm) -> Result<(), E> {
    let orphaned = room.members().values().all(|it| it.standing != Standing::Inside || it.role == Role::Member);
    if !(orphaned && room.may_write(author)) {
        in_charge(room, author)?;
    }
    if it.relay_epoch > room.confirmed() { Ok(()) } else { Err(E::WrongEpoch) }
}

/// An admin, who writes what the room's content is from now on; or, where nobody has the key any more, a steward, who can
/// write nothing: the room is empty then.
fn refound(room: &Room, author: DeviceId, it: Refound) -> Result<(), E> {
    let (_, me) = inside(room, author)?;
    let empty = it.head.seq.checked_add(1) == Some(it.from);
    let lost = || room.epoch().is_some() && !room.devices().any(|device| room.holds_key(device));
    let may = match me.role {
        Role::Admin => !empty && room.may_write(author),
        Role::Steward => empty && lost(),
        Role::Member => false,
    };
    let before = room.refounded().map_or(0, |it| it.from);
    if may && it.from > before && (empty || it.from <= it.head.seq) { Ok(()) } else { Err(E::NotAllowed) }
}

fn invite(room: &Room, (_, member): (PersonId, &Member), it: &Invite) -> Result<(), E> {
    if room.invite(it.invite).is_some() {
        return Err(E::InviteExists);
    }
    if it.group.is_some_and(|group| !room.knows_group(group)) {
        return Err(E::WrongGroup);
    }
    if let Some(person) = it.returns {
        let group = room.place_of(person).ok_or(E::NotThere)?;
        if it.founder || it.role != Role::Member || it.group != Some(group) {
            return Err(E::WrongGroup);
        }
    }
    if it.founder {
        // Somebody has to hold the first key: only a steward asks them in, as an admin of a household of their own.
        let fits = it.role == Role::Admin && it.group.is_none() && member.role == Role::Steward;
        return match (fits, room.epoch()) {
            (false, _) => Err(E::NotAllowed),
            (true, Some(_)) => Err(E::AlreadyFounded),
            (true, None) => Ok(()),
        };
    }
    match (member.role, it.role) {
        (Role::Admin, Role::Member | Role::Admin) => Ok(()),
        // An admin holds the key and so may not hand out the door to somebody who does not: stewards do that.
        (Role::Steward, Role::Member | Role::Steward) => Ok(()),
        // Staff have no households of their own to ask people into.
        (Role::Member, Role::Member) if it.group == Some(member.group) && !room.kind().is_staff_room() => {
            if invited_by(room, member.group) < MEMBER_INVITES || Planted::GroupQuota.is_on() {
                Ok(())
            } else {
                Err(E::Quota)
            }
        }
        _ => Err(E::NotAllowed),
    }
}

/// How many a household has invited who are still there or may still come.
fn invited_by(room: &Room, group: GroupId) -> usize {
    let members = room.members();
    let counts = |it: &StandingInvite| match it.state {
        InviteState::Open => true,
        // Whoever came back by it took no new place.
        InviteState::Used(by) => it.invite.returns.is_none() && members.contains_key(&by),
        InviteState::Withdrawn => false,
    };
    let own = room.invites().iter().filter(|it| members.get(&it.by).is_some_and(|by| by.group == group));
    own.filter(|it| counts(it)).count()
}

fn join(room: &Room, it: &Join) -> Result<(), E> {
    let standing = room.invite(it.invite).ok_or(E::InviteUnknown)?;
    match standing.state {
        InviteState::Open => {}
        InviteState::Used(_) if Planted::InviteReuse.is_on() => {}
        InviteState::Used(_) => return Err(E::InviteUsed),
        InviteState::Withdrawn => return Err(E::InviteWithdrawn),
    }
    if room.epoch().is_none() && !standing.invite.founder && room.kind() == RoomKind::Network {
        return Err(E::NotFounded);
    }
    if standing.invite.founder && has_founder(room) {
        return Err(E::AlreadyFounded);
    }
    let person = it.joiner.person;
    if standing.invite.returns.is_some_and(|returns| returns != person) {
        return Err(E::NotTheirs);
    }
    if room.person_of(it.joiner.device).is_some() {
        return Err(E::AlreadyInside);
    }
    if room.taken_out(person).contains(&it.joiner.device) {
        return Err(E::TakenOut);
    }
    place_left(room)?;
    match room.members().get(&person) {
        // A ghost shall not step into the place of somebody who waits.
        Some(member) if standing.invite.founder || member.standing == Standing::Waiting => Err(E::AlreadyInside),
        // Somebody who has lost their devices, into their own household.
        Some(member) if it.group == member.group && standing.invite.group.is_none_or(|it| it == member.group) => Ok(()),
        Some(_) => Err(E::WrongGroup),
        None => group(room, person, standing.invite.group, it.group),
    }
}

/// A founder who has joined but not made the key yet counts: two would make two first keys.
fn has_founder(room: &Room) -> bool {
    room.epoch().is_some() || room.members().values().any(|member| member.role == Role::Admin)
}

fn group(room: &Room, person: PersonId, invited: Option<GroupId>, joined: GroupId) -> Result<(), E> {
    let own = room.former_group(person) == Some(joined);
    match invited {
        Some(group) if group == joined => Ok(()),
        None if own || !room.knows_group(joined) => Ok(()),
        _ => Err(E::WrongGroup),
    }
}

/// Who may write here and now. Gives whose device it is.
fn holder(room: &Room, author: DeviceId) -> Result<PersonId, E> {
    let (person, _) = inside(room, author)?;
    if room.may_write(author) { Ok(person) } else { Err(E::NotAllowed) }
}

fn admit(room: &Room, author: DeviceId, it: &Admit) -> Result<(), E> {
    let admitter = holder(room, author).or_else(|no| match inside(room, author) {
        Ok((person, _)) if Planted::StewardPower.is_on() => Ok(person),
        _ => Err(no),
    })?;
    let (person, member) = room.person_of(it.device).ok_or(E::NobodyWaits)?;
    let returns = member.returning.is_some_and(|back| back.device == it.device);
    let waits = returns || member.standing == Standing::Waiting;
    if person != it.person || !waits {
        return Err(E::NobodyWaits);
    }
    // Nobody lets in themself: that would take out the very device that does it.
    if admitter == person { Err(E::NotAllowed) } else { Ok(()) }
}

fn epoch(room: &Room, author: DeviceId, it: &Epoch) -> Result<(), E> {
    let (_, member) = inside(room, author)?;
    if !member.entitled() {
        return Err(E::NotAllowed);
    }
    match room.epoch() {
        None if member.role != Role::Admin => return Err(E::NotAllowed),
        None if it.number != room.first_key() || it.previous.is_some() => return Err(E::WrongEpoch),
        Some(_) if !room.holds_key(author) && !room.may_rescue(author) => return Err(E::NotAllowed),
        Some(current) if current.number == it.number && Planted::EpochRace.is_on() => {}
        Some(current) if current.number.checked_add(1) != Some(it.number) || it.previous.is_none() => {
            return Err(E::WrongEpoch);
        }
        None | Some(_) => {}
    }
    let granted: BTreeSet<_> = it.grants.iter().map(|(device, _)| *device).collect();
    let entitled: BTreeSet<_> = room.entitled().map(|it| it.device).collect();
    if granted == entitled { Ok(()) } else { Err(E::WrongRecipients) }
}

fn grant(room: &Room, author: DeviceId, it: &Grant) -> Result<(), E> {
    holder(room, author)?;
    if room.epoch().map(|epoch| epoch.number) != Some(it.number) {
        return Err(E::WrongEpoch);
    }
    if room.ungranted().any(|ungranted| ungranted.device == it.device) { Ok(()) } else { Err(E::WrongRecipients) }
}

/// Everybody speaks for themself: of the current key, that it did not open; of an older one, that it can not be found.
fn lacks(room: &Room, author: DeviceId, number: EpochNumber) -> Result<(), E> {
    inside(room, author)?;
    if !room.holds_key(author) {
        return Err(E::NotAllowed);
    }
    match room.epoch().map_or(0, |epoch| epoch.number) {
        current if number == current => Ok(()),
        current if number < current && number >= room.oldest_key() && !room.wanted().contains(&number) => Ok(()),
        _ => Err(E::WrongEpoch),
    }
}

fn add_device(room: &Room, author: DeviceId, it: &AddDevice) -> Result<(), E> {
    let (_, member) = inside(room, author)?;
    place_left(room)?;
    if room.person_of(it.half.device).is_some() {
        return Err(E::AlreadyInside);
    }
    if member.taken_out.contains(&it.half.device) {
        return Err(E::TakenOut);
    }
    if member.devices.len() < MAX_DEVICES { Ok(()) } else { Err(E::TooManyDevices) }
}

/// One Epoch entry must hold a key for every device.
fn place_left(room: &Room) -> Result<(), E> {
    if room.devices().count() < MAX_GRANTS { Ok(()) } else { Err(E::TooManyDevices) }
}

/// Everybody who is inside may take out what is their own; whoever waits or returns, that which waits. Of others, admins
/// and stewards take out anybody.
fn remove(room: &Room, author: DeviceId, it: Remove) -> Result<(), E> {
    let (person, member) = room.person_of(author).ok_or(E::NotInside)?;
    let is_inside = room.author(author).is_some();
    let of_own = |other| is_inside && other == person;
    let itself = it == Remove::Device(author) || (it == Remove::Person(person) && member.standing == Standing::Waiting);
    let (own, there) = match it {
        Remove::Device(device) => match room.person_of(device) {
            Some((other, _)) => (of_own(other), true),
            None => (false, false),
        },
        Remove::Person(other) => (of_own(other), room.members().contains_key(&other)),
        Remove::Group(group) => (false, room.members().values().any(|member| member.group == group)),
        Remove::Invite(invite) => match room.invite(invite) {
            Some(standing) => (of_own(standing.by), standing.state == InviteState::Open),
            None => (false, false),
        },
    };
    let may = own || itself || (is_inside && member.role != Role::Member);
    let goes = own || matches!(it, Remove::Group(group) if group == member.group);
    match (may, there) {
        (false, _) => Err(E::NotAllowed),
        (true, false) => Err(E::NotThere),
        (true, true) if goes && leaves_no_key(room, it) => Err(E::LastKey),
        (true, true) => Ok(()),
    }
}

/// Whether nobody who stays holds the room's key.
fn leaves_no_key(room: &Room, it: Remove) -> bool {
    let gone: BTreeSet<_> = room.devices_of(it).collect();
    let mut holders = room.devices().filter(|at| room.holds_key(*at)).peekable();
    holders.peek().is_some() && holders.all(|at| gone.contains(&at))
}

/// Admins make admins, and members of them again; a steward makes admins only, and only of somebody who holds the key.
/// Where nobody is left to do it, whoever holds the key does.
fn set_role(room: &Room, author: DeviceId, it: SetRole) -> Result<(), E> {
    let (_, me) = inside(room, author)?;
    let inside = || room.members().values().filter(|it| it.standing == Standing::Inside);
    let admins = inside().filter(|it| it.role == Role::Admin).count();
    let stewards = inside().filter(|it| it.role == Role::Steward).count();
    let orphaned = admins + stewards == 0 && room.may_write(author);
    let them = room.members().get(&it.person).filter(|it| it.standing == Standing::Inside).ok_or(E::NotThere)?;
    match (them.role, it.role) {
        (Role::Member, Role::Admin) if me.role != Role::Member || orphaned => {
            if room.has_key(it.person) {
                Ok(())
            } else {
                Err(E::NotAllowed)
            }
        }
        (Role::Admin, Role::Member) if me.role == Role::Admin => {
            if admins + stewards > 1 {
                Ok(())
            } else {
                Err(E::LastAdmin)
            }
        }
        _ => Err(E::NotAllowed),
    }
}

/// A steward's word. Not while somebody who is out may still have the key of the inbox.
fn notice(room: &Room, author: DeviceId, it: &Notice) -> Result<(), E> {
    let (_, member) = inside(room, author)?;
    if member.role != Role::Steward {
        return Err(E::NotAllowed);
    }
    let current = room.epoch().filter(|_| !room.must_turn_key()).map(|epoch| epoch.number);
    if current == Some(it.number) { Ok(()) } else { Err(E::WrongEpoch) }
}
