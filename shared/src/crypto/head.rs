//! The log's running hash, the relay's signature over it, and the beacons of those who have seen it.
//!
//! The relay signs once per commit: a Merkle root over the heads of all rooms the commit touched. A room's head
//! carries its path to that root, so it can be checked with nothing but the relay's key pinned in the Genesis.

use minicbor::{Decode, Encode};

use super::{
    BadSignature, DeviceKeys, Hash, Signature, Writer,
    keys::{self, SignKey},
};
use crate::ids::{DeviceId, RoomId};

/// Position in a room's log; the first item has 1, zero is the empty log.
pub type Seq = u64;

/// What an item of the log is. The numbers are hashed and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ItemKind {
    /// A membership entry.
    Membership = 1,
    /// A content record.
    Content = 2,
    /// What is left of a content record when its room was re-founded or closed: [`erased`].
    Erased = 3,
}

impl ItemKind {
    /// The kind a number stands for.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Membership),
            2 => Some(Self::Content),
            3 => Some(Self::Erased),
            _ => None,
        }
    }
}

/// What stays in the log of a record that was erased. The running hash goes over nothing else of any record, so that a log
/// with a record and one with what is left of it have the same head.
#[must_use]
pub fn erased(record: &[u8]) -> Hash {
    Hash::of("grend 2026 log record hash v1", &[record])
}

/// Where a log has come: its length and the running hash over all its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(array)]
pub struct LogHead {
    /// How many items.
    #[n(0)]
    pub seq: Seq,
    /// The running hash.
    #[n(1)]
    pub hash: Hash,
}

impl LogHead {
    /// The head of the empty log.
    pub const EMPTY: Self = Self { seq: 0, hash: Hash::ZERO };

    /// The head after one more item.
    #[must_use]
    pub fn after(self, kind: ItemKind, item: &[u8]) -> Self {
        self.after_numbered(kind as u8, item)
    }

    /// The head after one more item of a kind this version may not know.
    #[must_use]
    pub fn after_numbered(self, kind: u8, item: &[u8]) -> Self {
        let seq = self.seq + 1;
        let left = (kind == ItemKind::Content as u8).then(|| erased(item));
        let (kind, item) = match &left {
            Some(hash) => (ItemKind::Erased as u8, hash.as_bytes().as_slice()),
            None => (kind, item),
        };
        let hash = Hash::of("grend 2026 log hash v1", &[self.hash.as_bytes(), &seq.to_be_bytes(), &[kind], item]);
        Self { seq, hash }
    }
}

/// A head with the relay's word for it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedHead {
    /// The head.
    #[n(0)]
    pub head: LogHead,
    /// The relay's epoch: counts restorations from a backup.
    #[n(1)]
    pub relay_epoch: u32,
    /// Position of this room among the commit's leaves.
    #[n(2)]
    pub index: u32,
    /// Sibling hashes from the leaf to the root; empty where the commit touched one room. At most [`MAX_PATH`].
    #[n(3)]
    pub path: Vec<Hash>,
    /// Over the root.
    #[n(4)]
    pub signature: Signature,
}

/// The longest path: a commit touches at most 2^20 rooms.
pub const MAX_PATH: usize = 20;

const ROOT: &str = "grend relay commit v1";

impl SignedHead {
    /// Checks the path and the relay's signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, room: RoomId, relay: &[u8; 32]) -> Result<(), BadSignature> {
        if self.path.len() > MAX_PATH {
            return Err(BadSignature);
        }
        let mut index = self.index;
        let mut node = leaf(room, self.relay_epoch, self.head);
        for sibling in &self.path {
            node = if index & 1 == 0 { parent(node, *sibling) } else { parent(*sibling, node) };
            index >>= 1;
        }
        if index != 0 {
            return Err(BadSignature);
        }
        keys::verify(relay, ROOT, node.as_bytes(), &self.signature)
    }
}

fn leaf(room: RoomId, relay_epoch: u32, head: LogHead) -> Hash {
    Hash::of(
        "grend 2026 head leaf v1",
        &[room.as_bytes(), &relay_epoch.to_be_bytes(), &head.seq.to_be_bytes(), head.hash.as_bytes()],
    )
}

fn parent(left: Hash, right: Hash) -> Hash {
    Hash::of("grend 2026 head node v1", &[left.as_bytes(), right.as_bytes()])
}

/// Signs the heads of one commit with one signature. The order of the result is that of `heads`.
#[must_use]
pub fn sign_heads(key: &SignKey, relay_epoch: u32, heads: &[(RoomId, LogHead)]) -> Vec<SignedHead> {
    let mut levels = vec![heads.iter().map(|(room, head)| leaf(*room, relay_epoch, *head)).collect::<Vec<_>>()];
    while let Some(level) = levels.last().filter(|level| level.len() > 1) {
        // An odd node out is paired with itself, so that every leaf has a path of the same length.
        let next = level.chunks(2).filter_map(|pair| Some(parent(*pair.first()?, *pair.last()?))).collect();
        levels.push(next);
    }
    let root = levels.last().and_then(|level| level.first()).copied().unwrap_or_default();
    let signature = key.sign(ROOT, root.as_bytes());
    heads
        .iter()
        .enumerate()
        .map(|(at, (_, head))| SignedHead {
            head: *head,
            relay_epoch,
            index: u32::try_from(at).unwrap_or(u32::MAX),
            path: path(&levels, at),
            signature,
        })
        .collect()
}

fn path(levels: &[Vec<Hash>], mut at: usize) -> Vec<Hash> {
    let mut path = Vec::new();
    for level in levels.iter().filter(|level| level.len() > 1) {
        path.extend(level.get(at ^ 1).or(level.get(at)));
        at >>= 1;
    }
    path
}

/// A device's signed word that it has, on its own disk, a room's log up to a head. "Received" rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Beacon {
    /// Who has it.
    #[n(0)]
    pub device: DeviceId,
    /// Up to where.
    #[n(1)]
    pub head: LogHead,
    /// By the device.
    #[n(2)]
    pub signature: Signature,
}

const BEACON: &str = "grend beacon v1";

impl Beacon {
    /// This device's word for a head.
    #[must_use]
    pub fn sign(keys: &DeviceKeys, room: RoomId, head: LogHead) -> Self {
        Self { device: keys.device(), head, signature: keys.signer().sign(BEACON, &Self::message(room, head)) }
    }

    /// Checks the device's signature. Whether the head is true is for the reader to compare with their own log.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, room: RoomId) -> Result<(), BadSignature> {
        keys::verify(self.device.as_bytes(), BEACON, &Self::message(room, self.head), &self.signature)
    }

    fn message(room: RoomId, head: LogHead) -> Vec<u8> {
        Writer::new().fixed(room.as_bytes()).u64(head.seq).fixed(head.hash.as_bytes()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::{Secret, entropy::tests_support::Counting, golden},
        ids::PersonId,
    };

    fn heads(count: u8) -> Vec<(RoomId, LogHead)> {
        (0..count).map(|n| (RoomId::from_bytes([n; 32]), LogHead::EMPTY.after(ItemKind::Content, &[n]))).collect()
    }

    #[test]
    fn every_room_of_a_commit_has_a_path_to_the_one_signature() {
        let key = SignKey::from_seed(&Secret::new([5; 32]));
        for count in 1..=17 {
            let heads = heads(count);
            for ((room, _), signed) in heads.iter().zip(sign_heads(&key, 1, &heads)) {
                assert_eq!(signed.verify(*room, &key.public()), Ok(()), "{room:?} of {count}");
            }
        }
    }

    #[test]
    fn a_head_counts_for_its_room_place_and_relay_alone() {
        let key = SignKey::from_seed(&Secret::new([5; 32]));
        let heads = heads(3);
        let signed = sign_heads(&key, 1, &heads).remove(1);
        let room = heads[1].0;
        assert_eq!(signed.verify(heads[0].0, &key.public()), Err(BadSignature));
        let stranger = SignKey::from_seed(&Secret::new([6; 32]));
        assert_eq!(signed.verify(room, &stranger.public()), Err(BadSignature));
        for changed in [
            SignedHead { relay_epoch: 2, ..signed.clone() },
            SignedHead { index: 0, ..signed.clone() },
            SignedHead { index: 5, ..signed.clone() },
            SignedHead { path: vec![], ..signed.clone() },
            SignedHead { head: LogHead { seq: 9, ..signed.head }, ..signed.clone() },
        ] {
            assert_eq!(changed.verify(room, &key.public()), Err(BadSignature));
        }
    }

    #[test]
    fn the_layouts_are_the_golden_ones() {
        let key = SignKey::from_seed(&Secret::new([5; 32]));
        let signed = sign_heads(&key, 1, &heads(3)).remove(2);
        golden("log_hash_v1", signed.head.hash.as_bytes());
        golden("signed_head_v1", signed.signature.as_bytes());
        let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Counting::default());
        let beacon = Beacon::sign(&keys, RoomId::from_bytes([2; 32]), signed.head);
        assert_eq!(beacon.verify(RoomId::from_bytes([2; 32])), Ok(()));
        assert_eq!(beacon.verify(RoomId::from_bytes([3; 32])), Err(BadSignature));
        golden("beacon_v1", beacon.signature.as_bytes());
        golden("certificate_v1", keys.certificate().signature.as_bytes());
    }
}
