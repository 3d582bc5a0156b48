//! What is said in the sample hamlet, in the language it is entered in. All of it is plainly invented.

use grend_shared::port::{SampleGathering, SampleTexts};

use crate::{platform::prefs, words::Words};

/// The texts of the sample.
pub(super) fn texts() -> SampleTexts {
    let t = Words(prefs::language());
    let owned = |names: [&str; 5]| names.map(str::to_owned);
    let gathering = |title: &str, place: &str, note: &str| SampleGathering {
        title: title.to_owned(),
        place: place.to_owned(),
        note: note.to_owned(),
    };
    SampleTexts {
        service: t.sample_service().to_owned(),
        people: owned(["Astrid", "Kari", "Ola", "Inger", "Per"]),
        families: owned(["", "Solbakken", "Myrvang", "Granli", "Elvheim"]),
        gatherings: [
            gathering(t.sample_hike(), t.sample_hike_place(), t.sample_hike_note()),
            gathering(t.sample_fire(), t.sample_fire_place(), ""),
            gathering(t.sample_workshop(), t.sample_workshop_place(), t.sample_workshop_note()),
            gathering(t.sample_pancakes(), t.sample_pancakes_place(), ""),
        ],
        other_places: [t.sample_pancakes_here().to_owned(), t.sample_pancakes_there().to_owned()],
    }
}
