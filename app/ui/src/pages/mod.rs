//! Pages, by what one comes to do. They read `state`, give commands and compose `ui`; they never touch the browser
//! (`platform`) themselves. Start with [`page`].

mod away;
mod front;
mod gatherings;
mod invite;
mod inviting;
mod me;
mod networks;
mod not_found;
mod people;
mod room;
mod set_up;
mod sky;
mod slices;
mod threshold;
mod tunet;

pub(crate) use away::AwayPage;
pub(crate) use me::room_name;

use leptos::prelude::*;

use crate::routes::Route;

/// The page of an address.
pub(crate) fn page(route: Route) -> AnyView {
    match route {
        Route::Front => view! { <front::FrontPage /> }.into_any(),
        Route::SetUp => view! { <set_up::SetUpPage /> }.into_any(),
        Route::Invite => view! { <invite::InvitePage /> }.into_any(),
        Route::Tunet => view! { <room::InNetwork><tunet::TunetPage /></room::InNetwork> }.into_any(),
        Route::Gatherings => view! { <room::InNetwork><gatherings::ListPage /></room::InNetwork> }.into_any(),
        Route::PlanGathering => view! { <room::InNetwork><gatherings::PlanPage /></room::InNetwork> }.into_any(),
        Route::Gathering(id) => view! { <room::InNetwork><gatherings::DetailPage id /></room::InNetwork> }.into_any(),
        Route::EditGathering(id) => view! { <room::InNetwork><gatherings::EditPage id /></room::InNetwork> }.into_any(),
        Route::People => view! { <room::InNetwork><people::PeoplePage /></room::InNetwork> }.into_any(),
        Route::Family(group) => view! { <room::InNetwork><people::PeoplePage at=group /></room::InNetwork> }.into_any(),
        Route::Me => view! { <me::MePage /> }.into_any(),
        Route::Networks => view! { <room::InService><networks::NetworksPage /></room::InService> }.into_any(),
        Route::Unknown => view! { <not_found::NotFoundPage /> }.into_any(),
    }
}
