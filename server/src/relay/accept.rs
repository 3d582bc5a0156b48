//! Whether an item may come next in its room.

use grend_shared::{
    crypto::{
        head::{Beacon, LogHead, Seq},
        record::{Header, Record},
    },
    domain::RoomKind,
    ids::{DeviceId, InviteId},
    membership::{Body, Chain, Entry, Room, body::Join, state::InviteState},
    protocol::Refusal,
    time::Timestamp,
};

use super::{
    prepare::Prepared,
    rooms::{About, Cached},
};
use crate::storage::{Commit, Moves, Storage, StorageError, StoredRecord};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum No {
    /// The device is told by name.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The operator is told too.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Whether an item may come now, whatever the room's own rules say of it: a word that the log is whole must be about this
/// very log, and before such a word a restored relay takes nothing new.
pub(super) fn may_come(room: &Cached, item: &Prepared, relay_epoch: u32) -> Result<(), Refusal> {
    match item {
        Prepared::Entry(entry) if let Body::Confirm(it) = entry.body() => {
            let stands = room.members.has_entry(entry.hash());
            let fits = it.relay_epoch == relay_epoch && it.head == room.head;
            if stands || fits { Ok(()) } else { Err(Refusal::Conflict) }
        }
        Prepared::Entry(entry) if room.members.has_entry(entry.hash()) => Ok(()),
        // Nothing may have been written that is not part of what the room is begun anew with.
        Prepared::Entry(entry) if matches!(entry.body(), Body::Refound(it) if it.head != room.head) => {
            Err(Refusal::Conflict)
        }
        _ if room.is_unconfirmed(relay_epoch) => Err(Refusal::Unconfirmed),
        _ => Ok(()),
    }
}

/// Takes back into a restored relay's log what it has lost, whoever wrote it.
pub(super) fn offered(room: &mut Cached, storage: &dyn Storage, group: &mut Commit, item: &Prepared) -> Result<(), No> {
    match item {
        Prepared::Entry(it) => take_entry(room, group, it).map(drop),
        Prepared::Record(it) => record(room, storage, group, it).map(drop),
        Prepared::Erased(left) => {
            append(room, group, About::Erased, left.as_bytes());
            Ok(())
        }
    }
}

/// Takes a content record of a session's own device into the group; gives its place, also where it stands already.
pub(super) fn record(room: &mut Cached, storage: &dyn Storage, group: &mut Commit, record: &Record) -> Result<Seq, No> {
    let header = record.header();
    if room.members.person_of(header.device).is_none() {
        return Err(Refusal::NoSuchRoom.into());
    }
    let latest = room.latest(storage, header.device)?;
    // What stands already is acknowledged again, whatever has become of the device or the key since.
    if let Some(latest) = latest.filter(|latest| header.device_seq <= latest.device_seq) {
        return again(&latest, storage, group, record);
    }
    let chain = latest.map(|latest| Chain { seq: latest.device_seq, hash: latest.hash });
    let chain = chain.unwrap_or_else(|| room.chain_before(header));
    room.members.check_record(header, chain).map_err(Refusal::from)?;
    let about = About::Record { device: header.device, device_seq: header.device_seq, hash: record.hash() };
    Ok(append(room, group, about, record.as_bytes()))
}

/// Puts an accepted item at the end of its log and into the group.
pub(super) fn append(room: &mut Cached, group: &mut Commit, about: About, bytes: &[u8]) -> Seq {
    let item = room.append(about, bytes.to_vec());
    let seq = item.item.seq;
    group.items.push(item);
    seq
}

/// A record at a place that is taken: the same again, or another.
fn again(latest: &StoredRecord, storage: &dyn Storage, group: &Commit, record: &Record) -> Result<Seq, No> {
    let Header { room, device, device_seq, .. } = *record.header();
    let stands = if latest.device_seq == device_seq {
        Some(*latest)
    } else {
        let mut under_way = group.items.iter().filter(|it| it.room == room).filter_map(|it| it.record);
        match under_way.find(|it| it.device == device && it.device_seq == device_seq) {
            Some(found) => Some(found),
            None => storage.record(room, device, device_seq)?,
        }
    };
    match stands {
        Some(stands) if stands.hash == record.hash() => Ok(stands.seq),
        _ => Err(Refusal::Equivocation.into()),
    }
}

/// Takes a membership entry of a session's own device, other than a Genesis, into the group; gives its place, also
/// where it stands already.
pub(super) fn entry(room: &mut Cached, storage: &dyn Storage, group: &mut Commit, entry: &Entry) -> Result<Seq, No> {
    let inside = room.members.person_of(entry.author()).is_some();
    if inside && room.members.has_entry(entry.hash()) {
        return place(storage, group, entry);
    }
    match entry.body() {
        Body::Join(join) => invited(&room.members, join, group.now)?,
        _ if !inside => return Err(Refusal::NoSuchRoom.into()),
        _ => {}
    }
    take_entry(room, group, entry)
}

fn take_entry(room: &mut Cached, group: &mut Commit, entry: &Entry) -> Result<Seq, No> {
    let before: Vec<_> = room.members.devices().collect();
    room.members.apply(entry).map_err(Refusal::from)?;
    let (enter, leave) = room.members.moves_since(&before);
    let moves = Moves { enter, leave, added: matches!(entry.body(), Body::AddDevice(_)) };
    if !moves.leave.is_empty() {
        room.forget_who_left();
    }
    let erases = entry.body().erases(room.head.seq + 1);
    Ok(append(room, group, About::Entry(moves, erases), entry.as_bytes()))
}

/// Where an entry stands that the room has.
fn place(storage: &dyn Storage, group: &Commit, entry: &Entry) -> Result<Seq, No> {
    let same = |bytes: &[u8]| bytes == entry.as_bytes();
    if let Some(it) = group.items.iter().find(|it| it.room == entry.room() && same(&it.item.bytes)) {
        return Ok(it.item.seq);
    }
    let stored = storage.membership(entry.room())?;
    let found = stored.iter().find(|it| same(&it.bytes)).map(|it| it.seq);
    Ok(found.ok_or(StorageError::Damaged("an entry is known but not stored"))?)
}

/// The invitation comes before everything else: who does not hold one learns nothing, not even that there is a room.
fn invited(room: &Room, join: &Join, now: Timestamp) -> Result<(), Refusal> {
    invitation(room, join.invite, now).map_err(|why| match why {
        // A member who steps up once more is told so.
        Refusal::LinkUsed if room.person_of(join.joiner.device).is_some() => Refusal::AlreadyInside,
        why => why,
    })
}

/// Whether an invitation opens the door, for one who has proven to hold it.
///
/// # Errors
/// [`Refusal::LinkUnknown`], [`Refusal::LinkUsed`], [`Refusal::LinkExpired`].
pub(crate) fn invitation(room: &Room, invite: InviteId, now: Timestamp) -> Result<(), Refusal> {
    let standing = room.invite(invite).ok_or(Refusal::LinkUnknown)?;
    match standing.state {
        InviteState::Open => {}
        InviteState::Used(_) => return Err(Refusal::LinkUsed),
        InviteState::Withdrawn => return Err(Refusal::LinkUnknown),
    }
    if standing.invite.expires <= now { Err(Refusal::LinkExpired) } else { Ok(()) }
}

/// What a room must be to be begun by one right or the other.
pub(super) fn kind(genesis: &Room, wanted: RoomKind) -> Result<(), Refusal> {
    if genesis.kind() == wanted { Ok(()) } else { Err(Refusal::Invalid) }
}

/// Whether a device may open rooms for a service: it holds the key of the service's room.
pub(super) fn staff(service: &Room, device: DeviceId) -> Result<(), Refusal> {
    if service.person_of(device).is_none() {
        return Err(Refusal::NoSuchRoom);
    }
    let inside = service.author(device).is_some_and(|(_, member)| member.entitled());
    if inside && service.kind() == RoomKind::Service { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// A session's own beacon. `false` when it says nothing: a later one is known, or the device does not hold the key (any
/// more, or yet: what was on its way when somebody was taken out is no fault of anybody's).
pub(super) fn beacon(room: &mut Cached, storage: &dyn Storage, beacon: &Beacon) -> Result<bool, No> {
    if !room.members.holds_key(beacon.device) {
        return Ok(false);
    }
    known(room, storage, beacon.head)?;
    let later = room.beacons.get(&beacon.device).is_some_and(|it| it.head.seq >= beacon.head.seq);
    if !later {
        room.beacons.insert(beacon.device, *beacon);
    }
    Ok(!later)
}

/// Whether a head that a device names is, or was, the head of this log.
///
/// # Errors
/// [`Refusal::Diverged`] when it never was.
pub(super) fn known(room: &Cached, storage: &dyn Storage, head: LogHead) -> Result<(), No> {
    let was = if head.seq == room.head.seq { Some(room.head) } else { storage.head_at(room.members.id(), head.seq)? };
    if was == Some(head) { Ok(()) } else { Err(Refusal::Diverged.into()) }
}
