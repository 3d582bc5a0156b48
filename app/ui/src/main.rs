//! Grend's screens. They paint projections and hand commands to the engine, which runs in a worker of its own.
//! Read `app` first, then `pages`; `install` says where this is, `state` is what the pages know, `platform` what the browser lends, `words` what
//! Grend says.

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

use leptos::prelude::*;

fn main() {
    // Leptos does not live on after a panic: the calm page that needs none of it takes over.
    std::panic::set_hook(Box::new(|info| platform::page::crash(&info.to_string())));
    platform::page::mount(|| view! { <app::App /> });
}
