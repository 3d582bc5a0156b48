//! Whether a content record counts at its place in the log. The relay and every device ask the same.

use super::state::Room;
use crate::crypto::{Hash, record::Header};

/// Where a device's records in a room have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chain {
    /// How many there are.
    pub seq: u64,
    /// The last one's hash; zero if there is none.
    pub hash: Hash,
}

/// Why a record does not count where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It names another room.
    #[error("the record belongs to another room")]
    OtherRoom,
    /// The signer is not in the room.
    #[error("the signer is not in the room")]
    NotInside,
    /// The signer was not given the key.
    #[error("the signer does not hold the key")]
    NotAllowed,
    /// Sealed under a key that somebody has who is out, or upon an entry the log does not have: to be sealed anew.
    #[error("the record was sealed under a key that does not count any more")]
    Stale,
    /// One of the signer's records before it is missing.
    #[error("a record of the signer's is missing")]
    Gap,
    /// The signer has written something else at this place, or upon another past.
    #[error("the signer contradicts itself")]
    Equivocation,
}

impl Room {
    /// Whether a record may come next, by a device whose records have come so far.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn check_record(&self, header: &Header, chain: Chain) -> Result<(), RecordError> {
        if header.room != self.id() {
            return Err(RecordError::OtherRoom);
        }
        if self.person_of(header.device).is_none() {
            return Err(RecordError::NotInside);
        }
        if !self.holds_key(header.device) {
            return Err(RecordError::NotAllowed);
        }
        let current = self.epoch().map(|epoch| epoch.number);
        if !self.may_write(header.device) || current != Some(header.epoch) || !self.has_entry(header.membership) {
            return Err(RecordError::Stale);
        }
        match chain.seq.checked_add(1) {
            Some(next) if header.device_seq < next => Err(RecordError::Equivocation),
            Some(next) if header.device_seq > next => Err(RecordError::Gap),
            Some(_) if header.previous == chain.hash => Ok(()),
            _ => Err(RecordError::Equivocation),
        }
    }
}
