//! Where everything saved has come: one calm phrase in the header, and behind it a plain explanation.

use grend_shared::projection::SyncSummary;
use leptos::prelude::*;

use super::dialog::Dialog;
use crate::{state::words, words::phrases::Whereabouts};

/// The chip and its explanation.
#[component]
pub(crate) fn SyncChip(#[prop(into)] summary: Signal<Option<SyncSummary>>) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    let whereabouts = Memo::new(move |_| Whereabouts::of(summary.get()));
    view! {
        <button
            type="button"
            class="g-chip"
            data-test="sync-chip"
            data-state=move || whereabouts.get().word()
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            {move || t.whereabouts(whereabouts.get())}
        </button>
        <Dialog open title=t.sync_title() test="sync-dialog">
            <SyncExplained summary />
        </Dialog>
    }
}

/// The explanation: how it is now, and what the three words mean.
#[component]
pub(crate) fn SyncExplained(#[prop(into)] summary: Signal<Option<SyncSummary>>) -> impl IntoView {
    let t = words();
    let state = |state: &'static str, name: &'static str, means: &'static str| {
        view! {
            <li>
                <div class="g-stack g-grow" data-gap="sm">
                    <strong class="g-delivery" data-state=state>{name}</strong>
                    <span>{means}</span>
                </div>
            </li>
        }
        .into_any()
    };
    view! {
        <p data-test="sync-now">{move || t.whereabouts_explained(summary.get().unwrap_or_default())}</p>
        <ol class="g-list">
            {state("saved", t.delivery_saved(), t.sync_means_saved())}
            {state("sent", t.delivery_sent(), t.sync_means_sent())}
            {state("received", t.delivery_received(), t.sync_means_received())}
        </ol>
    }
}
