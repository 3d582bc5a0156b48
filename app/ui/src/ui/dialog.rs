//! A dialog: the browser's own, which keeps the focus inside and gives it back.

use core::sync::atomic::{AtomicU32, Ordering};

use leptos::{html, prelude::*};

use crate::state::words;

/// Tells the headings of dialogs apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A dialog that is open while `open` is true. Its content is made anew each time.
#[component]
pub(crate) fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: String,
    /// Whom or what it is about, for those who hear its name.
    #[prop(optional, into)]
    about: Option<Signal<String>>,
    /// For tests.
    test: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let t = words();
    let dialog = NodeRef::<html::Dialog>::new();
    // A page may have several of a kind, and each is read aloud by its own heading.
    let heading = format!("{test}-title-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let spoken = title.clone();
    let named = about.map(|about| move || format!("{spoken}: {}", about.get()));
    let labelled = named.is_none().then(|| heading.clone());
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // Only a dialog that is open already, or not in the page, refuses.
            let _never = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="ds-dialog g-dialog"
            node_ref=dialog
            aria-labelledby=labelled
            aria-label=named
            data-test=test
            on:close=move |_| open.set(false)
        >
            <div class="g-stack">
                <h2 class="ds-heading" data-size="sm" id=heading tabindex="-1">{title}</h2>
                <Show when=move || open.get()>{children()}</Show>
                <div class="g-form__actions">
                    <button type="button" class="ds-button" data-variant="secondary" on:click=move |_| open.set(false)>
                        {t.common_close()}
                    </button>
                </div>
            </div>
        </dialog>
    }
}
