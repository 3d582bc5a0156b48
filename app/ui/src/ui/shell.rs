//! The frame: header, places, and the page between them. On the phone the places are a bar within reach of the thumb,
//! on the desk a side bar; the style sheet shows one of the two.

use super::live;
use grend_shared::ids::RoomId;
use leptos::{html, prelude::*};

use super::icons::{Drawing, Icon, Roof};
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

/// The name of the app, or which room one is in when there are several.
#[component]
fn RoomSwitch(
    home: Signal<Route>,
    rooms: Signal<Vec<RoomChoice>>,
    room: Signal<Option<RoomId>>,
    on_room: Callback<RoomId>,
) -> impl IntoView {
    let t = words();
    let several = Memo::new(move |_| rooms.with(|rooms| rooms.len() > 1));
    live(move || {
        if several.get() {
            let options = move || {
                rooms
                    .get()
                    .into_iter()
                    .map(|choice| {
                        let id = choice.room;
                        view! {
                            <option value=id.to_string() prop:selected=move || room.get() == Some(id)>
                                {choice.name}
                            </option>
                        }
                        .into_any()
                    })
                    .collect_view()
            };
            let chosen = move |event| {
                if let Ok(id) = event_target_value(&event).parse() {
                    on_room.run(id);
                }
            };
            view! {
                <select class="ds-input g-rooms" data-width="auto" aria-label=t.nav_room() data-test="room" on:change=chosen>
                    {live(options)}
                </select>
            }
            .into_any()
        } else {
            view! { <a class="g-brand" href=move || home.get().to_string()><Roof />"Grend"</a> }.into_any()
        }
    })
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
