//! Pages, by what one comes to do. They read `state`, give commands and compose `ui`; they never touch the browser
//! (`platform`) themselves. Start with [`page`].

mod away;
mod confirm;
mod devices;
mod front;
mod gatherings;
mod home_screen;
mod install;
mod invite;
mod inviting;
mod later;
mod leaving;
mod me;
mod networks;
mod new_device;
mod not_found;
mod own_devices;
mod people;
mod person;
mod restored;
mod room;
mod set_up;
mod sky;
mod slices;
mod threshold;
mod tunet;

pub(crate) use away::AwayPage;
pub(crate) use later::{LaterPages, fetch_first};
pub(crate) use me::room_name;
pub(crate) use room::EmptiedPage;

use leptos::prelude::*;

use crate::routes::Route;

/// The page of an address.
pub(crate) fn page(route: Route) -> AnyView {
    match route {
        Route::Front => view! { <front::FrontPage /> }.into_any(),
        Route::Tunet => view! { <room::InNetwork><tunet::TunetPage /></room::InNetwork> }.into_any(),
        later => view! { <later::LaterPage route=later /> }.into_any(),
    }
}
