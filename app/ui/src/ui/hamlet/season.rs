//! The four seasons as the hamlet's ground knows them.

/// What lies on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Season {
    /// Snow on roofs and spruces.
    Winter,
    /// Bare patches, wood anemones, light birches.
    Spring,
    /// Green, with flowers.
    Summer,
    /// Yellow birches and leaves on the ground.
    Autumn,
}

impl Season {
    /// Its name in the style sheet.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Winter => "winter",
            Self::Spring => "spring",
            Self::Summer => "summer",
            Self::Autumn => "autumn",
        }
    }
}

/// The season of a month from 1 to 12 inland in Norway, where March still is winter.
pub(crate) const fn season_of(month: i8) -> Season {
    match month {
        4 | 5 => Season::Spring,
        6..=8 => Season::Summer,
        9..=11 => Season::Autumn,
        _ => Season::Winter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_goes_round() {
        let year: Vec<&str> = (1..=12).map(|month| season_of(month).name()).collect();
        assert_eq!(year[..5], ["winter", "winter", "winter", "spring", "spring"]);
        assert_eq!(year[5..], ["summer", "summer", "summer", "autumn", "autumn", "autumn", "winter"]);
    }
}
