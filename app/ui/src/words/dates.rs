//! Days and times in words. Own tables: browsers do not all know nynorsk.

use grend_shared::{domain::When, time::Timestamp};
use jiff::civil::{Date, Time};

use super::{Language, Words, oslo};

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_SHORT: [&str; 12] =
    ["jan", "feb", "mars", "april", "mai", "juni", "juli", "aug", "sep", "okt", "nov", "des"];
const MONTHS_SHORT_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAYS_NB: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const DAYS_NN: [&str; 7] = ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn pick(table: &[&'static str], place: i8) -> &'static str {
    usize::try_from(place).ok().and_then(|place| table.get(place)).copied().unwrap_or("")
}

impl Words {
    /// *februar*.
    pub(crate) fn month(self, date: Date) -> &'static str {
        pick(if self.0 == Language::En { &MONTHS_EN } else { &MONTHS }, date.month() - 1)
    }

    /// *feb*, for the date tile.
    pub(crate) fn month_short(self, date: Date) -> &'static str {
        pick(if self.0 == Language::En { &MONTHS_SHORT_EN } else { &MONTHS_SHORT }, date.month() - 1)
    }

    /// *Februar 2026*, as a heading.
    pub(crate) fn month_heading(self, date: Date) -> String {
        capitalized(&format!("{} {}", self.month(date), date.year()))
    }

    /// *søndag*.
    pub(crate) fn weekday(self, date: Date) -> &'static str {
        let table = match self.0 {
            Language::Nb => &DAYS_NB,
            Language::Nn => &DAYS_NN,
            Language::En => &DAYS_EN,
        };
        pick(table, date.weekday().to_monday_zero_offset())
    }

    /// The day's number as it stands on a tile: *8.*, in English *8*.
    pub(crate) fn day_number(self, date: Date) -> String {
        let dot = if self.0 == Language::En { "" } else { "." };
        format!("{}{dot}", date.day())
    }

    /// *8. februar*.
    pub(crate) fn day_and_month(self, date: Date) -> String {
        format!("{} {}", self.day_number(date), self.month(date))
    }

    /// *8. februar 2026*.
    pub(crate) fn date(self, date: Date) -> String {
        format!("{} {}", self.day_and_month(date), date.year())
    }

    /// *søndag 8. februar 2026*.
    pub(crate) fn long_date(self, date: Date) -> String {
        format!("{} {}", self.weekday(date), self.date(date))
    }

    /// *18.00*, in English *18:00*.
    pub(crate) fn clock(self, time: Time) -> String {
        let between = if self.0 == Language::En { ':' } else { '.' };
        format!("{:02}{between}{:02}", time.hour(), time.minute())
    }

    /// *kl. 18.00*.
    pub(crate) fn time(self, time: Time) -> String {
        match self.0 {
            Language::Nb | Language::Nn => format!("kl.\u{a0}{}", self.clock(time)),
            Language::En => format!("at\u{a0}{}", self.clock(time)),
        }
    }

    /// *kl. 12.00–14.30*; in English, which has no *at* before a span, *12:00–14:30*.
    pub(crate) fn times(self, when: When) -> String {
        let Some(end) = when.end else { return self.time(when.start) };
        let start = if self.0 == Language::En { self.clock(when.start) } else { self.time(when.start) };
        format!("{start}–{}", self.clock(end))
    }

    /// A day and its times: *søndag kl. 12.00–14.30*, *Sunday, 12:00–14:30*, *Sunday at 12:00*.
    fn day_with_times(self, day: &str, when: When) -> String {
        let between = if self.0 == Language::En && when.end.is_some() { ", " } else { " " };
        format!("{day}{between}{}", self.times(when))
    }

    /// *lørdag kl. 12.00–14.30*: beside a tile that has the date.
    pub(crate) fn day_and_times(self, when: When) -> String {
        self.day_with_times(self.weekday(when.date), when)
    }

    /// *søndag 6. desember 2026 kl. 12.00–14.30*.
    pub(crate) fn when(self, when: When) -> String {
        self.day_with_times(&self.long_date(when.date), when)
    }

    /// When something was written: *kl. 18.02* if it was today, else *30. november kl. 18.02*.
    pub(crate) fn moment(self, at: Timestamp, now: Timestamp) -> String {
        let (at, today) = (oslo::civil(at), oslo::civil(now).date());
        let time = self.time(at.time());
        if at.date() == today {
            time
        } else if at.date().year() == today.year() {
            format!("{} {time}", self.day_and_month(at.date()))
        } else {
            format!("{} {time}", self.date(at.date()))
        }
    }
}

/// With a capital first letter, as a heading or the start of a sentence.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(of: impl Fn(Words) -> String) -> [String; 3] {
        Language::ALL.map(|language| of(Words(language)))
    }

    #[test]
    fn a_date_is_written_as_each_language_writes_it() {
        let when: When = "2026-02-08T18:00/20:30".parse().expect("a time");
        assert_eq!(
            all(|w| w.when(when)),
            [
                "søndag 8. februar 2026 kl.\u{a0}18.00–20.30",
                "søndag 8. februar 2026 kl.\u{a0}18.00–20.30",
                "Sunday 8 February 2026, 18:00–20:30",
            ]
        );
        let saturday: When = "2026-12-05T09:05".parse().expect("a time");
        assert_eq!(
            all(|w| w.day_and_times(saturday)),
            ["lørdag kl.\u{a0}09.05", "laurdag kl.\u{a0}09.05", "Saturday at\u{a0}09:05"]
        );
        assert_eq!(all(|w| w.month_heading(saturday.date)), ["Desember 2026", "Desember 2026", "December 2026"]);
    }

    #[test]
    fn a_moment_today_needs_no_date() {
        let words = Words(Language::Nb);
        let now = Timestamp::from_millis(1_796_040_000_000);
        assert_eq!(words.moment(now, now), "kl.\u{a0}13.00");
        assert_eq!(words.moment(now.plus_millis(-86_400_000), now), "29. november kl.\u{a0}13.00");
        assert_eq!(words.moment(now.plus_millis(-365 * 86_400_000), now), "30. november 2025 kl.\u{a0}13.00");
    }
}
