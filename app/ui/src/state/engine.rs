//! The engine seen from the screen: questions go in, answers and news come out. If it dies it is started anew and the
//! screen stays.

use core::time::Duration;
use std::collections::HashMap;

use futures_channel::oneshot;
use grend_shared::{
    codec,
    command::Problem,
    port::{Ask, Failure, FromEngine, Outcome, RequestId, SampleRole, ToEngine},
    projection::SyncSummary,
};
use leptos::prelude::*;

use super::{Rooms, restart::Restarts, sample};
use crate::{
    platform::{address, clock, page, worker::EngineWorker},
    routes::World,
};

/// How it is with the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It loads. What was stored is on the screen already.
    Starting,
    /// It has everything at hand.
    Ready,
    /// The sample hamlet could not be fetched, and is tried again.
    Missing,
    /// Another tab has it.
    Elsewhere,
    /// The browser lends no storage.
    NoStorage,
    /// It died too often.
    GaveUp,
    /// It has not been started: keys made here would not be found again.
    Outside,
}

/// Why an ask came to nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trouble {
    /// Fields of the form must be mended.
    Problems(Vec<Problem>),
    /// The engine said no, and why.
    Failure(Box<Failure>),
    /// The engine had to be started anew and could not answer.
    Restarted,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Problems { problems } => Self::Problems(problems),
            failure => Self::Failure(Box::new(failure)),
        }
    }
}

/// The answer to an ask.
pub(crate) type Answer = Result<Outcome, Trouble>;

/// The engine in its worker.
#[derive(Clone, Copy)]
pub(crate) struct Engine {
    /// How it is.
    pub(crate) status: RwSignal<Status>,
    /// Where everything has come; `None` until the engine has said it.
    pub(crate) sync: RwSignal<Option<SyncSummary>>,
    /// As whom the sample hamlet is looked at.
    pub(crate) role: RwSignal<SampleRole>,
    rooms: Rooms,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    worker: Option<EngineWorker>,
    last_request: RequestId,
    waiting: HashMap<RequestId, oneshot::Sender<Answer>>,
    /// Said while the worker is yet to be started.
    early: Vec<Vec<u8>>,
    restarts: Restarts,
    /// Ended because the page was left, and to be started if it comes back.
    resting: bool,
}

impl Engine {
    /// An engine that has not been started.
    pub(crate) fn new(rooms: Rooms) -> Self {
        Self {
            status: RwSignal::new(Status::Starting),
            sync: RwSignal::new(None),
            role: RwSignal::new(SampleRole::ResourceFamily),
            rooms,
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// Starts the worker, if there is none yet. With `take_over` it takes the engine from another tab (*Bruk her*), and
    /// a worker that waits for that tab is told so.
    pub(crate) fn start(self, take_over: bool) {
        let none = self.inner.with_value(|inner| inner.worker.is_none());
        if !none && !take_over {
            return;
        }
        self.status.set(Status::Starting);
        if none {
            let worker = EngineWorker::start(move |packed| self.hear(&packed), move || self.died());
            if worker.is_none() {
                self.stop(Status::GaveUp);
                return;
            }
            self.inner.update_value(|inner| inner.worker = worker);
        }
        let clock_offset = clock::offset();
        self.post(&match World::here() {
            World::Own => ToEngine::Start { relay: address::relay(), clock_offset, take_over },
            World::Sample => {
                ToEngine::Sample { texts: Box::new(sample::texts()), role: self.role.get_untracked(), clock_offset }
            }
        });
        self.inner.update_value(|inner| {
            if let Some(worker) = &inner.worker {
                inner.early.drain(..).for_each(|packed| {
                    worker.post(&packed);
                });
            }
        });
    }

    /// Asks the engine for something. The future may be dropped; what was asked is done all the same.
    pub(crate) fn ask(self, ask: Ask) -> impl Future<Output = Answer> {
        let (sender, receiver) = oneshot::channel();
        let request = self.inner.try_update_value(|inner| {
            inner.last_request = inner.last_request.wrapping_add(1);
            inner.waiting.insert(inner.last_request, sender);
            inner.last_request
        });
        if let Some(request) = request
            && !self.post(&ToEngine::Ask { request, ask })
        {
            self.inner.update_value(|inner| {
                inner.waiting.remove(&request);
            });
        }
        async move { receiver.await.unwrap_or(Err(Trouble::Restarted)) }
    }

    /// Looks at the sample hamlet as another.
    pub(crate) fn look_as(self, role: SampleRole) {
        self.role.set(role);
        self.rooms.forget();
        self.status.set(Status::Starting);
        self.post(&ToEngine::LookAs { role });
    }

    /// Until it is known how the engine is.
    pub(crate) async fn settled(self) {
        let (sender, settled) = oneshot::channel();
        let sender = StoredValue::new_local(Some(sender));
        Effect::new(move |_| {
            if self.status.get() != Status::Starting
                && let Some(sender) = sender.try_update_value(Option::take).flatten()
            {
                // Who waits may be gone.
                let _gone = sender.send(());
            }
        });
        // Dropped only with the page.
        let _page = settled.await;
    }

    /// Says that the relay may be worth another try. A page that comes back after it was left gets its engine again.
    pub(crate) fn wake(self) {
        if self.inner.try_update_value(|inner| core::mem::take(&mut inner.resting)).unwrap_or(false) {
            self.start(false);
        } else {
            self.post(&ToEngine::Wake);
        }
    }

    /// Ends the worker of a page that the browser keeps for *back*: it would hold the engine's lock, and the next page
    /// would be told that Grend is open in another tab.
    pub(crate) fn rest(self) {
        if self.inner.with_value(|inner| inner.worker.is_some()) {
            self.inner.update_value(|inner| inner.resting = true);
            self.stop(Status::Starting);
        }
    }

    fn post(self, message: &ToEngine) -> bool {
        let packed = codec::pack(message);
        let starting = self.status.get_untracked() == Status::Starting;
        let posted = self.inner.try_update_value(|inner| match &inner.worker {
            Some(worker) => worker.post(&packed),
            None if starting => {
                inner.early.push(packed);
                true
            }
            None => false,
        });
        posted.unwrap_or(false)
    }

    fn hear(self, packed: &[u8]) {
        let Some(message) = codec::unpack(packed) else {
            leptos::logging::warn!("the engine said something this screen does not know");
            return;
        };
        match message {
            FromEngine::Ready => {
                self.rooms.know();
                self.status.set(Status::Ready);
                page::set_ready(true);
            }
            FromEngine::Room { room } => self.rooms.put(*room),
            FromEngine::Sync { summary } => self.sync.set(Some(summary)),
            FromEngine::Answer { request, outcome } => {
                let asker = self.inner.try_update_value(|inner| inner.waiting.remove(&request)).flatten();
                if let Some(asker) = asker {
                    // Who asked may have gone to another page.
                    let _gone = asker.send(outcome.map_err(Trouble::from));
                }
            }
            FromEngine::Anew => self.rooms.forget(),
            FromEngine::Missing => self.status.set(Status::Missing),
            FromEngine::Elsewhere => {
                // What was asked is not done behind the back of the tab that has the engine.
                self.inner.update_value(|inner| inner.waiting.clear());
                self.status.set(Status::Elsewhere);
            }
            FromEngine::TakenOver => self.stop(Status::Elsewhere),
            FromEngine::NoStorage => self.stop(Status::NoStorage),
        }
    }

    /// Ends the worker. Whoever waits hears that it could not answer.
    fn stop(self, status: Status) {
        page::set_ready(false);
        self.status.set(status);
        let ended = self.inner.try_update_value(|inner| {
            inner.waiting.clear();
            inner.early.clear();
            inner.worker.take()
        });
        let ended = ended.flatten();
        // Ended at once, but dropped only when its own callback, which may be what called this, has returned.
        if let Some(worker) = &ended {
            worker.end();
        }
        set_timeout(move || drop(ended), Duration::ZERO);
    }

    fn died(self) {
        let running = self.inner.with_value(|inner| inner.worker.is_some());
        if !running {
            return;
        }
        let again = self.inner.try_update_value(|inner| inner.restarts.once_more(clock::now())).unwrap_or(false);
        self.stop(if again { Status::Starting } else { Status::GaveUp });
        if again {
            set_timeout(move || self.start(false), Duration::from_millis(200));
        }
    }
}
