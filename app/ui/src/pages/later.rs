//! Pages that load after the first paint, in Wasm modules of their own: what a newcomer meets ([`Module::Joining`]), and
//! what lies behind *Tunet* ([`Module::Rooms`]). The module of the address one came by is fetched first, the others as
//! soon as it is there; from then on they are at hand, and the service worker keeps them for use without the net.

use core::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{gatherings, install, invite, me, networks, not_found, people, room, set_up};
use crate::{
    routes::Route,
    state::words,
    ui::{doorway::Doorway, empty::Skeleton, live, title::PageTitle},
};

/// How long until a module that could not be fetched is tried again.
const RETRY: Duration = Duration::from_secs(3);

/// A Wasm module of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    Joining,
    Rooms,
}

impl Module {
    const ALL: [Self; 2] = [Self::Joining, Self::Rooms];

    /// The module a page is in; the first pages are in none.
    const fn of(route: Route) -> Option<Self> {
        match route {
            Route::Front | Route::Tunet | Route::Unknown => None,
            Route::Invite | Route::SetUp | Route::Install => Some(Self::Joining),
            Route::Gatherings
            | Route::PlanGathering
            | Route::Gathering(_)
            | Route::EditGathering(_)
            | Route::People
            | Route::Family(_)
            | Route::Me
            | Route::Networks => Some(Self::Rooms),
        }
    }

    async fn fetch(self) -> Result<(), SplitLoaderError> {
        match self {
            Self::Joining => fetch_joining().await,
            Self::Rooms => fetch_rooms().await,
        }
    }
}

/// How far a module has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetched {
    NotYet,
    /// It was tried in vain, and will be tried again.
    Missing,
    Here,
}

/// The modules and how far they have come.
#[derive(Clone, Copy)]
pub(crate) struct LaterPages {
    joining: RwSignal<Fetched>,
    rooms: RwSignal<Fetched>,
}

impl LaterPages {
    /// Begins to fetch: first what the page of `route` needs. Call once, under the owner that lives as long as the
    /// page.
    pub(crate) fn fetch(route: Route) -> Self {
        let pages = Self { joining: RwSignal::new(Fetched::NotYet), rooms: RwSignal::new(Fetched::NotYet) };
        spawn_local(async move {
            let first = Module::of(route);
            if let Some(first) = first {
                pages.fetch_module(first).await;
            }
            for module in Module::ALL.into_iter().filter(|module| Some(*module) != first) {
                pages.fetch_module(module).await;
            }
        });
        pages
    }

    async fn fetch_module(self, module: Module) {
        let fetched = match module.fetch().await {
            Ok(()) => Fetched::Here,
            Err(_) => {
                set_timeout(move || spawn_local(async move { Box::pin(self.fetch_module(module)).await }), RETRY);
                Fetched::Missing
            }
        };
        self.of(module).set(fetched);
    }

    const fn of(self, module: Module) -> RwSignal<Fetched> {
        match module {
            Module::Joining => self.joining,
            Module::Rooms => self.rooms,
        }
    }
}

/// The page of an address, as soon as it is here.
#[component]
pub(crate) fn LaterPage(route: Route) -> impl IntoView {
    let t = words();
    let pages: LaterPages = use_context().expect("`Screen` begins to fetch before it makes any page");
    let Some(module) = Module::of(route) else { return elsewhere() };
    let fetched = pages.of(module);
    live(move || match fetched.get() {
        Fetched::Here => at_once(module, route),
        Fetched::NotYet => in_frame(module, || view! { <Skeleton /> }.into_any()),
        Fetched::Missing => in_frame(module, move || {
            view! {
                <PageTitle text=t.later_title().to_owned() />
                <p class="ds-alert" role="status" data-test="page-missing">{t.later_missing()}</p>
            }
            .into_any()
        }),
    })
}

/// The pages of newcomers have no frame round them.
fn in_frame(module: Module, content: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    match module {
        Module::Joining => view! { <Doorway test="coming">{content()}</Doorway> }.into_any(),
        Module::Rooms => content(),
    }
}

/// A page of a module that is here: calling into it needs no waiting.
fn at_once(module: Module, route: Route) -> AnyView {
    let mut context = Context::from_waker(Waker::noop());
    let page = match module {
        Module::Joining => pin!(joining(route)).poll(&mut context),
        Module::Rooms => pin!(rooms(route)).poll(&mut context),
    };
    match page {
        Poll::Ready(Ok(page)) => page,
        Poll::Ready(Err(_)) | Poll::Pending => view! { <Skeleton /> }.into_any(),
    }
}

#[wasm_split(joining, wasm_split_path = ::leptos::wasm_split, preload(fetch_joining), fallible)]
fn joining(route: Route) -> Result<AnyView, SplitLoaderError> {
    Ok(match route {
        Route::SetUp => view! { <set_up::SetUpPage /> }.into_any(),
        Route::Invite => view! { <invite::InvitePage /> }.into_any(),
        Route::Install => view! { <install::InstallPage /> }.into_any(),
        Route::Front
        | Route::Tunet
        | Route::Gatherings
        | Route::PlanGathering
        | Route::Gathering(_)
        | Route::EditGathering(_)
        | Route::People
        | Route::Family(_)
        | Route::Me
        | Route::Networks
        | Route::Unknown => elsewhere(),
    })
}

#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, preload(fetch_rooms), fallible)]
fn rooms(route: Route) -> Result<AnyView, SplitLoaderError> {
    Ok(match route {
        Route::Gatherings => view! { <room::InNetwork><gatherings::ListPage /></room::InNetwork> }.into_any(),
        Route::PlanGathering => view! { <room::InNetwork><gatherings::PlanPage /></room::InNetwork> }.into_any(),
        Route::Gathering(id) => view! { <room::InNetwork><gatherings::DetailPage id /></room::InNetwork> }.into_any(),
        Route::EditGathering(id) => view! { <room::InNetwork><gatherings::EditPage id /></room::InNetwork> }.into_any(),
        Route::People => view! { <room::InNetwork><people::PeoplePage /></room::InNetwork> }.into_any(),
        Route::Family(group) => view! { <room::InNetwork><people::PeoplePage at=group /></room::InNetwork> }.into_any(),
        Route::Networks => view! { <room::InService><networks::NetworksPage /></room::InService> }.into_any(),
        Route::Me => view! { <me::MePage /> }.into_any(),
        Route::Front | Route::SetUp | Route::Invite | Route::Install | Route::Tunet | Route::Unknown => elsewhere(),
    })
}

/// No module was asked for this page: [`Module::of`] says where each is.
fn elsewhere() -> AnyView {
    view! { <not_found::NotFoundPage /> }.into_any()
}
