//! How far a session's device has been sent each open room.

use std::collections::BTreeMap;

use grend_shared::{crypto::head::Seq, ids::RoomId};

#[derive(Debug, Clone, Copy)]
struct Cursor {
    /// The last item that was sent.
    sent: Seq,
    /// The last item that is known to be on disk.
    known: Seq,
    /// Where the device was taken out: it gets nothing after that.
    end: Option<Seq>,
}

#[derive(Debug, Default)]
pub(super) struct Cursors(BTreeMap<RoomId, Cursor>);

impl Cursors {
    /// Begins, or begins anew.
    pub(super) fn open(&mut self, room: RoomId, from: Seq, head: Seq) {
        self.0.insert(room, Cursor { sent: from, known: head, end: None });
    }

    /// The device was taken out of the room at this place.
    pub(super) fn end(&mut self, room: RoomId, at: Seq) {
        if let Some(cursor) = self.0.get_mut(&room) {
            cursor.end = Some(at);
            cursor.known = cursor.known.min(at);
        }
    }

    /// Whether the device may have an item.
    pub(super) fn may_have(&self, room: RoomId, seq: Seq) -> bool {
        self.0.get(&room).is_some_and(|cursor| cursor.end.is_none_or(|end| seq <= end))
    }

    /// Whether new items follow directly on what was sent. If not, they are read from storage in their turn.
    pub(super) fn follow(&mut self, room: RoomId, first: Seq, last: Seq) -> bool {
        let Some(cursor) = self.0.get_mut(&room).filter(|cursor| cursor.end.is_none()) else { return false };
        cursor.known = cursor.known.max(last);
        let follows = first == cursor.sent + 1;
        if follows {
            cursor.sent = last;
        }
        follows
    }

    /// A room whose device is behind, and after which item.
    pub(super) fn behind(&self) -> Option<(RoomId, Seq)> {
        let (room, cursor) = self.0.iter().find(|(_, cursor)| cursor.sent < cursor.known)?;
        Some((*room, cursor.sent))
    }

    /// Items up to here were sent from storage.
    pub(super) fn sent(&mut self, room: RoomId, last: Seq) {
        if let Some(cursor) = self.0.get_mut(&room) {
            cursor.sent = last;
            cursor.known = cursor.known.max(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_items_wait_for_those_before_them() {
        let room = RoomId::from_bytes([1; 32]);
        let mut cursors = Cursors::default();
        assert!(!cursors.follow(room, 1, 1), "not open");
        cursors.open(room, 2, 5);
        assert_eq!(cursors.behind(), Some((room, 2)));
        assert!(!cursors.follow(room, 6, 7), "3 to 5 come first");
        cursors.sent(room, 6);
        assert_eq!(cursors.behind(), Some((room, 6)));
        cursors.sent(room, 7);
        assert_eq!(cursors.behind(), None);
        assert!(!cursors.follow(room, 6, 7), "sent from storage already");
        assert!(cursors.follow(room, 8, 9));
        assert_eq!(cursors.behind(), None);
    }
}
