//! A relay in a folder of its own, a device that speaks frames, and a room the devices share.

mod device;
mod failing;
mod place;

use std::{path::Path, time::Duration};

use grend_server::{
    Config, Running,
    limits::Limits,
    storage::{Sqlite, Storage},
};
use grend_shared::{
    crypto::{Entropy, links::SetUpToken},
    time::Timestamp,
};
use tempfile::TempDir;

pub(crate) use device::{Device, keys};
pub(crate) use failing::Failing;
pub(crate) use place::{Place, content, genesis, item};

/// The operating system's randomness.
pub(crate) struct Random;

impl Entropy for Random {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

pub(crate) const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;

pub(crate) fn in_a_year() -> Timestamp {
    grend_server::clock::now().plus_millis(YEAR)
}

pub(crate) fn a_year_ago() -> Timestamp {
    grend_server::clock::now().plus_millis(-YEAR)
}

/// A relay in this process.
pub(crate) struct TestRelay {
    running: Option<Running>,
    folder: TempDir,
    limits: Limits,
}

impl TestRelay {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut relay = Self { running: None, folder, limits };
        relay.run().await;
        relay
    }

    async fn run(&mut self) {
        let listen = "127.0.0.1:0".to_owned();
        let config = Config { listen, limits: self.limits.clone(), ..Config::new(self.folder.path()) };
        self.running = Some(Running::start(config).await.expect("the relay starts"));
    }

    /// Stops it and starts it again over the same folder.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.shut_down().await;
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().expect("the relay runs")
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}/sync", self.running().address)
    }

    /// The operator's link, made beside the running relay.
    pub(crate) fn token(&self, expires: Timestamp) -> SetUpToken {
        let storage = Sqlite::open(self.folder.path()).expect("the storage opens beside the relay");
        let token = SetUpToken::generate(&mut Random);
        storage.add_token(token.hash(), expires).expect("the link is stored");
        token
    }

    /// A new device, signed in.
    pub(crate) async fn device(&self) -> Device {
        Device::sign_in(&self.url(), keys()).await
    }

    /// A device with a service room that has its first key: the least in which content can be written.
    pub(crate) async fn service(&self) -> (Device, Place) {
        let mut device = self.device().await;
        let mut place = Place::service(&mut device, &self.token(in_a_year())).await;
        place.make_key(&mut device).await;
        (device, place)
    }

    /// One more device inside a place, with the key.
    pub(crate) async fn member(&self, place: &mut Place, admin: &mut Device) -> Device {
        let mut device = self.device().await;
        let invite = place.invite(admin, in_a_year()).await;
        place.join(&mut device, &invite).await.expect("the invitation opens the door");
        place.grant(admin, &device).await;
        device
    }
}

/// Fails a test that waits for what does not come.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it happens soon")
}
