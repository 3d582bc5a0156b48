//! What a steward tells a room: sealed to the room's inbox key, so that who writes it can not read what others wrote,
//! nor anything else (HPKE base mode, RFC 9180). Padded, so that lengths say little.

use super::{
    Entropy, Writer,
    grant::{EpochKey, EpochNumber},
    keys::SealKey,
    sealed::{self, DoesNotOpen},
    suite,
};
use crate::ids::{DeviceId, RoomId};

const INFO: &[u8] = b"grend notice v1";

/// The most bytes a sealed notice may have.
pub const MAX_LEN: usize = 32 * 1024;

/// A text sealed to a room's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedNotice {
    /// HPKE's encapsulated key.
    pub encapsulated: [u8; 32],
    /// The sealed text with its tag; at most [`MAX_LEN`] bytes.
    pub ciphertext: Vec<u8>,
}

/// A text that could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSealed {
    /// The inbox's key is not a point that HPKE takes: nobody could open it.
    #[error("the inbox's key is no key")]
    BadInbox,
    /// Longer than [`MAX_LEN`] when sealed.
    #[error("the notice is too long")]
    TooLong,
}

const TAG_LEN: usize = 16;

/// Whose notice it is and where: the associated data of its seal. One author's notice does not pass for another's.
#[derive(Debug, Clone, Copy)]
pub struct NoticePlace {
    /// The room.
    pub room: RoomId,
    /// The epoch whose inbox it is.
    pub epoch: EpochNumber,
    /// The device that signs the entry.
    pub author: DeviceId,
}

impl NoticePlace {
    fn aad(&self) -> Vec<u8> {
        Writer::new().fixed(self.room.as_bytes()).u32(self.epoch).fixed(self.author.as_bytes()).finish()
    }
}

impl SealedNotice {
    /// Seals a text to an inbox.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal(
        inbox: SealKey,
        place: &NoticePlace,
        text: &[u8],
        entropy: &mut (impl Entropy + ?Sized),
    ) -> Result<Self, NotSealed> {
        let padded = sealed::pad(text);
        if padded.len() + TAG_LEN > MAX_LEN {
            return Err(NotSealed::TooLong);
        }
        let sealed = suite::seal(inbox, INFO, &place.aad(), &padded, entropy);
        let (encapsulated, ciphertext) = sealed.map_err(|_| NotSealed::BadInbox)?;
        Ok(Self { encapsulated, ciphertext })
    }

    /// Opens it with the key of its epoch.
    ///
    /// # Errors
    /// [`DoesNotOpen`] under another key, at another place, by another author, or changed.
    pub fn open(&self, key: &EpochKey, place: &NoticePlace) -> Result<Vec<u8>, DoesNotOpen> {
        let secret = key.inbox_secret(place.room, place.epoch);
        let padded = suite::open(&secret, INFO, &place.aad(), &self.encapsulated, &self.ciphertext)?;
        sealed::unpad(padded.expose()).map(<[u8]>::to_vec).map_err(|_| DoesNotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::entropy::tests_support::Counting;

    #[test]
    fn a_notice_opens_for_the_room_as_its_authors_alone() {
        let entropy = &mut Counting::default();
        let (key, other) = (EpochKey::generate(entropy), EpochKey::generate(entropy));
        let (room, author) = (RoomId::from_bytes([3; 32]), DeviceId::from_bytes([4; 32]));
        let place = NoticePlace { room, epoch: 2, author };
        let notice = SealedNotice::seal(key.inbox(room, 2), &place, b"22 24 96 01", entropy).expect("sealed");
        assert_eq!(notice.open(&key, &place), Ok(b"22 24 96 01".to_vec()));
        assert_eq!(notice.open(&other, &place), Err(DoesNotOpen));
        for elsewhere in [
            NoticePlace { room: RoomId::from_bytes([5; 32]), ..place },
            NoticePlace { epoch: 3, ..place },
            NoticePlace { author: DeviceId::from_bytes([6; 32]), ..place },
        ] {
            assert_eq!(notice.open(&key, &elsewhere), Err(DoesNotOpen));
        }
        let long = SealedNotice::seal(key.inbox(room, 2), &place, &[b'x'; 300], entropy).expect("sealed");
        assert_eq!(long.ciphertext.len(), notice.ciphertext.len(), "lengths say little");
        assert_eq!(SealedNotice::seal(SealKey([0; 32]), &place, b"", entropy), Err(NotSealed::BadInbox));
        let endless = vec![b'x'; MAX_LEN];
        assert_eq!(SealedNotice::seal(key.inbox(room, 2), &place, &endless, entropy), Err(NotSealed::TooLong));
    }
}
