//! Choosing between versions that stand side by side. Automerge writes the choice of the version that is shown as a
//! deletion of the others, and that of another version as a value: MERGE-2 and WIRE-7 of docs/SPEC.md.

use automerge::legacy::OpType;

use super::*;

const PLACES: [&str; 3] = ["Skolekjøkkenet", "Hos Myrvang", "Stranda"];

fn to(place: &str) -> Command {
    let change = GatheringChange::Place(Some(line(place)));
    Command::ChangeGathering { gathering: GATHERING, change }
}

/// A room in which so many have changed one place without knowing of each other.
fn disputed(by: &[Member]) -> Room {
    let mut room = Room::lively();
    let changes: Vec<_> = by.iter().zip(PLACES).map(|(by, place)| (*by, room.written(*by, to(place)))).collect();
    for (by, change) in changes {
        room.take(by, &change).expect("an honest change is taken");
    }
    assert_eq!(room.gatherings()[0].place.versions.len(), by.len());
    room
}

fn versions(room: &mut Room) -> Vec<String> {
    let place = room.gatherings().remove(0).place;
    place.versions.into_iter().map(|it| it.value.map(String::from).unwrap_or_default()).collect()
}

#[test]
fn a_choice_is_taken_whichever_version_it_is_and_whoever_chooses() {
    let members = [resource(), foster(), intruder()];
    for disputants in [&members[..2], &members] {
        let room = disputed(disputants);
        for by in members {
            for chosen in &PLACES[..disputants.len()] {
                let mut room = room.clone();
                room.says(by, to(chosen));
                let place = room.gatherings().remove(0).place;
                assert_eq!((place.value.map(String::from), place.versions.len()), (Some((*chosen).into()), 0));
            }
        }
    }
}

#[test]
fn two_choices_made_without_knowing_of_each_other_leave_something() {
    let room = disputed(&[resource(), foster()]);
    for first in &PLACES[..2] {
        for second in &PLACES[..2] {
            let mut room = room.clone();
            let choices = [(resource(), *first), (foster(), *second)];
            let written = choices.map(|(by, place)| (by, room.written(by, to(place))));
            for (by, change) in written {
                room.take(by, &change).expect("an honest change is taken");
            }
            let place = room.gatherings().remove(0).place.value.map(String::from);
            assert!(place == Some((*first).into()) || place == Some((*second).into()), "{place:?}");
        }
    }
}

#[test]
fn a_deletion_that_is_no_choice_is_refused() {
    let mut room = disputed(&[resource(), foster(), intruder()]);
    let shown = room.gatherings()[0].place.value.clone().map(String::from).expect("a place");
    let other = PLACES.into_iter().find(|place| *place != shown).expect("another");
    let by = intruder();
    let every = room.expand(by, to(other));
    let choice = room.expand(by, to(&shown));
    assert_eq!(choice.operations[0].action, OpType::Delete);
    assert_eq!((every.operations[0].pred.len(), choice.operations[0].pred.len()), (3, 2));

    // The place would be empty.
    let mut change = every.clone();
    change.operations[0].action = OpType::Delete;
    room.refuses(by, &packed(change), NotApplied::NotAllowed);
    // One version, and not the others; all but one that is not shown.
    let numbers: Vec<_> = every.operations[0].pred.iter().cloned().collect();
    for superseded in [&numbers[..1], &numbers[1..2], &numbers[2..], &numbers[1..], &[]] {
        let mut change = choice.clone();
        change.operations[0].pred = superseded.to_vec().into();
        room.refuses(by, &packed(change), NotApplied::NotAllowed);
    }
    // Where nothing is disputed there is nothing to choose.
    room.says(resource(), to("Parken"));
    let mut change = room.expand(by, to(other));
    change.operations[0].action = OpType::Delete;
    room.refuses(by, &packed(change), NotApplied::NotAllowed);
    assert_eq!(versions(&mut room), [""; 0]);
}
