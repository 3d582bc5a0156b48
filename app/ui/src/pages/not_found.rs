//! No page has this address.

use leptos::prelude::*;

use crate::{
    routes::Route,
    state::{app_state, words},
    ui::title::PageTitle,
};

/// Says so, and shows the way home.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let home = app.home;
    view! {
        <PageTitle text=t.not_found_title().to_owned() />
        <p>{t.not_found_text()}</p>
        <p><a class="ds-button" href=move || home.get().unwrap_or(Route::Front).to_string()>{t.common_home()}</a></p>
    }
}
