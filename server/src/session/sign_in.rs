//! Hello, challenge, answer.

use std::net::IpAddr;

use axum::extract::ws::Message;
use futures_util::{Sink, Stream};
use grend_shared::{
    ids::DeviceId,
    protocol::{
        self, Fault, FromDevice, FromRelay, VERSION,
        auth::{self, Nonce},
    },
};
use tokio::time::timeout;

use super::{End, wire::Wire};
use crate::relay::{
    Relay,
    mailbox::{Mailbox, SessionId},
};

/// A device that has proven to be the one it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedIn {
    pub(super) device: DeviceId,
    pub(super) nonce: Nonce,
}

/// Signs a device in and welcomes it, in the time there is for it.
pub(super) async fn sign_in<S, E>(
    wire: &mut Wire<S>,
    relay: &Relay,
    address: IpAddr,
    arrival: (SessionId, Mailbox),
) -> Result<SignedIn, End>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin,
{
    match timeout(relay.limits().sign_in, within(wire, relay, address, arrival)).await {
        Ok(result) => result,
        Err(_) => Err(Fault::SignIn.into()),
    }
}

async fn within<S, E>(
    wire: &mut Wire<S>,
    relay: &Relay,
    address: IpAddr,
    (session, mailbox): (SessionId, Mailbox),
) -> Result<SignedIn, End>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin,
{
    let FromDevice::Hello { version, device } = wire.frame().await? else { return Err(Fault::OutOfTurn.into()) };
    if version != VERSION {
        return Err(Fault::Version.into());
    }
    relay.gate().sign_in(address).map_err(|_| Fault::Busy)?;

    let mut nonce: Nonce = [0; 32];
    if let Err(error) = getrandom::fill(&mut nonce) {
        tracing::error!(%error, "no randomness for a challenge");
        return Err(Fault::Busy.into());
    }
    let public = relay.signer().public;
    wire.send(protocol::encode(&[FromRelay::Challenge { version: VERSION, relay: public, nonce }])).await?;

    let FromDevice::Auth { signature } = wire.frame().await? else { return Err(Fault::OutOfTurn.into()) };
    auth::verify_sign_in(device, &public, &nonce, &signature).map_err(|_| Fault::SignIn)?;

    // Before its rooms are read: a room it is added to in between would be told to nobody.
    relay.arrive(session, device, mailbox).await;
    let rooms = relay.read(move |storage| storage.rooms_of(device)).await.map_err(|error| {
        tracing::error!(%error, "the storage could not be read");
        Fault::Busy
    })?;
    wire.send(protocol::encode(&[FromRelay::Welcome { relay_epoch: relay.signer().epoch, rooms }])).await?;
    Ok(SignedIn { device, nonce })
}
