//! *Folk*: the families and their adults, what can be done about somebody's being here, and who used to be.

use grend_shared::{
    domain::{Remove, Role},
    ids::{GroupId, PersonId, RoomId},
    port::Ask,
    projection::{Adult, Family, Wished},
};
use leptos::prelude::*;

use super::{
    confirm::{Confirm, Waits},
    person::{Person, PersonRow},
    slices::NetworkSlices,
};
use crate::{
    state::{app_state, words},
    ui::{live, title::PageTitle},
};

/// The page; `at` is the family somebody tapped in the hamlet.
#[component]
pub(crate) fn PeoplePage(#[prop(optional)] at: Option<GroupId>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let slices = NetworkSlices::of(app);
    let heading = Memo::new(move |_| {
        let family =
            at.and_then(|at| slices.families.with(|all| all.iter().find(|family| family.group == at).cloned()));
        family.map_or_else(|| t.nav_people().to_owned(), |family| t.family_name(&family.name).to_owned())
    });
    let shown = Memo::new(move |_| {
        let mut families = slices.families.get();
        // The family that was asked for stands first; the others keep their order.
        families.sort_by_key(|family| Some(family.group) != at);
        families
    });
    let cards = move || {
        let me = slices.me.get()?;
        let looking = Looking { room: slices.room.get()?, person: me.person, rules: me.role == Role::Admin };
        let card = move |family| view! { <FamilyCard family looking wished=slices.wished /> }.into_any();
        Some(view! { <For each=move || shown.get() key=|family| family_key(family) children=card /> }.into_any())
    };
    view! {
        <PageTitle text=heading />
        <p class="g-muted">{move || t.people_count(slices.families.with(Vec::len))}</p>
        <div class="g-grid">{live(cards)}</div>
        <p class="g-muted">{t.people_who_reads()}</p>
        <FormerPeople slices />
    }
}

/// Who looks, and at what.
#[derive(Clone, Copy)]
struct Looking {
    room: RoomId,
    person: PersonId,
    /// Whether they may take out others, and make admins.
    rules: bool,
}

/// A card is made anew when anything on it changes; it is small.
fn family_key(family: &Family) -> String {
    format!("{family:?}")
}

#[component]
fn FamilyCard(family: Family, looking: Looking, wished: Memo<Vec<Wished>>) -> impl IntoView {
    let t = words();
    let Family { group, name, resource, mine, adults } = family;
    let name = t.family_name(&name).to_owned();
    let rows = adults.into_iter().map(|adult| view! { <AdultRow adult mine looking wished /> }.into_any());
    let (room, out) = (looking.room, Wished::TakeOut(Remove::Group(group)));
    let waits = Memo::new(move |_| wished.with(|all| all.contains(&out)));
    let about = name.clone();
    let take_out = move || {
        if waits.get() {
            let text = format!("{}. {}", t.members_take_out_family(), t.members_waits());
            return view! { <Waits text room wished=out /> }.into_any();
        }
        view! {
            <div class="g-card__actions">
                <Confirm
                    label=t.members_take_out_family()
                    about=about.clone()
                    cost=t.members_take_out_text(&about)
                    test="take-out-family"
                    ask=move |()| Ask::Wish { room, wished: out }
                />
            </div>
        }
        .into_any()
    };
    view! {
        <section class="g-card" data-test="family" data-mine=mine.to_string()>
            <div class="g-card__title">
                <h2 class="ds-heading" data-size="xs">{name}</h2>
                {resource.then(|| view! { <span class="g-tag" data-color="accent">{t.people_resource_family()}</span> }.into_any())}
                {mine.then(|| view! { <span class="g-tag">{t.people_mine()}</span> }.into_any())}
            </div>
            <ul class="g-list">{rows.collect_view()}</ul>
            {(looking.rules && !mine).then(|| live(take_out))}
        </section>
    }
}

#[component]
fn AdultRow(adult: Adult, mine: bool, looking: Looking, wished: Memo<Vec<Wished>>) -> impl IntoView {
    let t = words();
    let name = t.person_name(&adult.name).to_owned();
    let said = match adult.role {
        Role::Admin => format!("{} · {}", t.role(adult.role), t.people_devices(adult.devices)),
        Role::Member | Role::Steward => t.people_devices(adult.devices),
    };
    let other = adult.person != looking.person;
    let it = Person {
        room: looking.room,
        person: adult.person,
        name,
        role: Some(adult.role),
        rules: other && looking.rules,
        lets_back: other && (mine || looking.rules),
    };
    view! { <li><PersonRow it said wished /></li> }
}

/// Who was in here and may come back into their own place.
#[component]
fn FormerPeople(slices: NetworkSlices) -> impl IntoView {
    let t = words();
    live(move || {
        let (room, former) = (slices.room.get()?, slices.former.get());
        let row = |Family { name, adults, .. }: Family| {
            let Adult { person, name: adult, .. } = adults.into_iter().next()?;
            let (adult, said) = (t.person_name(&adult).to_owned(), t.family_name(&name).to_owned());
            let it = Person { room, person, name: adult, role: None, rules: false, lets_back: true };
            Some(view! { <li><PersonRow it said wished=slices.wished /></li> }.into_any())
        };
        (!former.is_empty()).then(|| {
            view! {
                <section class="g-section" data-test="former">
                    <h2 class="ds-heading" data-size="xs">{t.people_former()}</h2>
                    <ul class="g-list">{former.into_iter().filter_map(row).collect_view()}</ul>
                </section>
            }
            .into_any()
        })
    })
}
