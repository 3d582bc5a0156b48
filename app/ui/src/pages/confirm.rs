//! What cannot be undone is asked once more: a button, and a dialog that says in a sentence what it costs. What only
//! waits here for the net is said so, and can be taken back.

use grend_shared::{ids::RoomId, port::Ask, projection::Wished};
use leptos::prelude::*;

use crate::{
    state::{app_state, form::FormState, words},
    ui::{dialog::Dialog, title::focus_heading, trouble::TroubleCard},
};

/// A button that says what it costs before it does it.
#[component]
pub(crate) fn Confirm(
    /// The bare name of the act.
    label: &'static str,
    /// Whom or what it is about.
    #[prop(into)]
    about: Signal<String>,
    /// What it costs.
    #[prop(into)]
    cost: String,
    /// For tests.
    test: &'static str,
    /// What is asked when it is confirmed.
    #[prop(into)]
    ask: Callback<(), Ask>,
    /// What follows.
    #[prop(optional, into)]
    done: Option<Callback<()>>,
    /// Whether it takes something away.
    #[prop(default = true)]
    danger: bool,
    /// What is to be chosen before.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let colour = if danger { "danger" } else { "main" };
    let named = move || format!("{label}: {}", about.get());
    let content = move || {
        view! {
            <Asked cost=cost.clone() label colour ask done open children=children.clone() />
        }
        .into_any()
    };
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-color=colour
            data-test=test
            aria-label=named
            on:click=move |_| open.set(true)
        >
            {label}
        </button>
        <Dialog open title=label about test="confirm" children=std::sync::Arc::new(content) />
    }
}

#[component]
fn Asked(
    cost: String,
    label: &'static str,
    colour: &'static str,
    ask: Callback<(), Ask>,
    done: Option<Callback<()>>,
    open: RwSignal<bool>,
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let go = move |_| {
        form.run(async move {
            app.engine.ask(ask.run(())).await?;
            open.try_set(false);
            app.toast.say(t.members_kept());
            focus_heading();
            if let Some(done) = done {
                done.run(());
            }
            Ok(())
        });
    };
    view! {
        <p>{cost}</p>
        {children.map(|children| children())}
        <TroubleCard trouble=form.trouble />
        <div class="g-actions">
            <button
                type="button"
                class="ds-button"
                data-color=colour
                data-test="confirmed"
                aria-busy=move || form.busy.get().to_string()
                on:click=go
            >
                {label}
            </button>
        </div>
    }
}

/// Says of something that it waits for the net, with a button to take it back.
#[component]
pub(crate) fn Waits(#[prop(into)] text: String, room: RoomId, wished: Wished) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let undo = move |_| {
        form.run(async move {
            app.engine.ask(Ask::Unwish { room, wished }).await?;
            focus_heading();
            app.toast.say(t.common_undone());
            Ok(())
        });
    };
    view! {
        <p role="status" data-test="wished">{text}</p>
        <TroubleCard trouble=form.trouble />
        <div class="g-actions">
            <button type="button" class="ds-button" data-variant="tertiary" data-test="unwish" on:click=undo>
                {t.common_undo()}
            </button>
        </div>
    }
}
