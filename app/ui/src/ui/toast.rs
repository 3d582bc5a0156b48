//! One line about what was just done, with *Angre*; and the line that screen readers say.

use leptos::prelude::*;

use super::{
    icons::{Drawing, Icon},
    live,
};
use crate::state::words;

/// The line above the bar.
#[component]
pub(crate) fn ToastLine(
    #[prop(into)] text: Signal<Option<String>>,
    #[prop(into)] can_undo: Signal<bool>,
    #[prop(into)] on_undo: Callback<()>,
    #[prop(into)] on_close: Callback<()>,
    /// Somebody has reached for it: it is to stay.
    #[prop(into)]
    on_reach: Callback<()>,
) -> impl IntoView {
    let t = words();
    view! {
        <div class="g-toasts">
            {live(move || {
                text.get()
                    .map(|text| {
                        view! {
                            <div
                                class="g-toast"
                                data-test="toast"
                                on:pointerenter=move |_| on_reach.run(())
                                on:focusin=move |_| on_reach.run(())
                            >
                                <span>{text}</span>
                                <span class="g-toast__acts">
                                    <Show when=move || can_undo.get()>
                                        <button type="button" data-test="undo" on:click=move |_| on_undo.run(())>
                                            {t.common_undo()}
                                        </button>
                                    </Show>
                                    <button type="button" aria-label=t.common_close() on:click=move |_| on_close.run(())>
                                        <Drawing icon=Icon::Cross />
                                    </button>
                                </span>
                            </div>
                        }.into_any()
                    })
            })}
        </div>
    }
}

/// What was just done, for those who listen.
#[component]
pub(crate) fn LiveRegion(#[prop(into)] said: Signal<String>) -> impl IntoView {
    view! {
        <p class="g-visually-hidden" role="status" aria-live="polite" data-test="said">
            {said}
        </p>
    }
}
