//! Pages that load after the first paint, in Wasm modules of their own: what a newcomer meets ([`Joining`]), and what
//! lies behind *Tunet* ([`Rooms`]). The module of the address one came by is fetched first, the others as
//! soon as it is there; from then on they are at hand. The service worker keeps what lies behind *Tunet* for use without
//! the net, and what newcomers meet only where it was shown.

use core::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use grend_shared::ids::{GatheringId, GroupId};
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{devices, gatherings, install, invite, me, networks, new_device, not_found, people, room, set_up};
use crate::{
    routes::Route,
    state::{app_state, words},
    ui::{doorway::Doorway, empty::Skeleton, live, title::PageTitle},
};

/// How long until a module that could not be fetched is tried again.
const RETRY: Duration = Duration::from_secs(3);

/// A page that loads later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Joining(Joining),
    Rooms(Rooms),
}

/// The pages of newcomers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joining {
    SetUp,
    Invite,
    Install,
    NewDevice,
}

/// The pages behind *Tunet*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rooms {
    Gatherings,
    PlanGathering,
    Gathering(GatheringId),
    EditGathering(GatheringId),
    People,
    Family(GroupId),
    Me,
    Devices,
    Networks,
}

impl Later {
    /// The page of an address; `None` for those of the first paint.
    const fn of(route: Route) -> Option<Self> {
        Some(match route {
            Route::Front | Route::Tunet | Route::Unknown => return None,
            Route::SetUp => Self::Joining(Joining::SetUp),
            Route::Invite => Self::Joining(Joining::Invite),
            Route::Install => Self::Joining(Joining::Install),
            Route::NewDevice => Self::Joining(Joining::NewDevice),
            Route::Gatherings => Self::Rooms(Rooms::Gatherings),
            Route::PlanGathering => Self::Rooms(Rooms::PlanGathering),
            Route::Gathering(id) => Self::Rooms(Rooms::Gathering(id)),
            Route::EditGathering(id) => Self::Rooms(Rooms::EditGathering(id)),
            Route::People => Self::Rooms(Rooms::People),
            Route::Family(group) => Self::Rooms(Rooms::Family(group)),
            Route::Me => Self::Rooms(Rooms::Me),
            Route::Devices => Self::Rooms(Rooms::Devices),
            Route::Networks => Self::Rooms(Rooms::Networks),
        })
    }

    const fn module(self) -> Module {
        match self {
            Self::Joining(_) => Module::Joining,
            Self::Rooms(_) => Module::Rooms,
        }
    }
}

/// A Wasm module of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    Joining,
    Rooms,
}

impl Module {
    const ALL: [Self; 2] = [Self::Joining, Self::Rooms];

    /// Whether everybody will want it. What begins with a link is for newcomers, and they have the net.
    const fn is_for_all(self) -> bool {
        match self {
            Self::Joining => false,
            Self::Rooms => true,
        }
    }

    async fn fetch(self) -> Result<(), SplitLoaderError> {
        match self {
            Self::Joining => fetch_joining().await,
            Self::Rooms => fetch_rooms().await,
        }
    }
}

/// Fetches the module that the page of an address needs, if it needs one.
pub(crate) async fn fetch_first(route: Route) {
    if let Some(page) = Later::of(route) {
        // Whoever shows the page fetches it again if that failed.
        let _failed = page.module().fetch().await;
    }
}

/// Whether a module has been fetched.
fn is_here(module: Module) -> bool {
    matches!(pin!(module.fetch()).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(())))
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
        let engine = app_state().engine;
        let first = Later::of(route).map(Later::module);
        let at_hand = |module: Module| {
            let here = first == Some(module) && is_here(module);
            RwSignal::new(if here { Fetched::Here } else { Fetched::NotYet })
        };
        let pages = Self { joining: at_hand(Module::Joining), rooms: at_hand(Module::Rooms) };
        spawn_local(async move {
            if let Some(first) = first {
                pages.fetch_module(first).await;
                // The others would only be in the way of what somebody waits for.
                engine.settled().await;
            }
            let wanted = |module: &Module| Some(*module) != first && (module.is_for_all() || route == Route::Front);
            for module in Module::ALL.into_iter().filter(wanted) {
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
    let Some(page) = Later::of(route) else { return view! { <not_found::NotFoundPage /> }.into_any() };
    let module = page.module();
    let fetched = pages.of(module);
    if fetched.get_untracked() == Fetched::NotYet {
        // Now it is wanted; that it may be on its way already does no harm.
        spawn_local(pages.fetch_module(module));
    }
    live(move || match fetched.get() {
        Fetched::Here => at_once(page),
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
fn at_once(page: Later) -> AnyView {
    let mut context = Context::from_waker(Waker::noop());
    let page = match page {
        Later::Joining(page) => pin!(joining(page)).poll(&mut context),
        Later::Rooms(page) => pin!(rooms(page)).poll(&mut context),
    };
    match page {
        Poll::Ready(Ok(page)) => page,
        Poll::Ready(Err(_)) | Poll::Pending => view! { <Skeleton /> }.into_any(),
    }
}

#[wasm_split(joining, wasm_split_path = ::leptos::wasm_split, preload(fetch_joining), fallible)]
fn joining(page: Joining) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Joining::SetUp => view! { <set_up::SetUpPage /> }.into_any(),
        Joining::Invite => view! { <invite::InvitePage /> }.into_any(),
        Joining::Install => view! { <install::InstallPage /> }.into_any(),
        Joining::NewDevice => view! { <new_device::NewDevicePage /> }.into_any(),
    })
}

#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, preload(fetch_rooms), fallible)]
fn rooms(page: Rooms) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Rooms::Gatherings => view! { <room::InNetwork><gatherings::ListPage /></room::InNetwork> }.into_any(),
        Rooms::PlanGathering => view! { <room::InNetwork><gatherings::PlanPage /></room::InNetwork> }.into_any(),
        Rooms::Gathering(id) => view! { <room::InNetwork><gatherings::DetailPage id /></room::InNetwork> }.into_any(),
        Rooms::EditGathering(id) => view! { <room::InNetwork><gatherings::EditPage id /></room::InNetwork> }.into_any(),
        Rooms::People => view! { <room::InNetwork><people::PeoplePage /></room::InNetwork> }.into_any(),
        Rooms::Family(group) => view! { <room::InNetwork><people::PeoplePage at=group /></room::InNetwork> }.into_any(),
        Rooms::Networks => view! { <room::InService><networks::NetworksPage /></room::InService> }.into_any(),
        Rooms::Me => view! { <me::MePage /> }.into_any(),
        Rooms::Devices => view! { <devices::DevicesPage /> }.into_any(),
    })
}
