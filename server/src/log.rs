//! What the relay says about itself, on standard error.
//!
//! | logged | never logged |
//! |---|---|
//! | start, stop, version, the address listened on | addresses of peers |
//! | a session's number since the start, why it ended, what was refused by name | ids of rooms, devices, persons, invitations |
//! | counts and durations of commits | items, keys, signatures, links, tokens |
//! | failures of the disk | paths and queries of requests |
//!
//! A set-up link goes to standard output, once, and never through here. `GREND_LOG` chooses what is shown (as
//! `RUST_LOG` elsewhere; `info` if not set), `GREND_LOG_FORMAT=json` writes one JSON object a line.

use tracing_subscriber::{EnvFilter, fmt};

/// Begins to log. Only the binary calls it.
pub fn start() {
    let filter = EnvFilter::try_from_env("GREND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    if std::env::var("GREND_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().init();
    } else {
        log.init();
    }
}
