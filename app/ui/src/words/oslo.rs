//! A point in time as the clock on a Norwegian wall has it, without a time zone database: the rule of summer time
//! has been the same since 1996 (directive 2000/84/EC), and what is shown here is recent. Plain arithmetic: the
//! calendar's own spans and their errors would weigh more than all texts.

use grend_shared::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The civil time in Europe/Oslo; the epoch for points beyond the calendar.
pub(crate) fn civil(at: Timestamp) -> DateTime {
    let utc = at.as_millis();
    let wall = utc.saturating_add(if is_summer(utc) { 2 * HOUR } else { HOUR });
    let (days, minutes) = (wall.div_euclid(DAY), wall.rem_euclid(DAY) / 60_000);
    let date = date_of(days).unwrap_or(Date::ZERO);
    DateTime::from_parts(date, time_of(minutes).unwrap_or(Time::midnight()))
}

/// The day so many days after the one it is.
pub(crate) fn day_after(at: Timestamp, days: i64) -> Date {
    let today = civil(at).date();
    let since = days_of(today.year().into(), today.month().into(), today.day().into());
    date_of(since + days).unwrap_or(today)
}

fn time_of(minutes: i64) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    Time::new(hour, minute, 0, 0).ok()
}

/// Summer time: from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October.
fn is_summer(utc: i64) -> bool {
    let Some(date) = date_of(utc.div_euclid(DAY)) else { return false };
    let change = |month| last_sunday(date.year().into(), month).saturating_mul(DAY).saturating_add(HOUR);
    (change(3)..change(10)).contains(&utc)
}

/// The last Sunday of a month of 31 days, in days since the epoch, which was a Thursday.
fn last_sunday(year: i64, month: i64) -> i64 {
    let last = days_of(year, month, 31);
    last - (last + 4).rem_euclid(7)
}

/// Days since the epoch of a day in the calendar: years begin in March, so that a leap day comes last.
const fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day in the calendar, from days since the epoch.
fn date_of(days: i64) -> Option<Date> {
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};

    fn civil_text(millis: i64) -> String {
        civil(Timestamp::from_millis(millis)).to_string()
    }

    #[test]
    fn the_wall_clock_follows_summer_time() {
        assert_eq!(civil_text(1_796_040_000_000), "2026-11-30T13:00:00");
        // 2026-03-29 is the last Sunday of March: 00:59 UTC and a minute later.
        assert_eq!(civil_text(1_774_745_940_000), "2026-03-29T01:59:00");
        assert_eq!(civil_text(1_774_746_000_000), "2026-03-29T03:00:00");
        // 2026-10-25 is the last Sunday of October.
        assert_eq!(civil_text(1_792_889_940_000), "2026-10-25T02:59:00");
        assert_eq!(civil_text(1_792_890_000_000), "2026-10-25T02:00:00");
    }

    #[test]
    fn the_calendar_agrees_with_one_that_is_known_to_be_right() {
        let epoch = date(1970, 1, 1);
        for days in (-40_000..60_000).step_by(37) {
            let known = epoch.checked_add(jiff::Span::new().days(days)).expect("in the calendar");
            assert_eq!(date_of(days), Some(known));
            assert_eq!(days_of(known.year().into(), known.month().into(), known.day().into()), days);
        }
        for year in 1996..2100 {
            for month in [3, 10] {
                let sunday = date_of(last_sunday(year, month)).expect("in the calendar");
                assert_eq!((sunday.weekday(), sunday.month()), (Weekday::Sunday, i8::try_from(month).expect("small")));
                assert!(sunday.day() > 24, "{sunday}");
            }
        }
    }

    #[test]
    fn an_absurd_clock_harms_nothing() {
        for millis in [i64::MIN, i64::MAX] {
            civil(Timestamp::from_millis(millis));
        }
    }
}
