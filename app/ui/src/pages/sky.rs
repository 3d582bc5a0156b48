//! What it looks like outside: the season and whether it is dark, for the pictures.

use jiff::civil::DateTime;

use crate::ui::hamlet::{Season, season_of};

/// The season and whether it is dark at a time of the Norwegian wall clock.
pub(crate) fn sky(at: DateTime) -> (Season, bool) {
    (season_of(at.month()), is_dark(at.month(), at.hour()))
}

/// Whether it is dark outside at this hour of this month, roughly, in southern Norway.
const fn is_dark(month: i8, hour: i8) -> bool {
    let (sunrise, sunset) = match month {
        5..=7 => (4, 23),
        4 | 8 => (5, 21),
        3 | 9 => (6, 19),
        2 | 10 => (7, 17),
        _ => (8, 16),
    };
    hour < sunrise || hour >= sunset
}

#[cfg(test)]
mod tests {
    use super::is_dark;

    #[test]
    fn summer_evenings_are_light_and_winter_afternoons_are_not() {
        assert!(!is_dark(6, 22) && is_dark(12, 17) && is_dark(1, 7) && !is_dark(1, 12));
    }
}
