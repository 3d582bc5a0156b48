//! The connection to the relay: sign-in, liveness, and when to try again.

use super::{Effect, core::Core};
use crate::{
    crypto::entropy::random,
    ids::RoomId,
    projection::Link,
    protocol::{FromDevice, auth, limits},
    time::Timestamp,
};

/// First wait before trying again, milliseconds.
const FIRST_RETRY: i64 = 500;
/// The longest wait, milliseconds: "retry at most every five seconds in the foreground".
const LAST_RETRY: i64 = 5_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// No socket.
    #[default]
    Off,
    /// A socket was asked for.
    Connecting,
    /// Hello was sent.
    Greeting,
    /// The challenge was answered.
    SigningIn,
    /// Signed in.
    In,
    /// The relay speaks another version: no use trying before an update.
    Versions,
}

#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) phase: Phase,
    /// The relay's key, from the challenge of this session.
    pub(super) relay: [u8; 32],
    pub(super) nonce: auth::Nonce,
    /// Rooms that hold this device, by the relay's word at sign-in.
    pub(super) rooms: Vec<RoomId>,
    retry_at: Option<Timestamp>,
    retry_wait: i64,
    last_heard: Timestamp,
    last_ping: Timestamp,
}

impl Session {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Greeting | Phase::SigningIn | Phase::In)
    }

    pub(super) fn is_in(&self) -> bool {
        self.phase == Phase::In
    }

    pub(super) fn link(&self, all_live: bool) -> Link {
        match self.phase {
            Phase::Versions => Link::UpdateNeeded,
            Phase::In if all_live => Link::Live,
            Phase::In => Link::CatchingUp,
            Phase::Off | Phase::Connecting | Phase::Greeting | Phase::SigningIn => Link::Away,
        }
    }

    /// When the engine wants to be woken, at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Off => self.retry_at,
            Phase::Versions => None,
            Phase::Connecting | Phase::Greeting | Phase::SigningIn => {
                Some(self.last_heard.plus_millis(limits::SILENCE))
            }
            Phase::In => {
                Some(self.last_ping.plus_millis(limits::PING_EVERY).min(self.last_heard.plus_millis(limits::SILENCE)))
            }
        }
    }
}

impl Core {
    /// Tries the relay now, unless a socket is under way.
    pub(super) fn connect(&mut self) {
        if self.session.phase == Phase::Off {
            self.session.phase = Phase::Connecting;
            self.session.last_heard = self.now;
            self.session.retry_at = None;
            self.effect(Effect::Connect);
        }
    }

    pub(super) fn socket_opened(&mut self) {
        if self.session.phase == Phase::Connecting {
            self.session.phase = Phase::Greeting;
            self.session.last_heard = self.now;
            self.send(FromDevice::Hello { version: crate::protocol::VERSION, device: self.keys.device() });
        }
    }

    /// The socket is gone. Tries again soon, then less and less often, never at the same moment as everybody else.
    pub(super) fn socket_closed(&mut self) {
        if self.session.phase == Phase::Versions {
            return;
        }
        self.session.phase = Phase::Off;
        self.session.rooms.clear();
        let wait = self.session.retry_wait.max(FIRST_RETRY);
        self.session.retry_wait = (wait * 2).min(LAST_RETRY);
        let [jitter] = random::<1>(&mut *self.entropy);
        let wait = wait * (192 + i64::from(jitter) / 4) / 256;
        self.session.retry_at = Some(self.now.plus_millis(wait));
    }

    pub(super) fn hang_up(&mut self) {
        if self.session.phase != Phase::Off {
            self.effect(Effect::Disconnect);
            self.socket_closed();
        }
    }

    pub(super) fn heard(&mut self) {
        self.session.last_heard = self.now;
    }

    pub(super) fn challenged(&mut self, version: u16, relay: [u8; 32], nonce: auth::Nonce) {
        if version != crate::protocol::VERSION {
            self.session.phase = Phase::Versions;
            self.effect(Effect::Disconnect);
        } else if self.session.phase == Phase::Greeting {
            self.session.phase = Phase::SigningIn;
            self.session.relay = relay;
            self.session.nonce = nonce;
            let signature = auth::sign_in(&self.keys, &relay, &nonce);
            self.send(FromDevice::Auth { signature });
        }
    }

    pub(super) fn welcomed(&mut self, rooms: Vec<RoomId>) {
        if self.session.phase == Phase::SigningIn {
            self.session.phase = Phase::In;
            self.session.rooms = rooms;
            self.session.retry_wait = 0;
            self.session.last_ping = self.now;
        }
    }

    /// Liveness and retries. A clock that jumped, forward or back, only makes it try sooner.
    pub(super) fn tick_session(&mut self, wanted: bool) {
        let silent_since = self.now.as_millis() - self.session.last_heard.as_millis();
        match self.session.phase {
            Phase::Off if wanted => {
                let due = self
                    .session
                    .retry_at
                    .is_none_or(|at| at <= self.now || at.as_millis() - self.now.as_millis() > LAST_RETRY);
                if due {
                    self.connect();
                }
            }
            Phase::Off | Phase::Versions => {}
            _ if !(0..limits::SILENCE).contains(&silent_since) => {
                self.hang_up();
            }
            Phase::In if self.now.as_millis() - self.session.last_ping.as_millis() >= limits::PING_EVERY => {
                self.session.last_ping = self.now;
                self.send(FromDevice::Ping);
            }
            _ => {}
        }
    }

    /// The page is in front again: a silent socket is asked at once, a retry is not waited for.
    pub(super) fn wake(&mut self) {
        match self.session.phase {
            Phase::Off => {
                self.session.retry_wait = 0;
                self.session.retry_at = Some(self.now);
            }
            Phase::In => {
                self.session.last_ping = self.now;
                self.send(FromDevice::Ping);
            }
            _ => {}
        }
    }
}
