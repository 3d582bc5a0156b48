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

use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins to log. Only the binary calls it.
pub fn start() {
    let chosen = EnvFilter::try_from_env("GREND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::registry().with(filter_fn(is_ours)).with(chosen);
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    if std::env::var("GREND_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.with(lines.json()).init();
    } else {
        log.with(lines).init();
    }
}

/// Whatever `GREND_LOG` says: libraries write whole frames and addresses at their lower levels.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("grend") || *metadata.level() <= Level::WARN
}
