//! The engine is not to be had: it could not be fetched, another tab has it, the browser lends no storage, or it died too often.

use leptos::prelude::*;

use crate::{
    state::{Status, app_state, words},
    ui::{doorway::Doorway, title::PageTitle},
};

/// A calm page that says what is safe and what to do.
#[component]
pub(crate) fn AwayPage(status: Status) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let (title, text, test) = match status {
        Status::Missing => (t.later_title(), t.later_missing(), "page-missing"),
        Status::Elsewhere => (t.elsewhere_title(), t.elsewhere_text(), "elsewhere"),
        Status::NoStorage => (t.no_storage_title(), t.no_storage_text(), "no-storage"),
        Status::GaveUp | Status::Starting | Status::Ready | Status::Outside => {
            (t.gave_up_title(), t.gave_up_text(), "gave-up")
        }
    };
    let act = move |_| {
        if status == Status::Elsewhere {
            app.engine.start(true);
        } else {
            app.reload();
        }
    };
    let button = if status == Status::Elsewhere { t.elsewhere_here() } else { t.common_reload() };
    view! {
        <Doorway test>
            <PageTitle text=title.to_owned() />
            <p>{text}</p>
            <div class="g-actions">
                <button type="button" class="ds-button" data-test="go-on" on:click=act>{button}</button>
            </div>
        </Doorway>
    }
}
