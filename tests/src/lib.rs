//! Grend as people meet it: a real relay, real browsers, whole journeys. The suites are in `tests/tests/browsers/`; each
//! says which behaviours of `docs/SPEC.md` it proves.
//!
//! Start with [`Relay`] and [`Browser`], then [`story`], which puts the steps that every suite takes into words.
//! Everything here waits by asking again until it is so or the patience is at its end, and then panics with what was
//! waited for, what stood on the page, and where the picture of it lies.

pub mod axe;
pub mod browser;
pub mod chest;
pub mod fit;
pub mod folder;
pub mod journal;
pub mod native;
pub mod programs;
pub mod proxy;
pub mod relay;
pub mod release;
pub mod story;
pub mod tour;
pub mod watch;

pub use browser::{Browser, Engine, Habits, Key, Screen, What};
pub use journal::Journal;
pub use native::Native;
pub use proxy::Proxy;
pub use relay::Relay;
