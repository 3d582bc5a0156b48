//! What every form has: its button, and what went wrong.

use leptos::prelude::*;

use super::{field::focus_first_problem, trouble::TroubleCard};
use crate::state::form::FormState;

/// The form round its fields, with its button last. `on_submit` runs when it is sent.
#[component]
pub(crate) fn Form(
    state: FormState,
    #[prop(into)] submit: String,
    /// For tests.
    test: &'static str,
    #[prop(into)] on_submit: Callback<()>,
    /// Whether its draft has been read; before that nobody can type what the draft would then replace.
    #[prop(into)]
    loaded: Signal<bool>,
    /// Further buttons beside the first.
    #[prop(optional)]
    aside: Option<Children>,
    children: Children,
) -> impl IntoView {
    // Once the fields say what is wrong, so that it is read together with the field.
    Effect::new(move |_| {
        let problems = state.problems.get();
        request_animation_frame(move || focus_first_problem(&problems));
    });
    let sent = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !state.busy.get_untracked() {
            on_submit.run(());
        }
    };
    view! {
        <form class="g-form" novalidate data-test=test hidden=move || !loaded.get() on:submit=sent>
            {children()}
            <TroubleCard trouble=state.trouble />
            <div class="g-form__actions">
                <button type="submit" class="ds-button" aria-busy=move || state.busy.get().to_string() data-test="submit">
                    {submit}
                </button>
                {aside.map(|aside| aside())}
            </div>
        </form>
    }
}
