//! Setting up a service with the operator's link.

use crate::ui::live;
use grend_shared::{
    command::{Field, gathering::line},
    port::{Ask, Outcome},
    secret::SecretText,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::front::PasteLink;
use crate::{
    routes::Route,
    state::{app_state, draft::Draft, form::FormState, go::use_go, words},
    ui::{doorway::Doorway, field::TextField, form::Form, title::PageTitle},
};

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Names {
    service: String,
    person: String,
}

/// The page behind the set-up link.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let token = Memo::new(move |_| app.secret(Route::SetUp));
    view! {
        <Doorway test="set-up-page">
            <PageTitle text=t.set_up_title().to_owned() />
            {live(move || match token.get() {
                Some(token) => view! { <NameService token /> }.into_any(),
                None => {
                    view! {
                        <p>{t.set_up_needs_link()}</p>
                        <PasteLink to=Route::SetUp />
                        <p><a class="ds-link" href=Route::Front.to_string()>{t.common_to_front()}</a></p>
                    }
                        .into_any()
                }
            })}
        </Doorway>
    }
}

#[component]
fn NameService(token: SecretText) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let form = FormState::new();
    let draft = Draft::open("set-up".to_owned(), Names::default());
    let submit = move |()| {
        let names = draft.value.get_untracked();
        let checked = [line(Field::ServiceName, &names.service), line(Field::PersonName, &names.person)];
        let problems: Vec<_> = checked.into_iter().filter_map(Result::err).collect();
        if !problems.is_empty() {
            form.mend(problems);
            return;
        }
        let asked = app.engine.ask(Ask::SetUpService {
            token: token.clone(),
            service_name: names.service,
            person_name: names.person,
        });
        let go = go.clone();
        form.run(async move {
            if let Outcome::Entered { room } = asked.await? {
                app.look_at(room);
                app.forget_link(Route::SetUp);
                draft.clear();
                go(Route::Networks);
            }
            Ok(())
        });
    };
    view! {
        <p>{t.set_up_text()}</p>
        <Form state=form loaded=draft.loaded submit=t.set_up_go() test="set-up-form" on_submit=submit>
            <TextField
                field=Field::ServiceName
                label=t.set_up_service_name()
                help=t.set_up_service_name_help()
                autocomplete="organization"
                value=Signal::derive(move || draft.value.with(|names| names.service.clone()))
                on_input=move |text| draft.value.update(|names| names.service = text)
                problems=form.problems
            />
            <TextField
                field=Field::PersonName
                label=t.name_own()
                help=t.set_up_person_name_help()
                autocomplete="name"
                value=Signal::derive(move || draft.value.with(|names| names.person.clone()))
                on_input=move |text| draft.value.update(|names| names.person = text)
                problems=form.problems
            />
        </Form>
    }
}
