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
    let options = choices.map(|(choice, value, name)| {
        view! { <option value=value prop:selected=move || role.get() == choice>{name}</option> }.into_any()
    });
    let chosen = move |event| {
        let value = event_target_value(&event);
        if let Some((choice, ..)) = choices.iter().find(|(_, name, _)| *name == value) {
            on_role.run(*choice);
        }
    };
    view! {
        <aside class="g-sample" aria-label=t.sample_label() data-test="sample">
            <p>{t.sample_text()}</p>
            <div class="g-sample__act">
                <label>
                    <span>{t.sample_as()}</span>
                    <select class="ds-input" data-width="auto" data-size="sm" data-test="sample-role" on:change=chosen>
                        {options.into_iter().collect_view()}
                    </select>
                </label>
                // A page load of its own: nothing of the sample comes along.
                <a class="ds-link" href="/" rel="external" data-test="sample-leave">{t.sample_leave()}</a>
            </div>
        </aside>
    }
}
