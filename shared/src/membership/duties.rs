//! What a device owes its room by itself, without anybody's tap, because the log says so.

use super::state::{Device, Room};
use crate::{domain::Role, ids::DeviceId};

/// The next thing a device owes. Several devices may owe the same; whose entry comes first has done it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// To make the room's first key.
    FirstKey,
    /// To make another key, because somebody who had this one was taken out.
    TurnKey,
    /// To give the key to a device that shall have it.
    Grant(Device),
}

impl Room {
    /// What this device owes next.
    #[must_use]
    pub fn duty(&self, own: DeviceId) -> Option<Duty> {
        let (_, me) = self.author(own).filter(|_| self.closed().is_none())?;
        if self.epoch().is_none() {
            return (me.role == Role::Admin).then_some(Duty::FirstKey);
        }
        if self.must_turn_key() {
            return self.holds_key(own).then_some(Duty::TurnKey);
        }
        self.ungranted().next().filter(|_| self.may_write(own)).map(|due| Duty::Grant(*due))
    }
}
