//! What the operator decides.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use axum::http::Uri;

use crate::limits::Limits;

/// All that a relay is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory; made if it is not there.
    pub data: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: String,
    /// The address people type; `http://localhost` and the port listened on, when it is not given.
    pub public_url: Option<PublicUrl>,
    /// Whether a proxy stands before the relay, whose `X-Forwarded-For` names the peer for the limits.
    pub behind_proxy: bool,
    /// What one device or address may use up.
    pub limits: Limits,
    /// A test aid: serve the app from this folder instead of the one inside, as the next release does.
    pub app: Option<PathBuf>,
    /// A test aid: stand still between commit and acknowledgement. Zero outside tests.
    pub pause_before_ack: Duration,
}

impl Config {
    /// The defaults over a data directory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: "127.0.0.1:8420".to_owned(),
            public_url: None,
            behind_proxy: false,
            limits: Limits::default(),
            app: None,
            pause_before_ack: Duration::ZERO,
        }
    }
}

/// Scheme, host and port by which people reach the relay. Invitations and set-up links begin with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    secure: bool,
    authority: String,
}

/// A text that is not a public URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the public URL must be http:// or https:// with a host and no path, not {0:?}")]
pub struct BadPublicUrl(String);

impl PublicUrl {
    /// How a relay is reached that nobody gave a public URL.
    #[must_use]
    pub fn local(listening: SocketAddr) -> Self {
        Self { secure: false, authority: format!("localhost:{}", listening.port()) }
    }

    /// Whether browsers reach it by TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Its WebSockets, for the content security policy.
    #[must_use]
    pub fn socket_origin(&self) -> String {
        format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.authority)
    }
}

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, BadPublicUrl> {
        let bad = || BadPublicUrl(text.to_owned());
        let uri: Uri = text.trim_end_matches('/').parse().map_err(|_| bad())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?.as_str().to_ascii_lowercase();
        // The host stands in a header: only what hosts are made of.
        let plain = authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
        if !plain || uri.path() != "/" || uri.query().is_some() {
            return Err(bad());
        }
        Ok(Self { secure, authority })
    }
}

/// The origin, without a slash at the end.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_and_nothing_more() {
        let url: PublicUrl = "https://Grend.example/".parse().expect("an origin");
        assert_eq!(url.to_string(), "https://grend.example");
        assert_eq!(url.socket_origin(), "wss://grend.example");
        for bad in ["grend.example", "ftp://grend.example", "https://grend.example/app", "https://", "http://a;b", ""] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
