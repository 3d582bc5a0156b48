//! Values between two programs of the **same build**: what the screen and the engine say to each other, and the
//! projections the engine keeps for the screen's next start. In [Postcard](https://postcard.jamesmunns.com/wire-format):
//! without names, so a screen need not carry the reading and writing of text for every type it knows.
//!
//! What must still be read by later builds (what is typed, what waits to be sent, what stands in a room) never goes
//! through here.

use serde::{Deserialize, Serialize};

use crate::projection::Room;

/// Packs a value.
///
/// # Panics
/// Never for the types of this crate: they have sizes known before they are written.
#[must_use]
pub fn pack<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("the types of this crate can be packed")
}

/// Unpacks what [`pack`] made; `None` if it was not made so, or not by this build.
#[must_use]
pub fn unpack<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// Packs a projection to be kept. The shape of what it is made of stands before it.
#[must_use]
pub fn pack_view(room: &Room) -> Vec<u8> {
    let mut bytes = SHAPE.to_le_bytes().to_vec();
    bytes.extend(pack(room));
    bytes
}

/// Unpacks a kept projection; `None` if it is of a build with other types. The engine makes it anew then.
#[must_use]
pub fn unpack_view(bytes: &[u8]) -> Option<Room> {
    let (shape, packed) = bytes.split_first_chunk()?;
    if u64::from_le_bytes(*shape) == SHAPE { unpack(packed) } else { None }
}

/// Another number whenever the text of a type that is part of a projection changes: nobody can forget to raise it.
const SHAPE: u64 = {
    let sources: [&[u8]; 10] = [
        include_bytes!("codec.rs"),
        include_bytes!("ids.rs"),
        include_bytes!("secret.rs"),
        include_bytes!("time.rs"),
        include_bytes!("projection/mod.rs"),
        include_bytes!("projection/people.rs"),
        include_bytes!("domain/mod.rs"),
        include_bytes!("domain/gathering.rs"),
        include_bytes!("domain/room.rs"),
        include_bytes!("domain/text.rs"),
    ];
    // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/: no secret hangs on it.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut source = 0;
    while source < sources.len() {
        let mut at = 0;
        while at < sources[source].len() {
            hash = (hash ^ sources[source][at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        source += 1;
    }
    hash
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::RoomKind,
        ids::RoomId,
        projection::{InvitedAs, Threshold, ThresholdStep, Welcome},
    };

    fn room() -> Room {
        Room::Threshold(Threshold {
            room: RoomId::from_bytes([7; 32]),
            kind: RoomKind::Network,
            welcome: Welcome {
                room_name: "Granlia".to_owned(),
                service: "Dalen barnevern".to_owned(),
                inviter: "Åse".to_owned(),
                invited_as: InvitedAs::FosterFamily,
                returns: String::new(),
            },
            step: ThresholdStep::WaitingForAdmit,
            check_words: vec!["bjørk".to_owned()],
        })
    }

    #[test]
    fn a_projection_comes_back_as_it_was() {
        assert_eq!(unpack_view(&pack_view(&room())), Some(room()));
    }

    #[test]
    fn a_projection_of_other_types_is_not_read() {
        let mut bytes = pack_view(&room());
        bytes[0] ^= 1;
        assert_eq!(unpack_view(&bytes), None);
        assert_eq!(unpack_view(&bytes[..5]), None);
    }

    #[test]
    fn an_id_is_its_bytes_and_no_text() {
        let id = RoomId::from_bytes([7; 32]);
        assert_eq!(pack(&id), [7; 32]);
        assert_eq!(unpack(&[7; 32]), Some(id));
    }
}
