//! The front page: what Grend is in three lines, and the two ways in. With rooms it leads on to the last one.

use crate::ui::live;
use leptos::prelude::*;

use super::sky::sky;
use crate::{
    install::Whereabouts,
    routes::{Route, SecretLink, World},
    state::{
        Status, app_state,
        go::{use_go, use_redirect},
        prefs::Prefs,
        words,
    },
    ui::{
        doorway::Doorway,
        empty::Skeleton,
        hamlet::HamletPicture,
        icons::Roof,
        paste_field::PasteField,
        title::{Arrivals, PageTitle},
    },
    words::{Language, oslo},
};

/// The way in.
#[component]
pub(crate) fn FrontPage() -> impl IntoView {
    let app = app_state();
    let (home, redirect) = (app.home, use_redirect());
    Effect::new(move |_| {
        if let Some(home) = home.get() {
            redirect(home);
        }
    });
    let shown = Memo::new(move |_| {
        let was_here = World::here() == World::Own && app.prefs.room.get().is_some();
        match (app.engine.status.get(), app.rooms.known.get() && home.get().is_none()) {
            (_, false) => Shown::Coming,
            // Only the engine knows that what was here is gone: the store may just not have been readable.
            (Status::Ready, true) if was_here => Shown::Cleared,
            (Status::Starting, true) if was_here => Shown::Coming,
            (_, true) if app.whereabouts == Whereabouts::Installed => Shown::Paste,
            (_, true) => Shown::Welcome,
        }
    });
    live(move || match shown.get() {
        Shown::Coming => view! { <Doorway test="coming"><Skeleton /></Doorway> }.into_any(),
        Shown::Welcome => view! { <Welcome /> }.into_any(),
        Shown::Paste => view! { <PasteFirst /> }.into_any(),
        Shown::Cleared => view! { <Cleared /> }.into_any(),
    })
}

/// What the way in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Not known yet, or on the way to the last room.
    Coming,
    Welcome,
    /// Opened from the home screen, with an invitation copied before.
    Paste,
    /// Somebody was in here, and the store is empty.
    Cleared,
}

/// From the home screen: whoever is new here has copied an invitation in the browser.
#[component]
fn PasteFirst() -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! {
        <Doorway test="paste-first">
            <PageTitle text=t.install_paste_title().to_owned() />
            <p>{t.install_paste_text()}</p>
            <PasteLink to=Route::Invite />
            <p>
                <a class="ds-link" href=World::Sample.root() rel="external" data-test="try">{t.front_try()}</a>
            </p>
            <LanguageRow prefs=app.prefs />
        </Doorway>
    }
}

/// The browser has cleared what was here. Nobody is signed up anew without knowing it.
#[component]
fn Cleared() -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! {
        <Doorway test="cleared">
            <PageTitle text=t.cleared_title().to_owned() />
            <p>{t.cleared_text()}</p>
            <p>{t.cleared_again()}</p>
            <PasteLink to=Route::Invite />
            <div class="g-actions">
                <button
                    type="button"
                    class="ds-button"
                    data-variant="tertiary"
                    data-test="cleared-front"
                    on:click=move |_| app.prefs.forget_room()
                >
                    {t.common_to_front()}
                </button>
            </div>
        </Doorway>
    }
}

#[component]
fn Welcome() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let (season, night) = sky(oslo::civil(app.now.get_untracked()));
    view! {
        <main class="g-front" id="main" tabindex="-1" data-test="front">
            <div class="g-brand"><Roof />"Grend"</div>
            <HamletPicture season night />
            <div class="g-hero">
                <PageTitle text=t.front_title().to_owned() />
                <p>{t.front_line_1()}</p>
                <p>{t.front_line_2()}</p>
                <p>{t.front_line_3()}</p>
                // Loaded anew: the sample never meets what is this device's own.
                <p>
                    <a
                        class="ds-button"
                        href=World::Sample.root()
                        rel="external"
                        data-test="try"
                    >
                        {t.front_try()}
                    </a>
                </p>
            </div>
            <div class="g-front__ways">
                <section class="g-card">
                    <h2 class="ds-heading" data-size="sm">{t.front_invite_title()}</h2>
                    <p>{t.front_invite_text()}</p>
                    <PasteLink to=Route::Invite />
                </section>
                <section class="g-card" data-quiet="">
                    <h2 class="ds-heading" data-size="sm">{t.front_set_up_title()}</h2>
                    <p>{t.front_set_up_text()}</p>
                    <p><a class="ds-link" href=Route::SetUp.to_string() data-test="set-up">{t.front_set_up_go()}</a></p>
                </section>
            </div>
            <LanguageRow prefs=app.prefs />
        </main>
    }
}

/// A field for a link or code that somebody was sent; and for whoever has no keys here, the way with keys elsewhere.
#[component]
pub(crate) fn PasteLink(to: Route) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let (text, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    let sent = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match SecretLink::read(&text.get_untracked(), to) {
            Some(link) => {
                app.keep_link(&link);
                go(link.to);
            }
            None => problem.set(Some(t.paste_unread())),
        }
    };
    let label = if to == Route::SetUp { t.paste_set_up_label() } else { t.paste_invite_label() };
    let home = app.home;
    let new_device = move || {
        (to == Route::Invite && home.get().is_none()).then(|| {
            view! {
                <p>
                    <a class="ds-link" href=Route::NewDevice.to_string() data-test="new-device">{t.new_device_link()}</a>
                </p>
            }
            .into_any()
        })
    };
    view! {
        <form class="g-form" novalidate data-test="paste" on:submit=sent>
            <PasteField name="link" label value=text problem />
            <div class="g-form__actions">
                <button type="submit" class="ds-button" data-test="submit">{t.paste_go()}</button>
            </div>
        </form>
        {live(new_device)}
    }
}

/// The languages, each in its own name.
#[component]
fn LanguageRow(prefs: Prefs) -> impl IntoView {
    let t = words();
    let arrivals = use_context::<Arrivals>();
    let buttons = Language::ALL.map(|language| {
        let choose = move |_| {
            if let Some(arrivals) = arrivals {
                arrivals.skip_next();
            }
            prefs.set_language(language);
        };
        view! {
            <button
                type="button"
                class="ds-button"
                data-variant="tertiary"
                name="language"
                value=language.code()
                lang=language.code()
                aria-pressed=move || (prefs.language.get() == language).to_string()
                on:click=choose
            >
                {language.own_name()}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="g-row" role="group" aria-label=t.me_language()>
            {buttons.into_iter().collect_view()}
        </div>
    }
}
