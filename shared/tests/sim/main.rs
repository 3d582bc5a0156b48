//! Whole networks in one thread: the shipped engine on several devices round a model relay, with crashes, lost
//! connections and full disks. Each test reads as a story; each random one names its seed when it fails.

mod devices;
mod disks;
mod doors;
mod liars;
mod members;
mod moving;
mod random;
mod refound;
mod restored;
mod returning;
mod secrets;
#[path = "../support/sha256.rs"]
mod sha256;
mod story;
mod support;
mod tampering;
mod trouble;

use grend_shared::{
    command::{Command, GatheringChange, GatheringDraft, GatheringPlan},
    crypto::entropy::random,
    crypto::links::SetUpToken,
    domain::Line,
    ids::{GatheringId, RoomId},
    port::{Ask, Failure, Outcome, RequestId},
    projection::{InvitedAs, Network, Room, StopReason},
    secret::SecretText,
};
use support::World;

/// The service's admin.
const STAFF: usize = 0;
/// The resource parent.
const RESOURCE: usize = 1;
/// The first foster parent.
const FOSTER: usize = 2;

fn line(text: &str) -> Line {
    Line::new(text).expect("a line")
}

fn plan(title: &str) -> GatheringPlan {
    GatheringDraft {
        title: title.into(),
        date: "2026-12-06".into(),
        start: "12:00".into(),
        ..GatheringDraft::default()
    }
    .check()
    .expect("a plan")
}

impl World {
    fn ask(&mut self, device: usize, ask: Ask) -> RequestId {
        let now = self.now;
        self.devices[device].ask(ask, now)
    }

    fn asked(&mut self, device: usize, ask: Ask) -> Result<Outcome, Failure> {
        let request = self.ask(device, ask);
        self.settle();
        self.devices[device].answer(request).cloned().expect("an answer")
    }

    fn act(&mut self, device: usize, room: RoomId, command: Command) {
        let outcome = self.asked(device, Ask::Do { room, command });
        assert!(matches!(outcome, Ok(Outcome::Saved { .. })), "{outcome:?}");
    }

    fn plans(&mut self, device: usize, room: RoomId, title: &str) -> GatheringId {
        let gathering = GatheringId::from_bytes(random(&mut self.dice));
        self.act(device, room, Command::PlanGathering { gathering, plan: plan(title) });
        gathering
    }

    fn changes_place(&mut self, device: usize, room: RoomId, gathering: GatheringId, place: &str) {
        let change = GatheringChange::Place(Some(line(place)));
        self.act(device, room, Command::ChangeGathering { gathering, change });
    }

    fn network(&self, device: usize, room: RoomId) -> &Network {
        self.devices[device].network(room).expect("the network is open")
    }

    fn stopped(&self, device: usize, room: RoomId) -> Option<StopReason> {
        self.devices[device].rooms.iter().find(|it| it.id() == room).and_then(Room::stopped)
    }

    fn goes_offline(&mut self, device: usize) {
        self.devices[device].drop_socket(&mut self.relay);
        self.devices[device].online = false;
        self.settle();
    }

    fn comes_back(&mut self, device: usize) {
        self.devices[device].online = true;
        self.settle();
    }

    /// Loses what is in memory and starts from its disk.
    fn restarts(&mut self, device: usize) {
        self.devices[device].crash(&mut self.relay);
        self.devices[device].start(self.now);
        self.settle();
    }

    /// Time goes by.
    fn later(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        for device in &mut self.devices {
            device.tick(self.now);
        }
        self.settle();
    }

    fn titles(&self, device: usize, room: RoomId) -> Vec<String> {
        let gatherings = &self.network(device, room).gatherings;
        let mut titles: Vec<_> = gatherings.iter().map(|it| it.title.value.as_str().to_owned()).collect();
        titles.sort();
        titles
    }

    fn invites(&mut self, device: usize, room: RoomId, invited_as: InvitedAs) -> SecretText {
        match self.asked(device, Ask::Invite { room, invited_as, label: "Noen".into() }) {
            Ok(Outcome::Invited { secret, .. }) => {
                self.links.push(secret.clone());
                secret
            }
            other => panic!("no invitation: {other:?}"),
        }
    }

    fn joins(&mut self, device: usize, secret: &SecretText, person: &str, household: &str) -> Result<Outcome, Failure> {
        let (secret, person_name, household_name) = (secret.clone(), person.to_owned(), household.to_owned());
        self.asked(device, Ask::Join { secret, person_name, household_name })
    }

    /// A service with a network: the resource family has founded it, every further device is a foster family in it.
    fn with_network(seed: u64, devices: usize) -> (Self, RoomId) {
        Self::new(seed, devices).founded()
    }

    fn founded(mut self) -> (Self, RoomId) {
        let devices = self.devices.len();
        let world = &mut self;
        let token = SetUpToken::generate(&mut world.dice);
        world.relay.expect_token(token.clone());
        world.links.push(token.to_link());
        let service = match world.asked(
            STAFF,
            Ask::SetUpService {
                token: token.to_link(),
                service_name: "Fjellvik barneverntjeneste".into(),
                person_name: "Astrid".into(),
            },
        ) {
            Ok(Outcome::Entered { room }) => room,
            other => panic!("no service: {other:?}"),
        };
        let network = match world.asked(STAFF, Ask::OpenNetwork { service, name: "Solbakken".into() }) {
            Ok(Outcome::Entered { room }) => room,
            other => panic!("no network: {other:?}"),
        };
        let secret = world.invites(STAFF, network, InvitedAs::ResourceFamily);
        world.joins(RESOURCE, &secret, "Kari", "Solbakken").expect("the founder enters");
        for device in FOSTER..devices {
            let secret = world.invites(RESOURCE, network, InvitedAs::FosterFamily);
            world.joins(device, &secret, &format!("Person {device}"), &format!("Hus {device}")).expect("enters");
        }
        (self, network)
    }

    /// Promise 5: the same log ends alike everywhere.
    fn assert_alike(&self, room: RoomId) {
        let first = comparable(self.network(RESOURCE, room));
        for device in FOSTER..self.devices.len() {
            assert_eq!(comparable(self.network(device, room)), first, "device {device} differs");
        }
        let bytes = self.devices[RESOURCE].replayed(room);
        for device in FOSTER..self.devices.len() {
            assert!(self.devices[device].replayed(room) == bytes, "device {device}: other bytes after replay");
        }
    }
}

/// A projection without what differs by who looks at it.
fn comparable(network: &Network) -> impl PartialEq + core::fmt::Debug + use<> {
    let mut gatherings = network.gatherings.clone();
    for gathering in &mut gatherings {
        gathering.delivery = None;
    }
    let families: Vec<_> =
        network.families.iter().map(|it| (it.group, it.name.clone(), it.resource, it.adults.clone())).collect();
    (network.name.clone(), families, gatherings, network.set_aside)
}
