//! What to do, one thing after the other.

use leptos::prelude::*;

/// A few steps, as a numbered list.
pub(crate) fn steps<const N: usize>(test: &'static str, steps: [&'static str; N]) -> AnyView {
    list(test, steps.into_iter().map(|step| view! { <li>{step}</li> }.into_any()).collect())
}

/// Compiled once, however many steps there are.
fn list(test: &'static str, rows: Vec<AnyView>) -> AnyView {
    view! { <ol data-test=test>{rows}</ol> }.into_any()
}
