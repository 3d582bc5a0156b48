//! An invitation to send: the link, ways to hand it on, and until when it works.

use grend_shared::projection::OpenInvite;
use leptos::prelude::*;

use crate::{state::words, words::oslo};

/// An open invitation with its link.
#[component]
pub(crate) fn InviteLink(
    invite: OpenInvite,
    /// The whole link.
    url: String,
    /// Whether the device has a share sheet.
    can_share: bool,
    #[prop(into)] on_copy: Callback<String>,
    #[prop(into)] on_share: Callback<String>,
) -> impl IntoView {
    let t = words();
    let until = t.date(oslo::civil(invite.expires).date());
    let (copied, shared) = (url.clone(), url.clone());
    let label = invite.label;
    let heading = if label.is_empty() { t.invite_unlabelled().to_owned() } else { t.invite_for(&label) };
    view! {
        <article class="g-card" data-test="invite" data-ready=invite.ready.to_string() data-label=label>
            <h3 class="ds-heading" data-size="2xs">{heading}</h3>
            <p class="g-code" data-test="invite-link">{url}</p>
            <p class="g-muted">
                {if invite.ready { t.invite_works_until(until) } else { t.invite_not_ready().to_owned() }}
            </p>
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
            </div>
        </article>
    }
}
