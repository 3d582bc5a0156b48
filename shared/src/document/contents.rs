//! A document's contents as plain data. Authority is checked here (promise 6): a name counts only by the person it
//! names, a household's name and answers only by that household, the room's own name only by an admin.

use std::collections::BTreeMap;

use automerge::{ObjId, ReadDoc as _, ScalarValue};

use super::{
    RoomDocument,
    actor::{Authors, Writer},
    place::Place,
    read::{Reading, Written, author, text},
    schema,
    write::{device_key, field},
};
use crate::{
    domain::{Answer, Cost, Line, Paragraphs, RoomKind, When},
    ids::{DeviceId, GatheringId, GroupId, PersonId, RoomId},
    projection::{Author, Gathering, HouseholdAnswer, Value, Version},
};

/// Names by id, as far as they have arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// What the room is called.
    pub room: String,
    /// What the service is called.
    pub service: String,
    /// What persons call themselves.
    people: Vec<(PersonId, String)>,
    /// What households are called.
    families: Vec<(GroupId, String)>,
}

impl Names {
    /// What a person calls themself; nothing before that has arrived.
    #[must_use]
    pub fn person(&self, person: PersonId) -> &str {
        name_of(&self.people, person)
    }

    /// What a household is called; nothing before that has arrived.
    #[must_use]
    pub fn family(&self, family: GroupId) -> &str {
        name_of(&self.families, family)
    }

    fn author(&self, writer: Writer) -> Author {
        author(writer, self.person(writer.person), self.family(writer.group))
    }
}

fn name_of<Id: PartialEq>(names: &[(Id, String)], of: Id) -> &str {
    names.iter().find(|(id, _)| *id == of).map_or("", |(_, name)| name)
}

/// The names in a document.
#[must_use]
pub fn names(document: &mut RoomDocument, authors: &Authors) -> Names {
    let kind = document.kind();
    let reading = Reading { doc: document.doc(), authors };
    let about = |key| {
        let map = reading.map(schema::ABOUT)?;
        let place = Place::in_map(schema::ABOUT, key)?;
        first(reading.all(&map, key, owned, may(kind, place)))
    };
    Names {
        room: about(field::NAME).unwrap_or_default(),
        service: about(field::SERVICE).unwrap_or_default(),
        people: named(&reading, kind, schema::PEOPLE),
        families: named(&reading, kind, schema::FAMILIES),
    }
}

fn named<Id: core::str::FromStr>(reading: &Reading<'_>, kind: RoomKind, name: &str) -> Vec<(Id, String)> {
    let Some(map) = reading.map(name) else { return Vec::new() };
    let keys = reading.doc.keys(&map);
    keys.filter_map(|key| {
        let id = key.parse().ok()?;
        let place = Place::in_map(name, &key)?;
        Some((id, first(reading.all(&map, &key, owned, may(kind, place)))?))
    })
    .collect()
}

/// What somebody calls one of their devices; nothing before that has arrived.
#[must_use]
pub fn device_name(document: &mut RoomDocument, authors: &Authors, person: PersonId, device: DeviceId) -> String {
    let kind = document.kind();
    let reading = Reading { doc: document.doc(), authors };
    let name = reading
        .map(schema::PEOPLE)
        .and_then(|map| first(reading.all(&map, &device_key(person, device), owned, may(kind, Place::Device(person)))));
    name.unwrap_or_default()
}

/// A service's networks with their names, in the order of their rooms' texts.
#[must_use]
pub fn networks(document: &mut RoomDocument, authors: &Authors) -> Vec<(RoomId, String)> {
    let kind = document.kind();
    let reading = Reading { doc: document.doc(), authors };
    named(&reading, kind, schema::NETWORKS)
}

/// The gatherings that stand, in the order of their time. Delivery is left for the engine to fill in.
#[must_use]
pub fn gatherings(document: &mut RoomDocument, authors: &Authors, names: &Names) -> Vec<Gathering> {
    let kind = document.kind();
    let reading = Reading { doc: document.doc(), authors };
    let Some(map) = reading.map(schema::GATHERINGS) else { return Vec::new() };
    let answers = answers(&reading, kind);
    let mut gatherings: Vec<_> = reading
        .doc
        .keys(&map)
        .filter_map(|key| {
            let id = key.parse().ok()?;
            let answers = answers.get(&id).cloned().unwrap_or_default();
            gathering(&reading, names, id, &reading.child(&map, &key)?, answers)
        })
        .collect();
    gatherings.sort_by_key(|gathering| (gathering.when.value, gathering.id));
    gatherings
}

fn gathering(
    reading: &Reading<'_>,
    names: &Names,
    id: GatheringId,
    map: &ObjId,
    answers: Vec<HouseholdAnswer>,
) -> Option<Gathering> {
    let planner = reading.maker(map);
    let by_planner = |writer: &Writer| planner.is_some_and(|planner| planner.person == writer.person);
    if flag(reading, map, field::WITHDRAWN, by_planner) {
        return None;
    }
    let line = |value: &ScalarValue| Line::new(text(value)?).ok();
    Some(Gathering {
        id,
        title: value(reading, names, map, field::TITLE, line)?,
        when: value(reading, names, map, field::WHEN, |it| text(it)?.parse::<When>().ok())?,
        place: value(reading, names, map, field::PLACE, |it| text(it).map(|text| Line::new(text).ok()))
            .unwrap_or_else(|| Value::settled(None)),
        note: value(reading, names, map, field::NOTE, |it| Paragraphs::new(text(it)?).ok())
            .unwrap_or_else(|| Value::settled(Paragraphs::default())),
        cost: value(reading, names, map, field::COST, |it| Cost::from_word(text(it)?))
            .unwrap_or_else(|| Value::settled(Cost::default())),
        host: value(reading, names, map, field::HOST, |it| text(it).map(|text| text.parse::<GroupId>().ok()))
            .unwrap_or_else(|| Value::settled(None)),
        cancelled: flag(reading, map, field::CANCELLED, |_| true),
        answers,
        planned_by: planner.map(|writer| names.author(writer)),
        delivery: None,
    })
}

/// The value at a place with its rivals. Equal values written twice are no dispute.
fn value<T: PartialEq + Clone>(
    reading: &Reading<'_>,
    names: &Names,
    map: &ObjId,
    key: &str,
    parse: impl Fn(&ScalarValue) -> Option<T>,
) -> Option<Value<T>> {
    let written = reading.all(map, key, parse, |writer| writer.is_some());
    let shown = written.first()?.value.clone();
    let disputed = written.iter().any(|it| it.value != shown);
    let versions = written.into_iter().map(|Written { value, by, at }| Version {
        value,
        by: by.map(|writer| names.author(writer)),
        at,
    });
    Some(Value { value: shown, versions: if disputed { versions.collect() } else { Vec::new() } })
}

/// A flag is up if any of its concurrent values is: who cancels wins over who restores unseen.
pub(super) fn flag(reading: &Reading<'_>, map: &ObjId, key: &str, counts: impl Fn(&Writer) -> bool) -> bool {
    let raised = |value: &ScalarValue| if let ScalarValue::Boolean(flag) = value { Some(*flag) } else { None };
    reading.all(map, key, raised, |writer| writer.is_some_and(&counts)).iter().any(|written| written.value)
}

fn answers(reading: &Reading<'_>, kind: RoomKind) -> BTreeMap<GatheringId, Vec<HouseholdAnswer>> {
    let mut answers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let Some(map) = reading.map(schema::ANSWERS) else { return answers };
    for key in reading.doc.keys(&map) {
        let Some(place @ Place::Answer(gathering, group)) = Place::in_map(schema::ANSWERS, &key) else { continue };
        let words = reading.all(&map, &key, owned, may(kind, place));
        if let Some(answer) = first(words).and_then(|word| Answer::from_word(&word)) {
            answers.entry(gathering).or_default().push(HouseholdAnswer { group, answer });
        }
    }
    answers
}

/// Whether what a writer put at a place counts there.
pub(super) fn may(kind: RoomKind, place: Place) -> impl Fn(Option<&Writer>) -> bool {
    move |writer| writer.is_some_and(|writer| place.may(kind, writer))
}

pub(super) fn owned(value: &ScalarValue) -> Option<String> {
    text(value).map(str::to_owned)
}

fn first<T>(written: Vec<Written<T>>) -> Option<T> {
    written.into_iter().next().map(|it| it.value)
}
