//! Changes that are well-formed and that no writer of ours makes: WIRE-7 of docs/SPEC.md.

use automerge::{
    ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue,
    legacy::{ElementId, Key, ObjectId, OpId, OpType},
};

use super::*;

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

/// A number in groups of seven bits; the last group is at most this.
fn leb(number: u64, last: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left = number;
    while left > last {
        bytes.push(u8::try_from(left & 0x7f).expect("seven bits") | 0x80);
        left >>= 7;
    }
    bytes.push(u8::try_from(left).expect("seven bits"));
    bytes
}

/// As sizes stand in a change.
fn unsigned(number: u64) -> Vec<u8> {
    leb(number, 0x7f)
}

/// As counts stand in a column: the last group has room for the sign.
fn signed(number: u64) -> Vec<u8> {
    leb(number, 0x3f)
}

/// A chunk of a hundred bytes that says of one write that it was made so many times.
fn repeated(honest: &ExpandedChange, times: u64) -> Vec<u8> {
    let run = |value: &[u8]| [signed(times).as_slice(), value].concat();
    let columns: [(u8, Vec<u8>); 7] = [
        (0x01, run(&[1])),
        (0x02, run(&[2])),
        (0x15, run(&[1, b'x'])),
        (0x34, unsigned(times)),
        (0x42, run(&[1])),
        (0x56, run(&[6])),
        (0x70, run(&[0])),
    ];
    let mut data = vec![1];
    data.extend(honest.deps[0].0);
    data.push(16);
    data.extend(honest.actor_id.to_bytes());
    data.extend([unsigned(honest.seq), unsigned(honest.start_op.get()), vec![0, 0, 1, 16]].concat());
    data.extend([0; 16]);
    data.push(7);
    columns.iter().for_each(|(specification, column)| data.extend([*specification, column.len() as u8]));
    columns.iter().for_each(|(_, column)| data.extend(column));
    [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1], unsigned(data.len() as u64).as_slice(), &data].concat()
}

/// Were they unpacked, this would take an hour.
#[test]
fn counts_and_lengths_are_not_unpacked() {
    let room = Room::lively();
    let honest = room.change(intruder());
    // The layout is right: with a count of one it is what Automerge reads.
    let read = Change::from_bytes(repeated(&honest, 1)).expect("a change").decode();
    assert_eq!((read.operations.len(), read.seq, read.start_op), (1, honest.seq, honest.start_op));
    for times in [crate::document::MAX_OPS as u64 * 5, (1 << 31) - 1, 1 << 40, i64::MAX as u64, u64::MAX] {
        room.refuses(intruder(), &repeated(&honest, times), NotApplied::Malformed);
        let bytes = packed(honest.clone());
        for at in 9..bytes.len() {
            let mut change = bytes.clone();
            change.splice(at..=at, signed(times));
            let mut refused = room.clone();
            assert!(refused.take(intruder(), &change).is_err());
            assert!(refused.document.apply(&change, intruder().actor).is_err());
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

/// Nobody can heap up so much side by side that the next honest change, which names it all, is beyond the limits.
#[test]
fn what_stands_side_by_side_has_an_end() {
    let mut room = Room::lively();
    let seen = room.clone();
    let titled = |it: &Room, by, title: &str| {
        let change = GatheringChange::Title(line(title));
        it.written(by, Command::ChangeGathering { gathering: GATHERING, change })
    };
    let another = |generation| {
        let actor = Actor::of(DeviceId::from_bytes([3; 32]), RoomId::from_bytes([9; 32]), generation);
        Member { actor, ..intruder() }
    };
    // As many generations as one likes, none of which has seen the others.
    let all = 1..=300;
    let titles = all.clone().filter(|it| {
        let change = titled(&seen, another(*it), &format!("Nr. {it}"));
        room.take(another(*it), &change).is_ok()
    });
    assert_eq!(titles.count(), 128);
    let names = all.filter(|it| {
        let gathering =
            GatheringId::from_bytes([[0x80; 12].as_slice(), &it.to_be_bytes()].concat().try_into().expect("16"));
        room.take(another(1_000 + it), &seen.written(another(1_000 + it), plan(gathering))).is_ok()
    });
    assert_eq!(names.count(), 128);
    // Who has seen it all puts it in order again, and so does life.
    let change = titled(&room, resource(), "Aking");
    assert_eq!(room.take(resource(), &change), Ok(()));
    let gatherings = room.gatherings();
    let settled = gatherings.iter().find(|it| it.id == GATHERING).expect("it stands");
    assert_eq!((settled.title.value.as_str(), settled.title.versions.len()), ("Aking", 0));
    let beside = titled(&seen, foster(), "Ski");
    assert_eq!(room.take(foster(), &beside), Ok(()));
}
