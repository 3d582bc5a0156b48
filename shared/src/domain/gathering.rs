//! A gathering (*samling*) of the network: rules G1–G7 of the scheme.

use core::{fmt, str::FromStr};

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// When a gathering is held, in Norwegian local time. Date, start and end are **one** value: when two people
/// change it at the same time, a mixture of the two would be a third time that nobody meant.
///
/// Text form: `2026-12-06T12:00/14:30`, without an end `2026-12-06T12:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct When {
    /// The day it begins.
    pub date: Date,
    /// When it begins, to the minute.
    pub start: Time,
    /// When it ends; before `start` means after midnight.
    pub end: Option<Time>,
}

/// A text that is not the text form of a [`When`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date with a time")]
pub struct BadWhen;

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}T{}", self.date.year(), self.date.month(), self.date.day(), Minutes(self.start))?;
        self.end.map_or(Ok(()), |end| write!(f, "/{}", Minutes(end)))
    }
}

struct Minutes(Time);

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl FromStr for When {
    type Err = BadWhen;

    fn from_str(text: &str) -> Result<Self, BadWhen> {
        let (start, end) = match text.split_once('/') {
            Some((start, end)) => (start, Some(end)),
            None => (text, None),
        };
        let (date, start) = start.split_once('T').ok_or(BadWhen)?;
        Ok(Self { date: parse_date(date)?, start: parse_minutes(start)?, end: end.map(parse_minutes).transpose()? })
    }
}

/// Reads `HH:MM`, as a browser's time field gives it.
///
/// # Errors
/// [`BadWhen`] for anything else.
pub fn parse_minutes(text: &str) -> Result<Time, BadWhen> {
    let (hour, minute) = text.split_once(':').ok_or(BadWhen)?;
    Time::new(digits(hour, 2)?, digits(minute, 2)?, 0, 0).map_err(|_| BadWhen)
}

/// Reads `YYYY-MM-DD`, as a browser's date field gives it. By hand: a general parser of dates would be a tenth of
/// what the screen loads.
///
/// # Errors
/// [`BadWhen`] for anything else, and for days that are not in the calendar.
pub fn parse_date(text: &str) -> Result<Date, BadWhen> {
    let mut parts = text.split('-');
    let mut next = |len| parts.next().ok_or(BadWhen).and_then(|part| digits::<i16>(part, len));
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    if parts.next().is_some() {
        return Err(BadWhen);
    }
    let small = |number: i16| i8::try_from(number).map_err(|_| BadWhen);
    Date::new(year, small(month)?, small(day)?).map_err(|_| BadWhen)
}

fn digits<N: FromStr>(text: &str, len: usize) -> Result<N, BadWhen> {
    if text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| BadWhen)
    } else {
        Err(BadWhen)
    }
}

impl TryFrom<String> for When {
    type Error = BadWhen;

    fn try_from(text: String) -> Result<Self, BadWhen> {
        text.parse()
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        when.to_string()
    }
}

/// What a gathering costs a family (G7): never a sum, so nothing shows who cannot afford it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// *Gratis.*
    #[default]
    Free,
    /// *Lite.*
    Low,
    /// *Noe.*
    Some,
}

/// A household's answer to a gathering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// *Vi kommer.*
    Coming,
    /// *Kanskje.*
    Maybe,
    /// *Kan ikke.*
    NotComing,
}

macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),+ }) => {
        impl $type {
            /// The word that stands for it in documents; it never changes.
            #[must_use]
            pub const fn as_word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value a document's word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(Cost { Free = "free", Low = "low", Some = "some" });
words!(Answer { Coming = "coming", Maybe = "maybe", NotComing = "not_coming" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_text_form() {
        for text in ["2026-12-06T12:00/14:30", "2028-02-29T23:05"] {
            assert_eq!(text.parse::<When>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2026-12-06", "2026-02-30T12:00", "2026-12-06T24:00", "2026-12-06T1:00", "2026-12-06T12:00/"] {
            assert_eq!(text.parse::<When>(), Err(BadWhen), "{text}");
        }
    }
}
