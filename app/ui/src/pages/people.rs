//! *Folk*: the families and their adults.

use grend_shared::{ids::GroupId, projection::Family};
use leptos::prelude::*;

use super::slices::NetworkSlices;
use crate::{
    state::{app_state, words},
    ui::title::PageTitle,
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
    view! {
        <PageTitle text=heading />
        <p class="g-muted">{move || t.people_count(slices.families.with(Vec::len))}</p>
        <div class="g-grid">
            <For each=move || shown.get() key=|family| family_key(family) let:family>
                <FamilyCard family />
            </For>
        </div>
        <p class="g-muted">{t.people_who_reads()}</p>
    }
}

/// A card is made anew when anything on it changes; it is small.
fn family_key(family: &Family) -> String {
    format!("{family:?}")
}

#[component]
fn FamilyCard(family: Family) -> impl IntoView {
    let t = words();
    let adults = family.adults.into_iter().map(|adult| {
        view! {
            <li>
                <span class="g-grow">{t.person_name(&adult.name).to_owned()}</span>
                <span class="g-muted">{t.people_devices(adult.devices)}</span>
            </li>
        }
        .into_any()
    });
    view! {
        <section class="g-card" data-test="family" data-mine=family.mine.to_string()>
            <div class="g-card__title">
                <h2 class="ds-heading" data-size="xs">{t.family_name(&family.name).to_owned()}</h2>
                {family.resource.then(|| view! { <span class="g-tag" data-color="accent">{t.people_resource_family()}</span> }.into_any())}
                {family.mine.then(|| view! { <span class="g-tag">{t.people_mine()}</span> }.into_any())}
            </div>
            <ul class="g-list">{adults.collect_view()}</ul>
        </section>
    }
}
