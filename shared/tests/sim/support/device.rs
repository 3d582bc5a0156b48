//! A device: the engine with a disk, a socket and a screen.

use std::collections::VecDeque;

use grend_shared::{
    ids::RoomId,
    port::{Ask, Failure, FromEngine, Outcome, RequestId},
    projection::{Network, Room, Service, SyncSummary},
    sync::{Effect, Engine, Event, StoreFault},
    time::Timestamp,
};

use super::{Dice, Disk, Relay};

pub(crate) struct Device {
    pub disk: Disk,
    engine: Option<Engine>,
    dice: Dice,
    /// Effects not carried out yet; a crash forgets them.
    todo: VecDeque<Effect>,
    socket: Option<usize>,
    wants_socket: bool,
    /// It has asked to be woken; who waits for nothing has nothing to ask a relay.
    waits: bool,
    pub online: bool,
    /// The next so many commits fail with this fault.
    pub failing: Option<StoreFault>,
    pub rooms: Vec<Room>,
    pub answers: Vec<(RequestId, Result<Outcome, Failure>)>,
    pub summary: SyncSummary,
    /// All that it was told, in order.
    pub summaries: Vec<SyncSummary>,
    next_request: RequestId,
    /// What its events and effects look like to whoever prints them, if somebody does.
    pub printed: Option<String>,
}

impl Device {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            disk: Disk::new(),
            engine: None,
            dice: Dice::new(seed),
            todo: VecDeque::new(),
            socket: None,
            wants_socket: false,
            waits: false,
            online: true,
            failing: None,
            rooms: Vec::new(),
            answers: Vec::new(),
            summary: SyncSummary::default(),
            summaries: Vec::new(),
            next_request: 0,
            printed: None,
        }
    }

    fn engine(&mut self, now: Timestamp) -> &mut Engine {
        if self.engine.is_none() {
            let stored: Vec<_> = self.disk.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let entropy = Box::new(Dice::new(self.dice.next()));
            let mut engine = Engine::load(stored, entropy).expect("what was committed can be read");
            self.rooms.clear();
            self.todo.extend(engine.start(now));
            self.engine = Some(engine);
        }
        self.engine.as_mut().expect("just made")
    }

    fn event(&mut self, event: Event, now: Timestamp) {
        self.waits = false;
        if let Some(printed) = &mut self.printed {
            *printed += &format!("{event:?}\n");
        }
        let effects = self.engine(now).handle(event, now);
        if let Some(printed) = &mut self.printed {
            *printed += &format!("{effects:?}\n");
        }
        self.todo.extend(effects);
    }

    /// Gives the engine an ask; the answer comes by [`Device::answers`].
    pub(crate) fn ask(&mut self, ask: Ask, now: Timestamp) -> RequestId {
        self.next_request += 1;
        let request = self.next_request;
        self.event(Event::Ask { request, ask }, now);
        request
    }

    pub(crate) fn answer(&self, request: RequestId) -> Option<&Result<Outcome, Failure>> {
        self.answers.iter().find(|(it, _)| *it == request).map(|(_, outcome)| outcome)
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.engine.is_none() || self.socket.is_some() || !self.wants_socket || !self.waits
    }

    pub(crate) fn tick(&mut self, now: Timestamp) {
        if self.engine.is_some() {
            self.event(Event::Tick, now);
        }
    }

    /// Loses everything in memory; the disk stays.
    pub(crate) fn crash(&mut self, relay: &mut Relay) {
        if let Some(socket) = self.socket.take() {
            relay.close(socket);
        }
        self.engine = None;
        self.todo.clear();
        self.wants_socket = false;
    }

    pub(crate) fn start(&mut self, now: Timestamp) {
        self.engine(now);
    }

    pub(crate) fn drop_socket(&mut self, relay: &mut Relay) {
        if let Some(socket) = self.socket.take() {
            relay.close(socket);
            self.todo.push_back(Effect::Disconnect);
        }
    }

    pub(crate) fn step(&mut self, relay: &mut Relay, up: bool, now: Timestamp) -> bool {
        if let Some(effect) = self.todo.pop_front() {
            self.carry_out(effect, relay, up, now);
            return true;
        }
        if let Some(message) = self.socket.and_then(|socket| relay.take_message(socket)) {
            self.event(Event::Message(message), now);
            return true;
        }
        false
    }

    fn carry_out(&mut self, effect: Effect, relay: &mut Relay, up: bool, now: Timestamp) {
        match effect {
            Effect::Persist { id, writes } => {
                if let Some(fault) = self.failing.take() {
                    // Nothing that was asked for after a failed commit may be committed.
                    self.todo.retain(|it| !matches!(it, Effect::Persist { .. } | Effect::Send(_)));
                    self.event(Event::StoreFailed(id, fault), now);
                    return;
                }
                for write in writes {
                    match write.value {
                        Some(value) => drop(self.disk.insert(write.key, value.expose().to_vec())),
                        None if write.key.ends_with('/') => self.disk.retain(|key, _| !key.starts_with(&write.key)),
                        None => drop(self.disk.remove(&write.key)),
                    }
                }
                self.event(Event::Stored(id), now);
            }
            Effect::Connect => {
                self.wants_socket = true;
                if up {
                    self.socket = Some(relay.connect());
                    self.event(Event::SocketOpened, now);
                } else {
                    self.event(Event::SocketClosed, now);
                }
            }
            Effect::Disconnect => {
                if let Some(socket) = self.socket.take() {
                    relay.close(socket);
                }
                self.event(Event::SocketClosed, now);
            }
            Effect::Send(message) => {
                if let Some(socket) = self.socket {
                    relay.message(socket, message.expose(), now);
                }
            }
            Effect::Tell(news) => self.told(*news),
            Effect::WakeAt(_) => self.waits = true,
            Effect::Reload => {
                if let Some(socket) = self.socket.take() {
                    relay.close(socket);
                }
                self.engine = None;
                self.todo.retain(|effect| matches!(effect, Effect::Tell(_)));
                self.engine(now);
            }
        }
    }

    fn told(&mut self, news: FromEngine) {
        match news {
            FromEngine::Room { room } => {
                self.rooms.retain(|it| it.id() != room.id());
                self.rooms.push(*room);
            }
            FromEngine::Sync { summary } => {
                self.summary = summary;
                self.summaries.push(summary);
            }
            FromEngine::Answer { request, outcome } => self.answers.push((request, outcome)),
            FromEngine::Anew => self.rooms.clear(),
            FromEngine::Ready
            | FromEngine::Elsewhere
            | FromEngine::TakenOver
            | FromEngine::Missing
            | FromEngine::NoStorage => {}
        }
    }

    /// The room's document as a fresh start from this disk has it.
    pub(crate) fn replayed(&self, room: RoomId) -> Vec<u8> {
        let stored: Vec<_> = self.disk.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut engine = Engine::load(stored, Box::new(Dice::new(1))).expect("what was committed can be read");
        engine.export(room).expect("the room is there")
    }

    pub(crate) fn network(&self, room: RoomId) -> Option<&Network> {
        self.rooms.iter().find_map(|it| match it {
            Room::Network(network) if network.room == room => Some(network),
            _ => None,
        })
    }

    pub(crate) fn service(&self) -> Option<&Service> {
        self.rooms.iter().find_map(|it| match it {
            Room::Service(service) => Some(service),
            _ => None,
        })
    }
}
