//! A device: reads the log piece by piece, does what it owes, and seals what waits here when it sends it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use grend_shared::{
    crypto::{
        DeviceKeys, Entropy as _, Hash,
        entropy::random,
        record::{Place, Record},
    },
    ids::DeviceId,
    membership::{Body, Chain, Entry, KeyRing, Room},
};

use crate::{dice::Dice, relay::Item, world::Wish};

pub(crate) struct Device {
    pub(crate) keys: DeviceKeys,
    pub(crate) room: Option<Room>,
    /// How many items it has read.
    pub(crate) read: usize,
    pub(crate) ring: KeyRing,
    chains: BTreeMap<DeviceId, Chain>,
    /// Written here and not seen in the log.
    pub(crate) outbox: VecDeque<String>,
    /// Whether the first of them is with the relay.
    sent: bool,
    pub(crate) wishes: VecDeque<Wish>,
    /// Everything that counted and could be opened, in the order of the log.
    pub(crate) texts: Vec<String>,
    unopened: Vec<Arc<Record>>,
    pub(crate) online: bool,
    /// It has read that it was taken out.
    pub(crate) out: bool,
    /// How many times it still lies, if it is one that lies; after that it is found out and says nothing.
    lies: Option<u32>,
}

impl Device {
    pub(crate) fn new(keys: DeviceKeys) -> Self {
        Self {
            keys,
            room: None,
            read: 0,
            ring: KeyRing::default(),
            chains: BTreeMap::new(),
            outbox: VecDeque::new(),
            sent: false,
            wishes: VecDeque::new(),
            texts: Vec::new(),
            unopened: Vec::new(),
            online: true,
            out: false,
            lies: None,
        }
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.keys.device()
    }

    /// Whether it is inside, as far as it knows.
    pub(crate) fn is_inside(&self) -> bool {
        self.room.as_ref().is_some_and(|room| room.author(self.id()).is_some())
    }

    pub(crate) fn takes(&mut self, item: &Item) {
        match item {
            Item::Entry(entry) => self.takes_entry(entry),
            Item::Record(record) => self.takes_record(record),
        }
        self.read += 1;
    }

    fn takes_entry(&mut self, entry: &Entry) {
        let was_in = match &mut self.room {
            None => {
                self.room = Room::begin(entry).ok();
                return;
            }
            Some(room) => {
                let was_in = room.person_of(self.keys.device()).is_some();
                room.apply(entry).expect("the relay's log is valid here too");
                was_in
            }
        };
        let Some(room) = &self.room else { return };
        self.ring.take(&self.keys, entry, room);
        self.out = room.person_of(self.keys.device()).is_none() && (was_in || self.out);
        self.opens();
    }

    fn takes_record(&mut self, record: &Arc<Record>) {
        let header = record.header();
        let chain = self.chains.entry(header.device).or_default();
        let room = self.room.as_ref().expect("a log begins with its genesis");
        room.check_record(header, *chain).expect("what the relay takes counts here too");
        record.verify().expect("signed");
        *chain = Chain { seq: header.device_seq, hash: record.hash() };
        if header.device == self.keys.device() {
            self.sent = false;
            self.outbox.pop_front();
        }
        self.unopened.push(Arc::clone(record));
        self.opens();
    }

    /// Opens what can be opened.
    fn opens(&mut self) {
        let (ring, texts) = (&self.ring, &mut self.texts);
        self.unopened.retain(|record| {
            let Some(key) = ring.get(record.header().epoch) else { return true };
            let text = record.open(key).expect("sealed under the key it names");
            texts.push(String::from_utf8(text).expect("a text"));
            false
        });
    }

    /// The entry this device owes the room, signed upon the last one it knows.
    pub(crate) fn owed(&mut self, dice: &mut Dice) -> Option<Entry> {
        let room = self.room.as_ref()?;
        let duty = room.duty(self.id(), |number| self.ring.has(number))?;
        let body = duty.body(room, &self.keys, &self.ring, dice)?;
        let body = match &mut self.lies {
            None => body,
            Some(0) => return None,
            Some(left) => {
                *left -= 1;
                lie(body, dice)
            }
        };
        Some(self.sign(body))
    }

    pub(crate) fn sign(&self, body: Body) -> Entry {
        let room = self.room.as_ref().expect("whoever signs has read");
        Entry::sign(&self.keys, room.id(), room.last(), body)
    }

    /// The first text that waits, sealed under the key that counts by what this device knows.
    pub(crate) fn seals(&self, dice: &mut Dice) -> Option<Record> {
        let room = self.room.as_ref()?;
        let text = self.outbox.front().filter(|_| !self.sent && room.may_write(self.id()))?;
        let epoch = room.epoch()?.number;
        let key = self.ring.get(epoch)?;
        let chain = self.chains.get(&self.id()).copied().unwrap_or_default();
        let place =
            Place { room: room.id(), device_seq: chain.seq + 1, previous: chain.hash, membership: room.last(), epoch };
        Some(Record::seal(&self.keys, key, &place, text.as_bytes(), dice))
    }

    /// From now on it gives others no key that opens.
    pub(crate) fn lies(&mut self) {
        self.lies = Some(6);
    }

    pub(crate) fn is_honest(&self) -> bool {
        self.lies.is_none()
    }

    pub(crate) fn has_sent(&mut self) {
        self.sent = true;
    }
}

/// Rubbish where keys should be. Nobody can see that from outside.
fn lie(body: Body, dice: &mut Dice) -> Body {
    match body {
        Body::Epoch(mut it) => {
            match dice.below(4) {
                0 => it.grants.iter_mut().for_each(|(_, key)| dice.fill(&mut key.ciphertext)),
                1 => it.previous.iter_mut().for_each(|wrapped| dice.fill(wrapped)),
                2 => dice.fill(&mut it.inbox.0),
                _ => it.commitment = Hash::from_bytes(random(dice)),
            }
            Body::Epoch(it)
        }
        Body::Grant(mut it) => {
            dice.fill(&mut it.key.ciphertext);
            Body::Grant(it)
        }
        Body::Wrap(mut it) => {
            dice.fill(&mut it.wrapped);
            Body::Wrap(it)
        }
        other => other,
    }
}
