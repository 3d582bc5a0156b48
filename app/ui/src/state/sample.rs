//! What is said in the sample hamlet, in the language it is entered in. All of it is plainly invented.

use grend_shared::{
    domain::When,
    port::{SampleGathering, SampleTexts},
};
use jiff::civil::{Time, Weekday};

use crate::{
    platform::{clock, prefs},
    words::{Words, oslo},
};

/// The texts of the sample.
pub(super) fn texts() -> SampleTexts {
    let t = Words(prefs::language());
    let owned = |names: [&str; 5]| names.map(str::to_owned);
    let gathering = |days: i64, title: &str, place: &str, note: &str| SampleGathering {
        title: title.to_owned(),
        when: on_saturday(days),
        place: place.to_owned(),
        note: note.to_owned(),
    };
    SampleTexts {
        service: t.sample_service().to_owned(),
        people: owned(["Astrid", "Kari", "Ola", "Inger", "Per"]),
        families: owned(["", "Solbakken", "Myrvang", "Granli", "Elvheim"]),
        gatherings: [
            gathering(-49, t.sample_hike(), t.sample_hike_place(), t.sample_hike_note()),
            gathering(-21, t.sample_fire(), t.sample_fire_place(), ""),
            gathering(0, t.sample_workshop(), t.sample_workshop_place(), t.sample_workshop_note()),
            gathering(21, t.sample_pancakes(), t.sample_pancakes_place(), ""),
        ],
        other_places: [t.sample_pancakes_here().to_owned(), t.sample_pancakes_there().to_owned()],
    }
}

/// At noon so many days after the coming Saturday, which is neither today nor tomorrow.
fn on_saturday(days: i64) -> When {
    let now = clock::now();
    let weekday = oslo::day_after(now, 0).weekday();
    let until = i64::from(weekday.until(Weekday::Saturday));
    let coming = if until < 2 { until + 7 } else { until };
    let (start, end) = (Time::constant(12, 0, 0, 0), Time::constant(14, 30, 0, 0));
    When { date: oslo::day_after(now, coming + days), start, end: Some(end) }
}
