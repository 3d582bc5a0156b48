//! Which session is subscribed to which room. The writer's own, so it needs no lock.

use std::collections::{BTreeSet, HashMap};

use grend_shared::ids::RoomId;

use super::mailbox::{Event, Mailbox, SessionId};

#[derive(Debug, Default)]
pub(super) struct Hub {
    rooms: HashMap<RoomId, HashMap<SessionId, Mailbox>>,
    sessions: HashMap<SessionId, BTreeSet<RoomId>>,
}

impl Hub {
    pub(super) fn subscribe(&mut self, room: RoomId, session: SessionId, mailbox: Mailbox) {
        self.rooms.entry(room).or_default().insert(session, mailbox);
        self.sessions.entry(session).or_default().insert(room);
    }

    pub(super) fn leave(&mut self, session: SessionId) {
        for room in self.sessions.remove(&session).unwrap_or_default() {
            if let Some(subscribers) = self.rooms.get_mut(&room) {
                subscribers.remove(&session);
                if subscribers.is_empty() {
                    self.rooms.remove(&room);
                }
            }
        }
    }

    pub(super) fn has(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    /// Gives an event to all who are subscribed to a room, but one; those who do not take it are subscribed no more.
    pub(super) fn publish(&mut self, room: RoomId, but: Option<SessionId>, event: &Event) {
        let Some(subscribers) = self.rooms.get(&room) else { return };
        let others = subscribers.iter().filter(|(session, _)| Some(**session) != but);
        let gone: Vec<_> =
            others.filter(|(_, mailbox)| !mailbox.put(event.clone())).map(|(session, _)| *session).collect();
        for session in gone {
            self.leave(session);
        }
    }
}
