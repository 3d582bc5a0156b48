//! The pages that load after the first paint: all but the front page and *Tunet*. They are in a Wasm module of their
//! own, which is fetched once the first page stands and from then on is at hand, also without the net.

use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{gatherings, invite, me, networks, not_found, people, room, set_up};
use crate::{routes::Route, ui::empty::Skeleton, ui::live};

/// Whether the pages are at hand.
#[derive(Clone, Copy)]
pub(crate) struct Later(RwSignal<bool>);

impl Later {
    pub(crate) fn load() -> Self {
        let here = RwSignal::new(false);
        leptos::task::spawn_local(async move {
            if load_pages().await.is_ok() {
                here.set(true);
            }
        });
        Self(here)
    }
}

/// A page of the module, once it is here.
#[component]
pub(crate) fn LaterPage(route: Route) -> impl IntoView {
    let Later(here) = use_context().expect("given by `App`");
    live(move || if here.get() { now(route) } else { view! { <Skeleton /> }.into_any() })
}

fn now(route: Route) -> AnyView {
    match pin!(pages(route)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(page)) => page,
        Poll::Ready(Err(_)) | Poll::Pending => view! { <Skeleton /> }.into_any(),
    }
}

#[wasm_split(pages, wasm_split_path = ::leptos::wasm_split, preload(load_pages), fallible)]
fn pages(route: Route) -> Result<AnyView, SplitLoaderError> {
    Ok(match route {
        Route::SetUp => view! { <set_up::SetUpPage /> }.into_any(),
        Route::Invite => view! { <invite::InvitePage /> }.into_any(),
        Route::Gatherings => view! { <room::InNetwork><gatherings::ListPage /></room::InNetwork> }.into_any(),
        Route::PlanGathering => view! { <room::InNetwork><gatherings::PlanPage /></room::InNetwork> }.into_any(),
        Route::Gathering(id) => view! { <room::InNetwork><gatherings::DetailPage id /></room::InNetwork> }.into_any(),
        Route::EditGathering(id) => view! { <room::InNetwork><gatherings::EditPage id /></room::InNetwork> }.into_any(),
        Route::People => view! { <room::InNetwork><people::PeoplePage /></room::InNetwork> }.into_any(),
        Route::Family(group) => view! { <room::InNetwork><people::PeoplePage at=group /></room::InNetwork> }.into_any(),
        Route::Me => view! { <me::MePage /> }.into_any(),
        Route::Networks => view! { <room::InService><networks::NetworksPage /></room::InService> }.into_any(),
        Route::Front | Route::Tunet | Route::Unknown => view! { <not_found::NotFoundPage /> }.into_any(),
    })
}
