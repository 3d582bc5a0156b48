//! What the log's records have made of the document so far, and by that the judgement of the next. Automerge trusts
//! the changes it is given: a gap in a device's numbers or a write into a map that is not there makes it panic, on
//! every device and at every start. So a change is taken only if our own writer could have made it, upon what stands
//! before it in the log.
//!
//! Nothing here looks at what this device has written and not sent yet: every device judges a record alike.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    Automerge, ChangeHash, ExpandedChange, ObjId, ObjType, ReadDoc as _,
    legacy::{Key, ObjectId, Op, OpId, OpType},
};

use super::{
    NotApplied,
    actor::{Actor, Writer},
    chunk::MAX_COUNTER,
    place::Place,
    schema,
};
use crate::{
    domain::RoomKind,
    ids::{GatheringId, PersonId},
};

/// How many values may stand side by side at one place. Who writes there next names them all, and must be able to; a
/// network has not so many devices.
const MAX_RIVALS: usize = 128;
/// How many changes may stand side by side, for the same reason.
const MAX_HEADS: usize = 256;

/// The number of a write: its counter, and by whom.
type Number = (u64, Actor);

/// A map that stands in the document.
#[derive(Debug, Clone, Copy)]
enum Map {
    /// One of the first change.
    First(&'static str),
    /// A gathering, and who planned it.
    Gathering(PersonId),
}

/// How far an actor's changes have come.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    seq: u64,
    max_op: u64,
}

/// What the judgement of a change found, to be noted once Automerge has taken it.
#[derive(Debug)]
pub(super) struct Judged {
    hash: ChangeHash,
    deps: Vec<ChangeHash>,
    actor: Actor,
    last: Last,
    made: Vec<(Number, GatheringId, PersonId)>,
}

/// What is in the document by the log.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    kind: RoomKind,
    /// The changes by hash, each with the highest counter of its own and all it rests on.
    changes: BTreeMap<ChangeHash, u64>,
    /// The changes that no other rests on.
    heads: BTreeSet<ChangeHash>,
    authors: BTreeMap<Actor, Last>,
    maps: BTreeMap<Number, Map>,
    /// The gatherings, and who planned them first.
    gatherings: BTreeMap<GatheringId, PersonId>,
}

impl Ledger {
    /// A ledger in which nothing but the first change stands.
    pub(super) fn new(kind: RoomKind, first: ChangeHash) -> Self {
        let author = schema::author();
        let numbered = (1u64..).zip(schema::maps(kind));
        let maps: BTreeMap<_, _> = numbered.map(|(counter, map)| ((counter, author), Map::First(map))).collect();
        let last = Last { seq: 1, max_op: maps.len() as u64 };
        Self {
            kind,
            changes: BTreeMap::from([(first, last.max_op)]),
            heads: BTreeSet::from([first]),
            authors: BTreeMap::from([(author, last)]),
            maps,
            gatherings: BTreeMap::new(),
        }
    }

    /// Whether a change stands in the log already.
    pub(super) fn holds(&self, hash: &ChangeHash) -> bool {
        self.changes.contains_key(hash)
    }

    /// Who planned a gathering, if that stands in the log.
    pub(super) fn planner(&self, gathering: GatheringId) -> Option<PersonId> {
        self.gatherings.get(&gathering).copied()
    }

    /// Judges a change by this writer, whose actor has been compared.
    pub(super) fn judge(
        &self,
        doc: &Automerge,
        hash: ChangeHash,
        actor: Actor,
        change: &ExpandedChange,
        writer: &Writer,
    ) -> Result<Judged, NotApplied> {
        let start = self.judge_place(actor, change)?;
        let counters = start..;
        let mut judged = Judged {
            hash,
            deps: change.deps.clone(),
            actor,
            last: Last { seq: change.seq, max_op: start + change.operations.len() as u64 - 1 },
            made: Vec::new(),
        };
        let heads: Vec<_> = self.heads.iter().copied().collect();
        let mut written = BTreeSet::new();
        for (counter, op) in counters.zip(&change.operations) {
            let (object, key) = place_of(op)?;
            // One write for a place: what a change writes never rests upon itself.
            if !written.insert((object, key)) {
                return Err(NotApplied::DoesNotFit);
            }
            let map = judged.map(object).or_else(|| self.maps.get(&object).copied()).ok_or(NotApplied::DoesNotFit)?;
            let place = match map {
                Map::First(name) => Place::in_map(name, key),
                Map::Gathering(planner) => Place::in_gathering(key, planner),
            };
            let place = place.ok_or(NotApplied::NotAllowed)?;
            if !place.may(self.kind, writer) || !self.is_there(place, &judged, writer) {
                return Err(NotApplied::NotAllowed);
            }
            match (&op.action, place) {
                (OpType::Make(ObjType::Map), Place::Gathering(id)) => {
                    judged.made.push(((counter, actor), id, writer.person));
                }
                (OpType::Put(value), _) if place.takes(value) => {}
                (OpType::Delete, Place::Gathering(_)) => return Err(NotApplied::NotAllowed),
                (OpType::Delete, _) if settles(&standing(doc, &change.deps, object, key), op) => {}
                _ => return Err(NotApplied::NotAllowed),
            }
            judge_superseded(doc, &change.deps, object, key, op)?;
            judge_rivals(doc, &heads, object, key, op)?;
        }
        Ok(judged)
    }

    /// Whether a change is its author's next, upon what is here, and numbered as Automerge numbers. Gives the counter
    /// of its first write.
    fn judge_place(&self, actor: Actor, change: &ExpandedChange) -> Result<u64, NotApplied> {
        let rests_on = |dep: &ChangeHash| self.changes.get(dep).copied().ok_or(NotApplied::MissingDependency);
        let highest = change.deps.iter().map(rests_on).try_fold(0, |max: u64, it| Ok(max.max(it?)))?;
        let last = self.authors.get(&actor).copied().unwrap_or_default();
        let start = change.start_op.get();
        let fits = change.deps.is_sorted_by(|a, b| a < b)
            && !change.deps.is_empty()
            && !change.operations.is_empty()
            && change.seq == last.seq + 1
            && start == highest + 1
            && start > last.max_op
            && i64::try_from(start).is_ok_and(|start| start <= MAX_COUNTER)
            && (self.heads.len() < MAX_HEADS || change.deps.iter().any(|dep| self.heads.contains(dep)));
        if fits { Ok(start) } else { Err(NotApplied::DoesNotFit) }
    }

    /// A gathering is made once, or anew by who planned it (a device can lose its memory); answers are about one that
    /// is there.
    fn is_there(&self, place: Place, judged: &Judged, writer: &Writer) -> bool {
        match place {
            Place::Gathering(id) => self.gatherings.get(&id).is_none_or(|planner| *planner == writer.person),
            Place::Answer(id, _) => {
                self.gatherings.contains_key(&id) || judged.made.iter().any(|(_, made, _)| *made == id)
            }
            _ => true,
        }
    }

    /// Notes a change that Automerge has taken.
    pub(super) fn note(&mut self, judged: Judged) {
        self.changes.insert(judged.hash, judged.last.max_op);
        self.heads.retain(|head| !judged.deps.contains(head));
        self.heads.insert(judged.hash);
        self.authors.insert(judged.actor, judged.last);
        for (number, id, planner) in judged.made {
            self.maps.insert(number, Map::Gathering(planner));
            self.gatherings.entry(id).or_insert(planner);
        }
    }
}

impl Judged {
    fn map(&self, object: Number) -> Option<Map> {
        self.made.iter().find(|(number, ..)| *number == object).map(|(_, _, planner)| Map::Gathering(*planner))
    }
}

/// The map and the key an operation writes at. Nothing is written beside the maps of the first change.
fn place_of(op: &Op) -> Result<(Number, &str), NotApplied> {
    match (&op.obj, &op.key) {
        (ObjectId::Id(OpId(counter, actor)), Key::Map(key)) if !op.insert => {
            let actor = Actor::from_automerge(actor).ok_or(NotApplied::Malformed)?;
            Ok(((*counter, actor), key.as_str()))
        }
        _ => Err(NotApplied::DoesNotFit),
    }
}

/// Whether the maps and values an own change names are in the document, or made by it. Automerge does not ask: it panics
/// on an actor it has never met.
pub(super) fn names_what_is_there(doc: &Automerge, actor: Actor, change: &ExpandedChange) -> Result<(), NotApplied> {
    let start = change.start_op.get();
    for (at, op) in change.operations.iter().enumerate() {
        let (object, key) = place_of(op)?;
        let made = object.0.checked_sub(start).and_then(|made| usize::try_from(made).ok()).filter(|made| *made < at);
        let made = made.and_then(|made| change.operations.get(made)).filter(|_| object.1 == actor);
        let makes = made.is_some_and(|op| op.action == OpType::Make(ObjType::Map));
        if !makes && doc.object_type(ObjId::Id(object.0, object.1.to_automerge(), 0)) != Ok(ObjType::Map) {
            return Err(NotApplied::DoesNotFit);
        }
        judge_superseded(doc, &change.deps, object, key, op)?;
    }
    Ok(())
}

/// What a write supersedes must have stood at this very place when it was written: a write elsewhere can not take away
/// what its writer may not write, and Automerge knows everything it is told of.
fn judge_superseded(
    doc: &Automerge,
    deps: &[ChangeHash],
    object: Number,
    key: &str,
    op: &Op,
) -> Result<(), NotApplied> {
    if op.pred.is_empty() {
        return Ok(());
    }
    let stood = standing(doc, deps, object, key);
    let ascending = op.pred.iter().collect::<Vec<_>>().is_sorted_by(|a, b| a < b);
    if ascending && op.pred.iter().all(|it| stood.contains(it)) { Ok(()) } else { Err(NotApplied::DoesNotFit) }
}

/// Whether a deletion takes away every value that stood there but the one that is shown: so Automerge writes it when
/// somebody chooses between versions, and chooses that one. A place is never emptied.
fn settles(stood: &BTreeSet<OpId>, op: &Op) -> bool {
    let kept = stood.iter().filter(|it| !op.pred.iter().any(|superseded| superseded == *it));
    stood.len() > 1 && kept.eq(stood.last())
}

/// What stands at the place and stays beside this write must not be too much.
fn judge_rivals(doc: &Automerge, heads: &[ChangeHash], object: Number, key: &str, op: &Op) -> Result<(), NotApplied> {
    let superseded: BTreeSet<_> = op.pred.iter().collect();
    let stands = standing(doc, heads, object, key);
    let rivals = stands.iter().filter(|it| !superseded.contains(it)).count();
    if rivals < MAX_RIVALS { Ok(()) } else { Err(NotApplied::DoesNotFit) }
}

/// The numbers of the values at a place after these changes; none if the map is not there yet.
fn standing(doc: &Automerge, heads: &[ChangeHash], (counter, actor): Number, key: &str) -> BTreeSet<OpId> {
    let object = ObjId::Id(counter, actor.to_automerge(), 0);
    let values = doc.get_all_at(&object, key, heads).unwrap_or_default().into_iter();
    values
        .filter_map(|(_, id)| match id {
            ObjId::Id(counter, actor, _) => Some(OpId(counter, actor)),
            ObjId::Root => None,
        })
        .collect()
}
