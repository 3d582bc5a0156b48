//! `GET /healthz`: whether the relay can do its work.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

use crate::router::App;

/// `200 ok` when the database answers, else `503`.
pub(crate) async fn get(State(app): State<App>) -> impl IntoResponse {
    let (status, text) = match app.relay.read(|storage| storage.check()).await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "the storage does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the storage does not answer\n")
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text)
}
