//! A look at a room's membership log for one who holds an invitation.

use grend_shared::{
    crypto::{Signature, head::ItemKind},
    ids::{InviteId, RoomId},
    protocol::{
        self, FromRelay, Item, Refusal,
        auth::{self, Nonce},
        limits::MAX_MESSAGE,
    },
};

use crate::{clock, relay::Relay};

/// The answer to a `Peek`, encoded. Who can not prove to hold the invitation learns nothing of the room.
pub(super) async fn answer(relay: &Relay, nonce: &Nonce, room: RoomId, invite: InviteId, proof: &Signature) -> Vec<u8> {
    let looked = match auth::verify_peek(invite, nonce, room, proof) {
        Ok(()) => look(relay, room, invite).await,
        Err(_) => Err(Refusal::BadSignature),
    };
    let refused = |why| protocol::encode(&[FromRelay::Refused { room, item: None, why }]);
    match looked {
        Err(why) => refused(why),
        Ok(entries) => {
            let frame = protocol::encode(&[FromRelay::Peeked { room, entries }]);
            if frame.len() > MAX_MESSAGE { refused(Refusal::TooLarge) } else { frame }
        }
    }
}

async fn look(relay: &Relay, room: RoomId, invite: InviteId) -> Result<Vec<Item>, Refusal> {
    let stored = relay.read(move |storage| storage.membership(room)).await;
    let entries = stored.map_err(|error| {
        tracing::error!(%error, "the storage could not be read");
        Refusal::Storage
    })?;
    if entries.is_empty() {
        return Err(Refusal::LinkUnknown);
    }
    let members = crate::relay::replay(entries.clone()).map_err(|error| {
        tracing::error!(%error, "a room could not be rebuilt");
        Refusal::Storage
    })?;
    crate::relay::invitation(&members, invite, clock::now())?;
    Ok(entries.into_iter().map(|entry| Item::new(ItemKind::Membership, entry.bytes)).collect())
}
