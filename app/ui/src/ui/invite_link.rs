//! An invitation to send: the link, ways to hand it on, and until when it works.

use grend_shared::time::Timestamp;
use leptos::prelude::*;

use crate::{state::words, words::oslo};

/// An open invitation with its link.
#[component]
pub(crate) fn InviteLink(
    /// For whom, in the words of whoever made it.
    label: String,
    /// The whole link.
    url: String,
    /// Until when it works.
    expires: Timestamp,
    /// Whether the relay has it; before that the link does not work yet.
    #[prop(into)]
    ready: Signal<bool>,
    /// Whether the device has a share sheet.
    can_share: bool,
    /// What came of copying; read aloud when it comes.
    #[prop(into)]
    said: Signal<&'static str>,
    #[prop(into)] on_copy: Callback<String>,
    #[prop(into)] on_share: Callback<String>,
    /// Another button.
    #[prop(optional_no_strip)]
    aside: Option<AnyView>,
) -> impl IntoView {
    let t = words();
    let until = t.date(oslo::civil(expires).date());
    let (copied, shared) = (url.clone(), url.clone());
    let heading = if label.is_empty() { t.invite_unlabelled().to_owned() } else { t.invite_for(&label) };
    view! {
        <article class="g-card" data-test="invite" data-ready=move || ready.get().to_string() data-label=label>
            <h3 class="ds-heading" data-size="2xs">{heading}</h3>
            <p class="g-code" data-test="invite-link">{url}</p>
            <p class="g-muted">
                {move || if ready.get() { t.invite_works_until(&until) } else { t.invite_not_ready().to_owned() }}
            </p>
            <p role="status" data-test="copied">{said}</p>
            <div class="g-card__actions">
                <button type="button" class="ds-button" data-test="copy" on:click=move |_| on_copy.run(copied.clone())>
                    {t.invite_copy()}
                </button>
                {can_share
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="ds-button"
                                data-variant="secondary"
                                on:click=move |_| on_share.run(shared.clone())
                            >
                                {t.invite_share()}
                            </button>
                        }.into_any()
                    })}
                {aside}
            </div>
        </article>
    }
}
