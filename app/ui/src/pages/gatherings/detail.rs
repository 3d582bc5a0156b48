//! One gathering: when, where, who comes; what two changed at the same time; where the own changes have come.

use crate::ui::live;
use grend_shared::{
    command::Command,
    ids::GatheringId,
    projection::{Family, Gathering},
};
use leptos::prelude::*;

use super::AnswerRow;
use crate::{
    pages::{not_found::NotFoundPage, slices::NetworkSlices},
    routes::Route,
    state::{app_state, form::FormState, words},
    ui::{
        date_tile::DateTile,
        disputes::{DisputeCard, Rival, author, disputes},
        gathering::{host_line, place_line},
        icons::{Drawing, Icon},
        title::{PageTitle, focus_heading},
        trouble::TroubleCard,
    },
    words::phrases::delivery_word,
};

/// The page.
#[component]
pub(crate) fn DetailPage(id: GatheringId) -> impl IntoView {
    let slices = NetworkSlices::of(app_state());
    let arrived = slices.arrived(id);
    live(move || match arrived() {
        Some(last) => view! { <Detail slices gathering=slices.gathering_or(last) /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    })
}

#[component]
fn Detail(slices: NetworkSlices, gathering: Memo<Gathering>) -> impl IntoView {
    let t = words();
    let cancelled = Memo::new(move |_| gathering.with(|gathering| gathering.cancelled));
    let past = Memo::new(move |_| gathering.with(|gathering| gathering.when.value.date) < slices.today.get());
    let asks = Memo::new(move |_| !cancelled.get() && !past.get());
    view! {
        <p>
            <a class="ds-link g-row" href=Route::Gatherings.to_string()>
                <Drawing icon=Icon::Back />
                {t.nav_gatherings()}
            </a>
        </p>
        <PageTitle text=Signal::derive(move || gathering.with(|g| g.title.value.as_str().to_owned())) />
        <article
            class="g-stack"
            data-test="gathering-detail"
            data-delivery=move || gathering.with(|g| delivery_word(g.delivery.as_ref()))
        >
            <Show when=move || cancelled.get()>
                <p class="ds-alert" data-color="warning" data-test="cancelled">{t.gathering_cancelled_long()}</p>
            </Show>
            <Conflicts slices gathering />
            <Facts slices gathering />
            <Show when=move || asks.get()>
                <section class="g-card">
                    <h2 class="ds-heading" data-size="xs">{t.gathering_own_answer()}</h2>
                    <AnswerRow slices gathering />
                </section>
            </Show>
            <Answers slices gathering past />
            <Delivered slices gathering />
            <Actions slices gathering cancelled past />
        </article>
    }
}

/// Both versions of whatever two changed at the same time.
#[component]
fn Conflicts(slices: NetworkSlices, gathering: Memo<Gathering>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let found = Memo::new(move |_| {
        let families = slices.families.get();
        gathering.with(|gathering| disputes(t, gathering, &families, app.now.get()))
    });
    let choose = Callback::new(move |rival: Rival| {
        let (Some(room), id) = (slices.room.get_untracked(), gathering.with_untracked(|gathering| gathering.id)) else {
            return;
        };
        let command = Command::ChangeGathering { gathering: id, change: rival.change };
        let said = t.conflict_chosen(&rival.text);
        form.run(async move {
            app.save_and_say(room, vec![command], said).await?;
            focus_heading();
            Ok(())
        });
    });
    view! {
        {live(move || found.get().into_iter().map(|dispute| view! { <DisputeCard dispute on_choose=choose /> }.into_any()).collect_view())}
        <TroubleCard trouble=form.trouble />
    }
}

/// When, where, whose, what it costs, and what to bring.
#[component]
fn Facts(slices: NetworkSlices, gathering: Memo<Gathering>) -> impl IntoView {
    let t = words();
    live(move || {
        let (g, families) = (gathering.get(), slices.families.get());
        let note = g.note.value.as_str().to_owned();
        view! {
            <section class="g-card">
                <div class="g-gathering">
                    <DateTile date=g.when.value.date />
                    <div class="g-stack" data-gap="sm">
                        <p data-test="when">{t.when(g.when.value)}</p>
                        <p data-test="place">{place_line(t, &g.place)}</p>
                        {host_line(t, g.host.value, &families).map(|host| view! { <p data-test="host">{host}</p> }.into_any())}
                        <p class="g-muted">{t.cost(g.cost.value)}</p>
                    </div>
                </div>
                {(!note.is_empty())
                    .then(|| {
                        let lines = note.lines().map(|line| view! { <p>{line.to_owned()}</p> }.into_any()).collect_view();
                        view! { <div class="g-prose" data-test="note">{lines}</div> }.into_any()
                    })}
                {g.planned_by.map(|by| view! { <p class="g-muted">{t.gathering_planned_by(author(t, &by))}</p> }.into_any())}
            </section>
        }.into_any()
    })
}

/// What each family has answered.
#[component]
fn Answers(slices: NetworkSlices, gathering: Memo<Gathering>, past: Memo<bool>) -> impl IntoView {
    let t = words();
    let row = move |family: Family, g: &Gathering| {
        let answer = g.answers.iter().find(|answer| answer.group == family.group).map(|answer| answer.answer);
        let said = answer.map_or_else(|| t.answer_none(), |answer| t.answer_of(answer));
        let name = t.family_name(&family.name).to_owned();
        view! {
            <li data-test="family-answer" data-answer=answer.map_or("none", grend_shared::domain::Answer::as_word)>
                <span class="g-grow">{name}</span>
                <span class="g-muted">{said}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="g-section">
            <h2 class="ds-heading" data-size="xs">
                {move || if past.get() { t.gathering_what_answered() } else { t.gathering_who_comes() }}
            </h2>
            <ul class="g-list">
                {move || {
                    let families = slices.families.get();
                    gathering.with(|g| families.into_iter().map(|family| row(family, g)).collect_view())
                }}
            </ul>
        </section>
    }
}

/// Where this device's latest change has come, and with whom it is.
#[component]
fn Delivered(slices: NetworkSlices, gathering: Memo<Gathering>) -> impl IntoView {
    let t = words();
    live(move || {
        let families = slices.families.get();
        gathering.with(|g| {
            g.delivery.as_ref().map(|delivery| {
                let said = t.delivery(delivery, &families);
                let word = delivery_word(Some(delivery));
                view! {
                    <p class="g-delivery" data-test="delivery" data-state=word>{t.gathering_your_change(said)}</p>
                }
                .into_any()
            })
        })
    })
}

/// Changing it, calling it off, and taking that back.
#[component]
fn Actions(
    slices: NetworkSlices,
    gathering: Memo<Gathering>,
    cancelled: Memo<bool>,
    past: Memo<bool>,
) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let id = gathering.with_untracked(|gathering| gathering.id);
    let turn = move |_| {
        let Some(room) = slices.room.get_untracked() else { return };
        let (command, said) = if cancelled.get_untracked() {
            (Command::RestoreGathering { gathering: id }, t.gathering_restored())
        } else {
            (Command::CancelGathering { gathering: id }, t.gathering_called_off())
        };
        form.run(app.save_and_say(room, vec![command], said.to_owned()));
    };
    view! {
        <TroubleCard trouble=form.trouble />
        <div class="g-actions">
            <a class="ds-button" data-variant="secondary" href=Route::EditGathering(id).to_string() data-test="edit">
                <Drawing icon=Icon::Pen />
                {t.gathering_edit()}
            </a>
            // What has been can not be called off.
            <button
                type="button"
                class="ds-button"
                data-variant="tertiary"
                data-test="cancel"
                hidden=move || past.get()
                on:click=turn
            >
                {move || if cancelled.get() { t.gathering_restore() } else { t.gathering_call_off() }}
            </button>
        </div>
    }
}
