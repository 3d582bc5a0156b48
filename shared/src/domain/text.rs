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

fn clean(text: &str, max: usize, keep: impl Fn(char) -> char) -> Result<String, TextProblem> {
    let text: String = text.trim().chars().map(keep).collect();
    if text.chars().count() > max { Err(TextProblem::TooLong { max }) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
