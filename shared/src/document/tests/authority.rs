//! Changes in a name that is not their writer's: KEY-10 of docs/SPEC.md.

use automerge::{
    ScalarValue,
    legacy::{Key, OpType},
};

use super::*;
use crate::rules;

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
        room.refuses(by, &room.written(by.in_the_name_of(foster()), withdraw.clone()), NotApplied::NotAllowed);
        // The own client does not write it at all: whatever came after it would rest upon it.
        let refused = room.document.clone().write(&act(withdraw.clone()), &by.writer, by.actor);
        assert_eq!(refused, Err(rules::Refused::NotYourRole));
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
    let change = room.written(by.in_the_name_of(foster()), Command::WithdrawGathering { gathering: GATHERING });
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

/// What counts is the role at the place of each record, and reading agrees.
#[test]
fn a_role_counts_from_where_it_was_given_to_where_it_was_taken() {
    let mut room = Room::lively();
    let rename = |name| Command::NameNetwork { name: line(name), service: line("Dalen") };
    let (before, as_admin) = (foster(), member(2, Role::Admin));
    room.refuses(before, &room.written(before, rename("Før")), NotApplied::NotAllowed);
    room.says(as_admin, rename("Nå"));
    assert_eq!(contents::names(&mut room.document, &room.authors).room, "Nå");
    room.refuses(before, &room.written(before, rename("Etter")), NotApplied::NotAllowed);
    assert_eq!(contents::names(&mut room.document, &room.authors).room, "Nå");
}
