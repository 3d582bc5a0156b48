//! Fields of a form: a label, a line of help, the input, and beside it what must be mended.

use super::live;
use grend_shared::command::{Field, Problem};
use leptos::prelude::*;

use crate::state::words;

/// The name of a field in the page, for labels and tests.
pub(crate) const fn name_of(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Date => "date",
        Field::Start => "start",
        Field::End => "end",
        Field::Place => "place",
        Field::Note => "note",
        Field::PersonName => "person_name",
        Field::HouseholdName => "household_name",
        Field::ServiceName => "service_name",
        Field::NetworkName => "network_name",
        Field::DeviceName => "device_name",
    }
}

/// What kind of input it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// One line.
    #[default]
    Line,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// Several lines.
    Paragraphs,
}

/// One field. `value` is what stands in it, `on_input` takes what is typed.
#[component]
pub(crate) fn TextField(
    field: Field,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] kind: Kind,
    /// How the browser may fill it in (WCAG 1.3.5).
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    problems: RwSignal<Vec<Problem>>,
) -> impl IntoView {
    let t = words();
    let id = format!("field-{}", name_of(field));
    let problem = Memo::new(move |_| {
        problems.with(|all| all.iter().find(|problem| problem.field == field).map(|problem| t.problem(problem)))
    });
    let invalid = move || problem.with(Option::is_some).then_some("true");
    let (help_id, problem_id) = (format!("{id}-help"), format!("{id}-problem"));
    let described = {
        let (has_help, help_id, problem_id) = (help.is_some(), help_id.clone(), problem_id.clone());
        move || match (has_help, problem.with(Option::is_some)) {
            (true, true) => Some(format!("{help_id} {problem_id}")),
            (true, false) => Some(help_id.clone()),
            (false, true) => Some(problem_id.clone()),
            (false, false) => None,
        }
    };
    let typed = move |text: String| {
        // What is being mended is not scolded any more.
        if problem.with_untracked(Option::is_some) {
            problems.update(|all| all.retain(|problem| problem.field != field));
        }
        on_input.run(text);
    };
    let input = match kind {
        Kind::Paragraphs => view! {
            <textarea
                class="ds-input"
                id=id.clone()
                name=name_of(field)
                rows="4"
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=move |event| typed(event_target_value(&event))
            />
        }
        .into_any(),
        Kind::Line | Kind::Date | Kind::Time => view! {
            <input
                class="ds-input"
                id=id.clone()
                name=name_of(field)
                type=match kind {
                    Kind::Date => "date",
                    Kind::Time => "time",
                    Kind::Line | Kind::Paragraphs => "text",
                }
                autocomplete=autocomplete.unwrap_or("off")
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=move |event| typed(event_target_value(&event))
            />
        }
        .into_any(),
    };
    view! {
        <div class="ds-field">
            <label class="ds-label" for=id>{label}</label>
            {help.map(|help| view! { <p data-field="description" id=help_id>{help}</p> }.into_any())}
            {input}
            {live(move || {
                let problem_id = problem_id.clone();
                problem
                    .get()
                    .map(|said| {
                        view! {
                            <p class="ds-validation-message" data-field="validation" id=problem_id data-test="problem">
                                {said}
                            </p>
                        }.into_any()
                    })
            })}
        </div>
    }
}

/// Moves the focus to the first field that must be mended, in the order of the form.
pub(crate) fn focus_first_problem(problems: &[Problem]) {
    use leptos::wasm_bindgen::JsCast as _;

    if problems.is_empty() {
        return;
    }
    let selector: Vec<String> = problems.iter().map(|problem| format!("#field-{}", name_of(problem.field))).collect();
    if let Ok(Some(field)) = document().query_selector(&selector.join(","))
        && let Ok(field) = field.dyn_into::<leptos::web_sys::HtmlElement>()
    {
        // An input that is in the page can be focused.
        let _never = field.focus();
    }
}
