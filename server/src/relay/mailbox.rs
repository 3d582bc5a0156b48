//! What the writer puts before a session, in a bounded queue.

use std::sync::Arc;

use axum::body::Bytes;
use grend_shared::{
    crypto::head::{Beacon, Seq},
    ids::RoomId,
};
use tokio::sync::{Notify, mpsc};

/// A session's number since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// What the writer puts before a session. Frames are encoded once and shared by all who get them.
#[derive(Debug, Clone)]
pub enum Event {
    /// The answer to a request.
    Answer {
        /// One frame.
        frame: Bytes,
        /// Whether it settles one of the session's unanswered requests.
        settles: bool,
    },
    /// The session is subscribed.
    Opened {
        /// To this room.
        room: RoomId,
        /// From where the device has come.
        from: Seq,
        /// Up to where it must catch up.
        head: Seq,
        /// Whether it gets nothing after that: it was taken out of the room there.
        last: bool,
        /// One frame.
        frame: Bytes,
    },
    /// New items of a room.
    Live {
        /// The room.
        room: RoomId,
        /// Place of the first.
        first: Seq,
        /// Place of the last.
        last: Seq,
        /// One frame.
        frame: Bytes,
    },
    /// The device has been taken out of a room: it gets nothing after this place.
    Left(RoomId, Seq),
    /// A beacon of another device.
    Beacon(RoomId, Beacon),
}

/// The writer's end of a session's queue.
#[derive(Debug, Clone)]
pub struct Mailbox {
    events: mpsc::Sender<Event>,
    full: Arc<Notify>,
}

impl Mailbox {
    /// A queue for so many events, and its other end.
    #[must_use]
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Event>) {
        let (events, other_end) = mpsc::channel(capacity);
        (Self { events, full: Arc::default() }, other_end)
    }

    /// Puts an event in. `false` when nobody takes them out any more: the session is gone, or too slow and told so.
    #[must_use]
    pub fn put(&self, event: Event) -> bool {
        match self.events.try_send(event) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.full.notify_one();
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Waits until an event did not fit.
    pub async fn overflow(&self) {
        self.full.notified().await;
    }
}
