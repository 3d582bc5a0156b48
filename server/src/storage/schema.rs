//! The tables, and how a database comes to have them.

use grend_shared::crypto::{Hash, Secret};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::StorageError;

/// Counted up with every change of the tables.
const VERSION: i64 = 3;

const TABLES: &str = "
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE tenants (
    service BLOB PRIMARY KEY,
    made    INTEGER NOT NULL
) STRICT;
CREATE TABLE rooms (
    room   BLOB PRIMARY KEY,
    tenant BLOB NOT NULL REFERENCES tenants (service),
    relay_epoch INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX rooms_by_tenant ON rooms (tenant);
CREATE TABLE items (
    room  BLOB NOT NULL REFERENCES rooms (room),
    seq   INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash  BLOB NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT;
CREATE INDEX membership ON items (room, seq) WHERE kind = 1;
CREATE TABLE records (
    room       BLOB NOT NULL,
    device     BLOB NOT NULL,
    device_seq INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    PRIMARY KEY (room, device, device_seq),
    FOREIGN KEY (room, seq) REFERENCES items (room, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE holders (
    device  BLOB NOT NULL,
    room    BLOB NOT NULL REFERENCES rooms (room),
    left_at INTEGER,
    PRIMARY KEY (device, room)
) STRICT, WITHOUT ROWID;
CREATE TABLE beacons (
    room      BLOB NOT NULL REFERENCES rooms (room),
    device    BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (room, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE setup_tokens (
    hash    BLOB PRIMARY KEY,
    expires INTEGER NOT NULL,
    used    INTEGER
) STRICT, WITHOUT ROWID;
";

/// Makes the tables and the relay's identity where there are none.
pub(super) fn prepare(connection: &mut Connection, seed: &Secret<32>) -> Result<(), StorageError> {
    // Immediate: of two processes that find an empty file, the second waits and then finds the first one's tables.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        0 => {
            transaction.execute_batch(TABLES)?;
            let insert = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
            transaction.execute(insert, params!["relay key", seed.expose().as_slice()])?;
            transaction.execute(insert, params!["relay epoch", 1_u32.to_be_bytes().as_slice()])?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        before @ 1..VERSION => {
            if before < 2 {
                // Nobody could be taken out of a room before.
                transaction.execute_batch("ALTER TABLE holders ADD COLUMN left_at INTEGER")?;
            }
            // Nor was a relay ever restored.
            transaction.execute_batch("ALTER TABLE rooms ADD COLUMN relay_epoch INTEGER NOT NULL DEFAULT 1")?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        later => return Err(StorageError::Schema(later)),
    }
    transaction.commit()?;
    Ok(())
}

/// A value of `meta`, of exactly this length.
pub(super) fn meta<const N: usize>(connection: &Connection, name: &str) -> Result<[u8; N], StorageError> {
    let value: Option<Vec<u8>> =
        connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    value.and_then(|bytes| bytes.try_into().ok()).ok_or(StorageError::Damaged("meta"))
}

/// Thirty-two bytes of a column, as a hash.
pub(super) fn hash(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash::from_bytes)
}
