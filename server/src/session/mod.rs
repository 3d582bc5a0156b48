//! One device's session: sign-in, then requests one way and answers, items and beacons the other.
//!
//! Generic over the socket, so that tests need none. A session knows nothing of other sessions: the writer puts
//! before it what it shall pass on. It keeps a cursor for each open room and sends items from the writer's queue
//! where they follow directly, and from storage where the device is behind; so there is never a gap and never an item
//! twice, however the two interleave. Start with [`run`].

mod cursors;
mod outbox;
mod peek;
mod sign_in;
mod steady;
mod wire;

use std::net::IpAddr;

use axum::extract::ws::Message;
use futures_util::{Sink, Stream};
use grend_shared::protocol::Fault;

use crate::relay::{Relay, mailbox::Mailbox};
use wire::Wire;

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The device is gone, or silent for too long.
    Gone,
    /// The relay ends it, and says why.
    Fault(Fault),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Talks with one device until one of the two has enough. `address` counts against the limits and is kept nowhere.
pub async fn run<S, E>(socket: S, relay: Relay, address: IpAddr)
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin + Send,
    E: Send,
{
    let session = relay.next_session();
    let mut wire = Wire::new(socket, relay.limits());
    tracing::debug!(session = session.0, "a session begins");
    let end = match relay.gate().enter(address) {
        Err(_) => End::Fault(Fault::Busy),
        Ok(_pass) => {
            let stopped = relay.stop().clone();
            let mailbox = Mailbox::new(relay.limits().outgoing);
            let arrival = (session, mailbox.0.clone());
            let signed_in = tokio::select! {
                () = stopped.cancelled() => Err(Fault::ShuttingDown.into()),
                signed_in = sign_in::sign_in(&mut wire, &relay, address, arrival) => signed_in,
            };
            let end = match signed_in {
                Err(end) => end,
                Ok(signed_in) => steady::Steady::new(&relay, session, signed_in, &mut wire, mailbox).run().await,
            };
            relay.leave(session).await;
            end
        }
    };
    tracing::debug!(session = session.0, ?end, "a session ends");
    wire.close(end).await;
}
