//! Grend's screens. They paint projections and hand commands to the engine, which runs in a worker of its own.
//! Read `app` first, then `pages`; `install` says where this is, `state` is what the pages know, `platform` what the
//! browser lends, `words` what Grend says.

#![expect(unreachable_pub, reason = "the component macro makes public types beside crate-wide functions")]

mod app;
mod install;
mod pages;
mod platform;
mod routes;
mod state;
#[cfg(feature = "stil")]
mod stil;
mod ui;
mod words;

use core::{cell::Cell, time::Duration};
use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How long the page waits at most for what it is to show.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() {
    // Leptos does not live on after a panic: the calm page that needs none of it takes over.
    std::panic::set_hook(Box::new(|info| platform::page::crash(&info.to_string())));
    spawn_local(start());
}

/// Draws the page once and whole: what it needs is fetched before, all at the same time. What is late fills in.
async fn start() {
    let path = platform::address::path();
    let module = soon(pages::fetch_first(routes::Route::parse(&path)));
    let stored = match routes::World::enter(&path) {
        routes::World::Own => soon(platform::snapshot::stored_rooms()).await,
        routes::World::Sample => None,
    };
    let _late = module.await;
    platform::page::mount(|| view! { <app::App stored /> });
}

/// Begins at once; gives up waiting after [`PATIENCE`], while it goes on.
fn soon<T: 'static>(work: impl Future<Output = T> + 'static) -> impl Future<Output = Option<T>> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let waiting = Rc::clone(&sender);
    set_timeout(move || drop(waiting.take()), PATIENCE);
    spawn_local(async move {
        let done = work.await;
        if let Some(sender) = sender.take() {
            // Who waited may have given up.
            let _gone = sender.send(done);
        }
    });
    async move { receiver.await.ok() }
}
