//! A field for something that was copied elsewhere: a link, or a code from another screen.

use leptos::prelude::*;

use super::live;

/// The field; what stands in it is no word of any language, and the browser leaves it as it is.
#[component]
pub(crate) fn PasteField(
    /// Its name in the page.
    name: &'static str,
    label: &'static str,
    /// More than one line to see all of it.
    #[prop(optional)]
    long: bool,
    value: RwSignal<String>,
    /// What is wrong with it. It takes the focus when it comes.
    problem: RwSignal<Option<&'static str>>,
) -> impl IntoView {
    let said = format!("{name}-problem");
    let described = said.clone();
    let described = move || problem.with(Option::is_some).then(|| described.clone());
    let invalid = move || problem.with(Option::is_some).then_some("true");
    let typed = move |event| {
        problem.set(None);
        value.set(event_target_value(&event));
    };
    Effect::new(move |_| {
        if problem.with(Option::is_some) {
            // Once the field says what is wrong, so that it is read together with it.
            request_animation_frame(move || focus(name));
        }
    });
    let input = if long {
        view! {
            <textarea
                class="ds-input"
                id=name
                name=name
                rows="4"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=typed
            />
        }
        .into_any()
    } else {
        view! {
            <input
                class="ds-input"
                id=name
                name=name
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=typed
            />
        }
        .into_any()
    };
    view! {
        <div class="ds-field">
            <label class="ds-label" for=name>{label}</label>
            {input}
            {live(move || {
                let said = said.clone();
                problem
                    .get()
                    .map(|text| {
                        view! {
                            <p class="ds-validation-message" data-field="validation" role="alert" id=said data-test="problem">
                                {text}
                            </p>
                        }
                            .into_any()
                    })
            })}
        </div>
    }
}

fn focus(name: &str) {
    use leptos::wasm_bindgen::JsCast as _;

    if let Some(field) = document().get_element_by_id(name)
        && let Ok(field) = field.dyn_into::<leptos::web_sys::HtmlElement>()
    {
        // An input that is in the page can be focused.
        let _never = field.focus();
    }
}
