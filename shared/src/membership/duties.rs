//! What a device owes its room by itself, without anybody's tap, because the log says so.

use super::{
    KeyRing,
    body::{Body, Epoch, Grant, Wrap},
    state::{Device, Room},
};
use crate::{
    crypto::{
        DeviceKeys, Entropy,
        grant::{EpochKey, EpochNumber, GrantPlace},
    },
    domain::Role,
    ids::DeviceId,
    planted::Planted,
};

/// The next thing a device owes. Several devices may owe the same; whose entry comes first has done it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// To make the room's first key.
    FirstKey,
    /// To make another key: somebody who had this one was taken out, or this one does not open.
    TurnKey,
    /// To give the key to a device that shall have it.
    Grant(Device),
    /// To say that it lacks a key.
    Lacks(EpochNumber),
    /// To help others to an older key.
    Wrap(EpochNumber),
}

impl Room {
    /// What this device owes next, if these are the epochs whose keys it has.
    #[must_use]
    pub fn duty(&self, own: DeviceId, has: impl Fn(EpochNumber) -> bool) -> Option<Duty> {
        let (_, me) = self.author(own).filter(|_| self.closed().is_none())?;
        let Some(current) = self.epoch().map(|epoch| epoch.number) else {
            return (me.role == Role::Admin).then_some(Duty::FirstKey);
        };
        let holds = self.holds_key(own);
        if holds && !has(current) {
            return Some(Duty::Lacks(current));
        }
        if (holds && self.must_turn_key()) || self.may_rescue(own) {
            return Some(Duty::TurnKey);
        }
        if !self.may_write(own) {
            return None;
        }
        let missing =
            || (self.oldest_key()..current).rev().find(|it| !has(*it) && !self.wanted().contains(it)).map(Duty::Lacks);
        let helps = || self.wanted().iter().copied().find(|it| has(*it)).map(Duty::Wrap);
        self.ungranted().next().map(|due| Duty::Grant(*due)).or_else(helps).or_else(missing)
    }
}

impl Duty {
    /// The entry that does it; `None` if the device's keys do not suffice, and then another device's do.
    pub fn body(
        self,
        room: &Room,
        keys: &DeviceKeys,
        ring: &KeyRing,
        entropy: &mut (impl Entropy + ?Sized),
    ) -> Option<Body> {
        let current = room.epoch().map_or(0, |epoch| epoch.number);
        match self {
            Self::FirstKey => new_key(room, room.first_key(), None, keys, entropy),
            Self::TurnKey => new_key(room, current.checked_add(1)?, Some(ring.latest()?), keys, entropy),
            Self::Grant(due) => {
                let place = room.grant_place(keys.device(), due.device)?;
                let key = ring.get(place.epoch)?.seal_to(due.seal_key, &place, entropy).ok()?;
                Some(Body::Grant(Grant { number: place.epoch, device: due.device, key }))
            }
            Self::Lacks(number) => Some(Body::Lacks(number)),
            Self::Wrap(number) => {
                let wrapped = ring.get(current)?.wrap_older(room.id(), current, ring.get(number)?, entropy);
                Some(Body::Wrap(Wrap { number, wrapped }))
            }
        }
    }
}

/// Another key for all who shall have it; whoever loses the race to enter theirs throws it away.
fn new_key(
    room: &Room,
    number: EpochNumber,
    latest: Option<&EpochKey>,
    keys: &DeviceKeys,
    entropy: &mut (impl Entropy + ?Sized),
) -> Option<Body> {
    let key = EpochKey::generate(entropy);
    let (id, prev, author) = (room.id(), room.last(), keys.device());
    let commitment = key.commitment(id, number);
    let previous = latest.map(|latest| {
        let (upper, lower) = if Planted::Onward.is_on() { (latest, &key) } else { (&key, latest) };
        upper.wrap_older(id, number, lower, entropy)
    });
    let mut grants = Vec::new();
    for Device { device, seal_key, .. } in room.entitled() {
        let place = GrantPlace { room: id, prev, epoch: number, device: *device, author, commitment };
        grants.push((*device, key.seal_to(*seal_key, &place, entropy).ok()?));
    }
    Some(Body::Epoch(Epoch { number, commitment, inbox: key.inbox(id, number), previous, grants }))
}
