//! Changing a gathering: only what was edited is written, so what somebody else changes meanwhile stays.

use crate::ui::live;
use grend_shared::{
    command::{Command, GatheringDraft, GatheringPlan},
    ids::GatheringId,
    projection::Gathering,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::fields::GatheringFields;
use crate::{
    pages::{not_found::NotFoundPage, slices::NetworkSlices},
    routes::Route,
    state::{app_state, draft::Draft, form::FormState, go::use_go, words},
    ui::{empty::Skeleton, form::Form, title::PageTitle},
};

/// What is typed, and the plan it was typed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Edited {
    base: GatheringPlan,
    draft: GatheringDraft,
}

/// The plan a gathering stands for, as it is shown.
fn plan_of(gathering: &Gathering) -> GatheringPlan {
    GatheringPlan {
        title: gathering.title.value.clone(),
        when: gathering.when.value,
        place: gathering.place.value.clone(),
        note: gathering.note.value.clone(),
        cost: gathering.cost.value,
        host: gathering.host.value,
    }
}

/// The page.
#[component]
pub(crate) fn EditPage(id: GatheringId) -> impl IntoView {
    let slices = NetworkSlices::of(app_state());
    let arrived = slices.arrived(id);
    live(move || match arrived() {
        Some(gathering) => view! { <Edit slices gathering /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    })
}

#[component]
fn Edit(slices: NetworkSlices, gathering: Gathering) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let (id, form, plan) = (gathering.id, FormState::new(), plan_of(&gathering));
    let room = slices.room.get_untracked().map(|room| room.to_string()).unwrap_or_default();
    let edited = Draft::open(format!("{room}/edit:{id}"), Edited { draft: (&plan).into(), base: plan });
    // The fields know only what is typed.
    let typed = RwSignal::new(edited.value.with_untracked(|edited| edited.draft.clone()));
    Effect::new(move |_| {
        let kept = edited.value.with(|edited| edited.draft.clone());
        if typed.with_untracked(|typed| *typed != kept) {
            typed.set(kept);
        }
    });
    Effect::new(move |_| {
        let now = typed.get();
        if edited.value.with_untracked(|edited| edited.draft != now) {
            edited.value.update(|edited| edited.draft = now);
        }
    });
    let submit = Callback::new(move |()| {
        let Some(room) = slices.room.get_untracked() else { return };
        let base = edited.value.with_untracked(|edited| edited.base.clone());
        let changes = match typed.get_untracked().check() {
            Ok(plan) => base.changes_to(&plan),
            Err(problems) => {
                form.mend(problems);
                return;
            }
        };
        let go = go.clone();
        let commands: Vec<_> =
            changes.into_iter().map(|change| Command::ChangeGathering { gathering: id, change }).collect();
        form.run(async move {
            if !commands.is_empty() {
                app.save_and_say(room, commands, t.edit_saved().to_owned()).await?;
            }
            edited.clear();
            go(Route::Gathering(id));
            Ok(())
        });
    });
    let leave = {
        let go = use_go();
        Callback::new(move |()| {
            edited.clear();
            go(Route::Gathering(id));
        })
    };
    view! {
        <PageTitle text=t.edit_title(gathering.title.value.as_str()) />
        <Show when=move || edited.loaded.get() fallback=|| view! { <Skeleton /> }.into_any()>
            <Form
                state=form
                loaded=edited.loaded
                submit=t.edit_go()
                test="gathering-form"
                on_submit=submit
                aside=Box::new(move || {
                    view! {
                        <button
                            type="button"
                            class="ds-button"
                            data-variant="secondary"
                            data-test="leave"
                            on:click=move |_| leave.run(())
                        >
                            {t.edit_leave()}
                        </button>
                    }
                        .into_any()
                })
            >
                <GatheringFields draft=typed form families=slices.families />
            </Form>
        </Show>
    }
}
