//! What all parts of the engine share: keys, randomness, time, the effects so far, and what waits for the disk.

use super::{
    Effect, PersistId, StoreFault, Write,
    session::Session,
    store::{self, Mine},
};
use crate::{
    crypto::{DeviceKeys, Entropy, entropy::random},
    ids::{CommandId, PersonId},
    port::{Failure, FromEngine, Outcome, RequestId},
    protocol::FromDevice,
    time::Timestamp,
};

/// What follows once the disk has something.
#[derive(Debug)]
pub(super) enum Then {
    /// Tell the screen.
    Tell(Box<FromEngine>),
    /// Send a frame that rests on what was stored.
    Send(FromDevice),
}

pub(super) struct Core {
    pub(super) keys: DeviceKeys,
    /// Whether the keys are on the disk. They go there with the first room.
    pub(super) keys_stored: bool,
    pub(super) mine: Mine,
    pub(super) entropy: Box<dyn Entropy>,
    pub(super) now: Timestamp,
    pub(super) session: Session,
    effects: Vec<Effect>,
    frames: Vec<FromDevice>,
    next_persist: PersistId,
    /// In the order they were asked for.
    waiting: Vec<(PersistId, Vec<Then>)>,
}

impl Core {
    pub(super) fn new(keys: Option<DeviceKeys>, mine: Mine, mut entropy: Box<dyn Entropy>) -> Self {
        let keys_stored = keys.is_some();
        let keys = keys.unwrap_or_else(|| new_keys(&mut *entropy));
        Self {
            keys,
            keys_stored,
            mine,
            entropy,
            now: Timestamp::default(),
            session: Session::default(),
            effects: Vec::new(),
            frames: Vec::new(),
            next_persist: 1,
            waiting: Vec::new(),
        }
    }

    /// Asks for writes, and holds back what may only follow them and all that was asked for before.
    pub(super) fn persist(&mut self, mut writes: Vec<Write>, then: Vec<Then>) {
        if writes.is_empty() {
            // It may rest on what is still being committed.
            match self.waiting.last_mut() {
                Some((_, last)) => last.extend(then),
                None => then.into_iter().for_each(|then| self.do_now(then)),
            }
            return;
        }
        if !self.keys_stored {
            writes.push(self.write_keys());
        }
        let id = self.next_persist;
        self.next_persist += 1;
        self.waiting.push((id, then));
        self.effects.push(Effect::Persist { id, writes });
    }

    fn write_keys(&mut self) -> Write {
        self.keys_stored = true;
        Write { key: store::DEVICE.to_owned(), value: Some(self.keys.to_stored()) }
    }

    pub(super) fn write_mine(&self) -> Write {
        Write { key: store::MINE.to_owned(), value: Some(store::to_cbor(&self.mine)) }
    }

    /// Another device has said whose this one is.
    pub(super) fn become_device_of(&mut self, person: PersonId) -> [Write; 2] {
        self.keys = self.keys.clone().of_person(person);
        self.mine.waits_until = None;
        [self.write_keys(), self.write_mine()]
    }

    /// Makes this a new device of nobody: whoever was taken out everywhere does not come back as the same.
    pub(super) fn become_new(&mut self) -> [Write; 2] {
        self.keys = new_keys(&mut *self.entropy);
        self.mine = Mine::default();
        [self.write_keys(), self.write_mine()]
    }

    pub(super) fn stored(&mut self, id: PersistId) {
        if let Some(at) = self.waiting.iter().position(|(it, _)| *it == id) {
            self.waiting.remove(at).1.into_iter().for_each(|then| self.do_now(then));
        }
    }

    /// Nothing from this write on is on the disk: who waits for it is told so, and the engine has to be loaded anew.
    pub(super) fn store_failed(&mut self, id: PersistId, fault: StoreFault) {
        let failure = match fault {
            StoreFault::Full => Failure::StorageFull,
            StoreFault::Failed => Failure::StorageFailed,
        };
        let from = self.waiting.iter().position(|(it, _)| *it >= id).unwrap_or(self.waiting.len());
        for then in self.waiting.split_off(from).into_iter().flat_map(|(_, then)| then) {
            if let Then::Tell(news) = then
                && let FromEngine::Answer { request, .. } = *news
            {
                self.answer(request, Err(failure.clone()));
            }
        }
        self.effects.push(Effect::Reload);
    }

    fn do_now(&mut self, then: Then) {
        match then {
            Then::Tell(news) => self.effects.push(Effect::Tell(news)),
            // After the connection is lost, all is sent anew that has to be.
            Then::Send(frame) if self.session.is_in() => self.send(frame),
            Then::Send(_) => {}
        }
    }

    /// Frames of one turn travel in one message.
    pub(super) fn send(&mut self, frame: FromDevice) {
        self.frames.push(frame);
    }

    pub(super) fn tell(&mut self, news: FromEngine) {
        self.effects.push(Effect::Tell(Box::new(news)));
    }

    pub(super) fn answer(&mut self, request: RequestId, outcome: Result<Outcome, Failure>) {
        self.tell(FromEngine::Answer { request, outcome });
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn flush(&mut self) -> Vec<Effect> {
        if !self.frames.is_empty() {
            let frames = core::mem::take(&mut self.frames);
            if self.session.is_open() {
                self.effects.push(Effect::Send(crate::protocol::encode(&frames).into()));
            }
        }
        core::mem::take(&mut self.effects)
    }

    pub(super) fn new_command(&mut self) -> CommandId {
        CommandId::from_bytes(random(&mut *self.entropy))
    }
}

fn new_keys(entropy: &mut dyn Entropy) -> DeviceKeys {
    let person = PersonId::from_bytes(random(entropy));
    DeviceKeys::generate(person, entropy)
}

pub(super) fn answered(request: RequestId, outcome: Result<Outcome, Failure>) -> Then {
    Then::Tell(Box::new(FromEngine::Answer { request, outcome }))
}
