//! *Samlinger*: the list, one gathering, planning and changing one.

mod detail;
mod edit;
mod fields;
mod list;
mod plan;

use grend_shared::{command::Command, domain::Answer, projection::Gathering};
use leptos::prelude::*;

pub(crate) use detail::DetailPage;
pub(crate) use edit::EditPage;
pub(crate) use list::ListPage;
pub(crate) use plan::PlanPage;

use super::slices::NetworkSlices;
use crate::{
    state::{app_state, form::FormState, words},
    ui::{answers::AnswerButtons, gathering::own_answer, trouble::TroubleCard},
};

/// The own household's answer to a gathering, with its buttons.
#[component]
pub(crate) fn AnswerRow(slices: NetworkSlices, #[prop(into)] gathering: Signal<Gathering>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let chosen = Memo::new(move |_| {
        let me = slices.me.get()?;
        gathering.with(|gathering| own_answer(gathering, me.group))
    });
    let answer = move |answer: Option<Answer>| {
        let (Some(room), id) = (slices.room.get_untracked(), gathering.with_untracked(|gathering| gathering.id)) else {
            return;
        };
        let said = answer.map_or_else(|| t.answer_taken_back().to_owned(), |answer| t.answer_saved(t.answer(answer)));
        form.run(app.save_and_say(room, vec![Command::AnswerGathering { gathering: id, answer }], said));
    };
    let label = move || t.answer_label(gathering.with(|gathering| gathering.title.value.as_str().to_owned()));
    view! {
        <AnswerButtons label=Signal::derive(label) chosen on_answer=answer />
        <TroubleCard trouble=form.trouble />
    }
}
