//! What every storage must do. A new one is added by one line in `storages`.

use std::{fs, sync::Arc};

use grend_server::storage::{
    Commit, Moves, NewItem, NewRoom, PageSize, Sqlite, Storage, StorageError, StoredItem, StoredRecord, StoredRoom,
    StoredToken,
    sqlite::{PRAGMAS, assert_pragmas, connect},
};
use grend_shared::{
    crypto::{
        Hash, Signature,
        head::{Beacon, ItemKind, LogHead, Seq, erased},
    },
    ids::{DeviceId, RoomId},
    time::Timestamp,
};
use tempfile::TempDir;

fn room(n: u8) -> RoomId {
    RoomId::from_bytes([n; 32])
}

fn device(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 32])
}

fn hash(n: u8) -> Hash {
    Hash::from_bytes([n; 32])
}

const ALL: PageSize = PageSize { items: 1_000, bytes: usize::MAX };

fn item(seq: Seq, kind: ItemKind, len: usize) -> StoredItem {
    StoredItem { seq, kind, bytes: vec![u8::try_from(seq).expect("a small one"); len], hash: hash(seq as u8) }
}

fn entry(room: RoomId, seq: Seq, enter: Option<DeviceId>) -> NewItem {
    let moves = Moves { enter: enter.into_iter().collect(), ..Moves::default() };
    NewItem { room, item: item(seq, ItemKind::Membership, 10), record: None, moves, erases: None }
}

fn record(room: RoomId, seq: Seq, device: DeviceId, device_seq: u64, len: usize) -> NewItem {
    let record = StoredRecord { device, device_seq, seq, hash: hash(100 + seq as u8) };
    NewItem {
        room,
        item: item(seq, ItemKind::Content, len),
        record: Some(record),
        moves: Moves::default(),
        erases: None,
    }
}

fn service(id: RoomId) -> NewRoom {
    NewRoom { room: id, tenant: id, token: None, relay_epoch: 1 }
}

/// A service room with two devices and a few records, and a network.
fn filled(storage: &dyn Storage) {
    let (service_room, network) = (room(1), room(2));
    let commit = Commit {
        now: Timestamp::from_millis(1),
        rooms: vec![
            service(service_room),
            NewRoom { room: network, tenant: service_room, token: None, relay_epoch: 1 },
        ],
        items: vec![
            entry(service_room, 1, Some(device(1))),
            entry(network, 1, Some(device(1))),
            record(service_room, 2, device(1), 1, 100),
            entry(service_room, 3, Some(device(2))),
            record(service_room, 4, device(2), 1, 100),
            record(service_room, 5, device(1), 2, 100),
        ],
        beacons: Vec::new(),
    };
    storage.commit(&commit).expect("committed");
}

fn an_empty_storage_knows_its_identity_and_no_rooms(storage: &dyn Storage) {
    let identity = storage.identity().expect("made at the first opening");
    assert_eq!(identity.epoch, 1);
    assert_ne!(identity.seed.expose(), &[0; 32]);
    storage.check().expect("answers");
    assert!(storage.is_new().expect("answers"));
    assert_eq!(storage.room(room(1)).expect("answers"), None);
    assert_eq!(storage.rooms_of(device(1)).expect("answers"), []);
    assert_eq!(storage.membership(room(1)).expect("answers"), []);
    assert_eq!(storage.page(room(1), 0, ALL).expect("answers"), []);
    assert_eq!(storage.last_record(room(1), device(1)).expect("answers"), None);
}

fn what_was_committed_is_found_again(storage: &dyn Storage) {
    filled(storage);
    assert!(!storage.is_new().expect("answers"));
    let head = LogHead { seq: 5, hash: hash(5) };
    assert_eq!(storage.room(room(1)).expect("answers"), Some(StoredRoom { tenant: room(1), head, relay_epoch: 1 }));
    assert_eq!(storage.rooms_of(device(1)).expect("answers"), [room(1), room(2)]);
    assert_eq!(storage.rooms_of(device(2)).expect("answers"), [room(1)]);
    assert_eq!(storage.rooms_of_tenant(room(1)).expect("answers"), 2);
    let seqs: Vec<_> = storage.membership(room(1)).expect("answers").iter().map(|item| item.seq).collect();
    assert_eq!(seqs, [1, 3]);
    assert_eq!(storage.head_at(room(1), 0).expect("answers"), Some(LogHead::EMPTY));
    assert_eq!(storage.head_at(room(1), 3).expect("answers"), Some(LogHead { seq: 3, hash: hash(3) }));
    assert_eq!(storage.head_at(room(1), 6).expect("answers"), None);
    assert_eq!(storage.head_at(room(1), u64::MAX).expect("answers"), None);
}

fn who_left_may_read_up_to_there_until_they_come_back(storage: &dyn Storage) {
    filled(storage);
    let (gone, room) = (device(2), room(1));
    assert_eq!(storage.left_at(room, gone).expect("answers"), None, "is there");
    let out = NewItem { moves: Moves { leave: vec![gone], ..Moves::default() }, ..entry(room, 6, None) };
    storage.commit(&Commit { items: vec![out], ..Commit::default() }).expect("committed");
    assert_eq!(storage.left_at(room, gone).expect("answers"), Some(6));
    assert_eq!(storage.rooms_of(gone).expect("answers"), []);
    assert_eq!(storage.left_at(room, device(1)).expect("answers"), None, "nobody else left");
    assert_eq!(storage.left_at(room, device(3)).expect("answers"), None, "was never there");
    storage.commit(&Commit { items: vec![entry(room, 7, Some(gone))], ..Commit::default() }).expect("committed");
    assert_eq!(storage.left_at(room, gone).expect("answers"), None);
    assert_eq!(storage.rooms_of(gone).expect("answers"), [room]);
}

fn records_are_found_by_their_device(storage: &dyn Storage) {
    filled(storage);
    let second = StoredRecord { device: device(1), device_seq: 2, seq: 5, hash: hash(105) };
    assert_eq!(storage.last_record(room(1), device(1)).expect("answers"), Some(second));
    let first = StoredRecord { device: device(1), device_seq: 1, seq: 2, hash: hash(102) };
    assert_eq!(storage.record(room(1), device(1), 1).expect("answers"), Some(first));
    assert_eq!(storage.record(room(1), device(1), 3).expect("answers"), None);
    assert_eq!(storage.last_record(room(2), device(1)).expect("answers"), None);
}

fn pages_keep_their_limits_and_give_at_least_one_item(storage: &dyn Storage) {
    filled(storage);
    let seqs = |after, items, bytes| -> Vec<Seq> {
        let page = storage.page(room(1), after, PageSize { items, bytes }).expect("answers");
        page.iter().map(|item| item.seq).collect()
    };
    assert_eq!(seqs(0, 1_000, usize::MAX), [1, 2, 3, 4, 5]);
    assert_eq!(seqs(2, 2, usize::MAX), [3, 4]);
    assert_eq!(seqs(0, 1_000, 115), [1, 2]);
    assert_eq!(seqs(1, 1_000, 1), [2]);
    assert!(seqs(5, 1_000, usize::MAX).is_empty());
}

fn a_commit_that_fails_leaves_nothing(storage: &dyn Storage) {
    filled(storage);
    let commit = Commit {
        items: vec![record(room(1), 6, device(1), 3, 10), record(room(1), 5, device(1), 4, 10)],
        ..Commit::default()
    };
    storage.commit(&commit).expect_err("there is an item 5");
    assert_eq!(storage.room(room(1)).expect("answers").expect("a room").head.seq, 5);
    assert_eq!(storage.record(room(1), device(1), 3).expect("answers"), None);
    let no_room = Commit { items: vec![entry(room(9), 1, None)], ..Commit::default() };
    storage.commit(&no_room).expect_err("there is no such room");
    assert_eq!(storage.page(room(9), 0, ALL).expect("answers"), []);
}

fn the_latest_beacon_of_each_device_is_kept(storage: &dyn Storage) {
    filled(storage);
    let beacon = |n: u8, seq: Seq| Beacon {
        device: device(n),
        head: LogHead { seq, hash: hash(seq as u8) },
        signature: Signature::from_bytes([seq as u8; 64]),
    };
    for beacon in [beacon(2, 3), beacon(1, 4), beacon(2, 5)] {
        storage.commit(&Commit { beacons: vec![(room(1), beacon)], ..Commit::default() }).expect("committed");
    }
    assert_eq!(storage.beacons(room(1)).expect("answers"), [beacon(1, 4), beacon(2, 5)]);
    assert_eq!(storage.beacons(room(2)).expect("answers"), []);
}

fn a_set_up_link_is_spent_once(storage: &dyn Storage) {
    let (expires, before, after) = (100, Timestamp::from_millis(99), Timestamp::from_millis(100));
    assert_eq!(storage.token(hash(1)).expect("answers"), None);
    storage.add_token(hash(1), Timestamp::from_millis(expires)).expect("kept");
    assert!(storage.has_open_token(before).expect("answers"));
    assert!(!storage.has_open_token(after).expect("answers"));

    let spend = |n: u8| Commit {
        now: Timestamp::from_millis(50),
        rooms: vec![NewRoom { token: Some(hash(1)), ..service(room(n)) }],
        items: vec![entry(room(n), 1, None)],
        beacons: Vec::new(),
    };
    storage.commit(&spend(1)).expect("the first spends it");
    assert!(matches!(storage.commit(&spend(2)), Err(StorageError::TokenSpent)));
    assert_eq!(storage.room(room(2)).expect("answers"), None);
    let used = Some(Timestamp::from_millis(50));
    let stored = StoredToken { expires: Timestamp::from_millis(expires), used };
    assert_eq!(storage.token(hash(1)).expect("answers"), Some(stored));
    assert!(!storage.has_open_token(before).expect("answers"));
}

/// REFOUND-2
fn of_an_erased_record_a_hash_is_left_and_counting_begins_anew(storage: &dyn Storage) {
    filled(storage);
    let items = vec![NewItem { erases: Some(5), ..entry(room(1), 6, None) }, record(room(1), 7, device(1), 1, 100)];
    storage.commit(&Commit { items, ..Commit::default() }).expect("committed");
    let page = storage.page(room(1), 0, ALL).expect("answers");
    let left: Vec<_> = page.iter().map(|it| (it.seq, it.kind, it.bytes.len())).collect();
    let (entry, content, erased_) = (ItemKind::Membership, ItemKind::Content, ItemKind::Erased);
    let wanted = [
        (1, entry, 10),
        (2, erased_, 32),
        (3, entry, 10),
        (4, erased_, 32),
        (5, content, 100),
        (6, entry, 10),
        (7, content, 100),
    ];
    assert_eq!(left, wanted);
    assert_eq!(page[1].bytes, erased(&[2; 100]).as_bytes());
    assert_eq!(page[1].hash, hash(2), "the log is the same");
    assert_eq!(storage.last_record(room(1), device(2)).expect("answers"), None);
    let first = StoredRecord { device: device(1), device_seq: 1, seq: 7, hash: hash(107) };
    assert_eq!(storage.last_record(room(1), device(1)).expect("answers"), Some(first));
    assert_eq!(storage.room(room(1)).expect("answers").expect("there").head.seq, 7);
}

/// Each kind of storage, empty.
fn storages() -> Vec<(TempDir, Arc<dyn Storage>)> {
    let folder = TempDir::new().expect("a folder");
    let sqlite: Arc<dyn Storage> = Arc::new(Sqlite::open(folder.path()).expect("a database"));
    vec![(folder, sqlite)]
}

macro_rules! suite {
    ($($name:ident),+ $(,)?) => {
        mod suite {
            $(#[test]
            fn $name() {
                for (_folder, storage) in super::storages() {
                    super::$name(&*storage);
                }
            })+
        }
    };
}

suite![
    an_empty_storage_knows_its_identity_and_no_rooms,
    what_was_committed_is_found_again,
    records_are_found_by_their_device,
    who_left_may_read_up_to_there_until_they_come_back,
    pages_keep_their_limits_and_give_at_least_one_item,
    a_commit_that_fails_leaves_nothing,
    the_latest_beacon_of_each_device_is_kept,
    a_set_up_link_is_spent_once,
    of_an_erased_record_a_hash_is_left_and_counting_begins_anew,
];

#[test]
fn sqlite_keeps_all_over_a_reopening() {
    let folder = TempDir::new().expect("a folder");
    let first = Sqlite::open(folder.path()).expect("a database");
    filled(&first);
    let seed = first.identity().expect("an identity").seed;
    drop(first);
    let second = Sqlite::open(folder.path()).expect("opens again");
    assert_eq!(second.identity().expect("an identity").seed.expose(), seed.expose());
    assert_eq!(second.page(room(1), 0, ALL).expect("answers").len(), 5);
}

#[test]
fn sqlite_refuses_a_connection_on_which_a_setting_does_not_hold() {
    let folder = TempDir::new().expect("a folder");
    let _storage = Sqlite::open(folder.path()).expect("a database");
    let file = folder.path().join("grend.sqlite");
    assert_pragmas(&connect(&file).expect("all hold")).expect("still");
    for (name, other) in
        [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("busy_timeout", "0"), ("secure_delete", "OFF")]
    {
        let connection = connect(&file).expect("all hold");
        connection.pragma_update(None, name, other).expect("changed");
        let error = assert_pragmas(&connection).expect_err("one does not hold");
        assert!(matches!(error, StorageError::Pragma { name: named, .. } if named == name), "{error}");
    }
    assert!(PRAGMAS.contains(&("synchronous", "FULL", "2")) && PRAGMAS.contains(&("journal_mode", "WAL", "wal")));

    // A database in memory can not have a WAL: the relay would not start on it.
    let memory = connect(std::path::Path::new(":memory:")).expect_err("no WAL");
    assert!(matches!(memory, StorageError::Pragma { name: "journal_mode", .. }), "{memory}");
}

#[test]
fn sqlite_serves_one_relay_and_says_so_to_a_second() {
    let folder = TempDir::new().expect("a folder");
    let first = Sqlite::open(folder.path()).expect("a database");
    first.claim().expect("the first has it");
    let second = Sqlite::open(folder.path()).expect("a set-up link can be made beside it");
    assert!(matches!(second.claim(), Err(StorageError::InUse)));
    drop(first);
    second.claim().expect("free again");
}

#[test]
fn sqlite_takes_a_database_of_the_first_version_along() {
    let folder = TempDir::new().expect("a folder");
    filled(&Sqlite::open(folder.path()).expect("a database"));
    let before =
        "ALTER TABLE holders DROP COLUMN left_at; ALTER TABLE rooms DROP COLUMN relay_epoch; PRAGMA user_version = 1";
    connect(&folder.path().join("grend.sqlite")).expect("opens").execute_batch(before).expect("nobody could leave");
    let storage = Sqlite::open(folder.path()).expect("opens");
    assert_eq!(storage.rooms_of(device(1)).expect("answers"), [room(1), room(2)]);
    assert_eq!(storage.left_at(room(1), device(1)).expect("answers"), None);
    let out = NewItem { moves: Moves { leave: vec![device(2)], ..Moves::default() }, ..entry(room(1), 6, None) };
    storage.commit(&Commit { items: vec![out], ..Commit::default() }).expect("committed");
    assert_eq!(storage.left_at(room(1), device(2)).expect("answers"), Some(6));
}

#[test]
fn sqlite_does_not_touch_a_database_of_a_later_version() {
    let folder = TempDir::new().expect("a folder");
    drop(Sqlite::open(folder.path()).expect("a database"));
    let connection = connect(&folder.path().join("grend.sqlite")).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("changed");
    assert!(matches!(Sqlite::open(folder.path()), Err(StorageError::Schema(99))));
}

#[cfg(unix)]
#[test]
fn sqlite_shows_its_files_to_nobody_else() {
    use std::os::unix::fs::PermissionsExt;
    let outer = TempDir::new().expect("a folder");
    let data = outer.path().join("data");
    let storage = Sqlite::open(&data).expect("a database");
    filled(&storage);
    storage.claim().expect("claimed");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in fs::read_dir(&data).expect("a folder") {
        let path = file.expect("a file").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

/// Bytes that are nowhere by chance.
fn ciphertext(seq: Seq, len: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < len {
        let next = Hash::of("a test's ciphertext", &[&seq.to_be_bytes(), &bytes.len().to_be_bytes()]);
        bytes.extend_from_slice(next.as_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Of each size: within a page, and over many that become free.
const SIZES: [usize; 6] = [600, 3_000, 5_000, 20_000, 100_000, 250_000];

/// A room with records of each size, of which the first few were erased once before.
fn with_ciphertext(storage: &dyn Storage) -> Seq {
    let made =
        Commit { rooms: vec![service(room(1))], items: vec![entry(room(1), 1, Some(device(1)))], ..Commit::default() };
    storage.commit(&made).expect("committed");
    let mut seq = 1;
    for round in 0..5 {
        for len in SIZES {
            seq += 1;
            let mut new = record(room(1), seq % 200, device(1), seq, 1);
            new.item = StoredItem { seq, bytes: ciphertext(seq, len), ..new.item };
            new.record = new.record.map(|it| StoredRecord { seq, ..it });
            storage.commit(&Commit { items: vec![new], ..Commit::default() }).expect("committed");
        }
        if round == 1 {
            seq += 1;
            let items = vec![NewItem { erases: Some(5), ..entry(room(1), seq, None) }];
            storage.commit(&Commit { items, ..Commit::default() }).expect("committed");
        }
    }
    seq
}

/// How many pieces of what was written are in the files of a folder.
fn found(folder: &std::path::Path, last: Seq) -> usize {
    let files: Vec<_> = fs::read_dir(folder).expect("a folder").map(|it| it.expect("a file").path()).collect();
    let bytes: Vec<u8> = files.iter().flat_map(|it| fs::read(it).expect("can be read")).collect();
    let written: std::collections::HashSet<Vec<u8>> = (2..=last)
        .flat_map(|seq| ciphertext(seq, 250_000).chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect();
    bytes.windows(32).filter(|it| written.contains(*it)).count()
}

/// REFOUND-2: database, WAL and its index, free pages too.
#[test]
fn sqlite_leaves_no_byte_of_what_is_erased_in_any_file() {
    let folder = TempDir::new().expect("a folder");
    let storage = Sqlite::open(folder.path()).expect("a database");
    let last = with_ciphertext(&storage);
    assert!(found(folder.path(), last) > 1_000, "it was there");
    let items = vec![NewItem { erases: Some(last + 1), ..entry(room(1), last + 1, None) }];
    storage.commit(&Commit { items, ..Commit::default() }).expect("committed");
    assert_eq!(found(folder.path(), last), 0, "while it is open");
    drop(storage);
    assert_eq!(found(folder.path(), last), 0, "when it is closed");
}

/// REFOUND-2: the power fails after the commit, before the files are clean.
#[test]
fn sqlite_finishes_erasing_when_it_is_opened_again() {
    let (folder, later) = (TempDir::new().expect("a folder"), TempDir::new().expect("another"));
    let storage = Sqlite::open(folder.path()).expect("a database");
    let last = with_ciphertext(&storage);
    let reader = connect(&folder.path().join("grend.sqlite")).expect("opens");
    reader.execute_batch("BEGIN; SELECT count(*) FROM items").expect("reads on");
    let items = vec![NewItem { erases: Some(last + 1), ..entry(room(1), last + 1, None) }];
    storage.commit(&Commit { items, ..Commit::default() }).expect("committed, though somebody reads");
    assert!(found(folder.path(), last) > 1_000, "not yet");
    for file in ["grend.sqlite", "grend.sqlite-wal"] {
        fs::copy(folder.path().join(file), later.path().join(file)).expect("as after a crash");
    }
    drop(Sqlite::open(later.path()).expect("opens"));
    assert_eq!(found(later.path(), last), 0, "after a crash");
    // Without one, with the next commit after the reader has gone.
    reader.execute_batch("COMMIT").expect("done");
    storage.commit(&Commit { items: vec![entry(room(1), last + 2, None)], ..Commit::default() }).expect("committed");
    assert_eq!(found(folder.path(), last), 0, "at the next commit");
}
