//! *Legg Grend på hjemskjermen*, offered quietly.

use leptos::prelude::*;

use crate::{
    install::Whereabouts,
    routes::{Route, World},
    state::{app_state, words},
    ui::{live, title::focus_heading},
};

/// In *Meg*: the button where the browser asks the person itself, else the way to the steps.
#[component]
pub(super) fn HomeScreen() -> impl IntoView {
    let (app, t) = (app_state(), words());
    if app.whereabouts == Whereabouts::Installed || World::here() == World::Sample {
        return ().into_any();
    }
    let way = move || {
        if app.can_install.get() {
            view! {
                <button type="button" class="ds-button" data-variant="secondary" data-test="install" on:click=move |_| app.install()>
                    {t.install_add()}
                </button>
            }
            .into_any()
        } else {
            view! { <a class="ds-link" href=Route::Install.to_string() data-test="install-how">{t.install_how()}</a> }
                .into_any()
        }
    };
    view! {
        <section class="g-card" data-test="home-screen">
            <h2 class="ds-heading" data-size="xs">{t.install_title()}</h2>
            <p>{t.install_text()}</p>
            <div class="g-card__actions">{live(way)}</div>
        </section>
    }
    .into_any()
}

/// On *Tunet*: once, for whoever has just come in.
#[component]
pub(super) fn HomeScreenOnce() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let offered = move || app.can_install.get() && app.offers_install.get() && World::here() == World::Own;
    let close = move |act: fn(crate::state::AppState)| {
        move |_| {
            act(app);
            focus_heading();
        }
    };
    view! {
        <Show when=offered>
            <section class="g-card" data-quiet="" data-test="offer-install">
                <p>{t.install_text()}</p>
                <div class="g-card__actions">
                    <button type="button" class="ds-button" data-variant="secondary" data-test="install" on:click=close(|app| app.install())>
                        {t.install_add()}
                    </button>
                    <button type="button" class="ds-button" data-variant="tertiary" data-test="not-now" on:click=close(|app| app.offer_no_more())>
                        {t.install_not_now()}
                    </button>
                </div>
            </section>
        </Show>
    }
}
