//! The mark on every screen of the sample hamlet: that nothing here is real, as whom one looks, and the way out.

use grend_shared::port::SampleRole;
use leptos::prelude::*;

use crate::state::words;

/// The line over everything.
#[component]
pub(crate) fn SampleBanner(
    #[prop(into)] role: Signal<SampleRole>,
    #[prop(into)] on_role: Callback<SampleRole>,
) -> impl IntoView {
    let t = words();
    let choices = [
        (SampleRole::ResourceFamily, "resource", t.sample_as_resource()),
        (SampleRole::FosterFamily, "foster", t.sample_as_foster()),
        (SampleRole::Service, "service", t.sample_as_service()),
    ];
    // Buttons, not a list that acts while one looks through it with the arrows.
    let buttons = choices.map(|(choice, word, name)| {
        view! {
            <button
                type="button"
                class="ds-button"
                data-size="sm"
                aria-pressed=move || (role.get() == choice).to_string()
                data-test="sample-role"
                data-role=word
                on:click=move |_| on_role.run(choice)
            >
                {name}
            </button>
        }
        .into_any()
    });
    view! {
        <aside class="g-sample" aria-label=t.sample_label() data-test="sample">
            <p>
                {t.sample_text()} " "
                // A page load of its own: nothing of the sample comes along.
                <a class="ds-link" href="/" rel="external" data-test="sample-leave">{t.sample_leave()}</a>
            </p>
            <div class="g-sample__roles" role="group" aria-label=t.sample_as()>{buttons.into_iter().collect_view()}</div>
        </aside>
    }
}
