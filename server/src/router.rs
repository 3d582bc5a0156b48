//! All routes, and the headers every answer carries.

use std::{io, net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};

use crate::{
    config::PublicUrl,
    relay::Relay,
    routes::{assets::Assets, health, sync, version},
};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    pub(crate) relay: Relay,
    pub(crate) assets: Arc<Assets>,
    /// Pages that may open a WebSocket.
    pub(crate) origins: Arc<[String]>,
    pub(crate) behind_proxy: bool,
    headers: Arc<[(HeaderName, HeaderValue)]>,
}

impl App {
    /// A relay with what is known of how it is reached.
    #[must_use]
    pub fn new(relay: Relay, public_url: &PublicUrl, listening: SocketAddr, behind_proxy: bool) -> Self {
        let local = |host: &str| format!("http://{host}:{}", listening.port());
        Self {
            relay,
            assets: Arc::new(Assets::load()),
            origins: Arc::new([public_url.to_string(), local("localhost"), local("127.0.0.1")]),
            behind_proxy,
            headers: headers(public_url).into(),
        }
    }

    /// Serves the app from a folder instead of the one inside.
    ///
    /// # Errors
    /// When a file of it cannot be read.
    pub fn with_files_of(self, folder: &Path) -> io::Result<Self> {
        Ok(Self { assets: Arc::new(Assets::read(folder)?), ..self })
    }
}

/// The relay's routes. Needs no socket, so tests can ask it directly.
pub fn app(state: App) -> Router {
    Router::new()
        .route("/sync", get(sync::get))
        .route("/healthz", get(health::get))
        .route("/version.json", get(version::get))
        .fallback(crate::routes::assets::get)
        .layer(middleware::from_fn_with_state(state.clone(), add_headers))
        .with_state(state)
}

async fn add_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in app.headers.iter() {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

/// Camera for scanning invitations; what the app shares and copies is left as browsers have it; all else is off.
const PERMISSIONS: &str = "camera=(self), accelerometer=(), autoplay=(), browsing-topics=(), \
    display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
    usb=(), xr-spatial-tracking=()";

/// Trusted types are left out: Leptos and wasm-bindgen fill templates without them.
fn content_security_policy(public_url: &PublicUrl) -> String {
    let socket = public_url.socket_origin();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self' {socket}; manifest-src 'self'; worker-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

fn headers(public_url: &PublicUrl) -> Vec<(HeaderName, HeaderValue)> {
    let fixed =
        |name: &'static str, value: &'static str| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let mut headers = vec![
        fixed("x-content-type-options", "nosniff"),
        fixed("referrer-policy", "no-referrer"),
        fixed("permissions-policy", PERMISSIONS),
        fixed("cross-origin-opener-policy", "same-origin"),
        fixed("cross-origin-resource-policy", "same-origin"),
    ];
    // The host was checked to be made of what headers may hold.
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(public_url)) {
        headers.push((header::CONTENT_SECURITY_POLICY, policy));
    }
    if public_url.is_secure() {
        headers.push(fixed("strict-transport-security", "max-age=63072000; includeSubDomains"));
    }
    headers
}
