//! What the app and the relay of Grend both know.
//!
//! The crate does no IO and reads no clock: time and randomness are passed in, so the same code runs in a
//! browser's worker, in the relay and in the simulator. Features decide how much of it is built:
//!
//! | feature | adds | built by |
//! |---|---|---|
//! | – | ids, time, secrets, domain, commands, rules, projections, the port between screen and engine | the screen |
//! | `wire` | crypto, membership, records, frames | relay, engine |
//! | `document` | the Automerge document | engine |
//! | `sync` | the sans-IO sync engine | engine |
//! | `sample` | the sample hamlet in memory | engine |
//! | `planted` | faults on purpose | tests |

pub mod codec;
pub mod command;
pub mod domain;
pub mod ids;
pub mod port;
pub mod projection;
pub mod rules;
pub mod secret;
pub mod time;

#[cfg(feature = "wire")]
pub mod crypto;
#[cfg(feature = "wire")]
pub mod membership;
#[cfg(feature = "wire")]
pub mod planted;
#[cfg(feature = "wire")]
pub mod protocol;

#[cfg(feature = "document")]
pub mod document;

#[cfg(feature = "sample")]
pub mod sample;
#[cfg(feature = "sync")]
pub mod sync;
