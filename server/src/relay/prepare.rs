//! What can be said of an item without knowing the room: layout, author, room and signatures. Sessions do it, side by
//! side, so that the one writer need not.

use grend_shared::{
    crypto::{BadSignature, Hash, Malformed, head::Beacon, head::ItemKind, record::Record},
    ids::{DeviceId, RoomId},
    membership::{Body, Entry, EntryError},
    protocol::{Item, Refusal},
};

/// An item whose layout, author, room and signatures are right.
#[derive(Debug)]
pub enum Prepared {
    /// A membership entry.
    Entry(Box<Entry>),
    /// A content record.
    Record(Box<Record>),
    /// What is left of one that was erased.
    Erased(Hash),
}

impl Prepared {
    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Entry(entry) => entry.as_bytes().len(),
            Self::Record(record) => record.as_bytes().len(),
            Self::Erased(left) => left.as_bytes().len(),
        }
    }
}

/// Checks an item that a session's device wants to append.
///
/// # Errors
/// [`Refusal`].
pub fn item(device: DeviceId, room: RoomId, item: Item) -> Result<Prepared, Refusal> {
    let prepared = offered(room, item)?;
    let author = match &prepared {
        Prepared::Entry(entry) => entry.author(),
        Prepared::Record(record) => record.header().device,
        Prepared::Erased(_) => return Err(Refusal::Malformed),
    };
    if author == device { Ok(prepared) } else { Err(Refusal::ForeignAuthor) }
}

/// Checks an item that a device gives back to a restored relay, whoever wrote it.
///
/// # Errors
/// [`Refusal`].
pub fn offered(room: RoomId, item: Item) -> Result<Prepared, Refusal> {
    match item.kind().ok_or(Refusal::Malformed)? {
        ItemKind::Membership => {
            let entry = entry(item.bytes)?;
            if entry.room() != room {
                return Err(Refusal::OtherRoom);
            }
            Ok(Prepared::Entry(Box::new(entry)))
        }
        ItemKind::Erased => {
            Ok(Prepared::Erased(Hash::from_bytes(item.bytes.try_into().map_err(|_| Refusal::Malformed)?)))
        }
        ItemKind::Content => Ok(Prepared::Record(Box::new(record(room, item.bytes)?))),
    }
}

fn record(room: RoomId, bytes: Vec<u8>) -> Result<Record, Refusal> {
    let record = Record::parse(bytes).map_err(layout)?;
    if record.header().room != room {
        return Err(Refusal::OtherRoom);
    }
    record.verify().map_err(signature)?;
    Ok(record)
}

fn entry(bytes: Vec<u8>) -> Result<Entry, Refusal> {
    Entry::parse(bytes).map_err(|error| match error {
        EntryError::Malformed(malformed) => layout(malformed),
        EntryError::UnknownKind(_) => Refusal::Malformed,
        EntryError::Signature => Refusal::BadSignature,
    })
}

/// Checks a Genesis.
///
/// # Errors
/// [`Refusal`].
pub fn genesis(device: DeviceId, relay: &[u8; 32], bytes: Vec<u8>) -> Result<Entry, Refusal> {
    let entry = entry(bytes)?;
    if entry.author() != device {
        return Err(Refusal::ForeignAuthor);
    }
    match entry.body() {
        Body::Genesis(genesis) if genesis.relay == *relay => Ok(entry),
        Body::Genesis(_) => Err(Refusal::OtherRelay),
        _ => Err(Refusal::Invalid),
    }
}

/// Checks a beacon.
///
/// # Errors
/// [`Refusal`].
pub fn beacon(device: DeviceId, room: RoomId, beacon: &Beacon) -> Result<(), Refusal> {
    if beacon.device != device {
        return Err(Refusal::ForeignAuthor);
    }
    beacon.verify(room).map_err(signature)
}

const fn signature(_: BadSignature) -> Refusal {
    Refusal::BadSignature
}

const fn layout(malformed: Malformed) -> Refusal {
    match malformed {
        Malformed::TooLong => Refusal::TooLarge,
        Malformed::Short | Malformed::Trailing | Malformed::Unknown | Malformed::Version => Refusal::Malformed,
    }
}
