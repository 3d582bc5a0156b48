//! Which entry may come next, kind by kind. Pure: reads the state, changes nothing.

use std::collections::BTreeSet;

use super::{
    MembershipError as E, Room, Standing,
    body::{AddDevice, Admit, Body, Epoch, Grant, Invite, Join, MAX_DEVICES, MAX_GRANTS, Remove},
    entry::Entry,
    state::{MEMBER_INVITES, Member},
};
use crate::{
    domain::Role,
    ids::{DeviceId, GroupId, PersonId},
};

pub(super) fn next(room: &Room, entry: &Entry) -> Result<(), E> {
    if matches!(entry.body(), Body::Genesis(_)) {
        return Err(E::NotTheBeginning);
    }
    if entry.room() != room.id() {
        return Err(E::OtherRoom);
    }
    if entry.previous() != room.last() {
        return Err(E::Conflict);
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
    }
}

fn inside(room: &Room, device: DeviceId) -> Result<(PersonId, &Member), E> {
    room.author(device).ok_or(E::NotInside)
}

fn invite(room: &Room, (person, member): (PersonId, &Member), it: &Invite) -> Result<(), E> {
    if room.invites().contains_key(&it.invite) {
        return Err(E::InviteExists);
    }
    if let Some(group) = it.group
        && !room.members().values().any(|member| member.group == group)
    {
        return Err(E::WrongGroup);
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
        (Role::Member, Role::Member) if it.group == Some(member.group) => {
            let made = room.invites().values().filter(|it| it.by == person).count();
            if made < MEMBER_INVITES { Ok(()) } else { Err(E::Quota) }
        }
        _ => Err(E::NotAllowed),
    }
}

fn join(room: &Room, it: &Join) -> Result<(), E> {
    let standing = room.invites().get(&it.invite).ok_or(E::InviteUnknown)?;
    if standing.used_by.is_some() {
        return Err(E::InviteUsed);
    }
    if room.epoch().is_none() && !standing.invite.founder && room.kind() == crate::domain::RoomKind::Network {
        return Err(E::NotFounded);
    }
    if standing.invite.founder && has_founder(room) {
        return Err(E::AlreadyFounded);
    }
    if room.members().contains_key(&it.joiner.person) || room.person_of(it.joiner.device).is_some() {
        return Err(E::AlreadyInside);
    }
    place_left(room)?;
    group(room, standing.invite.group, it.group)
}

/// A founder who has joined but not made the key yet counts: two would make two first keys.
fn has_founder(room: &Room) -> bool {
    room.epoch().is_some() || room.members().values().any(|member| member.role == Role::Admin)
}

fn group(room: &Room, invited: Option<GroupId>, joined: GroupId) -> Result<(), E> {
    let taken = room.members().values().any(|member| member.group == joined);
    match invited {
        Some(group) if group == joined => Ok(()),
        None if !taken => Ok(()),
        _ => Err(E::WrongGroup),
    }
}

fn holder(room: &Room, author: DeviceId) -> Result<(), E> {
    inside(room, author)?;
    if room.may_write(author) { Ok(()) } else { Err(E::NotAllowed) }
}

fn admit(room: &Room, author: DeviceId, it: &Admit) -> Result<(), E> {
    holder(room, author)?;
    let (person, member) = room.person_of(it.device).ok_or(E::NobodyWaits)?;
    if person == it.person && member.standing == Standing::Waiting { Ok(()) } else { Err(E::NobodyWaits) }
}

fn epoch(room: &Room, author: DeviceId, it: &Epoch) -> Result<(), E> {
    let (_, member) = inside(room, author)?;
    if !member.entitled() {
        return Err(E::NotAllowed);
    }
    match room.epoch() {
        None if member.role != Role::Admin => return Err(E::NotAllowed),
        None if it.number != 1 || it.previous.is_some() => return Err(E::WrongEpoch),
        Some(_) if !room.holds_key(author) => return Err(E::NotAllowed),
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

/// Everybody may take out what is their own, those who wait too. Of others, admins and stewards take out anybody.
fn remove(room: &Room, author: DeviceId, it: Remove) -> Result<(), E> {
    let (person, member) = room.person_of(author).ok_or(E::NotInside)?;
    let there = match it {
        Remove::Device(device) => room.person_of(device).is_some(),
        Remove::Person(person) => room.members().contains_key(&person),
        Remove::Group(group) => room.members().values().any(|member| member.group == group),
    };
    let own = match it {
        Remove::Device(device) => room.person_of(device).is_some_and(|(it, _)| it == person),
        Remove::Person(it) => it == person,
        Remove::Group(_) => false,
    };
    let goes = own || matches!(it, Remove::Group(group) if group == member.group);
    let may = own || (member.standing == Standing::Inside && member.role != Role::Member);
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
