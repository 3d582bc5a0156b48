//! The routes beside `/sync`, asked without a socket.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use grend_server::{
    Relay,
    limits::Limits,
    router::{App, app},
    storage::Sqlite,
};
use tempfile::TempDir;
use tower::ServiceExt;

struct Site {
    router: Router,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Site {
    fn new(public_url: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let storage = Arc::new(Sqlite::open(folder.path()).expect("a storage"));
        let relay = Relay::new(storage, Limits::default(), Duration::ZERO).expect("a relay");
        let listening = SocketAddr::from(([127, 0, 0, 1], 8420));
        let url = public_url.parse().expect("a public URL");
        Self { router: app(App::new(relay, &url, listening, false)), _folder: folder }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("routes do not fail");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        self.ask(Request::get(path).header(name, value).body(Body::empty()).expect("a request")).await
    }
}

#[tokio::test]
async fn the_relay_is_healthy_while_its_database_answers() {
    let site = Site::new("http://localhost:8420");
    let answer = site.get("/healthz").await;
    assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, b"ok\n".as_slice()));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_version_is_told() {
    let answer = Site::new("http://localhost:8420").get("/version.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert!(String::from_utf8_lossy(&answer.body).contains("\"version\""));
}

/// As it goes out, line for line: a change here is a change of what browsers let the app do.
const SECURITY_HEADERS: &str = "\
content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' \
data: blob:; font-src 'self'; connect-src 'self' wss://grend.example; manifest-src 'self'; worker-src 'self'; \
frame-ancestors 'none'; base-uri 'none'; form-action 'none'
cross-origin-opener-policy: same-origin
cross-origin-resource-policy: same-origin
permissions-policy: camera=(self), accelerometer=(), autoplay=(), browsing-topics=(), \
display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), \
magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), \
xr-spatial-tracking=()
referrer-policy: no-referrer
strict-transport-security: max-age=63072000; includeSubDomains
x-content-type-options: nosniff
";

fn security_headers(answer: &Answer) -> String {
    let mut lines: Vec<_> = SECURITY_HEADERS.lines().filter_map(|line| line.split(':').next()).collect();
    lines.sort_unstable();
    lines.iter().map(|name| format!("{name}: {}\n", answer.header(name))).collect()
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = Site::new("https://grend.example");
    for path in ["/", "/healthz", "/version.json", "/sync", "/assets/not-there.js", "/samlinger/abc", "/%00"] {
        assert_eq!(security_headers(&site.get(path).await), SECURITY_HEADERS, "{path}");
    }
    let plain = Site::new("http://localhost:8420").get("/").await;
    assert_eq!(plain.header("strict-transport-security"), "", "only where there is TLS");
    assert!(plain.header("content-security-policy").contains("connect-src 'self' ws://localhost:8420;"));
}

#[tokio::test]
async fn every_address_of_the_app_is_its_page() {
    let site = Site::new("http://localhost:8420");
    let page = site.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(["no-cache", "no-store"].contains(&page.header("cache-control")));
    for path in ["/samlinger/abc", "/oppsett", "/meg?a=1"] {
        let answer = site.get(path).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, page.body.clone()), "{path}");
    }
    for path in ["/assets/none.wasm", "/assets/none", "/robots.txt", "/../Cargo.toml", "/x/.env"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let post = Request::post("/samlinger").body(Body::empty()).expect("a request");
    assert_eq!(site.ask(post).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// Holds whatever was built, and says so when nothing was.
#[tokio::test]
async fn built_files_are_typed_cached_and_compressed() {
    let site = Site::new("http://localhost:8420");
    let page = site.get("/").await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    if text.contains("cargo xtask run") {
        assert_eq!(page.header("cache-control"), "no-store", "the app is not built: this page is not kept");
        return;
    }
    assert_eq!(page.header("cache-control"), "no-cache");
    assert_eq!(page.header("vary"), "accept-encoding");
    let paths = text.split('"').filter(|part| part.starts_with("/assets/"));
    for path in paths {
        let plain = site.get(path).await;
        assert_eq!(plain.status, StatusCode::OK, "{path}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.header("content-encoding"), "");
        let tag = plain.header("etag").to_owned();
        let known = site.get_with(path, "if-none-match", &tag).await;
        assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let brotli = site.get_with(path, "accept-encoding", "gzip, br").await;
        assert_eq!(brotli.header("content-type"), plain.header("content-type"));
        if brotli.header("content-encoding") == "br" {
            assert!(brotli.body.len() < plain.body.len(), "{path}");
            assert_ne!(brotli.header("etag"), tag, "another form is another entity");
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_open_no_session() {
    let site = Site::new("https://grend.example");
    let ask = async |origin: &str| site.get_with("/sync", "origin", origin).await;
    for foreign in ["https://evil.example", "http://grend.example", "https://grend.example.evil.example", "null"] {
        let answer = ask(foreign).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign}");
        assert_eq!(answer.body, b"a page of another origin may not open a session");
    }
    for own in ["https://grend.example", "http://localhost:8420", "http://127.0.0.1:8420"] {
        let answer = ask(own).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "let through, but no WebSocket was asked for: {own}");
    }
}
