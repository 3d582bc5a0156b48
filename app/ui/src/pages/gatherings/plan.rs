//! Planning a gathering. What is typed stays until it is saved, through reload and crash.

use grend_shared::command::{Command, GatheringDraft};
use leptos::prelude::*;

use super::fields::GatheringFields;
use crate::{
    pages::slices::NetworkSlices,
    routes::Route,
    state::{app_state, draft::Draft, form::FormState, go::use_go, saves, words},
    ui::{empty::Skeleton, form::Form, title::PageTitle},
};

/// The page.
#[component]
pub(crate) fn PlanPage() -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let slices = NetworkSlices::of(app);
    let form = FormState::new();
    let key = slices.room.get_untracked().map(|room| format!("{room}/plan")).unwrap_or_default();
    let draft = Draft::open(key, GatheringDraft::default());
    let submit = Callback::new(move |()| {
        let Some(room) = slices.room.get_untracked() else { return };
        let plan = match draft.value.get_untracked().check() {
            Ok(plan) => plan,
            Err(problems) => {
                form.mend(problems);
                return;
            }
        };
        let (said, go) = (t.plan_saved(plan.title.as_str()), go.clone());
        form.run(async move {
            let gathering = saves::new_gathering()?;
            app.save_and_say(room, vec![Command::PlanGathering { gathering, plan }], said).await?;
            draft.clear();
            go(Route::Gathering(gathering));
            Ok(())
        });
    });
    view! {
        <PageTitle text=t.plan_title().to_owned() />
        <Show when=move || draft.loaded.get() fallback=|| view! { <Skeleton /> }.into_any()>
            <Form
                state=form
                loaded=draft.loaded
                submit=t.plan_go()
                test="gathering-form"
                on_submit=submit
                aside=Box::new(move || {
                    view! {
                        <a class="ds-button" data-variant="secondary" href=Route::Gatherings.to_string()>
                            {t.common_later()}
                        </a>
                    }
                        .into_any()
                })
            >
                <GatheringFields draft=draft.value form families=slices.families />
            </Form>
            <p class="g-draft" data-test="draft">
                {move || if draft.kept.get() { t.plan_draft_kept() } else { t.plan_draft_not_kept() }}
            </p>
        </Show>
    }
}
