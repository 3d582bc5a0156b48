//! Where the relay keeps what it is given: one trait, one conformance suite (`tests/storage`), SQLite behind it.
//! Knows ids, heads and bytes; never looks into an item. Start with [`Storage`].
//!
//! Calls block: the writer has a thread of its own, sessions read through
//! [`Relay::read`](crate::relay::Relay::read).

mod schema;
pub mod sqlite;

use std::io;

use grend_shared::{
    crypto::{
        Hash, Secret,
        head::{Beacon, ItemKind, LogHead, Seq},
    },
    ids::{DeviceId, RoomId},
    time::Timestamp,
};

pub use sqlite::Sqlite;

/// Who this relay is; made once with the database.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Seed of the key that signs heads.
    pub seed: Secret<32>,
    /// Counts restorations from a backup; the first is 1.
    pub epoch: u32,
}

/// A room as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRoom {
    /// The service room of the tenant it belongs to.
    pub tenant: RoomId,
    /// Where its log has come.
    pub head: LogHead,
    /// The relay's epoch in which it was begun.
    pub relay_epoch: u32,
}

/// One item of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// Its place; the first has 1.
    pub seq: Seq,
    /// What it is.
    pub kind: ItemKind,
    /// The entry or record.
    pub bytes: Vec<u8>,
    /// The log's running hash after it.
    pub hash: Hash,
}

/// Where a device's record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its author.
    pub device: DeviceId,
    /// Counts the author's records in the room from 1.
    pub device_seq: u64,
    /// Its place in the room's log.
    pub seq: Seq,
    /// The record's own hash.
    pub hash: Hash,
}

/// A set-up link as the relay knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredToken {
    /// When it runs out.
    pub expires: Timestamp,
    /// When it was spent.
    pub used: Option<Timestamp>,
}

/// A room to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRoom {
    /// Its id.
    pub room: RoomId,
    /// The service room it belongs to; itself for a service room, which makes the tenant.
    pub tenant: RoomId,
    /// The set-up link that this spends.
    pub token: Option<Hash>,
    /// The relay's epoch.
    pub relay_epoch: u32,
}

/// An item to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// The room.
    pub room: RoomId,
    /// The item; `seq` is one more than the one before.
    pub item: StoredItem,
    /// For a content record: its place among its author's.
    pub record: Option<StoredRecord>,
    /// For a membership entry: who comes in by it, and who goes.
    pub moves: Moves,
    /// Before which place it erases the room's records. All that device's records are counted by begins anew.
    pub erases: Option<Seq>,
}

/// Devices that a membership entry brings into its room, or takes out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Who comes in.
    pub enter: Vec<DeviceId>,
    /// Whether another device lets them in, so that they have to be told.
    pub added: bool,
    /// Who goes. They may still read up to the entry itself, so that they learn of it from who signed it.
    pub leave: Vec<DeviceId>,
}

/// All that one transaction writes.
#[derive(Debug, Default)]
pub struct Commit {
    /// The time, for what keeps one.
    pub now: Timestamp,
    /// New rooms.
    pub rooms: Vec<NewRoom>,
    /// New items, in order within each room.
    pub items: Vec<NewItem>,
    /// Beacons that replace the device's earlier one.
    pub beacons: Vec<(RoomId, Beacon)>,
}

impl Commit {
    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rooms.is_empty() && self.items.is_empty() && self.beacons.is_empty()
    }
}

/// How much of a log to read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// At most so many items.
    pub items: usize,
    /// Stop before the sum of the items' bytes passes this; one item is always given.
    pub bytes: usize,
}

/// The relay's storage. All that [`Storage::commit`] was given is on disk when it returns `Ok`, or none of it is.
pub trait Storage: Send + Sync + 'static {
    /// Who this relay is.
    ///
    /// # Errors
    /// [`StorageError`]; so do all below.
    fn identity(&self) -> Result<Identity, StorageError>;

    /// Whether the storage answers.
    fn check(&self) -> Result<(), StorageError>;

    /// Writes everything in one transaction and waits for the disk. Of records that an item erases nothing but
    /// [`grend_shared::crypto::head::erased`] is left in any file, at the latest when the storage is opened again.
    fn commit(&self, commit: &Commit) -> Result<(), StorageError>;

    /// A room, if there is one.
    fn room(&self, room: RoomId) -> Result<Option<StoredRoom>, StorageError>;

    /// The rooms that hold a device, in order of their ids.
    fn rooms_of(&self, device: DeviceId) -> Result<Vec<RoomId>, StorageError>;

    /// Up to which place of a room's log a device may read that was taken out of it.
    fn left_at(&self, room: RoomId, device: DeviceId) -> Result<Option<Seq>, StorageError>;

    /// How many rooms a tenant has, its service room among them.
    fn rooms_of_tenant(&self, tenant: RoomId) -> Result<u64, StorageError>;

    /// A room's membership entries, in order.
    fn membership(&self, room: RoomId) -> Result<Vec<StoredItem>, StorageError>;

    /// The items of a room after a place, in order.
    fn page(&self, room: RoomId, after: Seq, size: PageSize) -> Result<Vec<StoredItem>, StorageError>;

    /// The log's head as it was at a place; the empty log's at zero.
    fn head_at(&self, room: RoomId, seq: Seq) -> Result<Option<LogHead>, StorageError>;

    /// A device's latest record in a room.
    fn last_record(&self, room: RoomId, device: DeviceId) -> Result<Option<StoredRecord>, StorageError>;

    /// One of a device's records in a room.
    fn record(&self, room: RoomId, device: DeviceId, device_seq: u64) -> Result<Option<StoredRecord>, StorageError>;

    /// The latest beacon of each device of a room.
    fn beacons(&self, room: RoomId) -> Result<Vec<Beacon>, StorageError>;

    /// Keeps the hash of a set-up link.
    fn add_token(&self, hash: Hash, expires: Timestamp) -> Result<(), StorageError>;

    /// A set-up link, if it is known.
    fn token(&self, hash: Hash) -> Result<Option<StoredToken>, StorageError>;

    /// Begins another epoch of the relay: what is here was put back from a backup. Set-up links that were open are void:
    /// nobody knows which of them were spent since. Gives the epoch.
    fn restored(&self, now: Timestamp) -> Result<u32, StorageError>;

    /// Whether nobody has set up a service yet.
    fn is_new(&self) -> Result<bool, StorageError>;

    /// Whether some set-up link can still be used.
    fn has_open_token(&self, now: Timestamp) -> Result<bool, StorageError>;
}

/// What can go wrong with the storage. Nothing of an item's content is in it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database.
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The data directory.
    #[error("the data directory: {0}")]
    Io(#[from] io::Error),
    /// A setting on which "saved" rests does not hold on a connection.
    #[error("the database runs with {name} = {found}, but must with {wanted}")]
    Pragma {
        /// Which.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// Written by a later version of Grend.
    #[error("the database has schema {0}, which this version does not know")]
    Schema(i64),
    /// Another relay runs on this directory.
    #[error("another relay uses this data directory")]
    InUse,
    /// The storage holds something that was never put there.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    /// A set-up link was spent twice.
    #[error("the set-up link has been spent")]
    TokenSpent,
    /// The operating system gives no randomness.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
}
