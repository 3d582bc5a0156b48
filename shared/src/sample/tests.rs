//! The hamlet as one meets it, and that it lives.

use core::cell::Cell;

use super::*;
use crate::{
    command::{Command, GatheringChange},
    crypto::Hash,
    domain::Line,
    port::{Outcome, SampleGathering},
    projection::{Delivery, Network, Room, Service},
};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// Another row of numbers for each device.
struct Row(Hash);

impl Entropy for Row {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.0 = Hash::of("grend test entropy", &[self.0.as_bytes()]);
            chunk.copy_from_slice(&self.0.as_bytes()[..chunk.len()]);
        }
    }
}

fn entropy() -> Box<dyn Entropy> {
    thread_local!(static ROWS: Cell<u64> = const { Cell::new(0) });
    ROWS.set(ROWS.get() + 1);
    Box::new(Row(Hash::of("grend test row", &[&ROWS.get().to_be_bytes()])))
}

fn texts() -> SampleTexts {
    let gathering = |(title, when): (&str, &str)| SampleGathering {
        title: title.into(),
        when: when.parse().expect("a time"),
        place: "Et sted".into(),
        note: String::new(),
    };
    let gatherings = [
        ("Skogstur", "2026-10-03T12:00/14:30"),
        ("Bål", "2026-10-31T12:00/14:30"),
        ("Juleverksted", "2026-11-21T12:00/14:30"),
        ("Pannekaker", "2026-12-12T12:00/14:30"),
    ];
    SampleTexts {
        service: "Fjellvik".into(),
        people: ["Astrid", "Kari", "Ola", "Inger", "Per"].map(String::from),
        families: ["", "Solbakken", "Myrvang", "Granli", "Elvheim"].map(String::from),
        gatherings: gatherings.map(gathering),
        other_places: ["Her", "Der"].map(String::from),
    }
}

fn rooms(news: &[FromEngine]) -> impl DoubleEndedIterator<Item = &Room> {
    news.iter().filter_map(|news| match news {
        FromEngine::Room { room } => Some(&**room),
        _ => None,
    })
}

fn network(news: &[FromEngine]) -> &Network {
    let network = rooms(news).rev().find_map(|room| match room {
        Room::Network(network) => Some(network),
        _ => None,
    });
    network.expect("the network")
}

fn service(news: &[FromEngine]) -> &Service {
    let service = rooms(news).rev().find_map(|room| match room {
        Room::Service(service) => Some(service),
        _ => None,
    });
    service.expect("the service")
}

#[test]
fn it_is_lived_in_and_seen_from_three_sides() {
    let mut sample = Sample::new(&texts(), SampleRole::ResourceFamily, entropy, NOW);
    let news = sample.look();
    assert!(matches!(news.last(), Some(FromEngine::Ready)));
    let seen = network(&news);
    assert_eq!((seen.name.as_str(), seen.service.as_str()), ("Solbakken", "Fjellvik"));
    let families: Vec<_> = seen.families.iter().map(|it| (it.name.as_str(), it.resource, it.mine)).collect();
    assert_eq!(families[0], ("Solbakken", true, true));
    assert_eq!(families.len(), 4);
    let titles: Vec<_> = seen.gatherings.iter().map(|it| it.title.value.as_str()).collect();
    assert_eq!(titles, ["Skogstur", "Bål", "Juleverksted", "Pannekaker"]);
    let disputed: Vec<_> = seen.gatherings.iter().map(|it| it.place.versions.len()).collect();
    assert_eq!(disputed, [0, 0, 0, 2]);
    let today = "2026-11-18".parse().expect("a date");
    let coming = seen.gatherings.iter().filter(|it| it.when.value.date > today).count();
    assert_eq!((coming, seen.set_aside), (2, 0));
    let news = sample.look_as(SampleRole::FosterFamily, NOW);
    let mine = network(&news).families.iter().find(|it| it.mine).map(|it| it.name.as_str());
    assert_eq!(mine, Some("Myrvang"));
    let news = sample.look_as(SampleRole::Service, NOW);
    let service = service(&news);
    assert_eq!((service.networks.len(), service.networks[0].households), (1, 4));
}

#[test]
fn who_looks_from_another_seat_forgets_first_what_was_seen_from_the_one_before() {
    let mut sample = Sample::new(&texts(), SampleRole::FosterFamily, entropy, NOW);
    for role in [SampleRole::Service, SampleRole::ResourceFamily, SampleRole::FosterFamily] {
        let news = sample.look_as(role, NOW);
        let anew: Vec<_> = news.iter().map(|it| matches!(it, FromEngine::Anew)).collect();
        assert_eq!(
            anew.iter().position(|it| *it),
            Some(0),
            "as {role:?}: rooms of the seat before may be on their way"
        );
        assert_eq!(anew.iter().filter(|it| **it).count(), 1, "as {role:?}: what has come is not forgotten again");
        assert!(matches!(news.last(), Some(FromEngine::Ready)));
    }
}

#[test]
fn what_one_does_is_seen_by_the_others_and_received() {
    let mut sample = Sample::new(&texts(), SampleRole::FosterFamily, entropy, NOW);
    let news = sample.look_as(SampleRole::FosterFamily, NOW);
    let (room, gathering) = (network(&news).room, network(&news).gatherings[2].id);
    let change = GatheringChange::Title(Line::new("Julebakst").expect("a line"));
    let command = Command::ChangeGathering { gathering, change };
    let news = sample.ask(1, Ask::Do { room, command }, NOW);
    let answered =
        |news: &FromEngine| matches!(news, FromEngine::Answer { request: 1, outcome: Ok(Outcome::Saved { .. }) });
    assert_eq!(news.iter().filter(|it| answered(it)).count(), 1);
    let changed = network(&news).gatherings[2].clone();
    assert_eq!(changed.title.value.as_str(), "Julebakst");
    let news = sample.look_as(SampleRole::ResourceFamily, NOW);
    let there = &network(&news).gatherings[2];
    assert_eq!(there.title, changed.title);
    assert!(matches!(&there.delivery, None | Some(Delivery::Received { .. })), "{:?}", there.delivery);
    // Hours later it still stands there, and can be worked in.
    let later = NOW.plus_millis(5 * 60 * 60 * 1_000);
    sample.tick(later);
    let command = Command::AnswerGathering { gathering, answer: Some(crate::domain::Answer::Coming) };
    let news = sample.ask(2, Ask::Do { room, command }, later);
    assert!(news.iter().any(|it| matches!(it, FromEngine::Answer { request: 2, outcome: Ok(_) })));
}
