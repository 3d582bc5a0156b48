//! The frame: header, places, and the page between them. On the phone the places are a bar within reach of the thumb,
//! on the desk a side bar; the style sheet shows one of the two.

use grend_shared::ids::RoomId;
use leptos::{html, prelude::*};

use super::{
    dialog::Dialog,
    icons::{Drawing, Icon, Roof},
    live,
};
use crate::{routes::Route, state::words};

/// A place one can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where it is.
    pub(crate) route: Route,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its drawing.
    pub(crate) icon: Icon,
    /// For tests.
    pub(crate) test: &'static str,
}

/// A room to switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomChoice {
    /// Its id.
    pub(crate) room: RoomId,
    /// Its name.
    pub(crate) name: String,
}

/// The frame round a page.
#[component]
pub(crate) fn Shell(
    #[prop(into)] places: Signal<Vec<Place>>,
    /// The place the page belongs to.
    #[prop(into)]
    here: Signal<Route>,
    /// Where the name of the app leads.
    #[prop(into)]
    home: Signal<Route>,
    #[prop(into)] rooms: Signal<Vec<RoomChoice>>,
    #[prop(into)] room: Signal<Option<RoomId>>,
    #[prop(into)] on_room: Callback<RoomId>,
    /// What stands in the header beside the name.
    chip: Children,
    /// A line over everything.
    banner: Children,
    children: Children,
) -> impl IntoView {
    let t = words();
    let main = NodeRef::<html::Main>::new();
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            // An element that is in the page can be focused.
            let _never = main.focus();
        }
    };
    // One place alone needs no bar.
    let several = Memo::new(move |_| places.with(|places| places.len() > 1));
    view! {
        <a class="ds-skiplink" href="#main" on:click=skip>{t.nav_skip()}</a>
        <div class="g-shell">
            {banner()}
            <aside class="g-side">
                <a class="g-brand" href=move || home.get().to_string()><Roof />"Grend"</a>
                <nav aria-label=t.nav_label()><Places places here prefix="side" /></nav>
            </aside>
            <header class="g-header">
                <RoomSwitch home rooms room on_room />
                {chip()}
                <a
                    class="g-chip"
                    href=Route::Me.to_string()
                    aria-current=move || (here.get() == Route::Me).then_some("page")
                    data-test="header-me"
                >
                    {t.nav_me()}
                </a>
            </header>
            <main class="g-main" id="main" tabindex="-1" node_ref=main>{children()}</main>
            {live(move || {
                several
                    .get()
                    .then(|| {
                        view! { <nav class="g-bar" aria-label=t.nav_label()><Places places here prefix="bar" /></nav> }
                            .into_any()
                    })
            })}
        </div>
    }
}

/// The name of the app, or which room one is in when there are several: then a way to the others.
#[component]
fn RoomSwitch(
    home: Signal<Route>,
    rooms: Signal<Vec<RoomChoice>>,
    room: Signal<Option<RoomId>>,
    on_room: Callback<RoomId>,
) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    let several = Memo::new(move |_| rooms.with(|rooms| rooms.len() > 1));
    let here =
        move || rooms.with(|rooms| rooms.iter().find(|it| Some(it.room) == room.get()).map(|it| it.name.clone()));
    live(move || {
        if several.get() {
            // Shown as far as there is room for it; the dialog has all of every name.
            view! {
                <button
                    type="button"
                    class="g-rooms"
                    aria-haspopup="dialog"
                    data-test="room"
                    title=here
                    on:click=move |_| open.set(true)
                >
                    <span class="g-visually-hidden">{t.nav_room()}": "</span>
                    <span class="g-rooms__name">{here}</span>
                    <Drawing icon=Icon::Down />
                </button>
                <Dialog open title=t.nav_room() test="rooms">
                    <RoomList rooms room on_room=move |id| {
                        open.set(false);
                        on_room.run(id);
                    } />
                </Dialog>
            }
            .into_any()
        } else {
            view! { <a class="g-brand" href=move || home.get().to_string()><Roof />"Grend"</a> }.into_any()
        }
    })
}

/// The rooms, each a tap away.
#[component]
fn RoomList(
    rooms: Signal<Vec<RoomChoice>>,
    room: Signal<Option<RoomId>>,
    #[prop(into)] on_room: Callback<RoomId>,
) -> impl IntoView {
    let row = move |RoomChoice { room: id, name }: RoomChoice| {
        view! {
            <li>
                <button
                    type="button"
                    aria-current=move || (room.get() == Some(id)).then_some("true")
                    data-test="go-to-room"
                    on:click=move |_| on_room.run(id)
                >
                    {name}
                </button>
            </li>
        }
        .into_any()
    };
    view! { <ul class="g-list">{live(move || rooms.get().into_iter().map(row).collect_view())}</ul> }
}

#[component]
fn Places(places: Signal<Vec<Place>>, here: Signal<Route>, prefix: &'static str) -> impl IntoView {
    view! {
        <ul>
            {live(move || {
                places.get().into_iter().map(|place| view! { <li><PlaceLink place here prefix /></li> }.into_any()).collect_view()
            })}
        </ul>
    }
}

#[component]
fn PlaceLink(place: Place, #[prop(into)] here: Signal<Route>, prefix: &'static str) -> impl IntoView {
    view! {
        <a
            href=place.route.to_string()
            aria-current=move || (here.get() == place.route).then_some("page")
            data-test=format!("{prefix}-{}", place.test)
        >
            <Drawing icon=place.icon />
            <span>{place.name}</span>
        </a>
    }
}
