//! In which order things happen. Knows an engine and a [`Host`] that does what it is told; no browser, so the tests
//! drive it natively.
//!
//! While the engine is being loaded, what a person asks waits in the inbox. When it must be loaded anew, commits that
//! are under way come to their end first, so that everybody who asked gets a true answer.

use std::collections::{BTreeSet, VecDeque};

use grend_shared::{
    port::{Failure, FromEngine, RequestId, ToEngine},
    sync::{Effect, Engine, Event, PersistId, StoreFault, Write},
    time::Timestamp,
};

#[cfg(test)]
mod tests;

/// First wait before loading anew after a fault of the storage, milliseconds; doubles with each fault in a row.
const FIRST_WAIT: i32 = 2_000;
/// The longest wait. A person who asks for something ends it at once.
const LAST_WAIT: i32 = 32_000;
/// How often loading anew may fail before we say that there is no storage.
const MOST_FAULTS: u32 = 5;

/// Between two tries to get the lock, milliseconds.
const LOCK_WAIT: i64 = 200;
/// How often the lock may be refused before the person is told: the page before this one, reloaded or crashed, may hold
/// it for a moment yet.
const PATIENCE: u32 = 4;
/// How often it is asked for in a row altogether, about 20 s: a browser with much to do may be slow to end that page.
const MOST_TRIES: u32 = 100;

/// Does what it is told, and answers later, never from within the call.
pub(crate) trait Host {
    /// Where the relay is, and how far the clock is moved.
    fn prepare(&self, relay: String, clock_offset: i64);
    /// What time it is.
    fn now(&self) -> Timestamp;
    /// Posts to the page.
    fn tell(&self, news: &FromEngine);
    /// Opens a socket. Answered by [`Event::SocketOpened`] or [`Event::SocketClosed`].
    fn connect(&self);
    /// Closes the socket silently, if there is one.
    fn disconnect(&self);
    /// Sends on the socket.
    fn send(&self, message: &[u8]);
    /// Sends a [`Event::Tick`] then; replaces the time set before.
    fn wake_at(&self, at: Option<Timestamp>);
    /// Takes the one lock. Answered by [`Driver::lock_answered`].
    fn take_lock(&self, steal: bool);
    /// Opens the store anew and loads the engine, after a wait. Answered by [`Driver::loaded`].
    fn load(&self, after_millis: i32);
    /// Ends that wait.
    fn hurry(&self);
    /// Commits. Answered by [`Driver::committed`].
    fn commit(&self, writes: Vec<Write>);
}

/// What is driven: [`Engine`], or a script in tests.
pub(crate) trait Driven {
    /// See [`Engine::start`].
    fn start(&mut self, now: Timestamp) -> Vec<Effect>;
    /// See [`Engine::handle`].
    fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect>;
}

impl Driven for Engine {
    fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        Self::start(self, now)
    }

    fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        Self::handle(self, event, now)
    }
}

/// Why the device's storage gave no engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotLoaded;

/// Why a commit failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitFault {
    /// The storage could not.
    Store(StoreFault),
    /// The store is another engine's now.
    TakenOver,
}

/// Drives one engine.
pub(crate) struct Driver<H, E = Engine> {
    host: H,
    phase: Phase<E>,
    /// Asked before the engine was there to hear it.
    inbox: VecDeque<Event>,
    /// Commits that have not begun, in order.
    queue: VecDeque<(PersistId, Vec<Write>)>,
    under_way: Option<UnderWay>,
    /// Asked of the engine and not answered.
    asked: BTreeSet<RequestId>,
    /// Faults of the storage in a row.
    faults: u32,
    /// What those who ask are told of the last one.
    failure: Failure,
    /// Counts the engines loaded.
    life: u32,
}

enum Phase<E> {
    /// Not started, or stopped for good.
    Idle,
    /// The lock is asked for, and was refused so often; with `steal` it is taken next.
    Locking { refused: u32, steal: bool },
    /// Another tab has the lock, which was refused so often. It is asked for again at the next tick, and when the page is
    /// looked at again.
    Elsewhere { refused: u32 },
    /// The engine is being loaded.
    Loading,
    /// It runs.
    Running(Box<E>),
    /// It must be dropped; commits it asked for come to their end first. Only what it tells is heeded.
    Leaving(Box<E>),
}

#[derive(Clone, Copy)]
struct UnderWay {
    life: u32,
    id: PersistId,
}

impl<H: Host, E: Driven> Driver<H, E> {
    pub(crate) const fn new(host: H) -> Self {
        Self {
            host,
            phase: Phase::Idle,
            inbox: VecDeque::new(),
            queue: VecDeque::new(),
            under_way: None,
            asked: BTreeSet::new(),
            faults: 0,
            failure: Failure::StorageFailed,
            life: 0,
        }
    }

    pub(crate) const fn host(&self) -> &H {
        &self.host
    }

    /// The page said something.
    pub(crate) fn hear(&mut self, message: ToEngine) {
        match message {
            ToEngine::Start { relay, clock_offset, take_over } => match &mut self.phase {
                Phase::Idle => {
                    self.host.prepare(relay, clock_offset);
                    self.lock(0, take_over);
                }
                // One question at a time: the answer to an earlier one could be taken for this one's.
                Phase::Locking { steal, .. } => *steal |= take_over,
                &mut Phase::Elsewhere { refused } => self.lock(refused, take_over),
                Phase::Loading | Phase::Running(_) | Phase::Leaving(_) => {}
            },
            // Those of the sample hamlet, which has no driver.
            ToEngine::Sample { .. } | ToEngine::LookAs { .. } => {}
            ToEngine::Ask { request, ask } => self.happened(Event::Ask { request, ask }),
            ToEngine::Wake => self.happened(Event::Wake),
        }
    }

    /// The lock is ours, or another tab's.
    pub(crate) fn lock_answered(&mut self, ours: bool) {
        let Phase::Locking { refused, steal } = self.phase else { return };
        if ours {
            self.phase = Phase::Loading;
            self.host.load(0);
        } else if steal {
            self.lock(refused, true);
        } else {
            let refused = refused.saturating_add(1);
            self.phase = Phase::Elsewhere { refused };
            if refused == PATIENCE {
                // Nobody expects that it is done when the other tab has ended, which may be tomorrow.
                self.inbox.clear();
                self.host.tell(&FromEngine::Elsewhere);
            }
            if refused < MOST_TRIES {
                self.host.wake_at(Some(self.host.now().plus_millis(LOCK_WAIT)));
            }
        }
    }

    fn lock(&mut self, refused: u32, steal: bool) {
        self.phase = Phase::Locking { refused, steal: false };
        self.host.take_lock(steal);
    }

    /// Another tab has taken over.
    pub(crate) fn lost(&mut self) {
        if !matches!(self.phase, Phase::Idle) {
            self.stop(&FromEngine::TakenOver);
        }
    }

    fn stop(&mut self, news: &FromEngine) {
        self.phase = Phase::Idle;
        self.queue.clear();
        self.asked.clear();
        self.host.disconnect();
        self.host.wake_at(None);
        self.host.tell(news);
    }

    /// The engine was loaded, or could not be.
    pub(crate) fn loaded(&mut self, engine: Result<E, NotLoaded>) {
        if !matches!(self.phase, Phase::Loading) {
            return;
        }
        match engine {
            Ok(mut engine) => {
                self.life = self.life.wrapping_add(1);
                let effects = engine.start(self.host.now());
                self.phase = Phase::Running(Box::new(engine));
                self.carry_out(effects);
                for event in core::mem::take(&mut self.inbox) {
                    self.happened(event);
                }
            }
            // At the first start the person is told at once; later the storage has worked before and may again.
            Err(NotLoaded) if self.life == 0 || self.faults >= MOST_FAULTS => self.stop(&FromEngine::NoStorage),
            Err(NotLoaded) => {
                self.faults += 1;
                self.host.load(self.wait());
            }
        }
    }

    /// Something happened that the engine wants to know.
    pub(crate) fn happened(&mut self, event: Event) {
        match &mut self.phase {
            Phase::Running(engine) => {
                if let Event::Ask { request, .. } = &event {
                    self.asked.insert(*request);
                }
                let effects = engine.handle(event, self.host.now());
                self.carry_out(effects);
            }
            &mut Phase::Elsewhere { refused } if matches!(event, Event::Tick) => self.lock(refused, false),
            // Somebody looks, perhaps since the other tab was closed: it may be slow to end.
            &mut Phase::Elsewhere { refused } if matches!(event, Event::Wake) => {
                self.lock(refused.min(PATIENCE), false)
            }
            // Only what the page said is remembered; sockets and ticks were those of the engine that is gone.
            _ if matches!(event, Event::Ask { .. }) => {
                self.inbox.push_back(event);
                self.host.hurry();
            }
            _ => {}
        }
    }

    /// A commit has ended. Whoever failed takes those behind it along: they were built upon it.
    pub(crate) fn committed(&mut self, result: Result<(), CommitFault>) {
        let Some(UnderWay { life, id }) = self.under_way.take() else { return };
        if life != self.life {
            // It was a stopped engine's.
            self.next_commit();
            return;
        }
        let event = match result {
            Ok(()) => {
                self.faults = 0;
                Event::Stored(id)
            }
            Err(CommitFault::TakenOver) => return self.lost(),
            Err(CommitFault::Store(fault)) => {
                self.faults += 1;
                self.failure = match fault {
                    StoreFault::Full => Failure::StorageFull,
                    StoreFault::Failed => Failure::StorageFailed,
                };
                self.queue.clear();
                Event::StoreFailed(id, fault)
            }
        };
        match &mut self.phase {
            Phase::Running(_) => {
                self.happened(event);
                self.next_commit();
            }
            Phase::Leaving(engine) => {
                let effects = engine.handle(event, self.host.now());
                effects.into_iter().for_each(|effect| self.carry_out_leaving(effect));
                self.leave();
            }
            Phase::Idle | Phase::Locking { .. } | Phase::Elsewhere { .. } | Phase::Loading => {}
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Persist { id, writes } => {
                    self.queue.push_back((id, writes));
                    self.next_commit();
                }
                Effect::Connect => self.host.connect(),
                Effect::Disconnect => self.host.disconnect(),
                Effect::Send(message) => self.host.send(message.expose()),
                Effect::Tell(news) => self.tell(&news),
                Effect::WakeAt(at) => self.host.wake_at(Some(at)),
                Effect::Reload => {
                    // What the engine wants beyond this rests on what is to be forgotten.
                    self.begin_to_leave();
                    return;
                }
            }
        }
    }

    fn carry_out_leaving(&mut self, effect: Effect) {
        if let Effect::Tell(news) = effect {
            self.tell(&news);
        }
    }

    fn tell(&mut self, news: &FromEngine) {
        if let FromEngine::Answer { request, .. } = news {
            self.asked.remove(request);
        }
        self.host.tell(news);
    }

    fn next_commit(&mut self) {
        if self.under_way.is_none()
            && let Some((id, writes)) = self.queue.pop_front()
        {
            self.under_way = Some(UnderWay { life: self.life, id });
            self.host.commit(writes);
        }
    }

    fn begin_to_leave(&mut self) {
        if let Phase::Running(engine) = core::mem::replace(&mut self.phase, Phase::Loading) {
            self.phase = Phase::Leaving(engine);
        }
        self.host.disconnect();
        self.host.wake_at(None);
        self.leave();
    }

    /// Goes on with the commits; after the last one drops the engine and loads it anew.
    fn leave(&mut self) {
        self.next_commit();
        if self.under_way.is_some() {
            return;
        }
        // These waited for the relay. The engine that knew of them is gone; every ask gets its answer.
        let failure = core::mem::replace(&mut self.failure, Failure::StorageFailed);
        for request in core::mem::take(&mut self.asked) {
            self.host.tell(&FromEngine::Answer { request, outcome: Err(failure.clone()) });
        }
        self.phase = Phase::Loading;
        self.host.load(if self.inbox.is_empty() { self.wait() } else { 0 });
    }

    fn wait(&self) -> i32 {
        match self.faults {
            0 => 0,
            faults => FIRST_WAIT.checked_shl(faults - 1).unwrap_or(LAST_WAIT).min(LAST_WAIT),
        }
    }
}
