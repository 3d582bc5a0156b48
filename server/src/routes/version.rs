//! `GET /version.json`: which app is inside; without one, which relay this is.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::router::App;

pub(crate) async fn get(State(app): State<App>, request: HeaderMap) -> Response {
    match app.assets.find("version.json") {
        Some(built) => built.answer(&request),
        None => {
            let json = serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }).to_string();
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
            (headers, json).into_response()
        }
    }
}
