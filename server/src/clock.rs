//! The relay's clock. Only links' expiry rests on it, and how long a session may be silent.

use std::time::SystemTime;

use grend_shared::time::Timestamp;

/// Now, by the machine's clock. A clock before 1970 counts as 1970.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
