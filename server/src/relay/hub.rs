//! Which session is subscribed to which room. The writer's own, so it needs no lock.

use std::collections::{BTreeSet, HashMap};

use grend_shared::{
    crypto::head::Seq,
    ids::{DeviceId, RoomId},
};

use super::mailbox::{Event, Mailbox, SessionId};

#[derive(Debug, Default)]
pub(super) struct Hub {
    rooms: HashMap<RoomId, HashMap<SessionId, Subscriber>>,
    sessions: HashMap<SessionId, BTreeSet<RoomId>>,
    devices: HashMap<DeviceId, HashMap<SessionId, Mailbox>>,
    signed_in: HashMap<SessionId, DeviceId>,
}

#[derive(Debug)]
struct Subscriber {
    device: DeviceId,
    mailbox: Mailbox,
}

impl Hub {
    pub(super) fn subscribe(&mut self, room: RoomId, session: SessionId, device: DeviceId, mailbox: Mailbox) {
        self.rooms.entry(room).or_default().insert(session, Subscriber { device, mailbox });
        self.sessions.entry(session).or_default().insert(room);
    }

    /// A device has signed in.
    pub(super) fn arrive(&mut self, session: SessionId, device: DeviceId, mailbox: Mailbox) {
        self.devices.entry(device).or_default().insert(session, mailbox);
        self.signed_in.insert(session, device);
    }

    /// A session has ended.
    pub(super) fn end(&mut self, session: SessionId) {
        self.leave(session);
        let Some(device) = self.signed_in.remove(&session) else { return };
        if let Some(sessions) = self.devices.get_mut(&device) {
            sessions.remove(&session);
            if sessions.is_empty() {
                self.devices.remove(&device);
            }
        }
    }

    /// Gives an event to every session of a device.
    pub(super) fn tell(&mut self, device: DeviceId, event: &Event) {
        let sessions = self.devices.get(&device).into_iter().flatten();
        let gone: Vec<_> =
            sessions.filter(|(_, mailbox)| !mailbox.put(event.clone())).map(|(session, _)| *session).collect();
        gone.into_iter().for_each(|session| self.end(session));
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

    /// Devices that were taken out of a room get nothing of it after this place.
    pub(super) fn part(&mut self, room: RoomId, devices: &[DeviceId], at: Seq) {
        let Some(subscribers) = self.rooms.get_mut(&room) else { return };
        let mut gone = Vec::new();
        subscribers.retain(|session, it| {
            let stays = !devices.contains(&it.device);
            if !stays && !it.mailbox.put(Event::Left(room, at)) {
                gone.push(*session);
            }
            stays
        });
        if subscribers.is_empty() {
            self.rooms.remove(&room);
        }
        gone.into_iter().for_each(|session| self.leave(session));
    }

    pub(super) fn has(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    /// Gives an event to all who are subscribed to a room, but one; those who do not take it are subscribed no more.
    pub(super) fn publish(&mut self, room: RoomId, but: Option<SessionId>, event: &Event) {
        let Some(subscribers) = self.rooms.get(&room) else { return };
        let others = subscribers.iter().filter(|(session, _)| Some(**session) != but);
        let gone: Vec<_> =
            others.filter(|(_, it)| !it.mailbox.put(event.clone())).map(|(session, _)| *session).collect();
        for session in gone {
            self.leave(session);
        }
    }
}
