//! What the components of `/stil` show: long names, all states.

use grend_shared::{
    command::GatheringChange,
    domain::{Cost, Line, Paragraphs, When},
    ids::{GatheringId, GroupId, RoomId},
    projection::{Family, Gathering, Value, Version},
    time::Timestamp,
};

use crate::ui::{
    disputes::{Dispute, Rival},
    hamlet::HamletHouse,
};

const NAMES: [&str; 6] =
    ["Solbakken", "Storbergsætervangen", "Kristoffersen", "Myrvang gård", "Nordli-Haugland", "Fjellheimstunet"];

fn group(n: usize) -> GroupId {
    GroupId::from_bytes([u8::try_from(n).unwrap_or(u8::MAX); GroupId::LEN])
}

/// Two rooms.
pub(super) fn rooms() -> (RoomId, RoomId) {
    (RoomId::from_bytes([1; RoomId::LEN]), RoomId::from_bytes([2; RoomId::LEN]))
}

/// A full yard: one lit, one's own, one with the flag.
pub(super) fn houses() -> Vec<HamletHouse> {
    let house = |(n, name): (usize, &&str)| HamletHouse {
        group: group(n),
        name: (*name).to_owned(),
        resource: n == 0,
        mine: n == 2,
        lit: n < 2,
        flag: n == 3,
    };
    NAMES.iter().enumerate().map(house).collect()
}

/// The families of the gatherings.
pub(super) fn families() -> Vec<Family> {
    let family = |(n, name): (usize, &&str)| Family {
        group: group(n),
        name: (*name).to_owned(),
        resource: n == 0,
        mine: n == 2,
        adults: Vec::new(),
    };
    NAMES.iter().enumerate().map(family).collect()
}

fn when(text: &str) -> When {
    text.parse().expect("a time that is written here")
}

fn line(text: &str) -> Line {
    Line::new(text).expect("a line that is written here")
}

fn gathering(n: u8, title: &str, cancelled: bool) -> Gathering {
    Gathering {
        id: GatheringId::from_bytes([n; 16]),
        title: Value::settled(line(title)),
        when: Value::settled(when("2026-12-13T13:20/16:40")),
        place: Value::settled(Some(line("Forsamlingslokalet i Vestre Slidrevik"))),
        note: Value::settled(Paragraphs::default()),
        cost: Value::settled(Cost::Free),
        host: Value::settled(Some(group(3))),
        cancelled,
        answers: Vec::new(),
        planned_by: None,
        delivery: None,
    }
}

/// To come, called off, in dispute, and past.
pub(super) fn gatherings() -> [(Gathering, bool); 4] {
    let mut disputed = gathering(3, "Pannekaker på stormkjøkken", false);
    let version = |text: &str| Version { value: Some(line(text)), by: None, at: expires() };
    disputed.place.versions = vec![version("Stranda"), version("Gapahuken")];
    [
        (gathering(1, "Juleverksted på låven", false), false),
        (gathering(2, "Bål ved Storvatnet", true), false),
        (disputed, false),
        (gathering(4, "Høsttakkefest", false), true),
    ]
}

/// Two places for one gathering.
pub(super) fn dispute() -> Dispute {
    let rival = |text: &str, by: &str| Rival {
        text: text.to_owned(),
        by: by.to_owned(),
        change: GatheringChange::Place(Some(line(text))),
    };
    Dispute {
        title: "To har endret stedet samtidig".to_owned(),
        versions: vec![
            rival("Skolekjøkkenet", "Kari (Solbakken), kl. 18.02"),
            rival("Nystua hos Haugerud", "Ola (Myrvang gård), 22. november kl. 12.00"),
        ],
    }
}

/// A day to come.
pub(super) fn expires() -> Timestamp {
    Timestamp::from_millis(1_796_000_000_000)
}
