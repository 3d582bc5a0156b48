//! Frames over a WebSocket, within the limits.

use std::{collections::VecDeque, time::Duration};

use axum::extract::ws::Message;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use grend_shared::protocol::{self, Fault, FromDevice, FromRelay};
use tokio::time::{Instant, timeout};

use super::End;
use crate::limits::{Limits, Pace};

/// How long the last word may take; who ends a session does not wait for the other.
const LAST_WORD: Duration = Duration::from_secs(2);

pub(super) struct Wire<S> {
    socket: S,
    read: VecDeque<FromDevice>,
    pace: Pace,
    send_within: Duration,
    heard: Instant,
}

impl<S, E> Wire<S>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin,
{
    pub(super) fn new(socket: S, limits: &Limits) -> Self {
        Self { socket, read: VecDeque::new(), pace: Pace::new(limits), send_within: limits.send, heard: Instant::now() }
    }

    /// When the device was last heard of.
    pub(super) const fn heard(&self) -> Instant {
        self.heard
    }

    /// The next frame. Nothing is lost when the future is dropped half way.
    pub(super) async fn frame(&mut self) -> Result<FromDevice, End> {
        loop {
            if let Some(frame) = self.read.pop_front() {
                return Ok(frame);
            }
            let message = match self.socket.next().await {
                Some(Ok(Message::Binary(message))) => message,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                // Text is no frame; an error is a message above the limit, or a connection that is gone anyway.
                Some(Ok(Message::Text(_)) | Err(_)) => return Err(Fault::Malformed.into()),
                Some(Ok(Message::Close(_))) | None => return Err(End::Gone),
            };
            let frames: Vec<FromDevice> = protocol::decode(&message).map_err(|_| Fault::Malformed)?;
            self.pace.message(frames.len(), message.len()).map_err(|_| Fault::Busy)?;
            self.heard = Instant::now();
            self.read.extend(frames);
        }
    }

    /// Sends a message; a reader that does not take it in time is too slow.
    pub(super) async fn send(&mut self, message: Vec<u8>) -> Result<(), End> {
        match timeout(self.send_within, self.socket.send(Message::Binary(message.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(Fault::SlowReader.into()),
        }
    }

    /// Says why, if the relay ends it, and hangs up.
    pub(super) async fn close(mut self, end: End) {
        let last_word = async {
            if let End::Fault(why) = end {
                let fault = protocol::encode(&[FromRelay::Fault { why }]);
                if self.socket.send(Message::Binary(fault.into())).await.is_err() {
                    return;
                }
            }
            if self.socket.send(Message::Close(None)).await.is_ok() {
                // Until the device has answered the close: hanging up earlier could lose the last word on its way.
                while let Some(Ok(_)) = self.socket.next().await {}
            }
        };
        // Whoever does not take it in time is gone.
        let _: Result<(), _> = timeout(LAST_WORD, last_word).await;
    }
}
