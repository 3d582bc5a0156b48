//! How Grend comes to the home screen: before keys are made where nobody would find them again, and for whoever asks.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use crate::{
    install::Whereabouts,
    routes::Route,
    state::{Status, app_state, words},
    ui::{doorway::Doorway, live, steps::steps, title::PageTitle},
};

/// The page.
#[component]
pub(crate) fn InstallPage() -> impl IntoView {
    let app = app_state();
    let path = use_location().pathname;
    // Whoever asks how, or has Grend elsewhere, is shown the way there.
    let asks = Memo::new(move |_| matches!(Route::parse(&path.get()), Route::Install | Route::NewDevice));
    let invited = Memo::new(move |_| [Route::Invite, Route::SetUp].into_iter().any(|to| app.secret(to).is_some()));
    view! {
        <Doorway test="install-page">
            {live(move || match app.whereabouts {
                Whereabouts::Ios if invited.get() || asks.get() => {
                    view! { <FirstTheHomeScreen invited=invited.get() /> }.into_any()
                }
                Whereabouts::Ios => view! { <FromTheHomeScreen /> }.into_any(),
                Whereabouts::InAppOnIos | Whereabouts::InApp => view! { <OutOfTheApp invited=invited.get() /> }.into_any(),
                here => view! { <Steps here /> }.into_any(),
            })}
            {(app.engine.status.get_untracked() == Status::Outside).then(|| view! { <StayHere /> }.into_any())}
        </Doorway>
    }
}

/// In a browser whose storage the app does not share: with an invitation, or with keys elsewhere.
#[component]
fn FirstTheHomeScreen(invited: bool) -> impl IntoView {
    let t = words();
    let to_do = if invited {
        [t.install_step_copy(), t.install_step_share(), t.install_step_open()]
    } else {
        [t.install_step_share(), t.devices_step_home(), t.devices_step_choose()]
    };
    view! {
        <PageTitle text=t.install_first_title().to_owned() />
        <p>{t.install_first_text()}</p>
        {steps("install-steps", to_do)}
        {invited
            .then(|| {
                view! {
                    <CopyLink label=t.install_copy_invite() />
                    <p class="g-muted">{t.install_not_spent()}</p>
                }
                    .into_any()
            })}
    }
}

/// A later link, where there are no keys.
#[component]
fn FromTheHomeScreen() -> impl IntoView {
    let t = words();
    view! {
        <PageTitle text=t.install_from_title().to_owned() />
        <p>{t.install_from_text()}</p>
        <p>{t.install_from_none()}</p>
        <p><a class="ds-link" href=Route::Front.to_string()>{t.common_to_front()}</a></p>
    }
}

/// In a window inside another app.
#[component]
fn OutOfTheApp(invited: bool) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let ios = app.whereabouts == Whereabouts::InAppOnIos;
    let (title, paste) = if ios {
        (t.install_out_title_ios(), t.install_step_paste_ios())
    } else {
        (t.install_out_title(), t.install_step_paste())
    };
    view! {
        <PageTitle text=title.to_owned() />
        <p>{t.install_out_text()}</p>
        {steps("install-steps", [if invited { t.install_step_copy() } else { t.install_step_copy_address() }, paste])}
        <CopyLink label=if invited { t.install_copy_invite() } else { t.install_copy_address() } />
        {invited.then(|| view! { <p class="g-muted">{t.install_not_spent()}</p> }.into_any())}
    }
}

#[component]
fn CopyLink(label: &'static str) -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! { <CopyText text=app.link_here() label copied=t.invite_copied() test="link-here" /> }
}

/// A text to see and to copy: not every window lets itself be copied from.
#[component]
pub(super) fn CopyText(text: String, label: &'static str, copied: &'static str, test: &'static str) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let shown = text.clone();
    let said = RwSignal::new("");
    let place = NodeRef::<html::P>::new();
    let copy = move |_| {
        let text = text.clone();
        // The same words once more are not read out.
        said.set("");
        leptos::task::spawn_local(async move {
            let done = app.copy(&text).await;
            if let Some(place) = place.try_get_untracked().flatten().filter(|_| !done) {
                app.select(&place);
            }
            said.try_set(if done { copied } else { t.invite_copy_failed() });
        });
    };
    view! {
        <p class="g-code" tabindex="-1" data-test=test node_ref=place>{shown}</p>
        <div class="g-actions">
            <button type="button" class="ds-button" data-test="copy" on:click=copy>{label}</button>
        </div>
        <p role="status" data-test="copied">{said}</p>
    }
}

/// The way out, with what it costs.
#[component]
fn StayHere() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let warning = if app.whereabouts.is_in_app() { t.install_stay_in_app() } else { t.install_stay_ios() };
    view! {
        <section class="g-card" data-quiet="" data-test="stay">
            <h2 class="ds-heading" data-size="xs">{t.install_stay_title()}</h2>
            <p>{warning}</p>
            <div class="g-card__actions">
                <button
                    type="button"
                    class="ds-button"
                    data-variant="secondary"
                    data-test="stay-here"
                    on:click=move |_| app.stay_here()
                >
                    {t.install_stay()}
                </button>
            </div>
        </section>
    }
}

/// For whoever asks in *Meg*, where keys are at home.
#[component]
fn Steps(here: Whereabouts) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let text = match here {
        Whereabouts::FirefoxOnPhone => t.install_firefox_phone(),
        Whereabouts::FirefoxOnDesk => t.install_firefox_desk(),
        Whereabouts::Desk => t.install_desk(),
        Whereabouts::Installed => t.install_done(),
        Whereabouts::Phone | Whereabouts::Ios | Whereabouts::InAppOnIos | Whereabouts::InApp => t.install_phone(),
    };
    let home = app.home;
    view! {
        <PageTitle text=t.install_title().to_owned() />
        <p data-test="install-steps">{text}</p>
        <p>
            <a class="ds-link" href=move || home.get().map_or(Route::Front, |_| Route::Me).to_string()>{t.common_home()}</a>
        </p>
    }
}
