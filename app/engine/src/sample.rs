//! The sample hamlet in the worker: asked like the engine, without a store, a socket or a lock. It is a module of its
//! own, fetched when somebody asks for it first, so that no phone keeps it that has never shown it.

use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use grend_shared::{
    crypto::Entropy,
    port::{Ask, FromEngine, RequestId, SampleRole, SampleTexts, ToEngine},
    sample::Sample,
    time::Timestamp,
};
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    browser::System,
    scope::{self, Timer},
};

/// Between two tries to fetch the hamlet, milliseconds.
const RETRY: i32 = 3_000;

/// What the worker asks of a hamlet; behind it everything lies in the other module.
trait Hamlet {
    fn look(&mut self) -> Vec<FromEngine>;
    fn look_as(&mut self, role: SampleRole, now: Timestamp) -> Vec<FromEngine>;
    fn ask(&mut self, request: RequestId, ask: Ask, now: Timestamp) -> Vec<FromEngine>;
    fn tick(&mut self, now: Timestamp) -> Vec<FromEngine>;
    fn deadline(&self) -> Option<Timestamp>;
}

impl Hamlet for Sample {
    fn look(&mut self) -> Vec<FromEngine> {
        Self::look(self)
    }

    fn look_as(&mut self, role: SampleRole, now: Timestamp) -> Vec<FromEngine> {
        Self::look_as(self, role, now)
    }

    fn ask(&mut self, request: RequestId, ask: Ask, now: Timestamp) -> Vec<FromEngine> {
        Self::ask(self, request, ask, now)
    }

    fn tick(&mut self, now: Timestamp) -> Vec<FromEngine> {
        Self::tick(self, now)
    }

    fn deadline(&self) -> Option<Timestamp> {
        Self::deadline(self)
    }
}

#[wasm_split(sample, fallible)]
fn build(texts: Box<SampleTexts>, role: SampleRole, now: Timestamp) -> Result<Box<dyn Hamlet>, SplitLoaderError> {
    let entropy = || -> Box<dyn Entropy> { Box::new(System) };
    Ok(Box::new(Sample::new(&texts, role, entropy, now)))
}

/// How far the hamlet has come.
enum State {
    /// Nobody has asked for it: messages are for the engine.
    Unwanted,
    /// It is fetched. What is said meanwhile waits.
    Coming(Vec<ToEngine>),
    Here(Box<dyn Hamlet>),
}

/// The hamlet, once it is asked for.
pub(crate) struct SampleHost {
    state: RefCell<State>,
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
            Self { state: RefCell::new(State::Unwanted), clock_offset: Cell::new(0), timer }
        })
    }

    /// Takes a message that is for the sample: its first, and everything after that. Gives back any other.
    pub(crate) fn hear(self: &Rc<Self>, message: ToEngine) -> Option<ToEngine> {
        let mut state = self.state.borrow_mut();
        let news = match (message, &mut *state) {
            (ToEngine::Sample { texts, role, clock_offset }, State::Unwanted) => {
                self.clock_offset.set(clock_offset);
                *state = State::Coming(Vec::new());
                spawn_local(Rc::clone(self).fetch(texts, role));
                return None;
            }
            (message, State::Unwanted) => return Some(message),
            (message, State::Coming(waiting)) => {
                waiting.push(message);
                return None;
            }
            (ToEngine::LookAs { role }, State::Here(hamlet)) => hamlet.look_as(role, self.now()),
            (ToEngine::Ask { request, ask }, State::Here(hamlet)) => hamlet.ask(request, ask, self.now()),
            (_, State::Here(_)) => Vec::new(),
        };
        drop(state);
        self.tell(&news);
        None
    }

    async fn fetch(self: Rc<Self>, texts: Box<SampleTexts>, role: SampleRole) {
        let mut hamlet = loop {
            match build(texts.clone(), role, self.now()).await {
                Ok(hamlet) => break hamlet,
                Err(_) => {
                    scope::tell(&FromEngine::Missing);
                    scope::wait(RETRY, drop).await;
                }
            }
        };
        self.tell(&hamlet.look());
        let waited = match self.state.replace(State::Here(hamlet)) {
            State::Coming(waited) => waited,
            State::Unwanted | State::Here(_) => Vec::new(),
        };
        for message in waited {
            self.hear(message);
        }
        self.wake();
    }

    fn tick(&self) {
        let now = self.now();
        let news = match &mut *self.state.borrow_mut() {
            State::Here(hamlet) => hamlet.tick(now),
            State::Unwanted | State::Coming(_) => Vec::new(),
        };
        self.tell(&news);
    }

    fn tell(&self, news: &[FromEngine]) {
        news.iter().for_each(scope::tell);
        self.wake();
    }

    /// Sets the timer to when the hamlet wants to know what time it is.
    fn wake(&self) {
        let deadline = match &*self.state.borrow() {
            State::Here(hamlet) => hamlet.deadline(),
            State::Unwanted | State::Coming(_) => None,
        };
        match deadline {
            Some(at) => self.timer.set(at.as_millis().saturating_sub(self.now().as_millis())),
            None => self.timer.clear(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(scope::clock()).plus_millis(self.clock_offset.get())
    }
}
