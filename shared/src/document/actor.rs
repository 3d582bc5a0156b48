//! Who a change is by. The actor is derived from the signing device, so nobody writes in another's name.

use std::collections::BTreeMap;

use automerge::ActorId;

use crate::{
    domain::Role,
    ids::{DeviceId, GroupId, PersonId, RoomId},
};

/// Counts how often a device began anew in a room, after its storage had been rolled back.
pub type Generation = u32;

/// The actor of a device in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor([u8; 16]);

impl Actor {
    /// Who made the first change of every document.
    pub(super) const NOBODY: Self = Self([0; 16]);

    /// The actor of a device in a room in one of its generations.
    #[must_use]
    pub fn of(device: DeviceId, room: RoomId, generation: Generation) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("grend 2026 document actor v1");
        hasher.update(device.as_bytes()).update(room.as_bytes()).update(&generation.to_be_bytes());
        let mut actor = [0; 16];
        hasher.finalize_xof().fill(&mut actor);
        Self(actor)
    }

    /// In whose name what a room was begun anew with is written: a device that will never write by it.
    #[must_use]
    pub fn of_past(room: RoomId, writer: &Writer) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("grend 2026 document actor of what was before v1");
        hasher.update(room.as_bytes()).update(writer.person.as_bytes()).update(writer.group.as_bytes());
        hasher.update(&[u8::from(writer.role == Role::Admin)]);
        let mut actor = [0; 16];
        hasher.finalize_xof().fill(&mut actor);
        Self(actor)
    }

    pub(super) fn to_automerge(self) -> ActorId {
        ActorId::from(self.0)
    }

    pub(super) fn from_automerge(actor: &ActorId) -> Option<Self> {
        Some(Self(actor.to_bytes().try_into().ok()?))
    }
}

/// What the membership log says of a writer at the place of their record. Authority is judged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer {
    /// The person.
    pub person: PersonId,
    /// Their household.
    pub group: GroupId,
    /// Their role there and then.
    pub role: Role,
}

/// The writers of a room by actor.
#[derive(Debug, Clone, Default)]
pub struct Authors(BTreeMap<Actor, Writer>);

impl Authors {
    /// Notes whom an actor stands for. The highest role counts: a later change of role does not unmake what was written
    /// before, and what was written without the role it needs was not let into the document
    /// ([`RoomDocument::take`](super::RoomDocument::take)).
    pub fn note(&mut self, actor: Actor, writer: Writer) {
        let noted = self.0.entry(actor).or_insert(writer);
        if writer.role == Role::Admin {
            noted.role = Role::Admin;
        }
    }

    /// Whom an actor stands for.
    #[must_use]
    pub fn get(&self, actor: Actor) -> Option<&Writer> {
        self.0.get(&actor)
    }
}
