//! Faults that the tests put into the rules on purpose, to see that they find them. Only with the feature `planted`,
//! which neither app nor relay is built with; without it nothing of this is left.

#[cfg(feature = "planted")]
use core::sync::atomic::{AtomicU8, Ordering};

/// A rule that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Whoever steps up on a steward's invitation is given the key without a tap.
    Grant,
    /// After a Remove the old key goes on counting.
    Cut,
    /// Who comes second with a new key of the same number is taken as well.
    EpochRace,
    /// Who comes back keeps the devices they have lost.
    Readmission,
    /// A steward's tap lets somebody in.
    StewardPower,
    /// An invitation is good more than once.
    InviteReuse,
    /// A household invites as many as it likes.
    GroupQuota,
    /// A device whose storage was rolled back goes on as if nothing had been.
    Rollback,
    /// Two devices that speak as one both go on.
    Clone,
    /// A relay that was restored takes anything before its log has been confirmed.
    HeadConfirmation,
    /// Whoever has a key finds the next one by it.
    Onward,
    /// What is published of a key is the key itself.
    Published,
}

impl Planted {
    /// Those that are found by looking at membership alone.
    pub const RULES: [Self; 7] = [
        Self::Grant,
        Self::Cut,
        Self::EpochRace,
        Self::Readmission,
        Self::StewardPower,
        Self::InviteReuse,
        Self::GroupQuota,
    ];

    /// Runs something with this fault in the rules, on this thread.
    #[cfg(feature = "planted")]
    pub fn during<T>(self, run: impl FnOnce() -> T) -> T {
        NOW.set(Some(self));
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        NOW.set(None);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// The same on every thread, the relay's too: for a program that does nothing else meanwhile.
    #[cfg(feature = "planted")]
    pub fn everywhere<T>(self, run: impl FnOnce() -> T) -> T {
        EVERYWHERE.store(self as u8, Ordering::SeqCst);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        EVERYWHERE.store(NOWHERE, Ordering::SeqCst);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    #[cfg(feature = "planted")]
    pub(crate) fn is_on(self) -> bool {
        NOW.get() == Some(self) || EVERYWHERE.load(Ordering::Relaxed) == self as u8
    }

    #[cfg(not(feature = "planted"))]
    pub(crate) const fn is_on(self) -> bool {
        false
    }
}

#[cfg(feature = "planted")]
thread_local! {
    static NOW: core::cell::Cell<Option<Planted>> = const { core::cell::Cell::new(None) };
}

#[cfg(feature = "planted")]
const NOWHERE: u8 = u8::MAX;
#[cfg(feature = "planted")]
static EVERYWHERE: AtomicU8 = AtomicU8::new(NOWHERE);
