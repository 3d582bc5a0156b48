//! One of a few, as large cards with a ring.

use leptos::prelude::*;

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice<T> {
    /// What is chosen.
    pub(crate) value: T,
    /// A word for it in the page.
    pub(crate) word: &'static str,
    /// What it is called.
    pub(crate) label: String,
}

/// A group of choices. `chosen` is the one that stands.
#[component]
pub(crate) fn Choices<T>(
    #[prop(into)] legend: String,
    name: &'static str,
    choices: Vec<Choice<T>>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let rows = choices.into_iter().map(|Choice { value, word, label }| {
        let (mine, picked) = (value.clone(), value);
        view! {
            <label>
                <input
                    class="ds-input"
                    type="radio"
                    name=name
                    value=word
                    prop:checked=move || chosen.with(|chosen| *chosen == mine)
                    on:change=move |_| on_choose.run(picked.clone())
                />
                <span>{label}</span>
            </label>
        }
        .into_any()
    });
    view! {
        <fieldset class="ds-fieldset">
            <legend class="ds-label">{legend}</legend>
            <div class="g-choices">{rows.collect_view()}</div>
        </fieldset>
    }
}
