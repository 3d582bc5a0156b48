//! Sign-in: the device signs the relay's challenge; so does an invitation's key, to look at the door it opens.

use crate::{
    crypto::{BadSignature, DeviceKeys, Signature, Writer, keys},
    ids::{DeviceId, InviteId, RoomId},
};

/// A random challenge, good for one session.
pub type Nonce = [u8; 32];

const SIGN_IN: &str = "grend sign-in v1";
const PEEK: &str = "grend peek v1";

fn sign_in_message(relay: &[u8; 32], nonce: &Nonce, device: DeviceId) -> Vec<u8> {
    Writer::new().fixed(relay).fixed(nonce).fixed(device.as_bytes()).finish()
}

/// The answer to a challenge. Bound to the relay's key, so that one relay can not sign in with another's challenge.
#[must_use]
pub fn sign_in(keys: &DeviceKeys, relay: &[u8; 32], nonce: &Nonce) -> Signature {
    keys.signer().sign(SIGN_IN, &sign_in_message(relay, nonce, keys.device()))
}

/// Checks the answer to a challenge.
///
/// # Errors
/// [`BadSignature`].
pub fn verify_sign_in(
    device: DeviceId,
    relay: &[u8; 32],
    nonce: &Nonce,
    signature: &Signature,
) -> Result<(), BadSignature> {
    keys::verify(device.as_bytes(), SIGN_IN, &sign_in_message(relay, nonce, device), signature)
}

fn peek_message(nonce: &Nonce, room: RoomId) -> Vec<u8> {
    Writer::new().fixed(nonce).fixed(room.as_bytes()).finish()
}

/// Proof of holding an invitation, for this session.
#[must_use]
pub fn peek(invite: &keys::SignKey, nonce: &Nonce, room: RoomId) -> Signature {
    invite.sign(PEEK, &peek_message(nonce, room))
}

/// Checks the proof of holding an invitation.
///
/// # Errors
/// [`BadSignature`].
pub fn verify_peek(invite: InviteId, nonce: &Nonce, room: RoomId, signature: &Signature) -> Result<(), BadSignature> {
    keys::verify(invite.as_bytes(), PEEK, &peek_message(nonce, room), signature)
}
