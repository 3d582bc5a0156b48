//! `GET /sync`: a WebSocket for one device.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    Extension,
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use grend_shared::protocol::limits::MAX_MESSAGE;

use crate::{
    router::App,
    serve::{Peer, Place},
    session,
};

/// Why no WebSocket is opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// A page of another origin asks.
    #[error("a page of another origin may not open a session")]
    Origin,
    /// The relay is shutting down.
    #[error("the relay is shutting down")]
    ShuttingDown,
    /// Not the request that opens a WebSocket.
    #[error(transparent)]
    NoUpgrade(#[from] WebSocketUpgradeRejection),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Origin => (StatusCode::FORBIDDEN, self.to_string()).into_response(),
            Self::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, self.to_string()).into_response(),
            Self::NoUpgrade(rejection) => rejection.into_response(),
        }
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    place: Option<Extension<Place>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    check_origin(&app, &headers)?;
    let upgrade = upgrade?;
    if app.relay.stop().is_cancelled() {
        return Err(Refused::ShuttingDown);
    }
    let address = address(&app, peer.map(|Extension(peer)| peer), &headers);
    let relay = app.relay;
    let under_way = relay.sessions().token();
    let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| async move {
        session::run(socket, relay, address).await;
        drop((place, under_way));
    }))
}

/// Browsers always send the page's origin; who sends none is no browser, and no page can speak through it.
fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Refused> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    if app.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) {
        Ok(())
    } else {
        Err(Refused::Origin)
    }
}

/// Against whom the limits count. Behind a proxy it is whom the proxy names last; else nobody may name another.
fn address(app: &App, peer: Option<Peer>, headers: &HeaderMap) -> IpAddr {
    let connected = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| address);
    if !app.behind_proxy {
        return connected;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let named = last.and_then(|value| value.rsplit(',').next()).and_then(|value| value.trim().parse().ok());
    named.unwrap_or(connected)
}
