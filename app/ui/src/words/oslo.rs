//! A point in time as the clock on a Norwegian wall has it, without a time zone database: the rule of summer time
//! has been the same since 1996 (directive 2000/84/EC), and what is shown here is recent.

use grend_shared::time::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, ToSpan};

/// The civil time in Europe/Oslo; the epoch for points beyond the calendar.
pub(crate) fn civil(at: Timestamp) -> DateTime {
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    let utc = epoch.checked_add(SignedDuration::from_millis(at.as_millis())).unwrap_or(epoch);
    let hours = if is_summer(utc) { 2 } else { 1 };
    utc.checked_add(SignedDuration::from_hours(hours)).unwrap_or(utc)
}

/// Summer time: from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October.
fn is_summer(utc: DateTime) -> bool {
    let change = |month| last_sunday(utc.year(), month).at(1, 0, 0, 0);
    (change(3)..change(10)).contains(&utc)
}

fn last_sunday(year: i16, month: i8) -> Date {
    let last = Date::new(year, month, 1).map_or(Date::MIN, Date::last_of_month);
    let back = last.weekday().to_sunday_zero_offset();
    last.checked_sub(back.days()).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil_text(millis: i64) -> String {
        civil(Timestamp::from_millis(millis)).to_string()
    }

    #[test]
    fn the_wall_clock_follows_summer_time() {
        assert_eq!(civil_text(1_796_040_000_000), "2026-11-30T13:00:00");
        // 2026-03-29 is the last Sunday of March: 00:59:59 UTC and a second later.
        assert_eq!(civil_text(1_774_745_999_000), "2026-03-29T01:59:59");
        assert_eq!(civil_text(1_774_746_000_000), "2026-03-29T03:00:00");
        // 2026-10-25 is the last Sunday of October.
        assert_eq!(civil_text(1_792_889_999_000), "2026-10-25T02:59:59");
        assert_eq!(civil_text(1_792_890_000_000), "2026-10-25T02:00:00");
    }

    #[test]
    fn an_absurd_clock_harms_nothing() {
        for millis in [i64::MIN, i64::MAX] {
            civil(Timestamp::from_millis(millis));
        }
    }
}
