//! Changes of a document: what stands in a record, once it is open.

use std::sync::LazyLock;

use grend_shared::{
    command::{Act, Command, GatheringChange, GatheringPlan},
    document::{Actor, Authors, MAX_CHANGE, RoomDocument, Writer, contents},
    domain::{Answer, Cost, Line, Paragraphs, Role, RoomKind},
    ids::{CommandId, DeviceId, GatheringId, GroupId, PersonId, RoomId},
    time::Timestamp,
};
use sha2::{Digest as _, Sha256};

use super::{choose, chosen, tried};

pub(super) fn seeds() -> Vec<Vec<u8>> {
    CHANGES.iter().enumerate().map(|(at, (_, change))| chosen(at, change_data(change))).collect()
}

/// In the place of an honest change, in its author's name: these bytes as they are, and framed as a change is. Whatever
/// it was, everybody reads on, writes on, and takes what others write.
pub(super) fn changes(input: &[u8]) {
    let (at, data) = choose(input, CHANGES.len());
    let (before, authors) = &DOCUMENTS[at];
    let mut document = before.clone();
    let (who, honest) = &CHANGES[at];
    let (actor, writer) = author(*who);
    assert!(document.take(data, actor, &writer).is_err(), "it has no frame");
    let spoilt = framed(data);
    let taken = document.take(&spoilt, actor, &writer);
    assert!(taken.is_err() || spoilt.len() <= MAX_CHANGE);
    let names = contents::names(&mut document, authors);
    assert!(contents::gatherings(&mut document, authors, &names).len() <= 2);
    if taken.is_err() {
        assert_eq!(document.heads(), before.clone().heads(), "what is refused changes nothing");
        assert_eq!(document.take(honest, actor, &writer), Ok(()));
    }
    let (actor, writer) = author(9);
    let mut other = document.clone();
    let written = other.write(&act(Command::NameMyself { name: line("Kari") }), &writer, actor);
    let change = written.expect("it can be written").change.expect("a new name");
    assert_eq!(document.take(&change, actor, &writer), Ok(()));
    assert_eq!(document.heads(), other.heads());
    // The outbox of a device whose disk was spoilt.
    tried(before.clone().apply(&spoilt, author(*who).0));
}

/// The document before each of the changes.
static DOCUMENTS: LazyLock<Vec<(RoomDocument, Authors)>> = LazyLock::new(|| {
    let (mut document, mut authors) = (RoomDocument::new(RoomKind::Network), Authors::default());
    let before = CHANGES.iter().map(|(who, change)| {
        let (actor, writer) = author(*who);
        authors.note(actor, writer);
        let before = (document.clone(), authors.clone());
        assert_eq!(document.take(change, actor, &writer), Ok(()));
        before
    });
    before.collect()
});

/// What three members of a network write, in the order of the log. Some of it side by side.
static CHANGES: LazyLock<Vec<(u8, Vec<u8>)>> = LazyLock::new(|| {
    let gathering = GatheringId::from_bytes([7; 16]);
    let plan = GatheringPlan {
        title: line("Aking"),
        when: "2026-12-06T12:00/14:30".parse().expect("a time"),
        place: Some(line("Bakken")),
        note: Paragraphs::default(),
        cost: Cost::Low,
        host: Some(GroupId::from_bytes([4; 16])),
    };
    // Each pair is written side by side.
    let pairs = [
        [
            (1, Command::NameNetwork { name: line("Granlia"), service: line("Dalen") }),
            (2, Command::NameMyself { name: line("Ola") }),
        ],
        [(1, Command::PlanGathering { gathering, plan }), (2, Command::NameMyself { name: line("Olav") })],
        [
            (3, Command::AnswerGathering { gathering, answer: Some(Answer::Coming) }),
            (2, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Ski")) }),
        ],
        [
            (3, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Bading")) }),
            (2, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Bål")) }),
        ],
        [(3, Command::CancelGathering { gathering }), (1, Command::WithdrawGathering { gathering })],
        [
            (1, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Aking")) }),
            (3, Command::RestoreGathering { gathering }),
        ],
    ];
    let mut document = RoomDocument::new(RoomKind::Network);
    let mut changes = Vec::new();
    for pair in pairs {
        let written = pair.map(|(who, command)| {
            let (actor, writer) = author(who);
            let written = document.clone().write(&act(command), &writer, actor);
            (who, written.expect("it can be written").change.expect("it changes something"))
        });
        for (who, change) in written {
            let (actor, writer) = author(who);
            assert_eq!(document.take(&change, actor, &writer), Ok(()));
            changes.push((who, change));
        }
    }
    changes
});

fn line(text: &str) -> Line {
    Line::new(text).expect("a line")
}

fn act(command: Command) -> Act {
    Act { id: CommandId::from_bytes([0; 16]), at: Timestamp::from_millis(1_795_000_000_000), command }
}

fn author(number: u8) -> (Actor, Writer) {
    let actor = Actor::of(DeviceId::from_bytes([number; 32]), RoomId::from_bytes([2; 32]), 0);
    let role = if number == 1 { Role::Admin } else { Role::Member };
    (actor, Writer { person: PersonId::from_bytes([number; 16]), group: GroupId::from_bytes([number; 16]), role })
}

/// What is behind magic, checksum, kind and length. An honest change here has less than 2^14 bytes.
fn change_data(change: &[u8]) -> &[u8] {
    let length = if change[9] & 0x80 == 0 { 1 } else { 2 };
    &change[9 + length..]
}

fn framed(data: &[u8]) -> Vec<u8> {
    let mut length = Vec::new();
    let mut left = data.len();
    while left > 0x7f {
        length.push(0x80 | u8::try_from(left & 0x7f).expect("seven bits"));
        left >>= 7;
    }
    length.push(u8::try_from(left).expect("seven bits"));
    let hash = Sha256::digest([&[1], length.as_slice(), data].concat());
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &[1], &length, data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspoilt_change_is_framed_as_it_was() {
        for (_, change) in CHANGES.iter() {
            assert_eq!(&framed(change_data(change)), change);
        }
    }
}
