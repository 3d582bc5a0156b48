//! An honest attempt to read what one should not: every key ever held, and every string of bytes that might be one, on
//! every item there is, and again with every key that was found on the way.

use std::collections::{BTreeSet, HashSet};

use grend_shared::{
    crypto::{
        DeviceKeys, Hash,
        grant::{EpochKey, EpochNumber, GrantPlace, SealedKey},
        head::{ItemKind, Seq},
        links::{InviteSecret, SetUpToken},
        notice::{NoticePlace, SealedNotice},
        record::Record,
        sealed,
    },
    ids::RoomId,
    membership::{Body, Entry},
    protocol::Item,
};
use grend_tests::native::{Disk, speech};

use crate::life::Database;

/// What somebody goes to work with, besides the relay's database.
#[derive(Default)]
pub(crate) struct Held {
    devices: Vec<DeviceKeys>,
    invites: Vec<InviteSecret>,
    bytes: Vec<Vec<u8>>,
}

impl Held {
    /// All that was ever on these disks, at whatever moment.
    pub(crate) fn by<'a>(disks: impl IntoIterator<Item = &'a Disk>) -> Self {
        let mut held = Self::default();
        for disk in disks {
            held.devices.extend(disk.ever().filter_map(|value| DeviceKeys::from_stored(value).ok()));
            held.bytes.extend(disk.ever().map(<[u8]>::to_vec));
        }
        held
    }

    pub(crate) fn with_links(mut self, links: &[String]) -> Self {
        for link in links {
            self.invites.extend(InviteSecret::from_link(link));
            self.bytes.extend(SetUpToken::from_link(link).map(|token| token.expose().to_vec()));
        }
        self
    }
}

/// What was opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) records: BTreeSet<(RoomId, Seq)>,
    pub(crate) notices: BTreeSet<(RoomId, Seq)>,
    pub(crate) keys: BTreeSet<(RoomId, EpochNumber)>,
}

impl Opened {
    pub(crate) fn records_of(&self, room: RoomId) -> impl Iterator<Item = Seq> {
        self.records.iter().filter(move |(it, _)| *it == room).map(|(_, seq)| *seq)
    }

    /// What of it is of one room.
    pub(crate) fn only(mut self, room: RoomId) -> Self {
        self.records.retain(|(it, _)| *it == room);
        self.notices.retain(|(it, _)| *it == room);
        self.keys.retain(|(it, _)| *it == room);
        self
    }

    /// What of it came into a room after a place of its log.
    pub(crate) fn after(self, room: RoomId, cut: Seq, epoch: EpochNumber) -> Self {
        let mut after = self.only(room);
        after.records.retain(|(_, seq)| *seq > cut);
        after.notices.retain(|(_, seq)| *seq > cut);
        after.keys.retain(|(_, it)| *it > epoch);
        after
    }
}

/// Tries everything on everything.
pub(crate) fn of(database: &Database, held: &Held) -> Opened {
    let mut strings = HashSet::new();
    let entries = database.rooms.iter().flat_map(|(_, items)| items).filter(|it| it.kind == ItemKind::Membership as u8);
    let held_bytes = held.bytes.iter().map(Vec::as_slice);
    strings.extend(held_bytes.chain(entries.map(|it| it.bytes.as_slice())).flat_map(strings_of));
    let in_files: HashSet<_> = database.files.iter().flat_map(|file| strings_of(file)).collect();
    let mut opened = Opened::default();
    for (room, items) in &database.rooms {
        let room = Lock::read(*room, items);
        let keys = room.keys(held, &strings, &in_files);
        room.open(&keys, &mut opened);
    }
    opened
}

/// Every 32 bytes in a row.
fn strings_of(bytes: &[u8]) -> impl Iterator<Item = [u8; 32]> {
    bytes.windows(32).filter_map(|window| window.try_into().ok())
}

/// All of a room that is sealed.
struct Lock {
    room: RoomId,
    records: Vec<(Seq, Record)>,
    notices: Vec<(Seq, NoticePlace, SealedNotice)>,
    grants: Vec<(GrantPlace, SealedKey)>,
    wraps: Vec<Vec<u8>>,
    welcomes: Vec<Vec<u8>>,
    published: Vec<(EpochNumber, Hash)>,
}

impl Lock {
    fn read(room: RoomId, items: &[Item]) -> Self {
        let mut lock = Self {
            room,
            records: speech::records(items).collect(),
            notices: Vec::new(),
            grants: Vec::new(),
            wraps: Vec::new(),
            welcomes: Vec::new(),
            published: Vec::new(),
        };
        for (seq, item) in (1..).zip(items).filter(|(_, item)| item.kind() == Some(ItemKind::Membership)) {
            lock.take(seq, &Entry::parse(item.bytes.clone()).expect("the relay takes nothing else"));
        }
        lock
    }

    fn take(&mut self, seq: Seq, entry: &Entry) {
        let (room, prev, author) = (self.room, entry.previous(), entry.author());
        let place = |epoch, device, commitment| GrantPlace { room, prev, epoch, device, author, commitment };
        match entry.body() {
            Body::Epoch(it) => {
                self.published.push((it.number, it.commitment));
                self.wraps.extend(it.previous.map(Vec::from));
                let grants = it.grants.iter().cloned();
                self.grants.extend(grants.map(|(device, key)| (place(it.number, device, it.commitment), key)));
            }
            Body::Grant(it) => {
                let published = self.published.iter().rfind(|(number, _)| *number == it.number);
                let commitment = published.map_or(Hash::ZERO, |(_, hash)| *hash);
                self.grants.push((place(it.number, it.device, commitment), it.key.clone()));
            }
            Body::Wrap(it) => self.wraps.push(it.wrapped.to_vec()),
            Body::Notice(it) => {
                let place = NoticePlace { room, epoch: it.number, author };
                self.notices.push((seq, place, it.sealed.clone()));
            }
            Body::Invite(it) => self.welcomes.push(it.welcome.clone()),
            _ => {}
        }
    }

    /// Every key of the room that can be come by.
    fn keys(&self, held: &Held, strings: &HashSet<[u8; 32]>, in_files: &HashSet<[u8; 32]>) -> Vec<EpochKey> {
        let in_welcomes = self.welcomes(held);
        let close_by = strings.iter().copied().chain(in_welcomes).map(EpochKey::from_bytes);
        let mut keys: Vec<_> = close_by.filter(|key| self.fits(key) || self.opens_a_record(key)).collect();
        keys.extend(in_files.iter().copied().map(EpochKey::from_bytes).filter(|key| self.fits(key)));
        for (place, sealed) in &self.grants {
            for device in &held.devices {
                // Sealed to whom it says, or to whom it does not say.
                for to in [place.device, device.device()] {
                    keys.extend(EpochKey::open(device, sealed, &GrantPlace { device: to, ..*place }));
                }
            }
        }
        // Older keys from newer, and newer from older if there were a way.
        let mut at = 0;
        while let Some(key) = keys.get(at).cloned() {
            at += 1;
            for (number, _) in &self.published {
                let found = self.wraps.iter().filter_map(|wrap| key.unwrap_older(self.room, *number, wrap).ok());
                for found in found.collect::<Vec<_>>() {
                    if !keys.iter().any(|known| known.expose() == found.expose()) {
                        keys.push(found);
                    }
                }
            }
        }
        keys
    }

    /// What invitations say, for whoever holds their secrets.
    fn welcomes(&self, held: &Held) -> Vec<[u8; 32]> {
        let tries = self.welcomes.iter().flat_map(|welcome| held.invites.iter().map(move |invite| (welcome, invite)));
        let opened = tries
            .filter_map(|(welcome, invite)| sealed::open(&invite.welcome_key(), self.room.as_bytes(), welcome).ok());
        opened.flat_map(|plain| strings_of(&plain).collect::<Vec<_>>()).collect()
    }

    fn fits(&self, key: &EpochKey) -> bool {
        self.published.iter().any(|(number, published)| key.commitment(self.room, *number) == *published)
    }

    fn opens_a_record(&self, key: &EpochKey) -> bool {
        self.records.iter().any(|(_, record)| record.open(key).is_ok())
    }

    fn open(&self, keys: &[EpochKey], opened: &mut Opened) {
        let opens = |record: &Record| keys.iter().any(|key| record.open(key).is_ok());
        let records = self.records.iter().filter(|(_, record)| opens(record));
        opened.records.extend(records.map(|(seq, _)| (self.room, *seq)));
        let hears = |place: &NoticePlace, it: &SealedNotice| keys.iter().any(|key| it.open(key, place).is_ok());
        let notices = self.notices.iter().filter(|(_, place, notice)| hears(place, notice));
        opened.notices.extend(notices.map(|(seq, ..)| (self.room, *seq)));
        let fits = |number: &EpochNumber, published: &Hash| {
            keys.iter().any(|key| key.commitment(self.room, *number) == *published)
        };
        let published = self.published.iter().filter(|(number, hash)| fits(number, hash));
        opened.keys.extend(published.map(|(number, _)| (self.room, *number)));
    }
}
