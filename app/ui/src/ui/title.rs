//! The heading of a page: it takes the focus when one comes to the page, and gives the tab its name.

use leptos::{html, prelude::*};

/// Whether a page has been shown before: the first one leaves the focus where the browser put it.
#[derive(Clone, Copy)]
pub(crate) struct Arrivals(StoredValue<bool>);

impl Arrivals {
    /// Nobody has come to a page yet.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(false))
    }

    /// Leaves the focus alone at the next arrival too: the page is made anew under somebody's hands.
    pub(crate) fn skip_next(self) {
        self.0.set_value(false);
    }

    fn is_first(self) -> bool {
        !self.0.try_update_value(|come| core::mem::replace(come, true)).unwrap_or(true)
    }
}

/// Brings the focus to the heading of what is open: the thing that had it is about to go.
pub(crate) fn focus_heading() {
    let heading = |selector| document().query_selector(selector).ok().flatten();
    let heading = heading("dialog[open] h2").or_else(|| heading("h1"));
    if let Some(Ok(heading)) = heading.map(leptos::wasm_bindgen::JsCast::dyn_into::<leptos::web_sys::HtmlElement>) {
        // An element that is in the page can be focused.
        let _never = heading.focus();
    }
}

/// The page's `h1`.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let first = use_context::<Arrivals>().is_none_or(Arrivals::is_first);
    Effect::new(move |_| document().set_title(&format!("{} · Grend", text.get())));
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && !first
        {
            // An element that is in the page can be focused.
            let _never = heading.focus();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
    view! {
        <h1 class="ds-heading g-page-title" tabindex="-1" node_ref=heading>
            {text}
        </h1>
    }
}
