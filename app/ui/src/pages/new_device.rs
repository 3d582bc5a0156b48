//! Coming in on a new device of one's own: it shows its keys and waits until another of the person's devices has added
//! it. `devices` is the other side.

use grend_shared::{
    port::{Ask, Outcome},
    projection::Link,
    secret::SecretText,
    time::Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

use super::{install::CopyText, threshold::CheckWords};
use crate::{
    routes::Route,
    state::{Trouble, app_state, go::use_redirect, home_of, is_gone, toast::Toast, words},
    ui::{
        doorway::Doorway,
        empty::Skeleton,
        live,
        steps::steps,
        title::{PageTitle, focus_heading},
        trouble::TroubleCard,
    },
    words::oslo,
};

/// What there is to show.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Asking,
    Code { code: SecretText, words: Vec<String>, until: Timestamp },
    Not(Trouble),
}

/// The page.
#[component]
pub(crate) fn NewDevicePage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let shown = RwSignal::new(Shown::Asking);
    let ask = Callback::new(move |()| {
        let asked = app.engine.ask(Ask::ShowCode);
        spawn_local(async move {
            shown.try_set(match asked.await {
                Ok(Outcome::DeviceCode { code, words, until }) => Shown::Code { code, words, until },
                Ok(_) => Shown::Not(Trouble::Restarted),
                Err(trouble) => Shown::Not(trouble),
            });
        });
    });
    ask.run(());
    lead_on(shown);
    view! {
        <Doorway test="new-device-page">
            <PageTitle text=t.new_device_title().to_owned() />
            {live(move || match shown.get() {
                Shown::Asking => view! { <Skeleton /> }.into_any(),
                Shown::Code { code, words, until } => view! { <Code code words until ask /> }.into_any(),
                Shown::Not(trouble) => {
                    view! {
                        <TroubleCard trouble=Some(trouble) />
                        <Again label=t.common_again() ask />
                    }
                        .into_any()
                }
            })}
            <p><a class="ds-link" href=Route::Front.to_string()>{t.common_to_front()}</a></p>
        </Doorway>
    }
}

/// As soon as a room is here, the way leads into it.
fn lead_on(shown: RwSignal<Shown>) {
    let (app, t, redirect) = (app_state(), words(), use_redirect());
    Effect::new(move |_| {
        let Some(room) = app.rooms.all().into_iter().find(|room| !is_gone(room)) else { return };
        app.look_at(room.id());
        // Whoever was in already is not welcomed.
        if shown.with_untracked(|shown| matches!(shown, Shown::Code { .. })) {
            app.toast.show(Toast { text: t.new_device_in().to_owned(), room: room.id(), acts: Vec::new() });
        }
        redirect(home_of(&room));
    });
}

/// The code to bring over, and the words that both screens show.
#[component]
fn Code(code: SecretText, words: Vec<String>, until: Timestamp, ask: Callback<()>) -> impl IntoView {
    let t = crate::state::words();
    view! {
        {steps("new-device-steps", [t.new_device_step_open(), t.new_device_step_choose(), t.new_device_step_paste()])}
        <CopyText text=code.expose().to_owned() label=t.new_device_copy() copied=t.new_device_copied() test="device-code" />
        <h2 class="ds-heading" data-size="xs">{t.new_device_words()}</h2>
        <CheckWords words />
        <Waiting until ask />
    }
}

/// Until when the code works, and a way to go on from there.
#[component]
fn Waiting(until: Timestamp, ask: Callback<()>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let late = Memo::new(move |_| app.now.get() >= until);
    let away = Memo::new(move |_| app.engine.sync.get().is_some_and(|sync| sync.link == Link::Away));
    let said = move || match (late.get(), away.get()) {
        (true, _) => t.new_device_late().to_owned(),
        (false, true) => t.new_device_away().to_owned(),
        (false, false) => t.new_device_waits(t.clock(oslo::civil(until).time())),
    };
    view! {
        <p role="status" data-test="waits">{said}</p>
        {live(move || late.get().then(|| view! { <Again label=t.new_device_again() ask /> }.into_any()))}
    }
}

#[component]
fn Again(label: &'static str, ask: Callback<()>) -> impl IntoView {
    let again = move |_| {
        ask.run(());
        // The button may be about to go.
        focus_heading();
    };
    view! {
        <div class="g-actions">
            <button type="button" class="ds-button" data-test="again" on:click=again>{label}</button>
        </div>
    }
}
