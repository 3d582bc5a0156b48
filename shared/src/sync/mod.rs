//! The sync engine, without any IO: events go in, effects come out. The worker in the browser, the relay's tests and
//! the simulator drive this same engine; what differs is who carries out the effects.
//!
//! Promise 2 in one sentence: whatever an effect *says* ("saved here", an answer, a frame that rests on stored bytes)
//! is held back until the [`Effect::Persist`] before it has been answered by [`Event::Stored`].
//!
//! Start with [`Engine::handle`]. A room's own state is in [`room`], the connection in [`session`], what a person
//! asks in [`asks`] and, of the room's people, in [`wishes`], what the screen is told in [`view`].

mod asks;
mod beacons;
mod core;
mod devices;
mod door;
mod engine;
mod load;
mod moving;
mod outbox;
mod reconcile;
mod records;
mod refound;
mod restored;
mod room;
mod session;
mod stop;
pub mod store;
mod view;
mod wishes;

pub use engine::Engine;
pub use store::{StoreFault, Write};

use crate::{
    port::{Ask, FromEngine, RequestId},
    secret::SecretBytes,
    time::Timestamp,
};

/// Numbers a [`Effect::Persist`], ascending.
pub type PersistId = u64;

/// What happens to the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A person asks for something.
    Ask {
        /// Names the answer.
        request: RequestId,
        /// What.
        ask: Ask,
    },
    /// The socket is open.
    SocketOpened,
    /// The socket is closed, or could not be opened.
    SocketClosed,
    /// A message from the relay.
    Message(Vec<u8>),
    /// The writes of this number are committed to the disk.
    Stored(PersistId),
    /// The writes of this number were not committed; nor will be any that were asked for after them.
    StoreFailed(PersistId, StoreFault),
    /// The time asked for by [`Effect::WakeAt`] has come; or earlier, which does no harm.
    Tick,
    /// The page came to the foreground, or the network may be back: try the relay now.
    Wake,
}

/// What the engine wants done. Effects are carried out in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Commit these writes in one transaction, after all earlier ones; then answer.
    Persist {
        /// Names the answer.
        id: PersistId,
        /// All or nothing.
        writes: Vec<Write>,
    },
    /// Open the socket to the relay.
    Connect,
    /// Close the socket.
    Disconnect,
    /// Send one message. It may hold a set-up link.
    Send(SecretBytes),
    /// Tell the screen.
    Tell(Box<FromEngine>),
    /// Send a [`Event::Tick`] at this time; replaces the time asked for before.
    WakeAt(Timestamp),
    /// What is in memory is ahead of the disk and must not be built upon: drop the engine and load it anew.
    Reload,
}
