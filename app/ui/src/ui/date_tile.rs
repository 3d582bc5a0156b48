//! A day on a leaf of the calendar.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::state::words;

/// The leaf. It is only seen; the date is also in words beside it.
#[component]
pub(crate) fn DateTile(date: Date, #[prop(optional)] past: bool) -> impl IntoView {
    let t = words();
    view! {
        <div class="g-date" aria-hidden="true" data-past=past.then_some("")>
            <b>{t.day_number(date)}</b>
            <small>{t.month_short(date)}</small>
        </div>
    }
}
