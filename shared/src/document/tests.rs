//! A member with a changed client against everybody's documents: WIRE-7 and KEY-10 of docs/SPEC.md.

use automerge::{
    ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};

use super::{Actor, Authors, NotApplied, RoomDocument, Writer, contents};
use crate::{
    command::{Act, Command, GatheringChange, GatheringPlan},
    domain::{Answer, Cost, Line, Role, RoomKind},
    ids::{CommandId, DeviceId, GatheringId, GroupId, PersonId, RoomId},
    projection::Gathering,
    rules,
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

#[test]
fn a_change_out_of_its_authors_order_is_refused() {
    let room = Room::lively();
    let newcomer = member(4, Role::Member);
    for (by, seq) in [(newcomer, 2), (newcomer, 1 << 20), (intruder(), 1), (intruder(), 2), (intruder(), 4)] {
        let change = packed(ExpandedChange { seq, ..room.change(by) });
        room.refuses(by, &change, NotApplied::DoesNotFit);
    }
    for seq in [0, 1 << 31, u64::from(u32::MAX), u64::MAX] {
        let change = packed(ExpandedChange { seq, ..room.change(newcomer) });
        room.refuses(newcomer, &change, NotApplied::Malformed);
    }
}

#[test]
fn a_counter_that_is_not_the_next_is_refused() {
    let room = Room::lively();
    let next = room.change(intruder()).start_op.get();
    let from = |start: u64| {
        let start_op = start.try_into().expect("not zero");
        packed(ExpandedChange { start_op, ..room.change(intruder()) })
    };
    for start in [1, next - 1, next + 1, 1 << 30] {
        room.refuses(intruder(), &from(start), NotApplied::DoesNotFit);
    }
    for start in [(1 << 30) + 1, u64::from(u32::MAX) - 1, u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX] {
        room.refuses(intruder(), &from(start), NotApplied::Malformed);
    }
}

/// A device that leaves out its own last change would give two writes one number.
#[test]
fn a_change_beside_its_authors_own_last_is_refused() {
    let room = Room::lively();
    let first = RoomDocument::new(RoomKind::Network).heads().remove(0);
    let change = room.change(intruder());
    let start_op = 6.try_into().expect("not zero");
    let mut operations = change.operations.clone();
    operations.iter_mut().for_each(|op| op.pred = Vec::new().into());
    let beside = ExpandedChange { deps: vec![ChangeHash(first)], start_op, operations, ..change };
    room.refuses(intruder(), &packed(beside), NotApplied::DoesNotFit);
}

#[test]
fn a_change_upon_what_is_not_in_the_log_is_refused() {
    let room = Room::lively();
    let change = room.change(intruder());
    let none = packed(ExpandedChange { deps: Vec::new(), ..change.clone() });
    room.refuses(intruder(), &none, NotApplied::DoesNotFit);
    let twice = packed(ExpandedChange { deps: vec![change.deps[0]; 2], ..change.clone() });
    room.refuses(intruder(), &twice, NotApplied::DoesNotFit);
    let foreign = packed(ExpandedChange { deps: vec![ChangeHash([5; 32])], ..change });
    room.refuses(intruder(), &foreign, NotApplied::MissingDependency);
}

#[test]
fn a_write_into_a_map_that_is_not_there_is_refused() {
    let room = Room::lively();
    let stranger = ActorId::from([0x55; 16]);
    let known = intruder().actor.to_automerge();
    for object in [OpId(1, stranger.clone()), OpId(900, known.clone()), OpId(1, known), OpId(1, ActorId::from([1; 3]))]
    {
        let mut change = room.change(intruder());
        change.operations[0].obj = ObjectId::Id(object);
        let mut refused = room.clone();
        assert!(refused.take(intruder(), &packed(change)).is_err());
        refused.says(intruder(), Command::NameMyself { name: line("Per Vik") });
    }
    let mut root = room.change(intruder());
    root.operations[0].obj = ObjectId::Root;
    root.operations[0].pred = Vec::new().into();
    room.refuses(intruder(), &packed(root), NotApplied::DoesNotFit);
}

#[test]
fn what_a_write_supersedes_stood_at_its_place() {
    let room = Room::lively();
    let stranger = OpId(6, ActorId::from([0x55; 16]));
    let others_name = {
        let person = foster().writer.person.to_string();
        let change = room.write_at(intruder(), "people", &person, text("Ola"));
        change.operations[0].pred.get(0).expect("a name stands there").clone()
    };
    let never = OpId(1_000, intruder().actor.to_automerge());
    for superseded in [stranger, others_name, never] {
        let mut change = room.change(intruder());
        change.operations[0].pred = vec![superseded].into();
        room.refuses(intruder(), &packed(change), NotApplied::DoesNotFit);
    }
    let mut twice = room.change(intruder());
    let own = twice.operations[0].pred.get(0).expect("the own name").clone();
    twice.operations[0].pred = vec![own.clone(), own].into();
    room.refuses(intruder(), &packed(twice), NotApplied::DoesNotFit);
}

#[test]
fn what_our_own_writer_never_makes_is_refused() {
    let room = Room::lively();
    let own = intruder().writer.person.to_string();
    let actions = [
        OpType::Delete,
        OpType::Increment(1),
        OpType::Make(ObjType::Map),
        OpType::Make(ObjType::List),
        OpType::Make(ObjType::Text),
        OpType::Put(ScalarValue::Null),
        OpType::Put(ScalarValue::Boolean(true)),
        text(""),
        text("\u{1}"),
        text(" Per"),
        text(&"ø".repeat(Line::MAX + 1)),
    ];
    for action in actions {
        let change = packed(room.write_at(intruder(), "people", &own, action.clone()));
        let mut refused = room.clone();
        assert!(refused.take(intruder(), &change).is_err(), "{action:?}");
        assert_eq!(refused.document.heads(), room.document.clone().heads());
    }
    for value in [ScalarValue::Int(-1), ScalarValue::F64(0.5), ScalarValue::Bytes(vec![1]), ScalarValue::counter(1)] {
        let change = packed(room.write_at(intruder(), "people", &own, OpType::Put(value)));
        room.refuses(intruder(), &change, NotApplied::Malformed);
    }
    let mut inserted = room.change(intruder());
    inserted.operations[0].insert = true;
    room.refuses(intruder(), &packed(inserted), NotApplied::DoesNotFit);
    let mut element = room.change(intruder());
    element.operations[0].key = Key::Seq(ElementId::Head);
    room.refuses(intruder(), &packed(element), NotApplied::Malformed);
    let mut twice = room.change(intruder());
    twice.operations.push(twice.operations[0].clone());
    room.refuses(intruder(), &packed(twice), NotApplied::DoesNotFit);
    let honest = room.change(intruder());
    room.refuses(
        intruder(),
        &packed(ExpandedChange { operations: Vec::new(), ..honest.clone() }),
        NotApplied::DoesNotFit,
    );
    for spoilt in [
        ExpandedChange { message: Some("hei".to_owned()), ..honest.clone() },
        ExpandedChange { extra_bytes: vec![1, 1, 1], ..honest.clone() },
        ExpandedChange { time: i64::MIN, ..honest.clone() },
        ExpandedChange { time: i64::MAX, ..honest.clone() },
    ] {
        room.refuses(intruder(), &packed(spoilt), NotApplied::Malformed);
    }
    let mut bytes = packed(honest);
    bytes[5] ^= 1;
    room.refuses(intruder(), &bytes, NotApplied::Malformed);
}

/// A compressed chunk is refused unread, whatever is in it.
#[test]
fn a_compressed_change_is_refused() {
    let room = Room::lively();
    let note = crate::domain::Paragraphs::new(&"lang ".repeat(200)).expect("paragraphs");
    let command = Command::ChangeGathering { gathering: GATHERING, change: GatheringChange::Note(note) };
    let mut change = Change::from_bytes(room.written(intruder(), command)).expect("a change");
    let compressed = change.bytes().into_owned();
    assert_eq!(compressed[8], 2, "it is long enough to be compressed");
    room.refuses(intruder(), &compressed, NotApplied::Malformed);
}

/// Sixty bytes that stand for two thousand million writes.
#[test]
fn counts_and_lengths_are_not_unpacked() {
    let room = Room::lively();
    let honest = room.written(intruder(), Command::NameMyself { name: line("Et nytt navn") });
    let mut leb = Vec::new();
    let huge = |number: u64, out: &mut Vec<u8>| {
        out.clear();
        let mut left = number;
        while left > 0x3f {
            out.push((left & 0x7f) as u8 | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
    };
    let began = std::time::Instant::now();
    for number in [600_000, (1 << 31) - 1, 1 << 40, i64::MAX as u64, u64::MAX] {
        huge(number, &mut leb);
        for at in 9..honest.len() {
            let mut change = honest.clone();
            change.splice(at..=at, leb.iter().copied());
            let mut refused = room.clone();
            assert!(refused.take(intruder(), &change).is_err());
            assert!(refused.document.apply(&change, intruder().actor).is_err());
        }
    }
    assert!(began.elapsed().as_secs() < 60, "counts were unpacked");
    // The action column says that its one action stands two thousand million times.
    let columns = honest.windows(2).position(|it| it == [0x42, 2]).expect("an action column of one run");
    let mut change = honest;
    change[columns + 1] = 6;
    assert!(!super::chunk::is_bounded(&change));
}

#[test]
fn nobody_writes_or_erases_what_another_has_said() {
    let room = Room::lively();
    let (person, group) = (foster().writer.person.to_string(), foster().writer.group.to_string());
    let answer = format!("{GATHERING}/{group}");
    let places = [
        ("people", person.as_str(), "Ola"),
        ("families", group.as_str(), "Bakke"),
        ("about", "name", "Granlia"),
        ("about", "service", "Dalen"),
        ("about", "anything", "else"),
        ("answers", answer.as_str(), "not_coming"),
        ("answers", "no key", "coming"),
    ];
    for (map, key, word) in places {
        let write = room.write_at(intruder(), map, key, text(word));
        room.refuses(intruder(), &packed(write), NotApplied::NotAllowed);
        let mut delete = room.write_at(intruder(), map, key, OpType::Delete);
        room.refuses(intruder(), &packed(delete.clone()), NotApplied::NotAllowed);
        // The same, hidden behind what may be written.
        delete.operations.insert(0, room.change(intruder()).operations.remove(0));
        room.refuses(intruder(), &packed(delete), NotApplied::NotAllowed);
    }
}

#[test]
fn only_who_planned_a_gathering_takes_it_away() {
    let room = Room::lively();
    let withdraw = Command::WithdrawGathering { gathering: GATHERING };
    for by in [intruder(), resource()] {
        room.refuses(by, &room.written(by, withdraw.clone()), NotApplied::NotAllowed);
    }
    // From another of the planner's devices it counts.
    let mut room = room;
    let tablet = Member { actor: member(5, Role::Member).actor, ..foster() };
    room.says(tablet, withdraw);
    assert!(room.gatherings().is_empty());
}

/// Whoever wrote it, a withdrawal by another than the planner does not count when it is read either.
#[test]
fn a_withdrawal_by_another_is_not_read() {
    let mut room = Room::lively();
    let by = intruder();
    let change = room.written(by, Command::WithdrawGathering { gathering: GATHERING });
    room.document.apply(&change, by.actor).expect("the outbox is not judged");
    assert_eq!(room.gatherings().len(), 1);
}

#[test]
fn a_gathering_is_not_planned_over_anothers() {
    let room = Room::lively();
    let fresh = Room::new(RoomKind::Network);
    let mut change = room.expand(intruder(), plan(OTHER_GATHERING));
    change.operations[0].key = Key::Map(GATHERING.to_string().into());
    room.refuses(intruder(), &packed(change), NotApplied::NotAllowed);
    // Nor by one who pretends not to have seen it: the place in the log decides.
    let mut unseen = fresh;
    let name = Command::NameMyself { name: line("Per") };
    let newcomer = member(4, Role::Member);
    unseen.says(newcomer, name.clone());
    let beside = unseen.written(newcomer, plan(GATHERING));
    let mut room = room;
    let before = Room::new(RoomKind::Network).written(newcomer, name);
    room.take(newcomer, &before).expect("beside everything else");
    room.refuses(newcomer, &beside, NotApplied::NotAllowed);
}

#[test]
fn a_field_takes_only_what_can_be_shown() {
    let room = Room::lively();
    let title = room.expand(
        intruder(),
        Command::ChangeGathering { gathering: GATHERING, change: GatheringChange::Title(line("Ski")) },
    );
    for (key, value) in [
        ("title", ScalarValue::Str("\u{1}".into())),
        ("title", ScalarValue::Boolean(true)),
        ("when", ScalarValue::Str("i morgen".into())),
        ("cost", ScalarValue::Str("much".into())),
        ("host", ScalarValue::Str("nobody".into())),
        ("cancelled", ScalarValue::Str("yes".into())),
        ("withdrawn", ScalarValue::Boolean(false)),
        ("unknown", ScalarValue::Str("x".into())),
    ] {
        let mut change = title.clone();
        let op = &mut change.operations[0];
        (op.key, op.action) = (Key::Map(key.into()), OpType::Put(value));
        op.pred = Vec::new().into();
        room.refuses(intruder(), &packed(change), NotApplied::NotAllowed);
    }
}

/// The rules that the engine asks before an act is written, and the judgement of what others wrote, are one.
#[test]
fn what_the_rules_allow_is_taken_and_what_they_refuse_is_not() {
    let gathering = GATHERING;
    let change = |change| Command::ChangeGathering { gathering, change };
    // A service is named where a network is; only the command tells the two apart.
    let service = Command::NameService { name: line("Fjell") };
    for (role, taken) in [(Role::Admin, true), (Role::Member, false)] {
        let mut room = Room::new(RoomKind::Service);
        let change = room.written(member(6, role), service.clone());
        assert_eq!(room.take(member(6, role), &change).is_ok(), taken);
        assert_eq!(rules::may(RoomKind::Service, role, &service).is_ok(), taken);
    }
    let commands = [
        Command::NoteNetwork { network: RoomId::from_bytes([3; 32]), name: line("Solbakken") },
        Command::NameNetwork { name: line("Lia"), service: line("Fjell") },
        Command::NameMyself { name: line("Kari") },
        Command::NameHousehold { name: line("Nes") },
        plan(OTHER_GATHERING),
        change(GatheringChange::Title(line("Ski"))),
        change(GatheringChange::When("2026-12-07T23:00/01:00".parse().expect("a time"))),
        change(GatheringChange::When("2026-12-07T10:00".parse().expect("a time"))),
        change(GatheringChange::Place(None)),
        change(GatheringChange::Note(crate::domain::Paragraphs::new("Ta med\nski").expect("paragraphs"))),
        change(GatheringChange::Cost(Cost::Some)),
        change(GatheringChange::Host(Some(GroupId::from_bytes([4; 16])))),
        change(GatheringChange::Host(None)),
        Command::CancelGathering { gathering },
        Command::RestoreGathering { gathering },
        Command::AnswerGathering { gathering, answer: Some(Answer::Maybe) },
        Command::AnswerGathering { gathering, answer: None },
    ];
    for kind in [RoomKind::Network, RoomKind::Service, RoomKind::Household] {
        for role in [Role::Member, Role::Admin, Role::Steward] {
            for command in &commands {
                let room = if kind == RoomKind::Network { Room::lively() } else { Room::new(kind) };
                let by = member(6, role);
                let mut theirs = room.document.clone();
                let Ok(written) = theirs.write(&act(command.clone()), &by.writer, by.actor) else {
                    assert!(rules::may(kind, role, command).is_err(), "{kind:?} {command:?}");
                    continue;
                };
                let Some(change) = written.change else { continue };
                let mut room = room;
                let taken = room.take(by, &change).is_ok();
                assert_eq!(taken, rules::may(kind, role, command).is_ok(), "{kind:?} {role:?} {command:?}");
            }
        }
    }
}

/// Two devices with the same log judge alike, whatever one of them has written and not sent.
#[test]
fn what_is_not_sent_yet_does_not_count() {
    let room = Room::lively();
    let mut ahead = room.clone();
    let own = ahead.document.write(&act(plan(OTHER_GATHERING)), &foster().writer, foster().actor);
    let own = own.expect("written").change.expect("a change");
    // Upon a change that only one of them has.
    let upon = ahead.written(intruder(), Command::CancelGathering { gathering: OTHER_GATHERING });
    // Beside it, in the order the relay gives.
    let beside = room.written(intruder(), Command::NameMyself { name: line("Per Vik") });
    let mut others = room;
    for here in [&mut ahead, &mut others] {
        assert_eq!(here.take(intruder(), &upon), Err(NotApplied::MissingDependency));
        assert_eq!(here.take(intruder(), &beside), Ok(()));
        assert_eq!(here.take(foster(), &own), Ok(()));
        assert_eq!(here.take(foster(), &own), Ok(()), "a change that is here changes nothing");
    }
    assert_eq!(ahead.document.heads(), others.document.heads());
    assert_eq!(ahead.gatherings(), others.gatherings());
}

/// A device that lost its memory plans again what it had planned: it stands as it stood, with what was changed since.
#[test]
fn planning_again_what_stands_changes_nothing() {
    let mut room = Room::lively();
    let change = GatheringChange::Title(line("Ski"));
    room.says(resource(), Command::ChangeGathering { gathering: GATHERING, change });
    let anew = Actor::of(DeviceId::from_bytes([2; 32]), RoomId::from_bytes([9; 32]), 1);
    let written = room.document.write(&act(plan(GATHERING)), &foster().writer, anew).expect("allowed");
    assert_eq!(written.change, None);
    assert_eq!(room.gatherings()[0].title.value, line("Ski"));
}
