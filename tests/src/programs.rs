//! The programs that the suites start. What is missing fails with a sentence that says what to do.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The root of the checkout.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where the suites leave pictures and logs of what went wrong.
///
/// # Panics
/// When the folder cannot be made.
#[must_use]
pub fn trouble_folder() -> PathBuf {
    let folder = root().join("target/trouble");
    fs::create_dir_all(&folder).expect("target/trouble can be made");
    folder
}

/// The relay with the app inside: from `GREND_BIN`, else the release build.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn grend() -> PathBuf {
    let binary = env::var_os("GREND_BIN").map_or_else(|| root().join("target/release/grend"), PathBuf::from);
    assert!(
        binary.is_file(),
        "There is no Grend to test at {}: run `cargo xtask build` first, or name a binary in GREND_BIN.",
        binary.display()
    );
    binary
}

/// The first of some programs that is in `PATH`.
///
/// # Panics
/// When none is; `packages` says which Debian packages bring it.
#[must_use]
pub fn installed(names: &[&str], packages: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found =
        names.iter().find_map(|name| env::split_paths(&path).map(|folder| folder.join(name)).find(|p| p.is_file()));
    found.unwrap_or_else(|| {
        panic!(
            "{} is not in PATH, and no browser suite runs without it (on Debian: `apt-get install {packages}`).",
            names.join(" or ")
        )
    })
}

/// A program that `cargo xtask test` builds for the suites: from `target/tools`, else from `PATH`.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn tool(name: &str) -> PathBuf {
    let built = root().join("target/tools/bin").join(name);
    if built.is_file() { built } else { installed(&[name], "is not enough; run `cargo xtask test` once") }
}

/// How often things are looked at again.
pub const BEAT: Duration = Duration::from_millis(50);

/// Asks until there is an answer; `None` when the patience is at its end.
pub fn poll<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(BEAT);
    }
}
