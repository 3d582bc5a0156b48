//! The gathering's form: a draft as typed, and the plan it becomes.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        Cost, Line, Paragraphs, When,
        gathering::{parse_date, parse_minutes},
        text::TextProblem,
    },
    ids::GroupId,
};

/// What stands in the form, as typed; every field may be anything. Survives reload as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GatheringDraft {
    /// What it is called.
    pub title: String,
    /// `YYYY-MM-DD`, as a date field gives it.
    pub date: String,
    /// `HH:MM`.
    pub start: String,
    /// `HH:MM`, or empty.
    pub end: String,
    /// The meeting place; may be empty (not decided yet).
    pub place: String,
    /// Logistics: what to bring, where to park.
    pub note: String,
    /// The cost mark.
    pub cost: Cost,
    /// The household that hosts, if decided.
    pub host: Option<GroupId>,
}

/// A valid plan for a gathering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatheringPlan {
    /// What it is called.
    pub title: Line,
    /// Date, start and end as one value.
    pub when: When,
    /// The meeting place; `None` while it is not decided.
    pub place: Option<Line>,
    /// Logistics.
    pub note: Paragraphs,
    /// The cost mark (G7).
    pub cost: Cost,
    /// The household that hosts.
    pub host: Option<GroupId>,
}

/// One changed thing about a gathering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatheringChange {
    /// What it is called.
    Title(Line),
    /// Date, start and end.
    When(When),
    /// The meeting place.
    Place(Option<Line>),
    /// Logistics.
    Note(Paragraphs),
    /// The cost mark.
    Cost(Cost),
    /// The household that hosts.
    Host(Option<GroupId>),
}

/// A field of a form, so that a problem can stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A gathering's title.
    Title,
    /// A date.
    Date,
    /// A start time.
    Start,
    /// An end time.
    End,
    /// A place.
    Place,
    /// Free text.
    Note,
    /// A person's name.
    PersonName,
    /// A household's name.
    HouseholdName,
    /// A service's name.
    ServiceName,
    /// A network's name.
    NetworkName,
    /// See [`crate::command::Command::NameDevice`].
    DeviceName,
}

/// Something about one field that must be mended before the form can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field:?}: {kind:?}")]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What.
    pub kind: ProblemKind,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Nothing was typed.
    Empty,
    /// Longer than it may be.
    TooLong {
        /// The most characters it may have.
        max: usize,
    },
    /// Not a day of the calendar.
    NoDate,
    /// Not a time of day.
    NoTime,
    /// The end is the same as the start.
    EndsAtStart,
}

impl From<TextProblem> for ProblemKind {
    fn from(problem: TextProblem) -> Self {
        match problem {
            TextProblem::Empty => Self::Empty,
            TextProblem::TooLong { max } => Self::TooLong { max },
        }
    }
}

/// Reads a line of a form, remembering the field for its problem.
///
/// # Errors
/// The [`Problem`] to show beside the field.
pub fn line(field: Field, text: &str) -> Result<Line, Problem> {
    Line::new(text).map_err(|problem| Problem { field, kind: problem.into() })
}

impl GatheringDraft {
    /// The plan the draft stands for.
    ///
    /// # Errors
    /// Every problem of every field at once, so that the form can show them all.
    pub fn check(&self) -> Result<GatheringPlan, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut note = |problem| problems.push(problem);

        let title = line(Field::Title, &self.title).map_err(&mut note).ok();
        let place = match self.place.trim() {
            "" => None,
            place => line(Field::Place, place).map_err(&mut note).ok(),
        };
        let text =
            Paragraphs::new(&self.note).map_err(|kind| note(Problem { field: Field::Note, kind: kind.into() })).ok();
        let date = filled(&self.date)
            .and_then(|date| parse_date(date).map_err(|_| ProblemKind::NoDate))
            .map_err(|kind| note(Problem { field: Field::Date, kind }))
            .ok();
        let start = filled(&self.start)
            .and_then(|time| parse_minutes(time).map_err(|_| ProblemKind::NoTime))
            .map_err(|kind| note(Problem { field: Field::Start, kind }))
            .ok();
        let end = match self.end.trim() {
            "" => None,
            end => match parse_minutes(end) {
                Ok(end) if Some(end) == start => {
                    note(Problem { field: Field::End, kind: ProblemKind::EndsAtStart });
                    None
                }
                Ok(end) => Some(end),
                Err(_) => {
                    note(Problem { field: Field::End, kind: ProblemKind::NoTime });
                    None
                }
            },
        };
        match (title, date, start, text) {
            (Some(title), Some(date), Some(start), Some(note)) if problems.is_empty() => Ok(GatheringPlan {
                title,
                when: When { date, start, end },
                place,
                note,
                cost: self.cost,
                host: self.host,
            }),
            _ => Err(problems),
        }
    }
}

fn filled(text: &str) -> Result<&str, ProblemKind> {
    match text.trim() {
        "" => Err(ProblemKind::Empty),
        text => Ok(text),
    }
}

impl From<&GatheringPlan> for GatheringDraft {
    fn from(plan: &GatheringPlan) -> Self {
        let when = plan.when.to_string();
        let (start, end) = when.split_once('/').unwrap_or((&when, ""));
        let (date, start) = start.split_once('T').unwrap_or((start, ""));
        Self {
            title: plan.title.as_str().to_owned(),
            date: date.to_owned(),
            start: start.to_owned(),
            end: end.to_owned(),
            place: plan.place.as_ref().map(|place| place.as_str().to_owned()).unwrap_or_default(),
            note: plan.note.as_str().to_owned(),
            cost: plan.cost,
            host: plan.host,
        }
    }
}

impl GatheringPlan {
    /// The single changes that lead from this plan to `other`: an edited form writes only what was edited.
    #[must_use]
    pub fn changes_to(&self, other: &Self) -> Vec<GatheringChange> {
        let mut changes = Vec::new();
        if self.title != other.title {
            changes.push(GatheringChange::Title(other.title.clone()));
        }
        if self.when != other.when {
            changes.push(GatheringChange::When(other.when));
        }
        if self.place != other.place {
            changes.push(GatheringChange::Place(other.place.clone()));
        }
        if self.note != other.note {
            changes.push(GatheringChange::Note(other.note.clone()));
        }
        if self.cost != other.cost {
            changes.push(GatheringChange::Cost(other.cost));
        }
        if self.host != other.host {
            changes.push(GatheringChange::Host(other.host));
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> GatheringDraft {
        GatheringDraft {
            title: "Juleverksted".into(),
            date: "2026-12-06".into(),
            start: "12:00".into(),
            end: "14:30".into(),
            place: " Skolekjøkkenet ".into(),
            ..GatheringDraft::default()
        }
    }

    #[test]
    fn a_filled_form_becomes_a_plan_and_back() {
        let plan = draft().check().expect("valid");
        assert_eq!(plan.when.to_string(), "2026-12-06T12:00/14:30");
        assert_eq!(plan.place.as_ref().map(Line::as_str), Some("Skolekjøkkenet"));
        assert_eq!(GatheringDraft::from(&plan).check(), Ok(plan));
    }

    #[test]
    fn an_empty_form_says_everything_at_once() {
        let fields: Vec<_> = GatheringDraft::default().check().expect_err("empty").iter().map(|p| p.field).collect();
        assert_eq!(fields, [Field::Title, Field::Date, Field::Start]);
    }

    #[test]
    fn an_end_at_the_start_is_pointed_out() {
        let problems = GatheringDraft { end: "12:00".into(), ..draft() }.check().expect_err("no length");
        assert_eq!(problems, [Problem { field: Field::End, kind: ProblemKind::EndsAtStart }]);
    }

    #[test]
    fn only_what_was_edited_is_written() {
        let plan = draft().check().expect("valid");
        let moved = GatheringDraft { place: "Hos Myrvang".into(), ..draft() }.check().expect("valid");
        assert_eq!(plan.changes_to(&moved), [GatheringChange::Place(moved.place.clone())]);
        assert!(plan.changes_to(&plan).is_empty());
    }
}
