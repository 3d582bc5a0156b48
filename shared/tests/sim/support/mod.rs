//! A world of devices round one relay, in memory and in one thread: seeded, so a failing seed is the bug itself.
//!
//! The relay here is a model with the rules of the real one (the same `membership` code, the same refusals); the
//! devices are the shipped engine. Disks, sockets, crashes and clocks are the world's to play with.

pub(crate) mod device;
#[path = "../../support/dice.rs"]
mod dice;
pub(crate) mod relay;

use std::collections::BTreeMap;

use grend_shared::{secret::SecretText, time::Timestamp};

pub(crate) use device::Device;
pub(crate) use dice::Dice;
pub(crate) use relay::Relay;

/// Everything.
pub(crate) struct World {
    pub dice: Dice,
    pub now: Timestamp,
    pub relay: Relay,
    pub relay_up: bool,
    pub devices: Vec<Device>,
    /// Every set-up link and invitation there was.
    pub links: Vec<SecretText>,
}

impl World {
    pub(crate) fn new(seed: u64, devices: usize) -> Self {
        let mut dice = Dice::new(seed);
        let relay = Relay::new(&mut dice);
        let devices = (0..devices).map(|_| Device::new(dice.next())).collect();
        Self { dice, now: Timestamp::from_millis(1_795_000_000_000), relay, relay_up: true, devices, links: Vec::new() }
    }

    /// Moves one thing: a disk write, a message, a timer. Says whether anything moved.
    pub(crate) fn step(&mut self, at: usize) -> bool {
        let device = &mut self.devices[at];
        let up = self.relay_up && device.online;
        device.step(&mut self.relay, up, self.now)
    }

    /// Lets the world run until nothing moves any more, time going on where it must.
    pub(crate) fn settle(&mut self) {
        for _ in 0..20_000 {
            let mut moved = false;
            for at in 0..self.devices.len() {
                while self.step(at) {
                    moved = true;
                }
            }
            if !moved {
                let all_connected =
                    self.devices.iter().all(|device| !device.online || !self.relay_up || device.is_connected());
                if all_connected {
                    return;
                }
                self.now = self.now.plus_millis(1_000);
                for device in &mut self.devices {
                    device.tick(self.now);
                }
            }
        }
        panic!("the world does not come to rest");
    }

    /// Kills the relay: every socket breaks. What it had committed stays.
    pub(crate) fn kill_relay(&mut self) {
        self.relay_up = false;
        for device in &mut self.devices {
            device.drop_socket(&mut self.relay);
        }
    }

    pub(crate) fn start_relay(&mut self) {
        self.relay_up = true;
    }
}

/// The disk of a device: what was committed, and nothing else.
pub(crate) type Disk = BTreeMap<String, Vec<u8>>;
