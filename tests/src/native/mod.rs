//! A device without a browser: the shipped engine over a socket, with a disk in memory. It knows `shared` and an
//! address, and plays whoever of a story has no screen, or whoever lies: [`speech`] says things in a device's name that
//! no app of ours would say. Start with [`Native`].

mod disk;
mod life;
pub mod speech;

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use grend_shared::{
    command::{Command, GatheringDraft},
    crypto::{DeviceKeys, Entropy, entropy::random},
    ids::{GatheringId, RoomId},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Network, OpenInvite, Room},
    protocol::Item,
};

pub use disk::Disk;
use life::{Life, Shared, guard};

use crate::programs::poll;

/// How long a device waits for what should come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at the socket.
const BREATH: Duration = Duration::from_millis(2);

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chance;

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

/// A device that lives on a thread of its own until it is dropped.
pub struct Native {
    name: String,
    shared: Arc<Mutex<Shared>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Native {
    /// A device that has never seen Grend. `relay` is where the socket is: `ws://host/sync`.
    #[must_use]
    pub fn start(name: &str, relay: &str) -> Self {
        Self::over(name, relay, Disk::default())
    }

    /// A device that has stored something before.
    #[must_use]
    pub fn over(name: &str, relay: &str, disk: Disk) -> Self {
        let shared = Arc::new(Mutex::new(Shared::with(disk)));
        let ends = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (relay, shared, ends) = (relay.to_owned(), Arc::clone(&shared), Arc::clone(&ends));
            move || {
                let mut life = Life::begin(relay, shared);
                while !ends.load(Ordering::Relaxed) {
                    life.go_on();
                    thread::sleep(BREATH);
                }
            }
        });
        Self { name: name.to_owned(), shared, ends, thread: Some(thread) }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        guard(&self.shared)
    }

    /// Asks for something and waits for the answer.
    ///
    /// # Panics
    /// When there is none.
    pub fn ask(&self, ask: Ask) -> Result<Outcome, Failure> {
        let request = self.shared().ask(ask);
        self.until("for an answer", || self.shared().answer(request))
    }

    /// Waits until there is something.
    ///
    /// # Panics
    /// When it does not come.
    pub fn until<T>(&self, wish: &str, ask: impl FnMut() -> Option<T>) -> T {
        poll(PATIENCE, ask).unwrap_or_else(|| {
            panic!("{} waited {} s {wish}; it has {:#?}", self.name, PATIENCE.as_secs(), self.shared().rooms)
        })
    }

    /// All its rooms, as its screen would show them.
    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        self.shared().rooms.clone()
    }

    /// A network it is in.
    #[must_use]
    pub fn network(&self, room: RoomId) -> Option<Network> {
        self.rooms().into_iter().find_map(|it| match it {
            Room::Network(network) if network.room == room => Some(network),
            _ => None,
        })
    }

    /// Waits until a network looks a certain way.
    ///
    /// # Panics
    /// When it never does.
    pub fn sees(&self, room: RoomId, wish: &str, looks: impl Fn(&Network) -> bool) -> Network {
        self.until(wish, || self.network(room).filter(&looks))
    }

    /// What it has on its disk, and all it ever had there.
    #[must_use]
    pub fn disk(&self) -> Disk {
        self.shared().disk.clone()
    }

    /// Its keys.
    ///
    /// # Panics
    /// When it has none yet.
    #[must_use]
    pub fn keys(&self) -> DeviceKeys {
        self.shared().disk.keys()
    }

    /// A room's log as it has it on its disk.
    #[must_use]
    pub fn log(&self, room: RoomId) -> Vec<Item> {
        self.shared().disk.log(room)
    }

    /// Loses the net.
    pub fn goes_offline(&self) {
        self.shared().offline = true;
    }

    /// Has it again.
    pub fn comes_back(&self) {
        self.shared().offline = false;
    }

    /// Sets up a service; gives its room.
    ///
    /// # Panics
    /// When it does not go.
    pub fn sets_up(&self, link: &str) -> RoomId {
        let token = link.rsplit('#').next().unwrap_or_default().to_owned();
        let (service_name, person_name) = ("Fjellvik barneverntjeneste".to_owned(), "Astrid".to_owned());
        entered(self.ask(Ask::SetUpService { token: token.into(), service_name, person_name }))
    }

    /// Opens a network and waits until it stands among the service's; gives its room.
    ///
    /// # Panics
    /// When it does not go.
    pub fn opens_network(&self, service: RoomId, name: &str) -> RoomId {
        let opened = entered(self.ask(Ask::OpenNetwork { service, name: name.to_owned() }));
        // Its door is held from when its log is here: only then are the households in it known.
        let is_held = |it: &Room| match it {
            Room::Service(it) => it.networks.iter().any(|it| it.room == opened && it.name == name),
            _ => false,
        };
        self.until("for the network to stand in the list", || self.rooms().iter().any(is_held).then_some(()));
        opened
    }

    /// Makes an invitation and waits until the relay has it; gives what stands behind `#` in its link.
    ///
    /// # Panics
    /// When it does not go.
    #[must_use]
    pub fn invites(&self, room: RoomId, invited_as: InvitedAs) -> String {
        let label = "Noen".to_owned();
        let secret = match self.ask(Ask::Invite { room, invited_as, label }) {
            Ok(Outcome::Invited { secret, .. }) => secret,
            other => panic!("{} makes no invitation: {other:?}", self.name),
        };
        let ready = |it: &OpenInvite| it.secret == secret && it.ready;
        self.until("for an invitation to work", || open_invites(&self.rooms()).any(ready).then_some(()));
        secret.expose().to_owned()
    }

    /// Comes in on an invitation.
    ///
    /// # Panics
    /// When it does not go.
    pub fn joins(&self, secret: &str, person: &str, household: &str) -> RoomId {
        let (secret, person_name, household_name) = (secret.to_owned(), person.to_owned(), household.to_owned());
        entered(self.ask(Ask::Join { secret: secret.into(), person_name, household_name }))
    }

    /// Writes an act.
    ///
    /// # Panics
    /// When it is not saved.
    pub fn acts(&self, room: RoomId, command: Command) {
        let outcome = self.ask(Ask::Do { room, command });
        assert!(matches!(outcome, Ok(Outcome::Saved { .. })), "{}: {outcome:?}", self.name);
    }

    /// Plans a gathering of this title, once it is inside.
    ///
    /// # Panics
    /// When it is not saved.
    pub fn plans(&self, room: RoomId, title: &str) -> GatheringId {
        let _inside = self.sees(room, "to be inside", |_| true);
        let gathering = GatheringId::from_bytes(random(&mut Chance));
        let draft = GatheringDraft {
            title: title.to_owned(),
            date: crate::story::Ahead(30).to_string(),
            start: "12:00".to_owned(),
            ..GatheringDraft::default()
        };
        self.acts(room, Command::PlanGathering { gathering, plan: draft.check().expect("a plan") });
        gathering
    }

    /// Waits until nothing it has written is here alone.
    ///
    /// # Panics
    /// When something stays.
    pub fn has_sent_all(&self) {
        self.until("to have sent all", || (self.shared().summary.saved_here == 0).then_some(()));
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // What went wrong there has been said there.
            let _ended = thread.join();
        }
    }
}

fn open_invites(rooms: &[Room]) -> impl Iterator<Item = &OpenInvite> {
    rooms.iter().flat_map(|room| match room {
        Room::Network(network) => network.invites.iter().collect(),
        Room::Service(service) => {
            service.invites.iter().chain(service.networks.iter().flat_map(|it| &it.invites)).collect()
        }
        Room::Threshold(_) | Room::Stopped(_) => Vec::new(),
    })
}

fn entered(outcome: Result<Outcome, Failure>) -> RoomId {
    match outcome {
        Ok(Outcome::Entered { room }) => room,
        other => panic!("no room was entered: {other:?}"),
    }
}
