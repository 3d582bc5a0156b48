//! Something did not go: what happened, what is safe, what to do.

use super::live;
use grend_shared::port::Failure;
use leptos::prelude::*;

use crate::{
    state::{Trouble, words},
    words::Words,
};

/// The trouble in words; problems of fields stand beside their fields instead.
pub(crate) fn in_words(t: Words, trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Problems(_) => t.failure_problems(),
        Trouble::Failure(failure) => t.failure(failure),
        Trouble::Restarted => t.failure_restarted(),
    }
}

const fn word(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Problems(_) => "problems",
        Trouble::Restarted => "restarted",
        Trouble::Failure(failure) => match **failure {
            Failure::Problems { .. } => "problems",
            Failure::Refused { .. } => "refused",
            Failure::StorageFull => "storage-full",
            Failure::StorageFailed => "storage-failed",
            Failure::Offline => "offline",
            Failure::BadLink => "bad-link",
            Failure::UnknownLink => "unknown-link",
            Failure::UsedLink => "used-link",
            Failure::ExpiredLink => "expired-link",
            Failure::AlreadyInside => "already-inside",
            Failure::UnknownRoom => "unknown-room",
            Failure::RelayRefused => "relay-refused",
            Failure::SomebodyElses => "somebody-elses",
            Failure::Moving => "moving",
        },
    }
}

/// A card about a trouble, while there is one. It is read aloud when it comes.
#[component]
pub(crate) fn TroubleCard(#[prop(into)] trouble: Signal<Option<Trouble>>) -> impl IntoView {
    let t = words();
    // An alert is read aloud when it comes into the page.
    live(move || {
        trouble.get().map(|trouble| {
            view! {
                <p class="ds-alert" data-color="warning" role="alert" data-test="trouble" data-why=word(&trouble)>
                    {in_words(t, &trouble)}
                </p>
            }
            .into_any()
        })
    })
}
