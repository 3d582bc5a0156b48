//! SQLite in one data directory: one connection writes, others read beside it (WAL).
//!
//! What is erased is gone from the database file with the transaction's checkpoint, and from the WAL because that is cut off
//! then. Should a reader stand in the way, or the power fail, it is done at the next commit or the next opening.
//!
//! "Sent" rests on the settings in [`PRAGMAS`]: they are set on every connection and read back; a connection on which
//! one does not hold is never used.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use grend_shared::{
    crypto::{
        Hash, Secret, Signature,
        head::{Beacon, ItemKind, LogHead, Seq, erased},
    },
    ids::{DeviceId, RoomId},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    Commit, Identity, NewItem, PageSize, Storage, StorageError, StoredItem, StoredRecord, StoredRoom, StoredToken,
    schema,
};

/// Name, how it is set, how it reads back.
pub const PRAGMAS: [(&str, &str, &str); 6] = [
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("busy_timeout", "5000", "5000"),
    ("trusted_schema", "OFF", "0"),
    // What is erased is overwritten, in pages that stay and in those that become free.
    ("secure_delete", "ON", "1"),
];

/// How many reading connections are kept open between reads.
const KEPT_READERS: usize = 8;

/// The embedded storage.
#[derive(Debug)]
pub struct Sqlite {
    file: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Held by the one process that serves.
    lock: Mutex<Option<File>>,
    /// The WAL still has what was erased.
    erasing: AtomicBool,
}

impl Sqlite {
    /// Opens, and at the first time makes, the database of a data directory. Nobody but the owner may look into it.
    ///
    /// # Errors
    /// [`StorageError`]; among them [`StorageError::Pragma`] when a setting does not hold.
    pub fn open(directory: &Path) -> Result<Self, StorageError> {
        make_private_directory(directory)?;
        let file = directory.join("grend.sqlite");
        make_private_file(&file)?;
        let mut writer = connect(&file)?;
        schema::prepare(&mut writer, &crate::set_up::drawn()?)?;
        // Where another process reads, the one that serves goes on trying.
        let erasing = AtomicBool::new(!cut_off_wal(&writer)?);
        Ok(Self { file, writer: Mutex::new(writer), readers: Mutex::default(), lock: Mutex::default(), erasing })
    }

    /// Claims the directory for the one relay that may write logs. The claim ends with this value.
    ///
    /// # Errors
    /// [`StorageError::InUse`] when another relay has it.
    pub fn claim(&self) -> Result<(), StorageError> {
        let path = self.file.with_extension("lock");
        make_private_file(&path)?;
        let lock = File::open(path)?;
        lock.try_lock().map_err(|_| StorageError::InUse)?;
        *guard(&self.lock) = Some(lock);
        Ok(())
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StorageError>) -> Result<T, StorageError> {
        let kept = guard(&self.readers).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => connect(&self.file)?,
        };
        let result = read(&connection);
        let mut readers = guard(&self.readers);
        if readers.len() < KEPT_READERS {
            readers.push(connection);
        }
        result
    }
}

/// A panic elsewhere leaves a connection usable: an open transaction rolls back when it is dropped.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts all that was committed into the database file and leaves nothing in the WAL. Not while somebody reads.
fn cut_off_wal(connection: &Connection) -> Result<bool, StorageError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Opens a connection, sets [`PRAGMAS`] and reads them back.
///
/// # Errors
/// [`StorageError::Pragma`] names the setting that does not hold.
pub fn connect(file: &Path) -> Result<Connection, StorageError> {
    let connection = Connection::open(file)?;
    for (name, value, _) in PRAGMAS {
        // `journal_mode` answers with a row, the others do not: this takes both.
        connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(other),
        })?;
    }
    assert_pragmas(&connection)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Reads [`PRAGMAS`] back.
///
/// # Errors
/// [`StorageError::Pragma`].
pub fn assert_pragmas(connection: &Connection) -> Result<(), StorageError> {
    for (name, _, wanted) in PRAGMAS {
        let found = connection.pragma_query_value(None, name, |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            })
        })?;
        if found != wanted {
            return Err(StorageError::Pragma { name, wanted, found });
        }
    }
    Ok(())
}

fn make_private_directory(directory: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(directory)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// SQLite gives its WAL the permissions of the database.
fn make_private_file(file: &Path) -> Result<(), StorageError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)?;
    Ok(())
}

/// SQLite's numbers are signed. A log of 2^63 items is beyond every disk.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn seq(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

fn item(row: &Row<'_>) -> Result<StoredItem, StorageError> {
    let kind = ItemKind::from_number(row.get(1)?).ok_or(StorageError::Damaged("an item's kind"))?;
    Ok(StoredItem { seq: seq(row, 0)?, kind, bytes: row.get(2)?, hash: schema::hash(row, 3)? })
}

fn record(row: &Row<'_>) -> rusqlite::Result<StoredRecord> {
    Ok(StoredRecord {
        device: DeviceId::from_bytes(row.get(0)?),
        device_seq: seq(row, 1)?,
        seq: seq(row, 2)?,
        hash: schema::hash(row, 3)?,
    })
}

impl Storage for Sqlite {
    fn identity(&self) -> Result<Identity, StorageError> {
        self.read(|connection| {
            let epoch = u32::from_be_bytes(schema::meta(connection, "relay epoch")?);
            Ok(Identity { seed: Secret::new(schema::meta(connection, "relay key")?), epoch })
        })
    }

    fn check(&self) -> Result<(), StorageError> {
        self.read(|connection| Ok(connection.query_row("SELECT 1 FROM meta LIMIT 1", [], |_| Ok(()))?))
    }

    fn commit(&self, commit: &Commit) -> Result<(), StorageError> {
        let mut writer = guard(&self.writer);
        let transaction = writer.transaction()?;
        write_rooms(&transaction, commit)?;
        // Before the items: whoever one of them takes out leaves no beacon behind.
        write_beacons(&transaction, commit)?;
        write_items(&transaction, commit)?;
        transaction.commit()?;
        self.erasing.fetch_or(commit.items.iter().any(|it| it.erases.is_some()), Ordering::Relaxed);
        if self.erasing.load(Ordering::Relaxed) {
            // It is committed, whatever becomes of this.
            let done = cut_off_wal(&writer).unwrap_or_else(|error| {
                tracing::warn!(%error, "what was erased is not gone from the disk yet");
                false
            });
            self.erasing.store(!done, Ordering::Relaxed);
        }
        Ok(())
    }

    fn room(&self, room: RoomId) -> Result<Option<StoredRoom>, StorageError> {
        let query = "SELECT rooms.tenant, items.seq, items.hash, rooms.relay_epoch FROM rooms JOIN items ON items.room = rooms.room
                     WHERE rooms.room = ?1 ORDER BY items.seq DESC LIMIT 1";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let read = |row: &Row<'_>| {
                let head = LogHead { seq: seq(row, 1)?, hash: schema::hash(row, 2)? };
                Ok(StoredRoom { tenant: RoomId::from_bytes(row.get(0)?), head, relay_epoch: row.get(3)? })
            };
            Ok(statement.query_row([room.as_bytes()], read).optional()?)
        })
    }

    fn rooms_of(&self, device: DeviceId) -> Result<Vec<RoomId>, StorageError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT room FROM holders WHERE device = ?1 AND left_at IS NULL ORDER BY room")?;
            let rooms = statement.query_map([device.as_bytes()], |row| row.get(0).map(RoomId::from_bytes))?;
            Ok(rooms.collect::<Result<_, _>>()?)
        })
    }

    fn left_at(&self, room: RoomId, device: DeviceId) -> Result<Option<Seq>, StorageError> {
        let query = "SELECT left_at FROM holders WHERE device = ?1 AND room = ?2 AND left_at IS NOT NULL";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let place = [device.as_bytes(), room.as_bytes()];
            Ok(statement.query_row(place, |row| seq(row, 0)).optional()?)
        })
    }

    fn rooms_of_tenant(&self, tenant: RoomId) -> Result<u64, StorageError> {
        let query = "SELECT count(*) FROM rooms WHERE tenant = ?1";
        self.read(|connection| Ok(connection.query_row(query, [tenant.as_bytes()], |row| seq(row, 0))?))
    }

    fn membership(&self, room: RoomId) -> Result<Vec<StoredItem>, StorageError> {
        let query = "SELECT seq, kind, bytes, hash FROM items WHERE room = ?1 AND kind = 1 ORDER BY seq";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            statement.query_and_then([room.as_bytes()], item)?.collect()
        })
    }

    fn page(&self, room: RoomId, after: Seq, size: PageSize) -> Result<Vec<StoredItem>, StorageError> {
        let query = "SELECT seq, kind, bytes, hash FROM items WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let limit = i64::try_from(size.items).unwrap_or(i64::MAX);
            let mut items: Vec<StoredItem> = Vec::new();
            let mut bytes = 0;
            for item in statement.query_and_then(params![room.as_bytes(), number(after), limit], item)? {
                let item = item?;
                bytes += item.bytes.len();
                if bytes > size.bytes && !items.is_empty() {
                    break;
                }
                items.push(item);
            }
            Ok(items)
        })
    }

    fn head_at(&self, room: RoomId, at: Seq) -> Result<Option<LogHead>, StorageError> {
        if at == 0 {
            return Ok(Some(LogHead::EMPTY));
        }
        let query = "SELECT hash FROM items WHERE room = ?1 AND seq = ?2";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let found = statement.query_row(params![room.as_bytes(), number(at)], |row| schema::hash(row, 0));
            Ok(found.optional()?.map(|hash| LogHead { seq: at, hash }))
        })
    }

    fn last_record(&self, room: RoomId, device: DeviceId) -> Result<Option<StoredRecord>, StorageError> {
        let query = "SELECT device, device_seq, seq, hash FROM records WHERE room = ?1 AND device = ?2
                     ORDER BY device_seq DESC LIMIT 1";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            Ok(statement.query_row(params![room.as_bytes(), device.as_bytes()], record).optional()?)
        })
    }

    fn record(&self, room: RoomId, device: DeviceId, device_seq: u64) -> Result<Option<StoredRecord>, StorageError> {
        let query = "SELECT device, device_seq, seq, hash FROM records
                     WHERE room = ?1 AND device = ?2 AND device_seq = ?3";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let place = params![room.as_bytes(), device.as_bytes(), number(device_seq)];
            Ok(statement.query_row(place, record).optional()?)
        })
    }

    fn beacons(&self, room: RoomId) -> Result<Vec<Beacon>, StorageError> {
        let query = "SELECT device, seq, hash, signature FROM beacons WHERE room = ?1 ORDER BY device";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let beacons = statement.query_map([room.as_bytes()], |row| {
                Ok(Beacon {
                    device: DeviceId::from_bytes(row.get(0)?),
                    head: LogHead { seq: seq(row, 1)?, hash: schema::hash(row, 2)? },
                    signature: Signature::from_bytes(row.get(3)?),
                })
            })?;
            Ok(beacons.collect::<Result<_, _>>()?)
        })
    }

    fn add_token(&self, hash: Hash, expires: Timestamp) -> Result<(), StorageError> {
        let insert = "INSERT INTO setup_tokens (hash, expires) VALUES (?1, ?2)";
        guard(&self.writer).execute(insert, params![hash.as_bytes(), expires.as_millis()])?;
        Ok(())
    }

    fn token(&self, hash: Hash) -> Result<Option<StoredToken>, StorageError> {
        let query = "SELECT expires, used FROM setup_tokens WHERE hash = ?1";
        self.read(|connection| {
            let read = |row: &Row<'_>| {
                let used = row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis);
                Ok(StoredToken { expires: Timestamp::from_millis(row.get(0)?), used })
            };
            Ok(connection.query_row(query, [hash.as_bytes()], read).optional()?)
        })
    }

    fn restored(&self, now: Timestamp) -> Result<u32, StorageError> {
        let mut writer = guard(&self.writer);
        let transaction = writer.transaction()?;
        let epoch = u32::from_be_bytes(schema::meta(&transaction, "relay epoch")?);
        let next = epoch.checked_add(1).ok_or(StorageError::Damaged("the relay's epoch"))?;
        let update = "UPDATE meta SET value = ?1 WHERE name = 'relay epoch'";
        transaction.execute(update, [next.to_be_bytes().as_slice()])?;
        transaction.execute("UPDATE setup_tokens SET used = ?1 WHERE used IS NULL", [now.as_millis()])?;
        transaction.commit()?;
        Ok(next)
    }

    fn is_new(&self) -> Result<bool, StorageError> {
        let query = "SELECT NOT EXISTS (SELECT 1 FROM tenants)";
        self.read(|connection| Ok(connection.query_row(query, [], |row| row.get(0))?))
    }

    fn has_open_token(&self, now: Timestamp) -> Result<bool, StorageError> {
        let query = "SELECT EXISTS (SELECT 1 FROM setup_tokens WHERE used IS NULL AND expires > ?1)";
        self.read(|connection| Ok(connection.query_row(query, [now.as_millis()], |row| row.get(0))?))
    }
}

fn write_rooms(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StorageError> {
    for new in &commit.rooms {
        let now = commit.now.as_millis();
        if let Some(token) = new.token {
            let spend = "UPDATE setup_tokens SET used = ?2 WHERE hash = ?1 AND used IS NULL";
            if transaction.execute(spend, params![token.as_bytes(), now])? != 1 {
                return Err(StorageError::TokenSpent);
            }
        }
        if new.tenant == new.room {
            transaction
                .execute("INSERT INTO tenants (service, made) VALUES (?1, ?2)", params![new.room.as_bytes(), now])?;
        }
        let insert = "INSERT INTO rooms (room, tenant, relay_epoch) VALUES (?1, ?2, ?3)";
        transaction.execute(insert, params![new.room.as_bytes(), new.tenant.as_bytes(), new.relay_epoch])?;
    }
    Ok(())
}

fn write_items(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StorageError> {
    let mut items =
        transaction.prepare_cached("INSERT INTO items (room, seq, kind, bytes, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut records = transaction
        .prepare_cached("INSERT INTO records (room, device, device_seq, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut enter = transaction.prepare_cached(
        "INSERT INTO holders (device, room) VALUES (?1, ?2) ON CONFLICT (device, room) DO UPDATE SET left_at = NULL",
    )?;
    let mut leave = transaction.prepare_cached("UPDATE holders SET left_at = ?3 WHERE device = ?1 AND room = ?2")?;
    let mut forget = transaction.prepare_cached("DELETE FROM beacons WHERE device = ?1 AND room = ?2")?;
    for NewItem { room, item, record, moves, erases } in &commit.items {
        let room = room.as_bytes();
        if let Some(before) = erases {
            erase(transaction, room, *before)?;
        }
        items.execute(params![room, number(item.seq), item.kind as u8, item.bytes, item.hash.as_bytes()])?;
        if let Some(it) = record {
            let (device, hash) = (it.device.as_bytes(), it.hash.as_bytes());
            records.execute(params![room, device, number(it.device_seq), number(it.seq), hash])?;
        }
        for device in &moves.enter {
            enter.execute(params![device.as_bytes(), room])?;
        }
        for device in &moves.leave {
            leave.execute(params![device.as_bytes(), room, number(item.seq)])?;
            forget.execute(params![device.as_bytes(), room])?;
        }
    }
    Ok(())
}

/// Leaves a hash of each record of a room before a place, and counts no device's records any more.
fn erase(transaction: &Transaction<'_>, room: &[u8; 32], before: Seq) -> Result<(), StorageError> {
    let next =
        "SELECT seq, bytes FROM items WHERE room = ?1 AND kind = 2 AND seq > ?2 AND seq < ?3 ORDER BY seq LIMIT 1";
    let mut next = transaction.prepare_cached(next)?;
    let mut update =
        transaction.prepare_cached("UPDATE items SET kind = 3, bytes = ?3 WHERE room = ?1 AND seq = ?2")?;
    let mut after = 0;
    // One at a time: a room's records may be more than fits into memory.
    let read = |row: &Row<'_>| Ok((seq(row, 0)?, row.get::<_, Vec<u8>>(1)?));
    while let Some((at, bytes)) = next.query_row(params![room, number(after), number(before)], read).optional()? {
        update.execute(params![room, number(at), erased(&bytes).as_bytes()])?;
        after = at;
    }
    transaction.execute("DELETE FROM records WHERE room = ?1", [room])?;
    Ok(())
}

fn write_beacons(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StorageError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO beacons (room, device, seq, hash, signature) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (room, device) DO UPDATE SET
         seq = excluded.seq, hash = excluded.hash, signature = excluded.signature",
    )?;
    for (room, Beacon { device, head, signature }) in &commit.beacons {
        let (hash, signature) = (head.hash.as_bytes(), signature.as_bytes());
        statement.execute(params![room.as_bytes(), device.as_bytes(), number(head.seq), hash, signature])?;
    }
    Ok(())
}
