//! One device of the sample hamlet: the engine, without a disk.

use std::collections::{BTreeMap, VecDeque};

use super::relay::{Relay, SocketId};
use crate::{
    crypto::Entropy,
    ids::RoomId,
    port::{FromEngine, Outcome, RequestId},
    projection::{Room, SyncSummary},
    protocol::{self, FromDevice},
    sync::{Effect, Engine, Event},
    time::Timestamp,
};

pub(super) struct Seat {
    engine: Engine,
    todo: VecDeque<Effect>,
    socket: Option<SocketId>,
    deadline: Option<Timestamp>,
    rooms: BTreeMap<RoomId, Room>,
    summary: SyncSummary,
    news: Vec<FromEngine>,
}

impl Seat {
    pub(super) fn new(entropy: Box<dyn Entropy>) -> Self {
        let engine = Engine::load([], entropy).expect("nothing stored can be read by everybody");
        Self {
            engine,
            todo: VecDeque::new(),
            socket: None,
            deadline: None,
            rooms: BTreeMap::new(),
            summary: SyncSummary::default(),
            news: Vec::new(),
        }
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// What is seen here, from the beginning. News of another seat may be on its way to whoever looks, so that comes first.
    pub(super) fn everything(&mut self) -> Vec<FromEngine> {
        self.news.clear();
        let rooms = self.rooms.values().map(|room| FromEngine::Room { room: Box::new(room.clone()) });
        let end = [FromEngine::Sync { summary: self.summary }, FromEngine::Ready];
        [FromEngine::Anew].into_iter().chain(rooms).chain(end).collect()
    }

    /// What was told since it was last asked for.
    pub(super) fn news(&mut self) -> Vec<FromEngine> {
        core::mem::take(&mut self.news)
    }

    pub(super) fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// The answer to a request, if it was told.
    pub(super) fn answer(&self, asked: RequestId) -> Option<&Outcome> {
        self.news.iter().find_map(|news| match news {
            FromEngine::Answer { request, outcome: Ok(outcome) } if *request == asked => Some(outcome),
            _ => None,
        })
    }

    pub(super) fn event(&mut self, event: Event, now: Timestamp) {
        self.deadline = None;
        self.todo.extend(self.engine.handle(event, now));
    }

    /// Whether something waits to be done or heard.
    pub(super) fn has_more(&self, relay: &Relay) -> bool {
        !self.todo.is_empty() || self.socket.is_some_and(|socket| relay.has_frame(socket))
    }

    /// Carries out one effect, or takes one message if it `hears`; says whether there was any.
    pub(super) fn step(&mut self, relay: &mut Relay, hears: bool, now: Timestamp) -> bool {
        if let Some(effect) = self.todo.pop_front() {
            self.carry_out(effect, relay, now);
            return true;
        }
        if let Some(frame) = self.socket.filter(|_| hears).and_then(|socket| relay.next_frame(socket)) {
            self.event(Event::Message(protocol::encode(&[frame])), now);
            return true;
        }
        false
    }

    fn carry_out(&mut self, effect: Effect, relay: &mut Relay, now: Timestamp) {
        match effect {
            // What is in memory is all there is.
            Effect::Persist { id, .. } => self.event(Event::Stored(id), now),
            Effect::Connect => {
                self.socket = Some(relay.connect());
                self.event(Event::SocketOpened, now);
            }
            Effect::Disconnect => {
                if let Some(socket) = self.socket.take() {
                    relay.close(socket);
                }
            }
            Effect::Send(message) => {
                let frames = protocol::decode::<FromDevice>(message.expose()).unwrap_or_default();
                for frame in frames {
                    if let Some(socket) = self.socket {
                        relay.frame(socket, frame, now);
                    }
                }
            }
            Effect::Tell(news) => self.told(*news),
            Effect::WakeAt(at) => self.deadline = Some(at),
            // Only a faulty disk asks for it.
            Effect::Reload => {}
        }
    }

    fn told(&mut self, news: FromEngine) {
        match &news {
            FromEngine::Room { room } => {
                self.rooms.insert(room.id(), (**room).clone());
            }
            FromEngine::Sync { summary } => self.summary = *summary,
            FromEngine::Ready
            | FromEngine::Anew
            | FromEngine::Answer { .. }
            | FromEngine::Elsewhere
            | FromEngine::TakenOver
            | FromEngine::Missing
            | FromEngine::NoStorage => {}
        }
        self.news.push(news);
    }
}
