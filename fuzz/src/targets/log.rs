//! What stands in a room's log: entries and records, read, checked and judged.

use grend_shared::{
    crypto::{
        head::{ItemKind, LogHead},
        record::Record,
    },
    membership::{Chain, Entry},
};

use super::{choose, chosen, tried};
use crate::life::{LIFE, NETWORK, SECOND, keys_of};

fn items(kind: ItemKind) -> Vec<Vec<u8>> {
    let items = LIFE.logs.values().flatten().filter(|item| item.kind() == Some(kind));
    items.map(|item| item.bytes.clone()).collect()
}

pub(super) fn seeds_entry() -> Vec<Vec<u8>> {
    items(ItemKind::Membership)
}

pub(super) fn seeds_record() -> Vec<Vec<u8>> {
    items(ItemKind::Content)
}

/// Whether an honest device has signed this, be it in the log or too late for it.
fn was_signed(item: &[u8]) -> bool {
    let has = |whole: &Vec<u8>| whole.windows(item.len()).any(|part| part == item);
    LIFE.to_relay.iter().any(has)
}

/// Each entry where it stands, and each upon the last.
pub(super) fn seeds_membership() -> Vec<Vec<u8>> {
    let entries = NETWORK.iter().map(|(_, _, entry)| entry.as_bytes());
    let where_it_stands = entries.clone().skip(1).enumerate();
    let upon_the_last = entries.map(|entry| (NETWORK.len() - 1, entry));
    where_it_stands.chain(upon_the_last).map(|(at, entry)| chosen(at, entry)).collect()
}

pub(super) fn entry(input: &[u8]) {
    if let Ok(entry) = Entry::parse(input.to_vec()) {
        assert_eq!(entry.as_bytes(), input);
        assert!(was_signed(input), "nobody has signed this");
    }
    if let Ok(entry) = Entry::parse_verified(input.to_vec()) {
        let again = Entry::parse_verified(entry.as_bytes().to_vec()).map(|it| it.hash());
        assert_eq!(again, Ok(entry.hash()));
    }
}

/// An entry as if its author had signed it, upon a room as it stands at some time.
pub(super) fn membership(input: &[u8]) {
    let (at, bytes) = choose(input, NETWORK.len());
    let (room, ring, _) = &NETWORK[at];
    let Ok(entry) = Entry::parse_verified(bytes.to_vec()) else { return };
    let (mut room, mut ring) = (room.clone(), ring.clone());
    let before = room.last();
    let checked = room.check(&entry);
    assert_eq!(room.apply(&entry), checked, "what is checked is what is applied");
    if checked.is_err() {
        assert_eq!(room.last(), before, "what is refused changes nothing");
        return;
    }
    let keys = keys_of(&LIFE.disks[SECOND]);
    ring.take(&keys, &entry, &room);
    let duty = room.duty(keys.device(), |number| ring.has(number));
    tried(duty.map(|duty| format!("{duty:?}")));
}

pub(super) fn record(input: &[u8]) {
    let Ok(record) = Record::parse(input.to_vec()) else { return };
    assert_eq!(record.as_bytes(), input);
    let (room, ring, _) = &NETWORK[NETWORK.len() - 1];
    tried(room.check_record(record.header(), Chain::default()));
    for key in ring.all() {
        tried(record.open(key));
    }
    let head = LogHead::EMPTY.after(ItemKind::Content, record.as_bytes());
    assert_eq!(head.seq, 1);
    assert!(record.verify().is_err() || was_signed(input), "nobody has signed this");
}
