//! A member with a changed client against everybody's documents.

mod authority;
mod choice;
mod hostile;

use automerge::{
    Change, ExpandedChange, ScalarValue,
    legacy::{Key, ObjectId, Op, OpId, OpType},
};

use super::{Actor, Authors, NotApplied, RoomDocument, Writer, contents};
use crate::{
    command::{Act, Command, GatheringChange, GatheringPlan},
    domain::{Answer, Cost, Line, Role, RoomKind},
    ids::{CommandId, DeviceId, GatheringId, GroupId, PersonId, RoomId},
    projection::Gathering,
    time::Timestamp,
};

const GATHERING: GatheringId = GatheringId::from_bytes([7; 16]);
const OTHER_GATHERING: GatheringId = GatheringId::from_bytes([8; 16]);

/// Somebody with a device.
#[derive(Debug, Clone, Copy)]
struct Member {
    actor: Actor,
    writer: Writer,
}

impl Member {
    /// This member's device with a client that says it is somebody else's.
    const fn in_the_name_of(self, other: Self) -> Self {
        Self { actor: self.actor, writer: other.writer }
    }
}

const fn writer(number: u8, role: Role) -> Writer {
    Writer { person: PersonId::from_bytes([number; 16]), group: GroupId::from_bytes([number + 100; 16]), role }
}

fn member(number: u8, role: Role) -> Member {
    let actor = Actor::of(DeviceId::from_bytes([number; 32]), RoomId::from_bytes([9; 32]), 0);
    Member { actor, writer: writer(number, role) }
}

fn resource() -> Member {
    member(1, Role::Admin)
}

fn foster() -> Member {
    member(2, Role::Member)
}

/// The member with the changed client.
fn intruder() -> Member {
    member(3, Role::Member)
}

fn line(text: &str) -> Line {
    Line::new(text).expect("a line")
}

fn plan(gathering: GatheringId) -> Command {
    let when = "2026-12-06T12:00/14:30".parse().expect("a time");
    let plan = GatheringPlan {
        title: line("Aking"),
        when,
        place: Some(line("Bakken")),
        note: crate::domain::Paragraphs::default(),
        cost: Cost::Free,
        host: None,
    };
    Command::PlanGathering { gathering, plan }
}

fn act(command: Command) -> Act {
    Act { id: CommandId::from_bytes([0; 16]), at: Timestamp::from_millis(1_795_000_000_000), command }
}

/// A document as the log makes it, on a device that writes nothing itself.
#[derive(Clone)]
struct Room {
    document: RoomDocument,
    authors: Authors,
}

impl Room {
    fn new(kind: RoomKind) -> Self {
        Self { document: RoomDocument::new(kind), authors: Authors::default() }
    }

    /// A network in which everybody has said something.
    fn lively() -> Self {
        let mut room = Self::new(RoomKind::Network);
        let name = |name| Command::NameMyself { name: line(name) };
        let household = |name| Command::NameHousehold { name: line(name) };
        room.says(resource(), Command::NameNetwork { name: line("Granlia"), service: line("Dalen") });
        for (by, who, family) in [(resource(), "Åse", "Granli"), (foster(), "Ola", "Bakke"), (intruder(), "Per", "Vik")]
        {
            room.says(by, name(who));
            room.says(by, household(family));
        }
        room.says(foster(), plan(GATHERING));
        room.says(foster(), Command::AnswerGathering { gathering: GATHERING, answer: Some(Answer::Coming) });
        room
    }

    /// What the member's honest client writes upon everything that stands here.
    fn written(&self, by: Member, command: Command) -> Vec<u8> {
        let mut theirs = self.document.clone();
        let written = theirs.write(&act(command), &by.writer, by.actor);
        written.expect("it can be written").change.expect("it changes something")
    }

    fn take(&mut self, by: Member, change: &[u8]) -> Result<(), NotApplied> {
        self.authors.note(by.actor, by.writer);
        self.document.take(change, by.actor, &by.writer)
    }

    fn says(&mut self, by: Member, command: Command) {
        let change = self.written(by, command);
        self.take(by, &change).expect("an honest change is taken");
    }

    fn gatherings(&mut self) -> Vec<Gathering> {
        let names = contents::names(&mut self.document, &self.authors);
        contents::gatherings(&mut self.document, &self.authors, &names)
    }

    /// The change is refused by name, nothing changes, and everybody can still write.
    fn refuses(&self, by: Member, change: &[u8], why: NotApplied) {
        let mut room = self.clone();
        let (heads, bytes) = (room.document.heads(), room.document.save());
        let names = contents::names(&mut room.document, &room.authors);
        let gatherings = room.gatherings();
        assert_eq!(room.take(by, change), Err(why));
        assert_eq!((room.document.heads(), room.document.save()), (heads, bytes));
        assert_eq!(contents::names(&mut room.document, &room.authors), names);
        assert_eq!(room.gatherings(), gatherings);
        for (honest, name) in [(resource(), "En"), (by, "En annen")] {
            room.says(honest, Command::NameMyself { name: line(name) });
        }
    }

    /// An honest change of this member, to be spoilt.
    fn change(&self, by: Member) -> ExpandedChange {
        self.expand(by, Command::NameMyself { name: line("Et nytt navn") })
    }

    fn expand(&self, by: Member, command: Command) -> ExpandedChange {
        Change::from_bytes(self.written(by, command)).expect("a change").decode()
    }

    /// A change with one write at a place, superseding what stands there, as a changed client makes it.
    fn write_at(&self, by: Member, map: &str, key: &str, action: OpType) -> ExpandedChange {
        use automerge::ReadDoc as _;
        let mut document = self.document.clone();
        let doc = document.doc();
        let (_, id) = doc.get(automerge::ROOT, map).expect("a map").expect("of the first change");
        let stands = doc.get_all(&id, key).expect("readable").into_iter().map(|(_, id)| number(&id)).collect();
        let op = Op { action, obj: ObjectId::Id(number(&id)), key: Key::Map(key.into()), pred: stands, insert: false };
        ExpandedChange { operations: vec![op], ..self.change(by) }
    }
}

fn number(id: &automerge::ObjId) -> OpId {
    match id {
        automerge::ObjId::Id(counter, actor, _) => OpId(*counter, actor.clone()),
        automerge::ObjId::Root => panic!("the root has no number"),
    }
}

fn packed(change: ExpandedChange) -> Vec<u8> {
    Change::from(change).raw_bytes().to_vec()
}

fn text(text: &str) -> OpType {
    OpType::Put(ScalarValue::Str(text.into()))
}
