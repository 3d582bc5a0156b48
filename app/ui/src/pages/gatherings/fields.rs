//! The gathering's form, for planning and for changing.

use grend_shared::{
    command::{Field, GatheringDraft},
    domain::Cost,
    ids::GroupId,
    projection::Family,
};
use leptos::prelude::*;

use crate::{
    state::{form::FormState, words},
    ui::{
        choices::{Choice, Choices},
        field::{Kind, TextField},
    },
};

/// All fields of a gathering. `draft` is as typed.
#[component]
pub(crate) fn GatheringFields(
    draft: RwSignal<GatheringDraft>,
    form: FormState,
    #[prop(into)] families: Signal<Vec<Family>>,
) -> impl IntoView {
    let t = words();
    let value = move |of: fn(&GatheringDraft) -> &String| Signal::derive(move || draft.with(|draft| of(draft).clone()));
    let problems = form.problems;
    let costs = [Cost::Free, Cost::Low, Cost::Some].map(|cost| Choice {
        value: cost,
        word: cost.as_word(),
        label: t.cost(cost).to_owned(),
    });
    view! {
        <TextField
            field=Field::Title
            label=t.form_title()
            help=t.form_title_help()
            value=value(|draft| &draft.title)
            on_input=move |text| draft.update(|draft| draft.title = text)
            problems
        />
        <TextField
            field=Field::Date
            label=t.form_date()
            kind=Kind::Date
            value=value(|draft| &draft.date)
            on_input=move |text| draft.update(|draft| draft.date = text)
            problems
        />
        <div class="g-form__row">
            <TextField
                field=Field::Start
                label=t.form_start()
                kind=Kind::Time
                value=value(|draft| &draft.start)
                on_input=move |text| draft.update(|draft| draft.start = text)
                problems
            />
            <TextField
                field=Field::End
                label=t.form_end()
                kind=Kind::Time
                value=value(|draft| &draft.end)
                on_input=move |text| draft.update(|draft| draft.end = text)
                problems
            />
        </div>
        <TextField
            field=Field::Place
            label=t.form_place()
            help=t.form_place_help()
            value=value(|draft| &draft.place)
            on_input=move |text| draft.update(|draft| draft.place = text)
            problems
        />
        <HostField draft families />
        <Choices
            legend=t.form_cost()
            name="cost"
            choices=costs.into()
            chosen=Signal::derive(move || draft.with(|draft| draft.cost))
            on_choose=move |cost| draft.update(|draft| draft.cost = cost)
        />
        <TextField
            field=Field::Note
            label=t.form_note()
            help=t.form_note_help()
            kind=Kind::Paragraphs
            value=value(|draft| &draft.note)
            on_input=move |text| draft.update(|draft| draft.note = text)
            problems
        />
    }
}

/// Who hosts, or nobody yet.
#[component]
fn HostField(draft: RwSignal<GatheringDraft>, families: Signal<Vec<Family>>) -> impl IntoView {
    let t = words();
    let host = Memo::new(move |_| draft.with(|draft| draft.host));
    let option = move |family: Family| {
        let group = family.group;
        view! {
            <option value=group.to_string() prop:selected=move || host.get() == Some(group)>
                {t.family_name(&family.name).to_owned()}
            </option>
        }
        .into_any()
    };
    let chosen = move |event| {
        let host = event_target_value(&event).parse::<GroupId>().ok();
        draft.update(|draft| draft.host = host);
    };
    view! {
        <div class="ds-field">
            <label class="ds-label" for="field-host">{t.form_host()}</label>
            <select class="ds-input" id="field-host" name="host" on:change=chosen>
                <option value="" prop:selected=move || host.get().is_none()>{t.form_no_host()}</option>
                {move || families.get().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}
