//! The browser engines that Grend is shown to run in, and how each is started.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::webdriver::Session;
use crate::programs::{installed, poll};

/// An engine. The other two of the three that families have come with their own issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chrome, Edge, Samsung and most others.
    Chromium,
}

/// What Debian brings it in.
const CHROMIUM_PACKAGES: &str = "chromium chromium-driver";

impl Engine {
    /// What a session is asked for with, over a profile of its own.
    pub(super) fn capabilities(self, profile: &Path) -> Value {
        match self {
            Self::Chromium => json!({
                "goog:chromeOptions": {
                    "binary": installed(&["chromium", "chromium-browser", "google-chrome"], CHROMIUM_PACKAGES),
                    "args": [
                        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--hide-crash-restore-bubble", "--force-prefers-reduced-motion", "--accept-lang=nb",
                        "--window-size=1280,800",
                        format!("--user-data-dir={}", profile.display()),
                    ],
                },
                "goog:loggingPrefs": { "browser": "ALL" },
            }),
        }
    }

    fn driver(self) -> Command {
        match self {
            Self::Chromium => {
                let mut driver = Command::new(installed(&["chromedriver"], CHROMIUM_PACKAGES));
                driver.arg("--port=0");
                driver
            }
        }
    }
}

/// A driver with the browser it steers, both in one process group.
pub(super) struct Driver {
    process: Child,
    pub(super) session: Session,
}

impl Driver {
    /// Starts a driver and through it a browser over the profile.
    pub(super) fn start(engine: Engine, profile: &Path) -> Self {
        let said = profile.with_extension("driver");
        let mut command = engine.driver();
        let output = File::create(&said).expect("a file beside the profile can be made");
        let process = command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).process_group(0).spawn();
        let process = process.expect("the driver can be started");
        let port = poll(Duration::from_secs(15), || {
            let said = fs::read_to_string(&said).ok()?;
            said.split_once("started successfully on port ")?.1.split_once('.')?.0.parse().ok()
        });
        let port = port.expect("the driver says within 15 s on which port it listens");
        // A browser that was killed may leave its profile locked for a moment.
        let session = poll(Duration::from_secs(20), || match Session::open(port, &engine.capabilities(profile)) {
            Ok(session) => Some(Ok(session)),
            Err(refusal) if refusal.code == "session not created" => None,
            Err(refusal) => Some(Err(refusal)),
        });
        let session = session.expect("the driver starts the browser within 20 s").expect("the driver gives a session");
        Self { process, session }
    }

    /// Ends the browser as a flat battery does: with all its processes, at once.
    pub(super) fn kill(&mut self, profile: &Path) {
        for group in groups_over(profile) {
            // It may have gone by itself meanwhile.
            let _gone = kill_process_group(group, Signal::KILL);
        }
        self.end();
    }

    /// Closes the browser as a person does, then the driver.
    pub(super) fn quit(&mut self) {
        self.session.close().expect("the browser can be closed");
        self.end();
    }

    fn end(&mut self) {
        if let Some(group) = Pid::from_raw(self.process.id().cast_signed()) {
            let _gone = kill_process_group(group, Signal::KILL);
        }
        let _gone = self.process.wait();
    }
}

/// The process groups of the browser that runs over a profile. Its name is random, so no other browser is meant.
fn groups_over(profile: &Path) -> Vec<Pid> {
    let argument = format!("--user-data-dir={}", profile.display());
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter_map(|process| {
        let id = process.file_name().to_str()?.parse().ok().and_then(Pid::from_raw)?;
        let command = fs::read(process.path().join("cmdline")).ok()?;
        let ours = command.split(|byte| *byte == 0).any(|word| word == argument.as_bytes());
        ours.then(|| rustix::process::getpgid(Some(id)).ok()).flatten()
    });
    let mut groups: Vec<Pid> = ours.collect();
    groups.sort_unstable_by_key(|group| group.as_raw_nonzero());
    groups.dedup();
    groups
}
