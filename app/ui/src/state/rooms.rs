//! One signal per room. A page that looks at one room is not made to think by news of another.

use std::{collections::HashMap, sync::Arc};

use grend_shared::{ids::RoomId, projection::Room};
use leptos::prelude::*;

/// The rooms of this device.
#[derive(Clone, Copy)]
pub(crate) struct Rooms {
    /// Their ids, in the order they were entered.
    pub(crate) order: RwSignal<Vec<RoomId>>,
    /// Whether it is known which rooms there are: from the store, or because the engine is ready.
    pub(crate) known: RwSignal<bool>,
    each: StoredValue<HashMap<RoomId, ArcRwSignal<Arc<Room>>>>,
}

impl Rooms {
    /// No rooms known yet.
    pub(crate) fn new() -> Self {
        Self { order: RwSignal::default(), known: RwSignal::new(false), each: StoredValue::default() }
    }

    /// A room's newest projection, tracked.
    pub(crate) fn get(self, room: RoomId) -> Option<Arc<Room>> {
        let signal = self.each.with_value(|each| each.get(&room).cloned())?;
        Some(signal.get())
    }

    /// Takes a projection from the engine.
    pub(crate) fn put(self, room: Room) {
        let id = room.id();
        let room = Arc::new(room);
        match self.each.with_value(|each| each.get(&id).cloned()) {
            // Equal news wake nobody.
            Some(signal) => {
                if signal.with_untracked(|known| *known != room) {
                    signal.set(room);
                }
            }
            None => {
                self.each.update_value(|each| {
                    each.insert(id, ArcRwSignal::new(room));
                });
                self.order.update(|order| order.push(id));
            }
        }
    }

    /// Takes what was stored at the last start, unless the engine has told newer things meanwhile.
    pub(crate) fn put_stored(self, rooms: Vec<Room>) {
        for room in rooms {
            if !self.each.with_value(|each| each.contains_key(&room.id())) {
                self.put(room);
            }
        }
        // An empty store says little: it may be that it could not be read. The engine has the last word.
        self.know();
    }

    /// Notes that it is known which rooms there are.
    pub(crate) fn know(self) {
        if !self.known.get_untracked() {
            self.known.set(true);
        }
    }

    /// Forgets them all: it is somebody else who looks.
    pub(crate) fn forget(self) {
        self.known.set(false);
        self.order.set(Vec::new());
        self.each.update_value(HashMap::clear);
    }

    /// All rooms, tracked.
    pub(crate) fn all(self) -> Vec<Arc<Room>> {
        self.order.get().into_iter().filter_map(|id| self.get(id)).collect()
    }
}
