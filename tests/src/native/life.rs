//! What a device without a browser does from moment to moment: it carries out what its engine wants done.

use std::{
    collections::VecDeque,
    io::ErrorKind,
    net::TcpStream,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use grend_shared::{
    port::{Ask, Failure, FromEngine, Outcome, RequestId},
    projection::{Room, SyncSummary},
    sync::{Effect, Engine, Event},
    time::Timestamp,
};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use super::{Chance, Disk};

/// What a device and whoever looks at it share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) disk: Disk,
    pub(super) offline: bool,
    pub(super) rooms: Vec<Room>,
    pub(super) summary: SyncSummary,
    asks: VecDeque<(RequestId, Ask)>,
    answers: Vec<(RequestId, Result<Outcome, Failure>)>,
    requests: RequestId,
}

impl Shared {
    pub(super) fn with(disk: Disk) -> Self {
        Self { disk, ..Self::default() }
    }

    pub(super) fn ask(&mut self, ask: Ask) -> RequestId {
        self.requests += 1;
        self.asks.push_back((self.requests, ask));
        self.requests
    }

    pub(super) fn answer(&mut self, request: RequestId) -> Option<Result<Outcome, Failure>> {
        let at = self.answers.iter().position(|(it, _)| *it == request)?;
        Some(self.answers.swap_remove(at).1)
    }

    fn told(&mut self, news: FromEngine) {
        match news {
            FromEngine::Room { room } => {
                self.rooms.retain(|it| it.id() != room.id());
                self.rooms.push(*room);
            }
            FromEngine::Sync { summary } => self.summary = summary,
            FromEngine::Answer { request, outcome } => self.answers.push((request, outcome)),
            FromEngine::Ready
            | FromEngine::Anew
            | FromEngine::Elsewhere
            | FromEngine::TakenOver
            | FromEngine::Missing
            | FromEngine::NoStorage => {}
        }
    }
}

/// On a thread of its own: an engine stays where it was made.
pub(super) struct Life {
    relay: String,
    shared: Arc<Mutex<Shared>>,
    engine: Engine,
    online: bool,
    socket: Option<WebSocket<TcpStream>>,
    todo: VecDeque<Effect>,
    wakes: Option<Timestamp>,
}

pub(super) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn load(disk: &Disk) -> (Engine, VecDeque<Effect>) {
    let mut engine = Engine::load(disk.all(), Box::new(Chance)).expect("what was stored can be read");
    let effects = engine.start(now());
    (engine, effects.into())
}

impl Life {
    pub(super) fn begin(relay: String, shared: Arc<Mutex<Shared>>) -> Self {
        let (engine, todo) = load(&guard(&shared).disk);
        Self { relay, shared, engine, online: true, socket: None, todo, wakes: None }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        guard(&self.shared)
    }

    /// Does what somebody outside has asked for, and all that follows from it.
    pub(super) fn go_on(&mut self) {
        let (asks, online) = {
            let mut shared = self.shared();
            (core::mem::take(&mut shared.asks), !shared.offline)
        };
        if online != self.online {
            self.online = online;
            if online { self.happens(Event::Wake) } else { self.hangs_up() }
        }
        for (request, ask) in asks {
            self.happens(Event::Ask { request, ask });
        }
        self.work();
    }

    fn hangs_up(&mut self) {
        if self.socket.take().is_some() {
            self.happens(Event::SocketClosed);
        }
    }

    fn happens(&mut self, event: Event) {
        self.todo.extend(self.engine.handle(event, now()));
    }

    fn work(&mut self) {
        loop {
            while let Some(effect) = self.todo.pop_front() {
                self.carry_out(effect);
            }
            if self.wakes.is_some_and(|at| at <= now()) {
                self.wakes = None;
                self.happens(Event::Tick);
            } else if let Some(message) = self.hears() {
                self.happens(Event::Message(message));
            } else {
                return;
            }
        }
    }

    fn hears(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.socket.as_mut()?.read() {
                Ok(Message::Binary(message)) => return Some(message.to_vec()),
                Ok(_) => {}
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(_) => {
                    self.hangs_up();
                    return None;
                }
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Persist { id, writes } => {
                writes.into_iter().for_each(|write| self.shared().disk.write(write));
                self.happens(Event::Stored(id));
            }
            Effect::Connect => {
                self.socket = self.online.then(|| connect(&self.relay)).flatten();
                let event = if self.socket.is_some() { Event::SocketOpened } else { Event::SocketClosed };
                self.happens(event);
            }
            Effect::Disconnect => {
                self.socket = None;
                self.happens(Event::SocketClosed);
            }
            Effect::Send(message) => {
                let sent =
                    self.socket.as_mut().map(|socket| socket.send(Message::Binary(message.expose().to_vec().into())));
                if matches!(sent, Some(Err(_))) {
                    self.hangs_up();
                }
            }
            Effect::Tell(news) => self.shared().told(*news),
            Effect::WakeAt(at) => self.wakes = Some(at),
            Effect::Reload => {
                self.socket = None;
                self.todo.retain(|effect| matches!(effect, Effect::Tell(_)));
                let (engine, todo) = load(&self.shared().disk);
                self.engine = engine;
                self.todo.extend(todo);
            }
        }
    }
}

/// A socket that does not wait when it is read from; `None` when nobody answers.
pub(super) fn connect(relay: &str) -> Option<WebSocket<TcpStream>> {
    let host = relay.strip_prefix("ws://")?.split('/').next()?;
    let stream = TcpStream::connect(host).ok()?;
    stream.set_nodelay(true).ok()?;
    let (socket, _) = tungstenite::client(relay, stream).ok()?;
    socket.get_ref().set_nonblocking(true).ok()?;
    Some(socket)
}
