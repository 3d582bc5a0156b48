//! The rooms' state in memory: rebuilt from storage when it is needed, forgotten when it has not been for long.

use std::{
    collections::{BTreeMap, HashMap, hash_map},
    sync::Arc,
};

use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, ItemKind, LogHead, Seq},
        record::Header,
    },
    ids::{DeviceId, RoomId},
    membership::{Chain, Entry, Room},
};

use crate::storage::{Moves, NewItem, Storage, StorageError, StoredItem, StoredRecord};

/// A room as it is after all that was taken, on disk or in the group under way.
#[derive(Debug)]
pub(super) struct Cached {
    pub(super) members: Room,
    pub(super) head: LogHead,
    pub(super) beacons: BTreeMap<DeviceId, Beacon>,
    /// The relay's epoch in which it was begun.
    begun: u32,
    /// The latest record of each device that has been asked for; `None` where it has none.
    latest: HashMap<DeviceId, Option<StoredRecord>>,
    /// Records are counted from the beginning since it is in memory, whatever the disk still says.
    anew: bool,
    /// What is left of records was given back, and the entry that erased them is still to come: nobody knows how far each
    /// device's records had come.
    short: bool,
    used: u64,
}

/// What an item is, beside its bytes.
#[derive(Debug, Clone)]
pub(super) enum About {
    Entry(Moves, Option<Seq>),
    /// What is left of a record, given back to a restored relay.
    Erased,
    Record {
        device: DeviceId,
        device_seq: u64,
        hash: Hash,
    },
}

impl Cached {
    pub(super) fn begin(members: Room, relay_epoch: u32) -> Self {
        let (head, begun) = (LogHead::EMPTY, relay_epoch);
        Self {
            members,
            head,
            begun,
            beacons: BTreeMap::new(),
            latest: HashMap::new(),
            anew: false,
            short: false,
            used: 0,
        }
    }

    /// Whether the relay was restored since anybody in charge has said that the log is whole: it takes only what it lacks.
    pub(super) fn is_unconfirmed(&self, relay_epoch: u32) -> bool {
        self.begun.max(self.members.confirmed()) < relay_epoch
    }

    fn load(storage: &dyn Storage, room: RoomId) -> Result<Option<Self>, StorageError> {
        let Some(stored) = storage.room(room)? else { return Ok(None) };
        let members = replay(storage.membership(room)?)?;
        let beacons = storage.beacons(room)?.into_iter().map(|beacon| (beacon.device, beacon)).collect();
        let (head, begun) = (stored.head, stored.relay_epoch);
        let mut cached =
            Self { members, head, begun, beacons, latest: HashMap::new(), anew: false, short: false, used: 0 };
        cached.forget_who_left();
        Ok(Some(cached))
    }

    pub(super) fn latest(
        &mut self,
        storage: &dyn Storage,
        device: DeviceId,
    ) -> Result<Option<StoredRecord>, StorageError> {
        Ok(match self.latest.entry(device) {
            hash_map::Entry::Occupied(known) => *known.get(),
            hash_map::Entry::Vacant(unknown) if self.anew => *unknown.insert(None),
            hash_map::Entry::Vacant(unknown) => *unknown.insert(storage.last_record(self.members.id(), device)?),
        })
    }

    /// Where a device's records had come before this one of which nothing earlier is known.
    pub(super) fn chain_before(&self, header: &Header) -> Chain {
        let before = header.device_seq.checked_sub(1).filter(|_| self.short);
        before.map(|seq| Chain { seq, hash: header.previous }).unwrap_or_default()
    }

    /// How far somebody has read who is not in the room any more says nothing to anybody.
    pub(super) fn forget_who_left(&mut self) {
        self.beacons.retain(|device, _| self.members.person_of(*device).is_some());
    }

    /// Puts an item that has been accepted at the log's end.
    pub(super) fn append(&mut self, about: About, bytes: Vec<u8>) -> NewItem {
        let kind = match about {
            About::Entry(..) => ItemKind::Membership,
            About::Erased => ItemKind::Erased,
            About::Record { .. } => ItemKind::Content,
        };
        self.head = self.head.after(kind, &bytes);
        let LogHead { seq, hash } = self.head;
        let (record, moves, erases) = match about {
            About::Entry(moves, erases) => (None, moves, erases),
            About::Erased => (None, Moves::default(), None),
            About::Record { device, device_seq, hash } => {
                (Some(StoredRecord { device, device_seq, seq, hash }), Moves::default(), None)
            }
        };
        if erases.is_some() || kind == ItemKind::Erased {
            self.latest.clear();
            self.anew = true;
            self.short = kind == ItemKind::Erased;
        }
        if let Some(record) = record {
            self.latest.insert(record.device, Some(record));
        }
        NewItem { room: self.members.id(), item: StoredItem { seq, kind, bytes, hash }, record, moves, erases }
    }
}

/// The membership that stored entries amount to. They were verified when they were taken.
///
/// # Errors
/// [`StorageError::Damaged`] when they do not follow one another.
pub(crate) fn replay(entries: Vec<StoredItem>) -> Result<Room, StorageError> {
    let damaged = || StorageError::Damaged("a membership log");
    let mut entries = entries.into_iter().map(|item| Entry::parse_verified(item.bytes).map_err(|_| damaged()));
    let mut room = Room::begin(&entries.next().ok_or_else(damaged)??).map_err(|_| damaged())?;
    for entry in entries {
        room.apply(&entry?).map_err(|_| damaged())?;
    }
    Ok(room)
}

/// The rooms in memory.
pub(super) struct Rooms {
    storage: Arc<dyn Storage>,
    cached: HashMap<RoomId, Cached>,
    capacity: usize,
    clock: u64,
}

impl Rooms {
    pub(super) fn new(storage: Arc<dyn Storage>, capacity: usize) -> Self {
        Self { storage, cached: HashMap::new(), capacity, clock: 0 }
    }

    /// A room; `None` when there is none by that id.
    pub(super) fn get(&mut self, room: RoomId) -> Result<Option<&mut Cached>, StorageError> {
        self.clock += 1;
        if !self.cached.contains_key(&room) {
            let Some(loaded) = Cached::load(&*self.storage, room)? else { return Ok(None) };
            self.cached.insert(room, loaded);
        }
        let mut cached = self.cached.get_mut(&room);
        if let Some(cached) = &mut cached {
            cached.used = self.clock;
        }
        Ok(cached)
    }

    pub(super) fn add(&mut self, cached: Cached) -> &mut Cached {
        let room = cached.members.id();
        self.cached.entry(room).insert_entry(cached).into_mut()
    }

    pub(super) fn forget(&mut self, room: RoomId) {
        self.cached.remove(&room);
    }

    /// Forgets the rooms unused for longest, a quarter at a time. Only between groups: what a group under way has
    /// taken is nowhere else yet.
    pub(super) fn trim(&mut self) {
        if self.cached.len() <= self.capacity {
            return;
        }
        let mut used: Vec<_> = self.cached.values().map(|cached| cached.used).collect();
        used.sort_unstable();
        let since = used.get(used.len() / 4).copied().unwrap_or_default();
        self.cached.retain(|_, cached| cached.used > since);
    }
}
