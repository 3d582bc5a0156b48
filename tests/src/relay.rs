//! The real relay as a process of its own: started on a free port with an empty data directory, killed without a
//! warning, and started again where it was.

use std::{
    fs::{self, File, OpenOptions},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::programs::{self, poll};

/// A relay and its data directory. Dropping it ends both.
pub struct Relay {
    data: TempDir,
    papers: TempDir,
    port: u16,
    first_link: Option<String>,
    process: Option<Child>,
}

impl Relay {
    /// Starts a relay that nobody has used.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further arguments.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start_with(arguments: &[&str]) -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder can be made");
        let mut relay = Self { data: folder(), papers: folder(), port: 0, first_link: None, process: None };
        relay.launch(arguments);
        let said = relay.said("Set up your service", "the set-up link");
        relay.first_link = said.split_once(": ").map(|(_, link)| link.to_owned());
        relay
    }

    /// Starts it again on the same port over the same data.
    ///
    /// # Panics
    /// When it still runs, or does not come up.
    pub fn start_again(&mut self) {
        self.start_again_with(&[]);
    }

    /// The same with further arguments.
    ///
    /// # Panics
    /// When it still runs, or does not come up.
    pub fn start_again_with(&mut self, arguments: &[&str]) {
        assert!(self.process.is_none(), "the relay still runs");
        self.launch(arguments);
    }

    /// Ends it as a power cut does.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("the relay runs");
        process.kill().expect("an own child can be killed");
        process.wait().expect("an own child can be waited for");
    }

    /// A copy of its files, as an operator's backup.
    ///
    /// # Panics
    /// When it runs, or cannot be copied.
    #[must_use]
    pub fn backup(&self) -> TempDir {
        assert!(self.process.is_none(), "the relay runs");
        let backup = tempfile::tempdir().expect("a temporary folder can be made");
        copy(self.data.path(), backup.path());
        backup
    }

    /// Loses its files, puts the backup in their place, and says so with the operator's subcommand.
    ///
    /// # Panics
    /// When it runs, or the subcommand fails.
    pub fn restore(&mut self, backup: &TempDir) {
        assert!(self.process.is_none(), "the relay runs");
        self.data = tempfile::tempdir().expect("a temporary folder can be made");
        copy(backup.path(), self.data.path());
        let mut command = Command::new(programs::grend());
        let output = command.arg("restored").arg("--data").arg(self.data.path()).output();
        assert!(output.expect("grend can be started").status.success(), "`grend restored` failed");
    }

    /// Where browsers find it.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Where its socket is, for devices without a browser.
    #[must_use]
    pub fn socket(&self) -> String {
        format!("ws://{}/sync", self.address())
    }

    /// The link shown at the first start.
    ///
    /// # Panics
    /// When it showed none.
    #[must_use]
    pub fn first_link(&self) -> &str {
        self.first_link.as_deref().expect("a new relay shows a set-up link")
    }

    /// Another set-up link, made by the operator's subcommand.
    ///
    /// # Panics
    /// When the subcommand fails.
    #[must_use]
    pub fn setup_link(&self) -> String {
        let mut command = Command::new(programs::grend());
        command.arg("setup-link").arg("--data").arg(self.data.path()).args(["--public-url", &self.origin()]);
        let output = command.output().expect("grend can be started");
        assert!(output.status.success(), "`grend setup-link` failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a link is text").trim().to_owned()
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All it has logged, over all its runs.
    ///
    /// # Panics
    /// When the log cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).expect("the log can be read")
    }

    fn log_file(&self) -> PathBuf {
        self.papers.path().join("log")
    }

    /// What it told the operator in its present run; no log, it shows the set-up link there.
    fn said_file(&self) -> PathBuf {
        self.papers.path().join("said")
    }

    fn launch(&mut self, arguments: &[&str]) {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).expect("a log can be opened");
        let said = File::create(self.said_file()).expect("a file can be made");
        let mut command = Command::new(programs::grend());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GREND_")) {
            command.env_remove(name);
        }
        command.arg("serve").arg("--data").arg(self.data.path());
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]).args(arguments);
        // As talkative as it gets: what is not in this log is in none.
        command.env("GREND_LOG", "debug").env("NO_COLOR", "1").stdin(Stdio::null()).stdout(said).stderr(log);
        self.process = Some(command.spawn().expect("grend can be started"));
        let address = self.said("listening on ", "its address");
        let port = address.rsplit(':').next().and_then(|port| port.trim().parse().ok());
        self.port = port.unwrap_or_else(|| panic!("no port in {address:?}"));
    }

    /// The line that begins so, as soon as the relay has said it.
    fn said(&self, begin: &str, what: &str) -> String {
        let line = poll(Duration::from_secs(15), || {
            let said = fs::read_to_string(self.said_file()).ok()?;
            let whole = &said[..=said.rfind('\n')?];
            whole.lines().find(|line| line.starts_with(begin)).map(str::to_owned)
        });
        line.unwrap_or_else(|| panic!("the relay never said {what}. Its log:\n{}", self.log()))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself; either way it is gone afterwards.
            let _gone = process.kill();
            let _gone = process.wait();
        }
        if std::thread::panicking() {
            let kept = programs::trouble_folder().join(format!("relay-{}.log", self.port));
            let _kept = fs::copy(self.log_file(), kept);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).expect("a folder can be read") {
        let file = file.expect("a folder can be read").path();
        fs::copy(&file, to.join(file.file_name().expect("a file has a name"))).expect("a file can be copied");
    }
}
