//! *Meg*: who I am here, language, colours, where things stand, what the device promises, which version.

use std::sync::Arc;

use crate::ui::live;
use grend_shared::{
    ids::RoomId,
    projection::{Doubt, Room},
};
use leptos::prelude::*;

use super::{
    devices::Devices,
    home_screen::HomeScreen,
    leaving::{BeginAnew, Leave},
};
use crate::{
    routes::Route,
    state::{Keeping, app_state, go::use_go, home_of, prefs::ColourScheme, words},
    ui::{
        chip::SyncExplained,
        choices::{Choice, Choices},
        title::{Arrivals, PageTitle},
    },
    words::{Language, Words},
};

/// The page.
#[component]
pub(crate) fn MePage() -> impl IntoView {
    let t = words();
    view! {
        <PageTitle text=t.nav_me().to_owned() />
        <Myself />
        <LanguageChoice />
        <ColourChoice />
        <Whereabouts />
        <Storage />
        <Devices />
        <HomeScreen />
        <MyRooms />
        <BeginAnew />
        <Leave />
        <Version />
    }
}

/// The name of a room, whatever kind it is.
pub(crate) fn room_name(t: Words, room: &Room) -> String {
    let name = match room {
        Room::Network(network) => &network.name,
        Room::Service(service) => &service.name,
        Room::Threshold(threshold) => &threshold.welcome.room_name,
        Room::Stopped(_) => return t.room_unnamed().to_owned(),
    };
    if name.is_empty() { t.room_unnamed().to_owned() } else { name.clone() }
}

/// Name, household, role and devices in the room that is looked at.
#[component]
fn Myself() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let room = app.room;
    let me = move || {
        let room = room.get()?;
        let (me, household, adults) = match &*room {
            Room::Network(network) => {
                let mine = network.families.iter().find(|family| family.mine);
                let adults = mine.map(|family| family.adults.clone()).unwrap_or_default();
                (&network.me, mine.map(|family| t.family_name(&family.name).to_owned()), adults)
            }
            Room::Service(service) => (&service.me, None, service.staff.clone()),
            Room::Threshold(_) | Room::Stopped(_) => return None,
        };
        let devices = adults.iter().find(|adult| adult.person == me.person).map_or(1, |adult| adult.devices);
        Some(
            view! {
                <section class="g-card" data-test="myself">
                    <h2 class="ds-heading" data-size="xs">{t.person_name(&me.name).to_owned()}</h2>
                    {household.map(|household| view! { <p>{household}</p> }.into_any())}
                    <p>{t.role(me.role)} " · " {room_name(t, &room)}</p>
                    <p class="g-muted">{t.people_devices(devices)} ". " {t.me_device_help()}</p>
                </section>
            }
            .into_any(),
        )
    };
    live(me)
}

#[component]
fn LanguageChoice() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let arrivals = use_context::<Arrivals>();
    let choices = Language::ALL.map(|language| Choice {
        value: language,
        word: language.code(),
        label: language.own_name().to_owned(),
    });
    let choose = move |language| {
        if let Some(arrivals) = arrivals {
            arrivals.skip_next();
        }
        app.prefs.set_language(language);
    };
    view! {
        <section class="g-card">
            <Choices legend=t.me_language() name="language" choices=choices.into() chosen=app.prefs.language on_choose=choose />
        </section>
    }
}

#[component]
fn ColourChoice() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let choices = ColourScheme::ALL.map(|scheme| Choice {
        value: scheme,
        word: scheme.word(),
        label: match scheme {
            ColourScheme::Auto => t.me_colours_auto(),
            ColourScheme::Light => t.me_colours_light(),
            ColourScheme::Dark => t.me_colours_dark(),
        }
        .to_owned(),
    });
    view! {
        <section class="g-card">
            <Choices
                legend=t.me_colours()
                name="colours"
                choices=choices.into()
                chosen=app.prefs.scheme
                on_choose=move |scheme| app.prefs.set_scheme(scheme)
            />
        </section>
    }
}

/// Where everything saved has come, what could not be read, and what was not believed.
#[component]
fn Whereabouts() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let room = app.room;
    let set_aside = Memo::new(move |_| match room.get().as_deref() {
        Some(Room::Network(network)) => network.set_aside,
        Some(Room::Service(service)) => service.set_aside,
        _ => 0,
    });
    let doubt = Memo::new(move |_| room.get().and_then(|room| room.doubt()));
    let word = |why: Doubt| match why {
        Doubt::Gap => "gap",
        Doubt::Unsigned => "unsigned",
        Doubt::Altered => "altered",
        Doubt::Behind => "behind",
    };
    view! {
        <section class="g-card" data-test="whereabouts">
            <h2 class="ds-heading" data-size="xs">{t.sync_title()}</h2>
            <SyncExplained summary=app.engine.sync />
            {live(move || {
                doubt.get().map(|why| view! { <p data-test="doubt" data-why=word(why)>{t.stopped_doubt()}</p> }.into_any())
            })}
            {live(move || {
                (set_aside.get() > 0).then(|| view! { <p data-test="set-aside">{t.me_set_aside(set_aside.get())}</p> }.into_any())
            })}
        </section>
    }
}

#[component]
fn Storage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let said = move || match app.keeping.get() {
        Keeping::Promised => t.me_storage_promised(),
        Keeping::MayClear => t.me_storage_may_clear(),
        Keeping::Unknown => t.me_storage_unknown(),
    };
    view! {
        <section class="g-card" data-test="storage">
            <h2 class="ds-heading" data-size="xs">{t.me_storage_title()}</h2>
            <p>{said}</p>
        </section>
    }
}

/// The rooms of this device, each with its way in.
#[component]
fn MyRooms() -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let current = app.room;
    let rooms = Memo::new(move |_| {
        let known = |room: Arc<Room>| (room.id(), room_name(t, &room), home_of(&room));
        app.rooms.all().into_iter().map(known).collect::<Vec<_>>()
    });
    let row = move |(id, name, home): (RoomId, String, Route)| {
        let go = go.clone();
        let open = move |_| {
            app.look_at(id);
            go(home);
        };
        view! {
            <li>
                <button
                    type="button"
                    data-test="my-room"
                    aria-current=move || (current.get().map(|room| room.id()) == Some(id)).then_some("true")
                    on:click=open
                >
                    {name}
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="g-section">
            <h2 class="ds-heading" data-size="xs">{t.me_rooms()}</h2>
            <ul class="g-list">
                <For each=move || rooms.get() key=Clone::clone children=row />
            </ul>
            <p><a class="ds-link" href=Route::Invite.to_string() data-test="open-invite">{t.front_invite_title()}</a></p>
        </section>
    }
}

#[component]
fn Version() -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! {
        <p class="g-muted" data-test="version-of-app">{t.me_version(env!("CARGO_PKG_VERSION"))}</p>
        <Show when=move || app.update_waits.get()>
            <div class="g-actions">
                <button type="button" class="ds-button" on:click=move |_| app.take_update()>{t.update_take()}</button>
            </div>
        </Show>
    }
}
