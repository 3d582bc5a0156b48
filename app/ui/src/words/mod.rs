//! What Grend says, in three languages. Pure: it knows the projections, nothing of screens or storage.
//! The texts are in `app/locales`; `build.rs` makes one method of [`Words`] from each. Dates are in [`dates`],
//! sentences that depend on states in [`phrases`].

pub(crate) mod dates;
pub(crate) mod oslo;
pub(crate) mod phrases;

use serde::{Deserialize, Serialize};

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// *Bokmål.*
    #[default]
    Nb,
    /// *Nynorsk.*
    Nn,
    /// English.
    En,
}

impl Language {
    /// All of them, in the order they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::Nb, Self::Nn, Self::En];

    /// For the `lang` attribute (BCP 47).
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }

    /// What it calls itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::Nb => "Bokmål",
            Self::Nn => "Nynorsk",
            Self::En => "English",
        }
    }
}

/// The texts in one language. One method per text; see `app/locales/nb.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Words(pub(crate) Language);

impl Words {
    /// The names as one would say them: *Granli, Myrvang og Elvheim*.
    pub(crate) fn listed<S: AsRef<str>>(self, names: &[S]) -> String {
        let mut text = String::new();
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                text.push_str(if i + 1 == names.len() { self.and() } else { ", " });
            }
            text.push_str(name.as_ref());
        }
        text
    }

    const fn and(self) -> &'static str {
        match self.0 {
            Language::Nb | Language::Nn => " og ",
            Language::En => " and ",
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_one_says_them() {
        let words = Words(Language::Nb);
        assert_eq!(words.listed::<&str>(&[]), "");
        assert_eq!(words.listed(&["Granli"]), "Granli");
        assert_eq!(words.listed(&["Granli", "Myrvang", "Elvheim"]), "Granli, Myrvang og Elvheim");
        assert_eq!(Words(Language::En).listed(&["Granli", "Myrvang"]), "Granli and Myrvang");
    }
}
