//! Commands as single-field writes, and what takes each of them back.

use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, ScalarValue, Value, transaction::Transactable as _};

use super::{actor::Writer, schema};
use crate::{
    command::{Command, GatheringChange, GatheringPlan},
    domain::{Answer, Cost, Line, Paragraphs},
    ids::{DeviceId, GatheringId, GroupId, PersonId},
    rules::Refused,
};

/// Fields of a gathering.
pub(super) mod field {
    pub(in crate::document) const TITLE: &str = "title";
    pub(in crate::document) const WHEN: &str = "when";
    pub(in crate::document) const PLACE: &str = "place";
    pub(in crate::document) const NOTE: &str = "note";
    pub(in crate::document) const COST: &str = "cost";
    pub(in crate::document) const HOST: &str = "host";
    pub(in crate::document) const CANCELLED: &str = "cancelled";
    pub(in crate::document) const WITHDRAWN: &str = "withdrawn";
    pub(in crate::document) const NAME: &str = "name";
    pub(in crate::document) const SERVICE: &str = "service";
}

/// The key of a household's answer.
pub(super) fn answer_key(gathering: GatheringId, group: GroupId) -> String {
    format!("{gathering}/{group}")
}

/// The key of the name a person gives one of their devices: among the people, beside their own.
pub(super) fn device_key(person: PersonId, device: DeviceId) -> String {
    format!("{person}/{device}")
}

/// Writes a command; says what takes it back.
pub(super) fn act(doc: &mut AutoCommit, command: &Command, writer: &Writer) -> Result<Option<Command>, Refused> {
    match command {
        Command::NameService { name } => put_name(doc, schema::ABOUT, field::NAME, name),
        Command::NameNetwork { name, service } => {
            put_name(doc, schema::ABOUT, field::NAME, name)?;
            put_name(doc, schema::ABOUT, field::SERVICE, service)
        }
        Command::NoteNetwork { network, name } => put_name(doc, schema::NETWORKS, &network.to_string(), name),
        Command::NameMyself { name } => put_name(doc, schema::PEOPLE, &writer.person.to_string(), name),
        Command::NameDevice { device, name } => {
            put_name(doc, schema::PEOPLE, &device_key(writer.person, *device), name)
        }
        Command::NameHousehold { name } => put_name(doc, schema::FAMILIES, &writer.group.to_string(), name),
        Command::PlanGathering { gathering, plan } => {
            if self::gathering(doc, *gathering).is_ok() {
                // Planned before this device's storage was rolled back: it stands, and what was changed since stays.
                return Ok(None);
            }
            plan_gathering(doc, *gathering, plan)?;
            Ok(Some(Command::WithdrawGathering { gathering: *gathering }))
        }
        Command::ChangeGathering { gathering, change } => change_gathering(doc, *gathering, change),
        Command::CancelGathering { gathering } => {
            put_flag(doc, *gathering, field::CANCELLED, true)?;
            Ok(Some(Command::RestoreGathering { gathering: *gathering }))
        }
        Command::RestoreGathering { gathering } => {
            put_flag(doc, *gathering, field::CANCELLED, false)?;
            Ok(Some(Command::CancelGathering { gathering: *gathering }))
        }
        Command::WithdrawGathering { gathering } => put_flag(doc, *gathering, field::WITHDRAWN, true).map(|()| None),
        Command::AnswerGathering { gathering, answer } => answer_gathering(doc, *gathering, *answer, writer),
    }
}

fn put_name(doc: &mut AutoCommit, map: &str, key: &str, name: &Line) -> Result<Option<Command>, Refused> {
    let map = child(doc, &ROOT, map)?;
    put(doc, &map, key, name.as_str()).map(|()| None)
}

fn plan_gathering(doc: &mut AutoCommit, id: GatheringId, plan: &GatheringPlan) -> Result<(), Refused> {
    let gatherings = child(doc, &ROOT, schema::GATHERINGS)?;
    if child(doc, &gatherings, &id.to_string()).is_ok() {
        // It is planned, and stays as it has become since.
        return Ok(());
    }
    let it = doc.put_object(&gatherings, id.to_string(), ObjType::Map).map_err(|_| Refused::NotThere)?;
    put(doc, &it, field::TITLE, plan.title.as_str())?;
    put(doc, &it, field::WHEN, plan.when.to_string())?;
    put(doc, &it, field::PLACE, place_text(plan.place.as_ref()))?;
    put(doc, &it, field::NOTE, plan.note.as_str())?;
    put(doc, &it, field::COST, plan.cost.as_word())?;
    put(doc, &it, field::HOST, host_text(plan.host))
}

fn change_gathering(
    doc: &mut AutoCommit,
    id: GatheringId,
    change: &GatheringChange,
) -> Result<Option<Command>, Refused> {
    let it = gathering(doc, id)?;
    let (field, value) = match change {
        GatheringChange::Title(title) => (field::TITLE, title.as_str().to_owned()),
        GatheringChange::When(when) => (field::WHEN, when.to_string()),
        GatheringChange::Place(place) => (field::PLACE, place_text(place.as_ref()).to_owned()),
        GatheringChange::Note(note) => (field::NOTE, note.as_str().to_owned()),
        GatheringChange::Cost(cost) => (field::COST, cost.as_word().to_owned()),
        GatheringChange::Host(host) => (field::HOST, host_text(*host)),
    };
    let before = get_text(doc, &it, field);
    put(doc, &it, field, value)?;
    let inverse = before.and_then(|before| reverse(change, &before));
    Ok(inverse.map(|change| Command::ChangeGathering { gathering: id, change }))
}

/// The change that puts the text from before back.
fn reverse(change: &GatheringChange, before: &str) -> Option<GatheringChange> {
    Some(match change {
        GatheringChange::Title(_) => GatheringChange::Title(Line::new(before).ok()?),
        GatheringChange::When(_) => GatheringChange::When(before.parse().ok()?),
        GatheringChange::Place(_) => GatheringChange::Place(Line::new(before).ok()),
        GatheringChange::Note(_) => GatheringChange::Note(Paragraphs::new(before).ok()?),
        GatheringChange::Cost(_) => GatheringChange::Cost(Cost::from_word(before)?),
        GatheringChange::Host(_) => GatheringChange::Host(before.parse().ok()),
    })
}

fn answer_gathering(
    doc: &mut AutoCommit,
    id: GatheringId,
    answer: Option<Answer>,
    writer: &Writer,
) -> Result<Option<Command>, Refused> {
    gathering(doc, id)?;
    let answers = child(doc, &ROOT, schema::ANSWERS)?;
    let key = answer_key(id, writer.group);
    let before = get_text(doc, &answers, &key).and_then(|word| Answer::from_word(&word));
    put(doc, &answers, &key, answer.map_or("", Answer::as_word))?;
    Ok(Some(Command::AnswerGathering { gathering: id, answer: before }))
}

fn put_flag(doc: &mut AutoCommit, id: GatheringId, field: &str, flag: bool) -> Result<(), Refused> {
    let it = gathering(doc, id)?;
    put(doc, &it, field, flag)
}

fn gathering(doc: &AutoCommit, id: GatheringId) -> Result<ObjId, Refused> {
    let gatherings = child(doc, &ROOT, schema::GATHERINGS)?;
    child(doc, &gatherings, &id.to_string())
}

fn child(doc: &AutoCommit, parent: &ObjId, key: &str) -> Result<ObjId, Refused> {
    match doc.get(parent, key) {
        Ok(Some((Value::Object(_), id))) => Ok(id),
        _ => Err(Refused::NotThere),
    }
}

fn put(doc: &mut AutoCommit, parent: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Result<(), Refused> {
    doc.put(parent, key, value).map_err(|_| Refused::NotThere)
}

fn get_text(doc: &AutoCommit, parent: &ObjId, key: &str) -> Option<String> {
    let (value, _) = doc.get(parent, key).ok()??;
    value.as_str().map(str::to_owned)
}

fn place_text(place: Option<&Line>) -> &str {
    place.map_or("", Line::as_str)
}

fn host_text(host: Option<GroupId>) -> String {
    host.map(|host| host.to_string()).unwrap_or_default()
}
