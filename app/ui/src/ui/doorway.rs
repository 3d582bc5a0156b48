//! The frame of a page on which one is not inside yet: nothing but the name of the app over it.

use leptos::prelude::*;

use super::icons::Roof;

/// A page before the door.
#[component]
pub(crate) fn Doorway(test: &'static str, children: Children) -> impl IntoView {
    view! {
        <main class="g-front" id="main" tabindex="-1" data-test=test>
            <div class="g-brand"><Roof />"Grend"</div>
            <div class="g-stack">{children()}</div>
        </main>
    }
}
