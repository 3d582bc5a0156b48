//! The app's files, carried in the binary, and the page for every address of the app.

use std::{borrow::Cow, collections::BTreeMap, fs, io, path::Path};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use grend_shared::crypto::Hash;

use crate::router::App;

/// `target/dist`, as `cargo xtask` built it. A debug build reads it from there at the start.
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/dist"]
struct Dist;

const PAGE: &str = "index.html";

/// What is served where the app has not been built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Grend</title>\
    <p>The relay runs, but the app is not inside it. Run <code>cargo xtask run</code>.</p></html>";

/// One file.
pub(crate) struct Asset {
    plain: Variant,
    /// Compressed beforehand, where that makes it smaller.
    brotli: Option<Variant>,
    kind: &'static str,
    caching: &'static str,
}

struct Variant {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Variant {
    fn new(file: rust_embed::EmbeddedFile) -> Option<Self> {
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Some(Self { bytes, tag: tag(&file.metadata.sha256_hash())? })
    }
}

fn tag(hash: &[u8]) -> Option<HeaderValue> {
    let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{hash}\"")).ok()
}

impl Asset {
    fn load(path: &str) -> Option<Self> {
        Some(Self {
            plain: Dist::get(path).and_then(Variant::new)?,
            brotli: Dist::get(&format!("{path}.br")).and_then(Variant::new),
            kind: kind(path),
            caching: caching(path),
        })
    }

    /// A file on the disk, with its path below `folder`.
    fn read(folder: &Path, path: &Path) -> io::Result<Option<(String, Self)>> {
        let Some(name) = path.strip_prefix(folder).ok().and_then(Path::to_str) else { return Ok(None) };
        let bytes = fs::read(path)?;
        let Some(tag) = tag(Hash::of("grend app file", &[&bytes]).as_bytes()) else { return Ok(None) };
        let plain = Variant { bytes: bytes.into(), tag };
        Ok(Some((name.to_owned(), Self { plain, brotli: None, kind: kind(name), caching: caching(name) })))
    }

    /// The file in the form the browser takes, or `304` if it has it.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let (variant, encoding) = match &self.brotli {
            Some(brotli) if takes_brotli(request) => (brotli, Some("br")),
            _ => (&self.plain, None),
        };
        let known = request.get(header::IF_NONE_MATCH).is_some_and(|tags| matches(tags, &variant.tag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body::from(variant.bytes.clone()).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, variant.tag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !known {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            if let Some(encoding) = encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
        }
        response
    }
}

/// All files, by path without a leading slash.
#[derive(Default)]
pub(crate) struct Assets(BTreeMap<String, Asset>);

impl Assets {
    pub(crate) fn load() -> Self {
        let paths = Dist::iter().filter(|path| !path.ends_with(".br"));
        Self(paths.filter_map(|path| Some((path.to_string(), Asset::load(&path)?))).collect())
    }

    /// The files of a folder, uncompressed.
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let mut assets = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some((name, asset)) = Asset::read(folder, &path)? {
                    assets.insert(name, asset);
                }
            }
        }
        Ok(Self(assets))
    }

    pub(crate) fn find(&self, path: &str) -> Option<&Asset> {
        self.0.get(path)
    }
}

/// A file by its path; the page for any other address without an extension, because the app finds its own way there.
pub(crate) async fn get(State(app): State<App>, method: Method, uri: Uri, request: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(asset) = app.assets.find(path) {
        return asset.answer(&request);
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file || path.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "not found\n").into_response();
    }
    match app.assets.find(PAGE) {
        Some(page) => page.answer(&request),
        None => ([(header::CACHE_CONTROL, "no-store")], Html(NOT_BUILT)).into_response(),
    }
}

/// RFC 9110 §12.5.3, as far as it matters: `br` is named, and not with a weight of zero.
fn takes_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

/// RFC 9110 §13.1.2; a proxy may have made the tag weak.
fn matches(tags: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(tag)) = (tags.to_str(), tag.to_str()) else { return false };
    tags.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}

/// Names under `/assets/` carry a hash of their content, so what they name never changes.
fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_to_those_who_ask_for_it() {
        let takes = |value: &'static str| {
            takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes("gzip, deflate, br"));
        assert!(takes("gzip;q=0.5, BR;q=1.0"));
        assert!(!takes("gzip, deflate"));
        assert!(!takes("br;q=0"));
        assert!(!takes_brotli(&HeaderMap::new()));
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert_eq!(caching("assets/ui.0123.js"), "public, max-age=31536000, immutable");
        for path in ["index.html", "sw.js", "manifest.webmanifest", "version.json", "icons/icon.svg"] {
            assert_eq!(caching(path), "no-cache");
        }
        assert_eq!(kind("assets/ui.wasm"), "application/wasm");
        assert_eq!(kind("manifest.webmanifest"), "application/manifest+json");
        assert_eq!(kind("sw.js"), "text/javascript; charset=utf-8");
    }

    #[test]
    fn a_tag_matches_itself_even_when_a_proxy_made_it_weak() {
        let tag = HeaderValue::from_static("\"a\"");
        assert!(matches(&HeaderValue::from_static("\"b\", W/\"a\""), &tag));
        assert!(!matches(&HeaderValue::from_static("\"b\""), &tag));
    }
}
