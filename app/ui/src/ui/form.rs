//! What every form has: its button, and what went wrong.

use leptos::prelude::*;

use super::trouble::TroubleCard;
use crate::state::form::FormState;

/// The form round its fields, with its button last. `on_submit` runs when it is sent.
#[component]
pub(crate) fn Form(
    state: FormState,
    #[prop(into)] submit: String,
    /// For tests.
    test: &'static str,
    #[prop(into)] on_submit: Callback<()>,
    /// Further buttons beside the first.
    #[prop(optional)]
    aside: Option<Children>,
    children: Children,
) -> impl IntoView {
    let sent = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !state.busy.get_untracked() {
            on_submit.run(());
        }
    };
    view! {
        <form class="g-form" novalidate data-test=test on:submit=sent>
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
