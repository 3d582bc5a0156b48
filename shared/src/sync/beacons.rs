//! Who has what: the heads that members' devices confirm.

use super::room::RoomSync;
use crate::{
    crypto::head::{Beacon, LogHead, Seq},
    ids::{DeviceId, GroupId},
};

impl RoomSync {
    /// Whether a beacon's head is one of this log. Old ones are believed: they claim less than newer ones.
    fn is_true(&self, head: LogHead) -> bool {
        head.seq <= self.head.seq && self.head_at(head.seq).is_none_or(|known| *known == head)
    }

    /// Takes a beacon; says whether it changes anything.
    pub(super) fn take_beacon(&mut self, own: DeviceId, beacon: &Beacon) -> bool {
        let newer = self.beacons.get(&beacon.device).is_none_or(|known| known.seq < beacon.head.seq);
        if beacon.device == own || !newer || beacon.verify(self.id).is_err() {
            return false;
        }
        self.beacons.insert(beacon.device, beacon.head);
        true
    }

    /// The highest position each *other party* has confirmed: other households, in a staff room other persons. Only
    /// those who hold the key count; a steward confirms nothing.
    pub(super) fn confirmed(&self, own: DeviceId) -> Vec<(GroupId, Seq)> {
        let mut confirmed: Vec<(GroupId, Seq)> = Vec::new();
        let Some(membership) = &self.membership else { return confirmed };
        let Some((me, mine)) = membership.person_of(own) else { return confirmed };
        for (device, head) in self.beacons.iter().filter(|(_, head)| self.is_true(**head)) {
            let Some((person, member)) = membership.author(*device) else { continue };
            let other = if self.kind().is_staff_room() { person != me } else { member.group != mine.group };
            if other && member.entitled() {
                match confirmed.iter_mut().find(|(group, _)| *group == member.group) {
                    Some((_, seq)) => *seq = head.seq.max(*seq),
                    None => confirmed.push((member.group, head.seq)),
                }
            }
        }
        confirmed.sort_unstable();
        confirmed
    }

    /// Whether there is any other party who holds the key: alone, "sent" is final.
    pub(super) fn has_others(&self, own: DeviceId) -> bool {
        let Some(membership) = &self.membership else { return false };
        let Some((me, mine)) = membership.person_of(own) else { return false };
        membership.members().iter().any(|(person, member)| {
            let other = if self.kind().is_staff_room() { *person != me } else { member.group != mine.group };
            other && member.entitled()
        })
    }
}
