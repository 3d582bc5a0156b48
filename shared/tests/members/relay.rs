//! The relay: one log, judged by the shipped rules. It gives whoever was taken out the log up to there.

use std::{collections::BTreeMap, sync::Arc};

use grend_shared::{
    crypto::record::Record,
    ids::DeviceId,
    membership::{Body, Chain, Entry, MembershipError, RecordError, Room},
};

/// What stands in the log.
#[derive(Clone)]
pub(crate) enum Item {
    Entry(Arc<Entry>),
    Record(Arc<Record>),
}

pub(crate) struct Relay {
    pub(crate) room: Room,
    pub(crate) items: Vec<Item>,
    chains: BTreeMap<DeviceId, Chain>,
    /// Up to where who was taken out may read.
    left: BTreeMap<DeviceId, usize>,
}

impl Relay {
    pub(crate) fn begin(genesis: Entry) -> Self {
        let room = Room::begin(&genesis).expect("a genesis");
        Self { room, items: vec![Item::Entry(Arc::new(genesis))], chains: BTreeMap::new(), left: BTreeMap::new() }
    }

    pub(crate) fn put_entry(&mut self, entry: &Entry) -> Result<(), MembershipError> {
        let entry = Entry::parse(entry.as_bytes().to_vec()).expect("honest devices sign what can be read");
        let joins = matches!(entry.body(), Body::Join(_));
        if self.room.person_of(entry.author()).is_none() && !joins {
            return Err(MembershipError::NotInside);
        }
        let before: Vec<_> = self.room.devices().collect();
        self.room.apply(&entry)?;
        self.items.push(Item::Entry(Arc::new(entry)));
        let (came, gone) = self.room.moves_since(&before);
        self.left.retain(|device, _| !came.contains(device));
        self.left.extend(gone.into_iter().map(|device| (device, self.items.len())));
        Ok(())
    }

    pub(crate) fn put_record(&mut self, record: &Record) -> Result<(), RecordError> {
        let header = record.header();
        let chain = self.chains.entry(header.device).or_default();
        self.room.check_record(header, *chain)?;
        *chain = Chain { seq: header.device_seq, hash: record.hash() };
        self.items.push(Item::Record(Arc::new(record.clone())));
        Ok(())
    }

    /// How far a device may read; `None` for a stranger.
    pub(crate) fn readable(&self, device: DeviceId) -> Option<usize> {
        let inside = self.room.person_of(device).is_some();
        if inside { Some(self.items.len()) } else { self.left.get(&device).copied() }
    }
}
