//! The sample hamlet in the worker: asked like the engine, without a store, a socket or a lock.

use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use grend_shared::{
    crypto::Entropy,
    port::{FromEngine, ToEngine},
    sample::Sample,
    time::Timestamp,
};

use crate::{
    browser::System,
    scope::{self, Timer},
};

/// The hamlet, once it is asked for.
pub(crate) struct SampleHost {
    sample: RefCell<Option<Sample>>,
    clock_offset: Cell<i64>,
    timer: Timer,
}

impl SampleHost {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new_cyclic(|host: &Weak<Self>| {
            let host = host.clone();
            let timer = Timer::new(move || {
                if let Some(host) = host.upgrade() {
                    host.tick();
                }
            });
            Self { sample: RefCell::default(), clock_offset: Cell::new(0), timer }
        })
    }

    /// Takes a message that is for the sample: its first, and everything after that. Gives back any other.
    pub(crate) fn hear(&self, message: ToEngine) -> Option<ToEngine> {
        let mut sample = self.sample.borrow_mut();
        let news = match (message, sample.as_mut()) {
            (ToEngine::Sample { texts, role, clock_offset }, None) => {
                self.clock_offset.set(clock_offset);
                let entropy = || -> Box<dyn Entropy> { Box::new(System) };
                sample.insert(Sample::new(&texts, role, entropy, self.now())).look()
            }
            (ToEngine::LookAs { role }, Some(sample)) => sample.look_as(role, self.now()),
            (ToEngine::Ask { request, ask }, Some(sample)) => sample.ask(request, ask, self.now()),
            (_, Some(_)) => Vec::new(),
            (message, None) => return Some(message),
        };
        drop(sample);
        self.tell(&news);
        None
    }

    fn tick(&self) {
        let now = self.now();
        let news = self.sample.borrow_mut().as_mut().map(|sample| sample.tick(now));
        self.tell(&news.unwrap_or_default());
    }

    fn tell(&self, news: &[FromEngine]) {
        news.iter().for_each(scope::tell);
        let deadline = self.sample.borrow().as_ref().and_then(Sample::deadline);
        match deadline {
            Some(at) => self.timer.set(at.as_millis().saturating_sub(self.now().as_millis())),
            None => self.timer.clear(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(scope::clock()).plus_millis(self.clock_offset.get())
    }
}
