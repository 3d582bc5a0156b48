//! The clock of the screen: the system's, moved by what a journey has set.

use grend_shared::time::Timestamp;

use super::kept;

/// Milliseconds added to the system clock; zero but in journeys.
pub(crate) fn offset() -> i64 {
    kept::get(kept::on_device(), "grend-clock-offset").unwrap_or(0)
}

/// What time it is.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "a browser's clock is whole milliseconds, far below 2^53")]
    Timestamp::from_millis(js_sys::Date::now() as i64).plus_millis(offset())
}
