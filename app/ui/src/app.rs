//! The app: state, router, the frame round the pages, and what lies over them.

use grend_shared::projection::{Moving, Room};
use leptos::prelude::*;
use leptos_router::{
    WildcardSegment,
    components::{Route as RouteAt, Router, Routes},
    hooks::use_location,
};

use crate::{
    pages::{self, AwayPage, EmptiedPage},
    routes::{Route, World},
    state::{
        AppState, Status, Stored, app_state,
        go::{use_go, use_redirect},
        home_of, is_gone, was_left, words,
    },
    ui::{
        chip::SyncChip,
        icons::Icon,
        live,
        sample::SampleBanner,
        shell::{Place, RoomChoice, Shell},
        title::{Arrivals, focus_heading},
        toast::{LiveRegion, ToastLine},
        trouble,
    },
};

/// Everything.
#[component]
pub(crate) fn App(stored: Stored) -> impl IntoView {
    let app = AppState::start(stored);
    provide_context(app);
    provide_context(Arrivals::new());
    view! {
        <Router>
            <Routes fallback=Screen>
                <RouteAt path=WildcardSegment("address") view=Screen />
            </Routes>
        </Router>
        <LiveRegion said=app.toast.said />
    }
}

/// The screen, made anew when the language changes.
#[component]
fn Screen() -> impl IntoView {
    let app = app_state();
    let path = use_location().pathname;
    #[cfg(feature = "stil")]
    if path.get_untracked() == crate::stil::ADDRESS {
        return live(|| view! { <crate::stil::StilPage /> });
    }
    let route = Memo::new(move |_| Route::parse(&path.get()));
    provide_context(pages::LaterPages::fetch(route.get_untracked()));
    live(move || {
        let language = app.prefs.language.get();
        refocus(language.code());
        view! { <Frame route /> }
    })
}

/// Whoever changed the language by keyboard stands where they stood.
fn refocus(language: &'static str) {
    let was_choosing = document()
        .active_element()
        .is_some_and(|focused| focused.get_attribute("name").is_some_and(|name| name == "language"));
    if was_choosing {
        set_timeout(
            move || {
                let chosen = document().query_selector(&format!("[name=language][value={language}]")).ok().flatten();
                if let Some(Ok(chosen)) =
                    chosen.map(leptos::wasm_bindgen::JsCast::dyn_into::<leptos::web_sys::HtmlElement>)
                {
                    // An input that is in the page can be focused.
                    let _never = chosen.focus();
                }
            },
            core::time::Duration::ZERO,
        );
    }
}

/// What is round the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing: the page fills the screen.
    Bare,
    /// Header and places.
    Framed,
    /// The engine is not to be had.
    Away(Status),
    /// Grend's home on this device is elsewhere.
    Outside,
    /// This device was taken out of every room.
    Emptied,
}

#[component]
fn Frame(route: Memo<Route>) -> impl IntoView {
    let app = app_state();
    let emptied = Memo::new(move |_| {
        let rooms = app.rooms.all();
        rooms.iter().all(|room| is_gone(room)) && rooms.iter().any(|room| was_left(room))
    });
    let kind = Memo::new(move |_| match (app.engine.status.get(), route.get()) {
        (status @ (Status::Missing | Status::Elsewhere | Status::NoStorage | Status::GaveUp), _) => Kind::Away(status),
        (_, Route::Front | Route::Install) => Kind::Bare,
        (Status::Outside, _) => Kind::Outside,
        (_, Route::SetUp | Route::Invite | Route::NewDevice) => Kind::Bare,
        _ if emptied.get() => Kind::Emptied,
        _ => Kind::Framed,
    });
    live(move || match kind.get() {
        Kind::Away(status) => view! { <SampleMark /><AwayPage status /> }.into_any(),
        Kind::Outside => pages::page(Route::Install),
        Kind::Emptied => view! { <EmptiedPage /> }.into_any(),
        Kind::Bare => view! { <SampleMark />{live(move || pages::page(route.get()))} <Undo /> }.into_any(),
        Kind::Framed => view! { <Framed route /> }.into_any(),
    })
}

#[component]
fn Framed(route: Memo<Route>) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let room = app.room;
    let home = app.home;
    let places = Memo::new(move |_| places(room.get().as_deref()));
    let rooms = Memo::new(move |_| {
        let choice = |room: std::sync::Arc<Room>| RoomChoice { room: room.id(), name: pages::room_name(t, &room) };
        app.rooms.all().into_iter().map(choice).collect::<Vec<_>>()
    });
    let switch = move |id| {
        app.look_at(id);
        if let Some(room) = app.rooms.get(id) {
            go(home_of(&room));
        }
    };
    let some = Memo::new(move |_| room.get().is_some());
    view! {
        <Shell
            places
            here=Signal::derive(move || route.get().place())
            home=Signal::derive(move || home.get().unwrap_or(Route::Front))
            rooms
            room=Signal::derive(move || room.get().map(|room| room.id()))
            on_room=switch
            chip=Box::new(move || {
                view! { <Show when=move || some.get()><SyncChip summary=app.engine.sync /></Show> }.into_any()
            })
            banner=Box::new(move || {
                view! { <div class="g-banners"><SampleMark /><UpdateBanner /><MovingBanner route /></div> }.into_any()
            })
        >
            {live(move || pages::page(route.get()))}
            // Within the page's landmark, so that nobody who goes by landmarks misses it.
            <Undo />
        </Shell>
    }
}

/// Where one can go from the room that is looked at.
fn places(room: Option<&Room>) -> Vec<Place> {
    let t = words();
    let place = |route, name, icon, test| Place { route, name, icon, test };
    match room {
        Some(Room::Network(_)) => vec![
            place(Route::Tunet, t.nav_tunet(), Icon::House, "tunet"),
            place(Route::Gatherings, t.nav_gatherings(), Icon::Calendar, "gatherings"),
            place(Route::People, t.nav_people(), Icon::People, "people"),
        ],
        Some(Room::Service(_)) => vec![place(Route::Networks, t.nav_networks(), Icon::Networks, "networks")],
        Some(Room::Threshold(_) | Room::Stopped(_)) | None => Vec::new(),
    }
}

/// In the sample hamlet: that it is one.
#[component]
fn SampleMark() -> impl IntoView {
    let (app, go) = (app_state(), use_redirect());
    let look_as = move |role| {
        app.engine.look_as(role);
        // From there the way leads to where this one begins.
        go(Route::Front);
    };
    (World::here() == World::Sample).then(|| view! { <SampleBanner role=app.engine.role on_role=look_as /> }.into_any())
}

/// A new release waits; it is taken when the person says so.
#[component]
fn UpdateBanner() -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! {
        <Show when=move || app.update_waits.get()>
            <div class="g-banner" role="status" data-test="update">
                <span>{t.update_waits()}</span>
                <button type="button" class="ds-button" data-variant="tertiary" on:click=move |_| app.take_update()>
                    {t.update_take()}
                </button>
            </div>
        </Show>
    }
}

/// This device moves to another, and there is a page about it.
#[component]
fn MovingBanner(route: Memo<Route>) -> impl IntoView {
    let (t, moving) = (words(), app_state().moving());
    view! {
        <Show when=move || moving.get() != Moving::No && route.get() != Route::Devices>
            <aside class="g-banner" aria-label=t.devices_title() data-test="moving">
                <a class="ds-button" data-variant="tertiary" href=Route::Devices.to_string()>{t.devices_moving()}</a>
            </aside>
        </Show>
    }
}

/// What was just done, with its undo.
#[component]
fn Undo() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let toast = app.toast;
    let undo = move |()| {
        let Some(shown) = toast.shown.get_untracked() else { return };
        toast.close();
        focus_heading();
        leptos::task::spawn_local(async move {
            match app.undo(&shown).await {
                Ok(()) => toast.say(t.common_undone()),
                Err(problem) => {
                    let text = trouble::in_words(t, &problem).to_owned();
                    toast.show(crate::state::toast::Toast { text, room: shown.room, acts: Vec::new() });
                }
            }
        });
    };
    view! {
        <ToastLine
            text=Signal::derive(move || toast.shown.get().map(|toast| toast.text))
            can_undo=Signal::derive(move || toast.shown.with(|shown| shown.as_ref().is_some_and(|toast| !toast.acts.is_empty())))
            on_undo=undo
            on_close=move |()| {
                toast.close();
                focus_heading();
            }
            on_reach=move |()| toast.stay()
        />
    }
}
