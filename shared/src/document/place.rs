//! The places of a document a value can stand at, who may write there, and what may stand there. Changes of others are
//! judged by it before they are merged, and what is read is counted by it: one judgement on both sides (promise 6).

use automerge::ScalarValue;

use super::{actor::Writer, read::text, schema, write::field};
use crate::{
    domain::{Answer, Cost, Line, Paragraphs, Role, RoomKind, When},
    ids::{DeviceId, GatheringId, GroupId, PersonId, RoomId},
};

/// A place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// What the room is called.
    RoomName,
    /// What the service is called, in a network.
    ServiceName,
    /// What a person calls themself.
    Person(PersonId),
    /// What a person calls one of their devices. Which are theirs, the log says.
    Device(PersonId),
    /// What a household is called.
    Family(GroupId),
    /// What a service calls one of its networks.
    Network(RoomId),
    /// The gathering itself: the map of its fields.
    Gathering(GatheringId),
    /// One field of a gathering.
    Field(Field),
    /// Whether a gathering is taken away again by who planned it.
    Withdrawn {
        /// Who planned it.
        planner: PersonId,
    },
    /// A household's answer.
    Answer(GatheringId, GroupId),
}

/// A field of a gathering that every member may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    When,
    Place,
    Note,
    Cost,
    Host,
    Cancelled,
}

impl Place {
    /// The place of a key in one of the maps of the first change.
    pub(super) fn in_map(map: &str, key: &str) -> Option<Self> {
        Some(match map {
            schema::ABOUT if key == field::NAME => Self::RoomName,
            schema::ABOUT if key == field::SERVICE => Self::ServiceName,
            schema::PEOPLE => match key.split_once('/') {
                None => Self::Person(own_form(key)?),
                Some((person, device)) => {
                    own_form::<DeviceId>(device)?;
                    Self::Device(own_form(person)?)
                }
            },
            schema::FAMILIES => Self::Family(own_form(key)?),
            schema::NETWORKS => Self::Network(own_form(key)?),
            schema::GATHERINGS => Self::Gathering(own_form(key)?),
            schema::ANSWERS => {
                let (gathering, group) = key.split_once('/')?;
                Self::Answer(own_form(gathering)?, own_form(group)?)
            }
            _ => return None,
        })
    }

    /// The place of a key in a gathering.
    pub(super) fn in_gathering(key: &str, planner: PersonId) -> Option<Self> {
        Some(Self::Field(match key {
            field::TITLE => Field::Title,
            field::WHEN => Field::When,
            field::PLACE => Field::Place,
            field::NOTE => Field::Note,
            field::COST => Field::Cost,
            field::HOST => Field::Host,
            field::CANCELLED => Field::Cancelled,
            field::WITHDRAWN => return Some(Self::Withdrawn { planner }),
            _ => return None,
        }))
    }

    /// Whether this writer may write here, by the role they had when their record came into the log.
    pub(super) fn may(self, kind: RoomKind, writer: &Writer) -> bool {
        let admin = writer.role == Role::Admin;
        writer.role.holds_key()
            && match self {
                Self::RoomName => admin && matches!(kind, RoomKind::Service | RoomKind::Network),
                Self::ServiceName => admin && kind == RoomKind::Network,
                Self::Person(person) | Self::Device(person) => person == writer.person,
                Self::Family(group) | Self::Answer(_, group) => group == writer.group,
                Self::Withdrawn { planner } => planner == writer.person,
                Self::Network(_) | Self::Gathering(_) | Self::Field(_) => true,
            }
    }

    /// Whether a value is one that our own writer puts here.
    pub(super) fn takes(self, value: &ScalarValue) -> bool {
        let word = |fits: fn(&str) -> bool| text(value).is_some_and(fits);
        match self {
            Self::RoomName
            | Self::ServiceName
            | Self::Person(_)
            | Self::Device(_)
            | Self::Family(_)
            | Self::Network(_) => word(is_line),
            Self::Gathering(_) => false,
            Self::Field(Field::Title) => word(is_line),
            Self::Field(Field::When) => word(|it| own_form::<When>(it).is_some()),
            Self::Field(Field::Place) => word(|it| it.is_empty() || is_line(it)),
            Self::Field(Field::Note) => word(|it| Paragraphs::new(it).is_ok_and(|note| note.as_str() == it)),
            Self::Field(Field::Cost) => word(|it| Cost::from_word(it).is_some()),
            Self::Field(Field::Host) => word(|it| it.is_empty() || own_form::<GroupId>(it).is_some()),
            Self::Field(Field::Cancelled) => matches!(value, ScalarValue::Boolean(_)),
            Self::Withdrawn { .. } => matches!(value, ScalarValue::Boolean(true)),
            Self::Answer(..) => word(|it| it.is_empty() || Answer::from_word(it).is_some()),
        }
    }
}

fn is_line(text: &str) -> bool {
    Line::new(text).is_ok_and(|line| line.as_str() == text)
}

/// What a text stands for, if it is the one text that stands for it.
fn own_form<T: core::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse().ok().filter(|it: &T| it.to_string() == text)
}
