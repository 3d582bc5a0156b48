//! The browser engines that Grend is shown to run in, and how each is started.

use std::{
    env,
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::{habits::Habits, webdriver::Session};
use crate::programs::{installed, poll, tool};

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chrome, Edge, Samsung and most others.
    Chromium,
    /// Firefox, in the release that changes least often.
    Firefox,
    /// `WebKitGTK`, of all that runs here the nearest to Safari.
    WebKit,
}

/// What Debian brings them in; Firefox's driver is built by `cargo xtask test`.
const CHROMIUM_PACKAGES: &str = "chromium chromium-driver";
const FIREFOX_PACKAGES: &str = "firefox-esr";
const WEBKIT_PACKAGES: &str = "webkit2gtk-driver xvfb";

/// Where Debian puts the small browser that `WebKitGTK`'s driver steers.
const MINI_BROWSER: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"];

impl Engine {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Does the same in every engine, one after the other. `GREND_ENGINES`, a list of names, leaves some out while one
    /// works on a suite.
    ///
    /// # Panics
    /// When the story does, or when the list names none.
    pub fn each(story: impl Fn(Self)) {
        let chosen = env::var("GREND_ENGINES").ok();
        let wanted = |engine: &Self| chosen.as_deref().is_none_or(|chosen| chosen.contains(engine.name()));
        let engines: Vec<Self> = Self::ALL.into_iter().filter(wanted).collect();
        assert!(!engines.is_empty(), "GREND_ENGINES names no engine");
        engines.into_iter().for_each(story);
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Whether what a page stores is still there after the browser was closed. `WebKitGTK` forgets it when it is
    /// steered by a driver.
    #[must_use]
    pub const fn keeps_profile(self) -> bool {
        !matches!(self, Self::WebKit)
    }

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
            Self::Firefox => json!({
                "moz:firefoxOptions": {
                    "binary": installed(&["firefox-esr", "firefox"], FIREFOX_PACKAGES),
                    "args": ["-headless", "-profile", profile],
                    "prefs": {
                        "intl.accept_languages": "nb",
                        "ui.prefersReducedMotion": 1,
                        "datareporting.policy.dataSubmissionEnabled": false,
                        "browser.shell.checkDefaultBrowser": false,
                        // A page that was left is gone, as after a phone has cleared its memory.
                        "browser.sessionstore.resume_from_crash": false,
                    },
                },
            }),
            Self::WebKit => json!({
                "webkitgtk:browserOptions": { "binary": mini_browser(), "args": ["--automation"] },
            }),
        }
    }

    fn driver(self, port: u16) -> Command {
        let mut driver = match self {
            Self::Chromium => Command::new(installed(&["chromedriver"], CHROMIUM_PACKAGES)),
            Self::Firefox => {
                let mut driver = Command::new(tool("geckodriver"));
                driver.arg("--host=127.0.0.1");
                driver
            }
            Self::WebKit => {
                let mut driver = Command::new(installed(&["xvfb-run"], WEBKIT_PACKAGES));
                driver.args(["-a", "-s", "-screen 0 1600x2400x24"]);
                driver.arg(installed(&["WebKitWebDriver"], WEBKIT_PACKAGES)).arg("--host=127.0.0.1");
                // Its sandbox wants rights that a container does not give.
                driver
                    .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
                    // Where there is no graphics card its painting threads meet in Mesa's rasteriser, and now and then
                    // one brings the page's process down (`SkiaGPUWorker`, a segmentation fault in `swrast_dri.so`).
                    .env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
                    .env("LANGUAGE", "nb")
                    .env("LC_ALL", "C.UTF-8");
                driver
            }
        };
        driver.arg(format!("--port={port}"));
        driver
    }
}

fn mini_browser() -> PathBuf {
    let there = MINI_BROWSER.into_iter().map(PathBuf::from).find(|file| file.is_file());
    there.unwrap_or_else(|| {
        panic!("WebKitGTK's MiniBrowser is not there (on Debian: `apt-get install {WEBKIT_PACKAGES}`)")
    })
}

/// A driver with the browser it steers, both in one process group.
pub(super) struct Driver {
    process: Child,
    pub(super) session: Session,
}

impl Driver {
    /// Starts a driver and through it a browser over the profile.
    pub(super) fn start(engine: Engine, profile: &Path, habits: Habits) -> Self {
        fs::create_dir_all(profile).expect("a folder for the profile can be made");
        let port = free_port();
        let output = File::create(Self::diary(profile)).expect("a file beside the profile can be made");
        let errors = output.try_clone().expect("a file can be written to twice");
        let mut command = engine.driver(port);
        command.envs(habits.environment(engine));
        let mut capabilities = engine.capabilities(profile);
        habits.put_into(engine, &mut capabilities);
        let process = command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0).spawn();
        let process = process.expect("the driver can be started");
        // The driver takes a moment to listen, and a browser that was killed may leave its profile locked for one.
        let session = poll(Duration::from_secs(40), || match Session::open(port, &capabilities) {
            Ok(session) => Some(Ok(session)),
            Err(refusal) if ["unreachable", "session not created"].contains(&refusal.code.as_str()) => None,
            Err(refusal) => Some(Err(refusal)),
        });
        let session = session.unwrap_or_else(|| {
            let said = fs::read_to_string(Self::diary(profile)).unwrap_or_default();
            panic!("{engine:?} did not start within 40 s; its driver said:\n{said}")
        });
        Self { process, session: session.expect("the driver gives a session") }
    }

    /// Where it writes what it has to say.
    pub(super) fn diary(profile: &Path) -> PathBuf {
        profile.with_extension("driver")
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

/// A port that nobody listens on. Somebody else may take it before the driver does; the suite then says that the
/// driver did not start.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port can be had");
    listener.local_addr().expect("a listener has an address").port()
}

/// The process groups of the browser that runs over a profile. Its name is random, so no other browser is meant.
fn groups_over(profile: &Path) -> Vec<Pid> {
    let profile = profile.display().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter_map(|process| {
        let id = process.file_name().to_str()?.parse().ok().and_then(Pid::from_raw)?;
        let command = fs::read(process.path().join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command);
        let ours =
            command.split('\0').any(|word| word == profile || word.strip_prefix("--user-data-dir=") == Some(&profile));
        ours.then(|| rustix::process::getpgid(Some(id)).ok()).flatten()
    });
    let mut groups: Vec<Pid> = ours.collect();
    groups.sort_unstable_by_key(|group| group.as_raw_nonzero());
    groups.dedup();
    groups
}
