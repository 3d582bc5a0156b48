//! The first change of every document of a kind: the same bytes everywhere, so that the maps in it are the same
//! objects on every device. Additive for ever: maps are added in a second deterministic change, never here.

use automerge::{
    AutoCommit, ObjType, ROOT,
    transaction::{CommitOptions, Transactable as _},
};

use super::actor::Actor;
use crate::domain::RoomKind;

/// What the room itself is called.
pub(super) const ABOUT: &str = "about";
/// Persons by id: what they call themselves; and by `person/device` what they call their devices.
pub(super) const PEOPLE: &str = "people";
/// Households by id: what they are called.
pub(super) const FAMILIES: &str = "families";
/// Gatherings by id.
pub(super) const GATHERINGS: &str = "gatherings";
/// Answers by `gathering/household`.
pub(super) const ANSWERS: &str = "answers";
/// A service's networks by room.
pub(super) const NETWORKS: &str = "networks";

/// The maps of a kind of room, in the order in which the first change makes them.
pub(super) const fn maps(kind: RoomKind) -> &'static [&'static str] {
    match kind {
        RoomKind::Network => &[ABOUT, PEOPLE, FAMILIES, GATHERINGS, ANSWERS],
        RoomKind::Service => &[ABOUT, PEOPLE, NETWORKS],
        RoomKind::Household | RoomKind::Guidance | RoomKind::File | RoomKind::Joint => &[ABOUT, PEOPLE],
    }
}

/// Whose the first change is: nobody's.
pub(super) const fn author() -> Actor {
    Actor::NOBODY
}

pub(super) fn first(kind: RoomKind) -> AutoCommit {
    let mut doc = AutoCommit::new().with_actor(author().to_automerge());
    for map in maps(kind) {
        doc.put_object(ROOT, *map, ObjType::Map).expect("an empty document takes a map");
    }
    doc.commit_with(CommitOptions::default().with_time(0));
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_of_a_kind_begins_with_the_same_golden_bytes() {
        for (kind, name) in [(RoomKind::Network, "network"), (RoomKind::Service, "service")] {
            let bytes = first(kind).save();
            assert_eq!(bytes, first(kind).save());
            crate::crypto::golden(&format!("document_first_{name}"), &bytes);
        }
    }
}
