//! A disk that can be full.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use grend_server::storage::{
    Commit, Identity, PageSize, Sqlite, Storage, StorageError, StoredItem, StoredRecord, StoredRoom, StoredToken,
};
use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, LogHead, Seq},
    },
    ids::{DeviceId, RoomId},
    time::Timestamp,
};

/// SQLite whose commits fail while `full` is set.
pub(crate) struct Failing {
    pub(crate) inner: Sqlite,
    pub(crate) full: Arc<AtomicBool>,
}

type Answer<T> = Result<T, StorageError>;

impl Storage for Failing {
    fn commit(&self, commit: &Commit) -> Answer<()> {
        if self.full.load(Ordering::SeqCst) {
            return Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into());
        }
        self.inner.commit(commit)
    }

    fn identity(&self) -> Answer<Identity> {
        self.inner.identity()
    }

    fn check(&self) -> Answer<()> {
        self.inner.check()
    }

    fn room(&self, room: RoomId) -> Answer<Option<StoredRoom>> {
        self.inner.room(room)
    }

    fn rooms_of(&self, device: DeviceId) -> Answer<Vec<RoomId>> {
        self.inner.rooms_of(device)
    }

    fn left_at(&self, room: RoomId, device: DeviceId) -> Answer<Option<Seq>> {
        self.inner.left_at(room, device)
    }

    fn rooms_of_tenant(&self, tenant: RoomId) -> Answer<u64> {
        self.inner.rooms_of_tenant(tenant)
    }

    fn membership(&self, room: RoomId) -> Answer<Vec<StoredItem>> {
        self.inner.membership(room)
    }

    fn page(&self, room: RoomId, after: Seq, size: PageSize) -> Answer<Vec<StoredItem>> {
        self.inner.page(room, after, size)
    }

    fn head_at(&self, room: RoomId, seq: Seq) -> Answer<Option<LogHead>> {
        self.inner.head_at(room, seq)
    }

    fn last_record(&self, room: RoomId, device: DeviceId) -> Answer<Option<StoredRecord>> {
        self.inner.last_record(room, device)
    }

    fn record(&self, room: RoomId, device: DeviceId, device_seq: u64) -> Answer<Option<StoredRecord>> {
        self.inner.record(room, device, device_seq)
    }

    fn beacons(&self, room: RoomId) -> Answer<Vec<Beacon>> {
        self.inner.beacons(room)
    }

    fn add_token(&self, hash: Hash, expires: Timestamp) -> Answer<()> {
        self.inner.add_token(hash, expires)
    }

    fn token(&self, hash: Hash) -> Answer<Option<StoredToken>> {
        self.inner.token(hash)
    }

    fn restored(&self, now: Timestamp) -> Result<u32, StorageError> {
        self.inner.restored(now)
    }

    fn is_new(&self) -> Answer<bool> {
        self.inner.is_new()
    }

    fn has_open_token(&self, now: Timestamp) -> Answer<bool> {
        self.inner.has_open_token(now)
    }
}
