//! What a document says, as the acts that would make one that says the same: how a room is begun anew. Each is in the name
//! of who gave it, so that what counts only by somebody counts by them still. What was changed, withdrawn or not chosen
//! is not among them: that is what a room is begun anew for.

use automerge::{ObjId, ReadDoc as _, ScalarValue};
use serde::{Deserialize, Serialize};

use super::{
    NotApplied, RoomDocument,
    actor::{Actor, Authors, Writer},
    contents::{flag, may, owned},
    place::Place,
    read::{Reading, Written, text},
    schema,
    write::field,
};
use crate::{
    command::{Command, GatheringPlan},
    domain::{Answer, Cost, Line, Paragraphs, Role, RoomKind, When},
    ids::{GatheringId, GroupId, PersonId, RoomId},
    time::Timestamp,
};

/// An act of which nothing but what it led to is known any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Whose it is.
    pub person: PersonId,
    /// Their household.
    pub group: GroupId,
    /// Their role then.
    pub role: Role,
    /// When it was given.
    pub at: Timestamp,
    /// What stands by it.
    pub command: Command,
}

impl Past {
    const fn new(by: Writer, at: Timestamp, command: Command) -> Self {
        Self { person: by.person, group: by.group, role: by.role, at, command }
    }
}

impl RoomDocument {
    /// All that stands here, in an order in which it can be written.
    #[must_use]
    pub fn past(&mut self, authors: &Authors) -> Vec<Past> {
        let kind = self.kind();
        let reading = Reading { doc: self.doc(), authors };
        let mut past = Vec::new();
        about(&reading, kind, &mut past);
        for map in [schema::PEOPLE, schema::FAMILIES, schema::NETWORKS] {
            named(&reading, kind, map, &mut past);
        }
        gatherings(&reading, &mut past);
        answers(&reading, kind, &mut past);
        past
    }

    /// Takes in what stood in the room before it was begun anew. Each act is judged like any other; one that does not fit
    /// is left out. Gives how many were.
    pub fn take_past(&mut self, room: RoomId, past: &[Past], authors: &mut Authors) -> usize {
        let mut scratch = self.clone();
        let mut left_out = 0;
        for it in past {
            let writer = Writer { person: it.person, group: it.group, role: it.role };
            let actor = Actor::of_past(room, &writer);
            authors.note(actor, writer);
            left_out += usize::from(self.take_one(&mut scratch, it, &writer, actor).is_err());
        }
        left_out
    }

    fn take_one(&mut self, scratch: &mut Self, it: &Past, writer: &Writer, actor: Actor) -> Result<(), NotApplied> {
        let written = scratch.write_command(&it.command, it.at, writer, actor).map_err(|_| NotApplied::DoesNotFit)?;
        written.change.map_or(Ok(()), |change| self.take(&change, actor, writer))
    }
}

/// The value that is shown at a place, by whom it counts.
fn shown<T>(
    reading: &Reading<'_>,
    map: &ObjId,
    key: &str,
    parse: impl Fn(&ScalarValue) -> Option<T>,
    counts: impl Fn(Option<&Writer>) -> bool,
) -> Option<(T, Writer, Timestamp)> {
    let Written { value, by, at } = reading.all(map, key, parse, counts).into_iter().next()?;
    Some((value, by?, at))
}

fn line(value: &ScalarValue) -> Option<Line> {
    Line::new(text(value)?).ok()
}

fn about(reading: &Reading<'_>, kind: RoomKind, past: &mut Vec<Past>) {
    let Some(map) = reading.map(schema::ABOUT) else { return };
    let named = |key| shown(reading, &map, key, line, may(kind, Place::in_map(schema::ABOUT, key)?));
    let Some((name, by, at)) = named(field::NAME) else { return };
    past.push(Past::new(
        by,
        at,
        match (kind, named(field::SERVICE)) {
            (RoomKind::Network, Some((service, ..))) => Command::NameNetwork { name, service },
            (RoomKind::Network, None) => return,
            _ => Command::NameService { name },
        },
    ));
}

fn named(reading: &Reading<'_>, kind: RoomKind, name: &str, past: &mut Vec<Past>) {
    let Some(map) = reading.map(name) else { return };
    for key in reading.doc.keys(&map) {
        let found = Place::in_map(name, &key).and_then(|place| {
            let (name, by, at) = shown(reading, &map, &key, line, may(kind, place))?;
            let command = match place {
                Place::Person(_) => Command::NameMyself { name },
                Place::Device(_) => Command::NameDevice { device: key.split_once('/')?.1.parse().ok()?, name },
                Place::Family(_) => Command::NameHousehold { name },
                Place::Network(network) => Command::NoteNetwork { network, name },
                _ => return None,
            };
            Some(Past::new(by, at, command))
        });
        past.extend(found);
    }
}

fn gatherings(reading: &Reading<'_>, past: &mut Vec<Past>) {
    let Some(map) = reading.map(schema::GATHERINGS) else { return };
    for key in reading.doc.keys(&map) {
        if let Ok(id) = key.parse()
            && let Some(it) = reading.child(&map, &key)
        {
            gathering(reading, id, &it, past);
        }
    }
}

/// As it has become, in the name of who planned it.
fn gathering(reading: &Reading<'_>, gathering: GatheringId, map: &ObjId, past: &mut Vec<Past>) -> Option<()> {
    let planner = reading.maker(map)?;
    if flag(reading, map, field::WITHDRAWN, |writer| writer.person == planner.person) {
        return None;
    }
    let known = |writer: Option<&Writer>| writer.is_some();
    let (title, _, at) = shown(reading, map, field::TITLE, line, known)?;
    let (when, ..) = shown(reading, map, field::WHEN, |it| text(it)?.parse::<When>().ok(), known)?;
    let place = shown(reading, map, field::PLACE, |it| text(it).map(|it| Line::new(it).ok()), known);
    let note = shown(reading, map, field::NOTE, |it| Paragraphs::new(text(it)?).ok(), known);
    let cost = shown(reading, map, field::COST, |it| Cost::from_word(text(it)?), known);
    let host = shown(reading, map, field::HOST, |it| text(it).map(|it| it.parse::<GroupId>().ok()), known);
    let plan = GatheringPlan {
        title,
        when,
        place: place.and_then(|it| it.0),
        note: note.map(|it| it.0).unwrap_or_default(),
        cost: cost.map(|it| it.0).unwrap_or_default(),
        host: host.and_then(|it| it.0),
    };
    past.push(Past::new(planner, at, Command::PlanGathering { gathering, plan }));
    let cancelled = |value: &ScalarValue| matches!(value, ScalarValue::Boolean(true)).then_some(());
    if let Some(((), by, at)) = shown(reading, map, field::CANCELLED, cancelled, known) {
        past.push(Past::new(by, at, Command::CancelGathering { gathering }));
    }
    Some(())
}

fn answers(reading: &Reading<'_>, kind: RoomKind, past: &mut Vec<Past>) {
    let Some(map) = reading.map(schema::ANSWERS) else { return };
    for key in reading.doc.keys(&map) {
        let Some(place @ Place::Answer(gathering, _)) = Place::in_map(schema::ANSWERS, &key) else { continue };
        // What is shown is judged before it is understood, as for the screen: a taken back answer hides no older one.
        let Some((word, by, at)) = shown(reading, &map, &key, owned, may(kind, place)) else { continue };
        if let Some(answer) = Answer::from_word(&word) {
            past.push(Past::new(by, at, Command::AnswerGathering { gathering, answer: Some(answer) }));
        }
    }
}
