//! Waiting to be let in: a kind page with the welcome, what is waited for, and the check words.

use crate::ui::live;
use grend_shared::projection::{Room, Threshold, ThresholdStep};
use leptos::prelude::*;

use crate::{
    routes::Route,
    state::{app_state, words},
    ui::title::PageTitle,
};

/// The page at the door.
#[component]
pub(crate) fn ThresholdPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let room = app.room;
    let threshold = Memo::new(move |_| match room.get().as_deref() {
        Some(Room::Threshold(threshold)) => Some(threshold.clone()),
        _ => None,
    });
    let name = move || threshold.get().map(|threshold| threshold.welcome.room_name).unwrap_or_default();
    view! {
        <div class="g-threshold" data-test="threshold">
            <PageTitle text=Signal::derive(move || t.threshold_title(name())) />
            {live(move || threshold.get().map(|threshold| view! { <AtTheDoor threshold /> }.into_any()))}
            <p><a class="ds-link" href=Route::Me.to_string()>{t.nav_me()}</a></p>
        </div>
    }
}

const fn step_word(step: ThresholdStep) -> &'static str {
    match step {
        ThresholdStep::Sending => "sending",
        ThresholdStep::WaitingForAdmit => "waiting-for-admit",
        ThresholdStep::WaitingForKey => "waiting-for-key",
    }
}

#[component]
fn AtTheDoor(threshold: Threshold) -> impl IntoView {
    let t = words();
    let Threshold { welcome, step, check_words, .. } = threshold;
    let (title, text) = match step {
        ThresholdStep::Sending => (t.threshold_sending_title(), t.threshold_sending_text()),
        ThresholdStep::WaitingForAdmit => (t.threshold_admit_title(), t.threshold_admit_text()),
        ThresholdStep::WaitingForKey => (t.threshold_key_title(), t.threshold_key_text()),
    };
    let show_words = !check_words.is_empty() && step != ThresholdStep::WaitingForKey;
    view! {
        <p>{t.threshold_invited(&welcome.inviter, t.invited_as(welcome.invited_as))}</p>
        <section class="g-card" data-test="step" data-step=step_word(step)>
            <h2 class="ds-heading" data-size="xs">{title}</h2>
            <p>{text}</p>
        </section>
        {show_words
            .then(|| {
                view! {
                    <section class="g-stack">
                        <h2 class="ds-heading" data-size="xs">{t.threshold_words_title()}</h2>
                        <p>{t.threshold_words_text()}</p>
                        <CheckWords words=check_words />
                    </section>
                }.into_any()
            })}
        <p class="g-muted">{t.threshold_close()}</p>
    }
}

/// The words both sides compare: Norwegian in every language.
#[component]
pub(crate) fn CheckWords(words: Vec<String>) -> impl IntoView {
    view! {
        <ol class="g-words" lang="nb" data-test="check-words">
            {words.into_iter().map(|word| view! { <li>{word}</li> }.into_any()).collect_view()}
        </ol>
    }
}
