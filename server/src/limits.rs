//! What one device or address may use up, and the counters that see to it. Sizes of messages, items and batches are
//! in `shared::protocol::limits`, because both sides keep them.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::DefaultClock, state::keyed::HashMapStateStore};

/// The relay's limits. The defaults leave a well-behaved device far from all of them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once, of all kinds.
    pub connections: usize,
    /// Sessions at once from one address.
    pub sessions_per_address: usize,
    /// Sign-ins from one address in a minute; as many may come at once.
    pub sign_ins_per_minute: NonZeroU32,
    /// Frames of one session in a second; eight times as many may come at once.
    pub frames_per_second: NonZeroU32,
    /// Bytes of one session in a second; eight times as many may come at once.
    pub bytes_per_second: NonZeroU32,
    /// Frames that may wait for one session's socket.
    pub outgoing: usize,
    /// Requests that may wait for the writer; more wait in their sessions.
    pub queue: usize,
    /// Rooms whose state is kept in memory.
    pub cached_rooms: usize,
    /// Rooms of one tenant.
    pub rooms_per_tenant: u64,
    /// From the connection to the end of the sign-in.
    pub sign_in: Duration,
    /// For a message to leave; a reader that is slower is told to sign in again.
    pub send: Duration,
    /// Without a frame until a session ends.
    pub idle: Duration,
    /// For all that is under way when the relay is asked to stop.
    pub shutdown: Duration,
}

/// A quota is never zero.
const fn per(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 8_192,
            sessions_per_address: 256,
            sign_ins_per_minute: per(600),
            frames_per_second: per(1_000),
            bytes_per_second: per(4 * 1024 * 1024),
            outgoing: 512,
            queue: 256,
            cached_rooms: 1_024,
            rooms_per_tenant: 256,
            sign_in: Duration::from_secs(10),
            send: Duration::from_secs(20),
            idle: Duration::from_secs(90),
            shutdown: Duration::from_secs(5),
        }
    }
}

/// More than the limits allow: come again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much at once")]
pub struct Busy;

/// Counts what comes from each address. Addresses are kept in memory as long as they matter, and nowhere else.
#[derive(Debug)]
pub struct Gate {
    sessions_per_address: usize,
    sessions: Arc<Mutex<HashMap<IpAddr, usize>>>,
    sign_ins: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
}

/// When addresses that have been quiet are forgotten.
const REMEMBERED: usize = 4_096;

impl Gate {
    /// An empty gate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            sessions_per_address: limits.sessions_per_address,
            sessions: Arc::default(),
            sign_ins: RateLimiter::hashmap(Quota::per_minute(limits.sign_ins_per_minute)),
        }
    }

    /// Lets a session in; its place is free again when the pass is dropped.
    ///
    /// # Errors
    /// [`Busy`] when the address has as many as it may.
    pub fn enter(&self, address: IpAddr) -> Result<Pass, Busy> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sessions.entry(address).or_insert(0);
        if *count >= self.sessions_per_address {
            return Err(Busy);
        }
        *count += 1;
        Ok(Pass { address, sessions: Arc::clone(&self.sessions) })
    }

    /// Counts one sign-in.
    ///
    /// # Errors
    /// [`Busy`] when there were too many.
    pub fn sign_in(&self, address: IpAddr) -> Result<(), Busy> {
        if self.sign_ins.len() > REMEMBERED {
            self.sign_ins.retain_recent();
        }
        self.sign_ins.check_key(&address).map_err(|_| Busy)
    }
}

/// A session's place among those of its address.
#[derive(Debug)]
pub struct Pass {
    address: IpAddr,
    sessions: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sessions.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                sessions.remove(&self.address);
            }
        }
    }
}

/// How much one session may say.
#[derive(Debug)]
pub struct Pace {
    frames: DefaultDirectRateLimiter,
    bytes: DefaultDirectRateLimiter,
}

impl Pace {
    /// A full measure.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let burst = |rate: NonZeroU32| Quota::per_second(rate).allow_burst(rate.saturating_mul(per(8)));
        Self {
            frames: RateLimiter::direct(burst(limits.frames_per_second)),
            bytes: RateLimiter::direct(burst(limits.bytes_per_second)),
        }
    }

    /// Counts a message.
    ///
    /// # Errors
    /// [`Busy`] when it is one too many.
    pub fn message(&self, frames: usize, bytes: usize) -> Result<(), Busy> {
        count(&self.frames, frames)?;
        count(&self.bytes, bytes)
    }
}

fn count(limiter: &DefaultDirectRateLimiter, amount: usize) -> Result<(), Busy> {
    let Some(amount) = NonZeroU32::new(u32::try_from(amount).unwrap_or(u32::MAX)) else { return Ok(()) };
    match limiter.check_n(amount) {
        Ok(Ok(())) => Ok(()),
        // Not now; or never, being more than the whole burst.
        Ok(Err(_)) | Err(_) => Err(Busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_sessions_and_gets_their_places_back() {
        let gate = Gate::new(&Limits { sessions_per_address: 2, ..Limits::default() });
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = gate.enter(one).expect("room for two");
        let _second = gate.enter(one).expect("room for two");
        assert_eq!(gate.enter(one).err(), Some(Busy));
        let _elsewhere = gate.enter(other).expect("another address");
        drop(first);
        assert!(gate.enter(one).is_ok());
    }

    #[test]
    fn a_session_may_say_eight_seconds_worth_at_once() {
        let pace = Pace::new(&Limits { frames_per_second: per(2), ..Limits::default() });
        assert_eq!(pace.message(16, 1), Ok(()));
        assert_eq!(pace.message(1, 1), Err(Busy));
        assert_eq!(Pace::new(&Limits::default()).message(1, usize::MAX), Err(Busy));
    }
}
