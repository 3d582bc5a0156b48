//! What travels between a device and the relay: frames in CBOR (RFC 8949), several to a WebSocket message.
//! Unknown fields are skipped, so both sides may grow; a frame that can not be read ends the session with a named
//! fault. Start with [`FromDevice`] and [`FromRelay`]; [`auth`] has what is signed at sign-in.
//!
//! A session: device `Hello` → relay `Challenge` → device `Auth` → relay `Welcome` → `Open` for each room →
//! `Batch`es → `Put` and `Seen` one way, `PutOk`, `Batch` and `Seen` the other.

pub mod auth;
pub mod frame;
pub mod limits;
pub mod refusal;

pub use frame::{FromDevice, FromRelay, Item, Opening, RoomBeacon};
pub use refusal::{Fault, Refusal};

/// The version of this protocol. A relay and a device of different versions tell each other so.
pub const VERSION: u16 = 1;

/// A message that is no sequence of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    /// Longer than [`limits::MAX_MESSAGE`].
    #[error("the message is too long")]
    TooLong,
    /// Not CBOR, or not frames.
    #[error("the message holds something that is no frame")]
    Malformed,
    /// More frames than [`limits::MAX_FRAMES`].
    #[error("the message holds too many frames")]
    TooManyFrames,
}

/// Lays frames behind one another in one message.
pub fn encode<T: minicbor::Encode<()>>(frames: &[T]) -> Vec<u8> {
    let mut message = Vec::new();
    for frame in frames {
        // Writing to a Vec can not fail, and no frame has an encoder of its own that does.
        let _: Result<(), minicbor::encode::Error<core::convert::Infallible>> = minicbor::encode(frame, &mut message);
    }
    message
}

/// Reads all frames of a message. Never allocates more than a small multiple of the message's own length.
///
/// # Errors
/// [`BadMessage`].
pub fn decode<'b, T: minicbor::Decode<'b, ()>>(message: &'b [u8]) -> Result<Vec<T>, BadMessage> {
    if message.len() > limits::MAX_MESSAGE {
        return Err(BadMessage::TooLong);
    }
    let mut decoder = minicbor::Decoder::new(message);
    let mut frames = Vec::new();
    while decoder.position() < message.len() {
        if frames.len() == limits::MAX_FRAMES {
            return Err(BadMessage::TooManyFrames);
        }
        frames.push(decoder.decode().map_err(|_| BadMessage::Malformed)?);
    }
    Ok(frames)
}
