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

use core::{future::poll_fn, pin::Pin, task::Poll, time::Duration};

use futures_channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use state::Stored;

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
    let world = routes::World::enter(&path);
    let mut module = begin(pages::fetch_first(routes::Route::parse(&path)));
    let mut reading = begin(async move {
        match world {
            routes::World::Own => platform::snapshot::stored_rooms().await,
            routes::World::Sample => Vec::new(),
        }
    });
    let (sender, mut late) = oneshot::channel::<()>();
    set_timeout(move || drop(sender), PATIENCE);
    let stored = before(&mut late, &mut reading).await;
    let _module = before(&mut late, &mut module).await;
    let stored = stored.map_or(Stored::Late(reading), Stored::Read);
    platform::page::mount(|| view! { <app::App stored /> });
}

/// Work that goes on by itself.
fn begin<T: 'static>(work: impl Future<Output = T> + 'static) -> oneshot::Receiver<T> {
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        // Who asked for it may not wait for it any more.
        let _gone = sender.send(work.await);
    });
    receiver
}

/// What comes of some work, if it comes before it is late.
async fn before<T>(late: &mut oneshot::Receiver<()>, work: &mut oneshot::Receiver<T>) -> Option<T> {
    poll_fn(|context| match (Pin::new(&mut *work).poll(context), Pin::new(&mut *late).poll(context)) {
        (Poll::Ready(done), _) => Poll::Ready(done.ok()),
        (Poll::Pending, Poll::Ready(_)) => Poll::Ready(None),
        (Poll::Pending, Poll::Pending) => Poll::Pending,
    })
    .await
}
