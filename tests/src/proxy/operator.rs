//! What whoever runs a relay can do with its data directory: sign in its name, write into its logs, put back a backup.

use std::{fs, path::Path};

use grend_shared::{
    crypto::{
        Secret,
        head::{LogHead, SignedHead, sign_heads},
        keys::SignKey,
    },
    ids::RoomId,
    protocol::Item,
};
use rusqlite::{Connection, OptionalExtension, params};
use tempfile::TempDir;

use crate::Relay;

/// Somebody with the relay's disk.
pub struct Operator {
    key: SignKey,
    epoch: u32,
}

impl Operator {
    /// Takes the relay's signing key from its database.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn of(relay: &Relay) -> Self {
        let database = database(relay);
        Self {
            key: SignKey::from_seed(&Secret::new(meta(&database, "relay key"))),
            epoch: u32::from_be_bytes(meta(&database, "relay epoch")),
        }
    }

    /// Somebody who would like to be the relay and is not.
    #[must_use]
    pub fn pretended() -> Self {
        Self { key: SignKey::from_seed(&Secret::new([66; 32])), epoch: 1 }
    }

    /// The relay's word for a head.
    ///
    /// # Panics
    /// Never: one head is signed at a time.
    #[must_use]
    pub fn sign(&self, room: RoomId, head: LogHead) -> SignedHead {
        sign_heads(&self.key, self.epoch, &[(room, head)]).pop().expect("one head")
    }

    /// The head after some more items, with the relay's word for it.
    #[must_use]
    pub fn sign_after(&self, room: RoomId, head: LogHead, items: &[Item]) -> SignedHead {
        self.sign(room, items.iter().fold(head, |head, item| head.after_numbered(item.kind, &item.bytes)))
    }
}

/// Writes an item behind a room's last, unasked. The relay must not run.
///
/// # Panics
/// When it cannot be written.
pub fn append(relay: &Relay, room: RoomId, item: &Item) {
    let database = database(relay);
    let last = database
        .query_row("SELECT seq, hash FROM items WHERE room = ?1 ORDER BY seq DESC LIMIT 1", [room.as_bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
        })
        .optional();
    let (seq, hash) = last.expect("a good query").expect("the room has a log");
    let head = LogHead { seq: seq.cast_unsigned(), hash: grend_shared::crypto::Hash::from_bytes(hash) };
    let next = head.after_numbered(item.kind, &item.bytes);
    let insert = "INSERT INTO items (room, seq, kind, bytes, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![room.as_bytes(), next.seq.cast_signed(), item.kind, item.bytes, next.hash.as_bytes()];
    database.execute(insert, row).expect("the operator may write");
}

/// A copy of the relay's data directory. The relay must not run.
///
/// # Panics
/// When it cannot be copied.
#[must_use]
pub fn backup(relay: &Relay) -> TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder can be made");
    copy_files(relay.data(), copy.path());
    copy
}

/// Puts a copy in the place of what the relay has. The relay must not run.
///
/// # Panics
/// When it cannot be put there.
pub fn restore(relay: &Relay, backup: &TempDir) {
    for file in fs::read_dir(relay.data()).expect("the data directory can be listed").flatten() {
        fs::remove_file(file.path()).expect("a file can be removed");
    }
    copy_files(backup.path(), relay.data());
}

fn copy_files(from: &Path, to: &Path) {
    for file in fs::read_dir(from).expect("a folder can be listed").flatten() {
        fs::copy(file.path(), to.join(file.file_name())).expect("a file can be copied");
    }
}

fn meta<const N: usize>(database: &Connection, name: &str) -> [u8; N] {
    let value = database.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0));
    value.unwrap_or_else(|error| panic!("the relay's {name}: {error}"))
}

fn database(relay: &Relay) -> Connection {
    Connection::open(relay.data().join("grend.sqlite")).expect("the database can be opened")
}
