//! A little life among honest devices: a service, a network, two families, a second device. What they send, say and store
//! in it is what the targets begin with. The engines are the shipped ones; the relay is the sample hamlet's.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::LazyLock,
};

use grend_shared::{
    codec,
    command::{Command, GatheringChange, GatheringDraft},
    crypto::{DeviceKeys, head::ItemKind, links::SetUpToken},
    domain::{Answer, Line},
    ids::{GatheringId, RoomId},
    membership::{Entry, KeyRing, Room},
    port::{Ask, FromEngine, Outcome, ToEngine},
    projection::InvitedAs,
    protocol::{self, FromDevice, FromRelay, Item},
    sample::relay::{Relay, SocketId},
    secret::SecretText,
    sync::{Effect, Engine, Event},
    time::Timestamp,
};

use crate::Chance;

/// A disk: keys and plain values.
pub type Disk = BTreeMap<String, Vec<u8>>;

/// Everything that was said and stored.
#[derive(Default)]
pub struct Life {
    /// Messages to the relay.
    pub to_relay: Vec<Vec<u8>>,
    /// Messages from it.
    pub from_relay: Vec<Vec<u8>>,
    /// What the screens asked, packed.
    pub asked: Vec<Vec<u8>>,
    /// What they were told, packed.
    pub told: Vec<Vec<u8>>,
    /// Links and codes.
    pub links: Vec<SecretText>,
    /// The devices' disks, in the end.
    pub disks: Vec<Disk>,
    /// The logs.
    pub logs: BTreeMap<RoomId, Vec<Item>>,
}

/// The staff, a resource family, a foster family, and the latter's second device.
const STAFF: usize = 0;
const RESOURCE: usize = 1;
const FOSTER: usize = 2;
/// The second device. Its disk is the smallest that has everything.
pub const SECOND: usize = 3;

/// The one life all targets begin with.
pub static LIFE: LazyLock<Life> = LazyLock::new(|| {
    let mut world = World::new();
    world.live();
    world.life.disks = world.seats.iter().map(|seat| seat.disk.clone()).collect();
    world.life.logs = world.relay.rooms.iter().map(|(id, log)| (*id, log.items.clone())).collect();
    world.life
});

/// When it is lived.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// A device's keys as they are on its disk.
///
/// # Panics
/// Never, in this life.
#[must_use]
pub fn keys_of(disk: &Disk) -> DeviceKeys {
    DeviceKeys::from_stored(&disk["device"]).expect("stored keys")
}

/// The network: how it stands after each entry of its log, with the second device's keys.
pub static NETWORK: LazyLock<Vec<(Room, KeyRing, Entry)>> = LazyLock::new(|| {
    let keys = keys_of(&LIFE.disks[SECOND]);
    let items = LIFE.logs.values().max_by_key(|items| items.len()).expect("a log");
    let entries = items.iter().filter(|item| item.kind() == Some(ItemKind::Membership));
    let mut entries = entries.map(|item| Entry::parse(item.bytes.clone()).expect("an entry"));
    let first = entries.next().expect("a genesis");
    let (mut room, mut ring) = (Room::begin(&first).expect("a room"), KeyRing::default());
    let mut stands = vec![(room.clone(), ring.clone(), first)];
    for entry in entries {
        room.apply(&entry).expect("it was taken");
        ring.take(&keys, &entry, &room);
        stands.push((room.clone(), ring.clone(), entry));
    }
    stands
});

struct Seat {
    engine: Engine,
    disk: Disk,
    socket: Option<SocketId>,
    todo: VecDeque<Effect>,
    outcome: Option<Outcome>,
}

struct World {
    relay: Relay,
    seats: Vec<Seat>,
    life: Life,
    chance: Chance,
    asked: u32,
}

impl World {
    fn new() -> Self {
        let mut chance = Chance::new(1);
        let relay = Relay::new(&mut chance);
        let seat = |seed| Seat {
            engine: Engine::load([], Box::new(Chance::new(seed))).expect("nothing is stored"),
            disk: Disk::new(),
            socket: None,
            todo: VecDeque::new(),
            outcome: None,
        };
        Self { relay, seats: (2..6).map(seat).collect(), life: Life::default(), chance, asked: 0 }
    }

    fn live(&mut self) {
        let token = SetUpToken::generate(&mut self.chance);
        self.life.links.push(token.to_link());
        let set_up = Ask::SetUpService {
            token: token.to_link(),
            service_name: "Dalen barnevern".into(),
            person_name: "Åse".into(),
        };
        self.relay.tokens.push(token);
        let service = self.enters(STAFF, set_up);
        let network = self.enters(STAFF, Ask::OpenNetwork { service, name: "Granlia".into() });
        self.lets_in(STAFF, RESOURCE, network, InvitedAs::ResourceFamily);
        self.lets_in(RESOURCE, FOSTER, network, InvitedAs::FosterFamily);
        let gathering = GatheringId::from_bytes([7; 16]);
        let draft = GatheringDraft {
            title: "Aking".into(),
            date: "2026-12-06".into(),
            start: "12:00".into(),
            ..GatheringDraft::default()
        };
        self.does(RESOURCE, network, Command::PlanGathering { gathering, plan: draft.check().expect("a plan") });
        self.does(FOSTER, network, Command::AnswerGathering { gathering, answer: Some(Answer::Coming) });
        let place = GatheringChange::Place(Line::new("Bakken").ok());
        self.does(FOSTER, network, Command::ChangeGathering { gathering, change: place });
        let shown = self.asks(SECOND, Ask::ShowCode);
        let Outcome::DeviceCode { code, .. } = shown else { panic!("no code: {shown:?}") };
        self.life.links.push(code.clone());
        self.asks(FOSTER, Ask::ReadCode { code: code.clone() });
        self.asks(FOSTER, Ask::AddDevice { code, leave: false });
        self.does(SECOND, network, Command::CancelGathering { gathering });
        self.asks(SECOND, Ask::Invite { room: network, invited_as: InvitedAs::Adult, label: "Ola".into() });
    }

    fn lets_in(&mut self, by: usize, whom: usize, room: RoomId, invited_as: InvitedAs) {
        let invited = self.asks(by, Ask::Invite { room, invited_as, label: "Noen".into() });
        let Outcome::Invited { secret, .. } = invited else { panic!("no invitation: {invited:?}") };
        self.life.links.push(secret.clone());
        self.asks(whom, Ask::ReadInvite { secret: secret.clone() });
        self.enters(whom, Ask::Join { secret, person_name: "Kari".into(), household_name: "Solbakken".into() });
    }

    fn does(&mut self, seat: usize, room: RoomId, command: Command) {
        let done = self.asks(seat, Ask::Do { room, command });
        assert!(matches!(done, Outcome::Saved { .. }), "{done:?}");
    }

    fn enters(&mut self, seat: usize, ask: Ask) -> RoomId {
        match self.asks(seat, ask) {
            Outcome::Entered { room } => room,
            other => panic!("not entered: {other:?}"),
        }
    }

    fn asks(&mut self, seat: usize, ask: Ask) -> Outcome {
        self.asked += 1;
        let request = self.asked;
        self.life.asked.push(codec::pack(&ToEngine::Ask { request, ask: ask.clone() }));
        self.event(seat, Event::Ask { request, ask });
        while (0..self.seats.len()).any(|at| self.step(at)) {}
        self.seats[seat].outcome.take().expect("an answer")
    }

    fn event(&mut self, seat: usize, event: Event) {
        let effects = self.seats[seat].engine.handle(event, NOW);
        self.seats[seat].todo.extend(effects);
    }

    fn step(&mut self, at: usize) -> bool {
        if let Some(effect) = self.seats[at].todo.pop_front() {
            self.carry_out(at, effect);
            return true;
        }
        let Some(frame) = self.seats[at].socket.and_then(|socket| self.relay.next_frame(socket)) else { return false };
        let message = protocol::encode::<FromRelay>(&[frame]);
        self.life.from_relay.push(message.clone());
        self.event(at, Event::Message(message));
        true
    }

    fn carry_out(&mut self, at: usize, effect: Effect) {
        match effect {
            Effect::Persist { id, writes } => {
                for write in writes {
                    match write.value {
                        Some(value) => self.seats[at].disk.insert(write.key, value.expose().to_vec()),
                        None => self.seats[at].disk.remove(&write.key),
                    };
                }
                self.event(at, Event::Stored(id));
            }
            Effect::Connect => {
                self.seats[at].socket = Some(self.relay.connect());
                self.event(at, Event::SocketOpened);
            }
            Effect::Send(message) => {
                self.life.to_relay.push(message.expose().to_vec());
                let socket = self.seats[at].socket.expect("it is connected");
                for frame in protocol::decode::<FromDevice>(message.expose()).expect("frames") {
                    self.relay.frame(socket, frame, NOW);
                }
            }
            Effect::Tell(news) => {
                self.life.told.push(codec::pack(&*news));
                if let FromEngine::Answer { outcome, .. } = *news {
                    self.seats[at].outcome = Some(outcome.expect("it is done"));
                }
            }
            Effect::Disconnect | Effect::WakeAt(_) | Effect::Reload => {}
        }
    }
}
