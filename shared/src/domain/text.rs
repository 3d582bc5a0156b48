//! Texts that people write, bounded where they enter and trusted afterwards.

use serde::{Deserialize, Serialize};

/// Why a text was not taken. The screen says it in words; the text itself is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TextProblem {
    /// Nothing but spaces.
    #[error("the text is empty")]
    Empty,
    /// More than `max` characters.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// The most characters (Unicode scalar values) it may have.
        max: usize,
    },
}

/// One line of at most [`Line::MAX`] characters, not empty, trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

impl Line {
    /// The most characters a line may have.
    pub const MAX: usize = 120;

    /// Trims and checks a text.
    ///
    /// # Errors
    /// [`TextProblem`] when nothing is left, or too much.
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        let text = clean(text, Self::MAX, |c| if c.is_control() { ' ' } else { c })?;
        if text.is_empty() { Err(TextProblem::Empty) } else { Ok(Self(text)) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Line {
    type Error = TextProblem;

    fn try_from(text: String) -> Result<Self, TextProblem> {
        Self::new(&text)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

/// Free text of at most [`Paragraphs::MAX`] characters; may be empty; line breaks are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Paragraphs(String);

impl Paragraphs {
    /// The most characters the text may have.
    pub const MAX: usize = 4_000;

    /// Trims and checks a text.
    ///
    /// # Errors
    /// [`TextProblem::TooLong`] when it is longer than [`Paragraphs::MAX`].
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        clean(text, Self::MAX, |c| if c.is_control() && c != '\n' { ' ' } else { c }).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Paragraphs {
    type Error = TextProblem;

    fn try_from(text: String) -> Result<Self, TextProblem> {
        Self::new(&text)
    }
}

impl From<Paragraphs> for String {
    fn from(text: Paragraphs) -> Self {
        text.0
    }
}

/// Trims last, so that what `keep` made into spaces is trimmed too: a text that was taken is taken again as it is.
fn clean(text: &str, max: usize, keep: impl Fn(char) -> char) -> Result<String, TextProblem> {
    let text: String = text.chars().map(keep).collect();
    let text = text.trim();
    if text.chars().count() > max { Err(TextProblem::TooLong { max }) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Anything, and often what stands at an edge: spaces and control characters of every sort.
    fn any_text() -> impl Strategy<Value = String> {
        let edge = || "[ \\t\\n\\r\\x00\\x01\\x1f\\x7f\u{85}\u{a0}\u{2028}]{0,3}";
        (edge(), ".{0,20}", edge(), ".{0,120}", edge()).prop_map(|(a, b, c, d, e)| [a, b, c, d, e].concat())
    }

    proptest! {
        // MERGE-5.
        #[test]
        fn a_text_that_was_taken_survives_its_own_form(text in any_text()) {
            if let Ok(line) = Line::new(&text) {
                prop_assert_eq!(Line::new(line.as_str()), Ok(line.clone()));
                let json = serde_json::to_string(&line).expect("a text");
                prop_assert_eq!(serde_json::from_str::<Line>(&json).ok(), Some(line.clone()));
                prop_assert_eq!(crate::codec::unpack::<Line>(&crate::codec::pack(&line)), Some(line));
            }
            if let Ok(paragraphs) = Paragraphs::new(&text) {
                prop_assert_eq!(Paragraphs::new(paragraphs.as_str()), Ok(paragraphs.clone()));
                let json = serde_json::to_string(&paragraphs).expect("a text");
                prop_assert_eq!(serde_json::from_str::<Paragraphs>(&json).ok(), Some(paragraphs.clone()));
                prop_assert_eq!(crate::codec::unpack::<Paragraphs>(&crate::codec::pack(&paragraphs)), Some(paragraphs));
            }
        }
    }

    // MERGE-5.
    #[test]
    fn nothing_but_control_characters_is_empty() {
        for text in ["\u{1}", " \u{7f}\t", "\u{0}\n\u{1}"] {
            assert_eq!(Line::new(text), Err(TextProblem::Empty));
            assert_eq!(Paragraphs::new(text).map(String::from), Ok(String::new()));
        }
        assert_eq!(Line::new("\u{1}Granli").map(String::from), Ok("Granli".to_owned()));
    }

    #[test]
    fn a_line_is_trimmed_and_never_empty() {
        assert_eq!(Line::new("  Granli\t ").map(String::from), Ok("Granli".to_owned()));
        assert_eq!(Line::new(" \n "), Err(TextProblem::Empty));
        assert_eq!(Line::new("en\nto").map(String::from), Ok("en to".to_owned()));
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(Line::new(&"ø".repeat(Line::MAX)).is_ok());
        assert_eq!(Line::new(&"ø".repeat(Line::MAX + 1)), Err(TextProblem::TooLong { max: Line::MAX }));
    }
}
