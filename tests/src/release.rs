//! Releases of the app that were never built: the one a relay serves, taken down file by file and made another. The
//! relay serves it with `--test-app`.

use std::{collections::BTreeMap, fs, path::Path};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::Relay;

/// The service worker's script.
pub const WORKER: &str = "/sw.js";

/// Every file of a release by its address; the page is `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    build: String,
    /// The part of the service worker that says what everybody keeps.
    kept: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Release {
    /// What the relay serves and the service worker keeps.
    ///
    /// # Panics
    /// When the relay does not serve all of it.
    #[must_use]
    pub fn of(relay: &Relay) -> Self {
        let worker = String::from_utf8(fetch(relay, WORKER).expect("the relay serves it")).expect("a script is text");
        let quoted: Vec<&str> = worker.split('"').collect();
        let kept = quoted.windows(3).filter(|three| three[1] == ":" && three[2].starts_with("sha256-"));
        let addresses = kept.map(|three| three[0]).chain([WORKER, "/version.json"]);
        let file = |address: &str| fetch(relay, address).unwrap_or_else(|| panic!("the relay has no {address}"));
        let files: BTreeMap<_, _> = addresses.map(|address| (address.to_owned(), file(address))).collect();
        let version: serde_json::Value = serde_json::from_slice(&files["/version.json"]).expect("the version is JSON");
        let build = version["build"].as_str().expect("a version names its build").to_owned();
        let kept = worker.split('{').find(|object| object.starts_with("\"/\":")).unwrap_or_default();
        let kept = kept.split('}').next().unwrap_or_default().to_owned();
        Self { build, kept, files }
    }

    /// Its name, as the page says it.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.build
    }

    /// The addresses of what carries a hash in its name.
    pub fn assets(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|address| address.starts_with("/assets/"))
    }

    /// Those of them that everybody keeps for use without the net.
    pub fn kept_assets(&self) -> impl Iterator<Item = &str> {
        self.assets().filter(|address| self.kept.contains(&format!("\"{address}\"")))
    }

    /// A release that does the same, and of which no hashed file is a file of this one.
    ///
    /// # Panics
    /// When a name carries no hash.
    #[must_use]
    pub fn next(&self) -> Self {
        let mut names: Vec<(String, String)> = self.assets().map(|old| (old.to_owned(), renamed(old))).collect();
        names.push((self.build.clone(), backwards(&self.build)));
        let files = self.files.iter().map(|(address, bytes)| {
            let bytes = match std::str::from_utf8(bytes) {
                Ok(text) => replaced(text, &names).into_bytes(),
                Err(_) => bytes.clone(),
            };
            (replaced(address, &names), told_apart(address, bytes))
        });
        let kept = replaced(&self.kept, &names);
        Self { build: backwards(&self.build), kept, files: files.collect() }.with_integrities_of(self, &names)
    }

    /// With another file at an address.
    #[must_use]
    pub fn with(mut self, address: &str, bytes: &str) -> Self {
        self.files.insert(address.to_owned(), bytes.as_bytes().to_vec());
        self
    }

    /// A folder to serve it from.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (address, bytes) in &self.files {
            let path = if address == "/" { "index.html" } else { address.trim_start_matches('/') };
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder can be made");
            fs::write(path, bytes).expect("a file can be written");
        }
        folder
    }

    /// The worker checks what it keeps: for each old integrity the one of the file that took its place.
    fn with_integrities_of(mut self, old: &Self, names: &[(String, String)]) -> Self {
        let pairs = old.files.iter().map(|(address, bytes)| {
            let now = &self.files[&replaced(address, names)];
            (integrity(bytes), integrity(now))
        });
        let pairs: Vec<_> = pairs.collect();
        let worker = String::from_utf8_lossy(&self.files[WORKER]).into_owned();
        self.files.insert(WORKER.to_owned(), replaced(&worker, &pairs).into_bytes());
        self
    }
}

/// A file as the relay serves it just now; nothing if it has none.
#[must_use]
pub fn fetch(relay: &Relay, address: &str) -> Option<Vec<u8>> {
    let mut response = ureq::get(format!("{}{address}", relay.origin())).call().ok()?;
    response.body_mut().with_config().limit(64 << 20).read_to_vec().ok()
}

/// `/assets/ui.0123.js` with its hash backwards.
fn renamed(address: &str) -> String {
    let mut parts: Vec<String> = address.split('.').map(str::to_owned).collect();
    let hash = parts.len().checked_sub(2).filter(|at| *at > 0).expect("a name, a hash and an extension");
    parts[hash] = backwards(&parts[hash]);
    parts.join(".")
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

fn replaced(text: &str, pairs: &[(String, String)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
}

/// Adds what changes nothing but the bytes: a comment, or an empty section of one's own.
fn told_apart(address: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    match address.rsplit('.').next() {
        Some("js") => bytes.extend(b"\n// next"),
        Some("css") => bytes.extend(b"\n/* next */"),
        Some("wasm") => bytes.extend(b"\0\x05\x04next"),
        _ => {}
    }
    bytes
}

fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(bytes)))
}
