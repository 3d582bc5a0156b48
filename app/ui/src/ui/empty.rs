//! Nothing here yet: says what comes here, and the next step.

use leptos::prelude::*;

use super::icons::{Drawing, Icon};

/// An empty place with its next step.
#[component]
pub(crate) fn Empty(
    icon: Icon,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="g-empty" data-test="empty">
            <Drawing icon />
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// Cards to come, shown by the style sheet only after 300 ms.
#[component]
pub(crate) fn Skeleton() -> impl IntoView {
    view! {
        <div class="g-skeleton" data-tall="" aria-hidden="true"></div>
        <div class="g-skeleton" aria-hidden="true"></div>
    }
}
