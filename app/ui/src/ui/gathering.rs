//! A gathering as a card, and its lines that other places show too.

use super::live;
use grend_shared::{
    domain::{Answer, Line},
    ids::GroupId,
    projection::{Family, Gathering, Value},
};
use leptos::prelude::*;

use super::date_tile::DateTile;
use crate::{
    routes::Route,
    state::words,
    words::{Words, phrases::delivery_word},
};

/// Where, in words: the place, or whose house, or that it is not decided.
pub(crate) fn place_line(t: Words, place: &Value<Option<Line>>) -> String {
    place.value.as_ref().map_or_else(|| t.gathering_no_place().to_owned(), |place| place.as_str().to_owned())
}

/// *Vert: Myrvang.*
pub(crate) fn host_line(t: Words, host: Option<GroupId>, families: &[Family]) -> Option<String> {
    let family = families.iter().find(|family| Some(family.group) == host)?;
    Some(t.gathering_host(t.family_name(&family.name)))
}

/// *hos Myrvang*, where no place is named.
fn at_host(t: Words, host: Option<GroupId>, families: &[Family]) -> Option<String> {
    let family = families.iter().find(|family| Some(family.group) == host)?;
    Some(t.gathering_hosted_by(t.family_name(&family.name)))
}

/// *3 av 5 familier kommer.*
pub(crate) fn coming_line(t: Words, gathering: &Gathering, families: &[Family]) -> String {
    let coming = gathering.answers.iter().filter(|answer| answer.answer == Answer::Coming).count();
    t.gathering_coming(coming, families.len())
}

/// The own household's answer.
pub(crate) fn own_answer(gathering: &Gathering, me: GroupId) -> Option<Answer> {
    gathering.answers.iter().find(|answer| answer.group == me).map(|answer| answer.answer)
}

/// Whether two have changed something about it at the same time.
pub(crate) const fn is_disputed(gathering: &Gathering) -> bool {
    gathering.title.is_disputed()
        || gathering.when.is_disputed()
        || gathering.place.is_disputed()
        || gathering.note.is_disputed()
        || gathering.cost.is_disputed()
        || gathering.host.is_disputed()
}

/// The card. `children` is what one can do with it.
#[component]
pub(crate) fn GatheringCard(
    #[prop(into)] gathering: Signal<Gathering>,
    #[prop(into)] families: Signal<Vec<Family>>,
    #[prop(optional)] past: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let head = move || {
        let date = gathering.with(|gathering| gathering.when.value.date);
        view! { <DateTile date past /> }.into_any()
    };
    view! {
        <article
            class="g-card"
            data-test="gathering"
            data-delivery=move || gathering.with(|gathering| delivery_word(gathering.delivery.as_ref()))
            data-quiet=past.then_some("")
        >
            <div class="g-gathering">
                {live(head)}
                <div class="g-stack" data-gap="sm">
                    <CardWords gathering families past />
                </div>
            </div>
            {children.map(|children| children())}
        </article>
    }
}

/// What stands beside the date.
#[component]
fn CardWords(gathering: Signal<Gathering>, families: Signal<Vec<Family>>, past: bool) -> impl IntoView {
    let t = words();
    live(move || {
        let (g, families) = (gathering.get(), families.get());
        let link = Route::Gathering(g.id).to_string();
        let place = g.place.value.as_ref().map(|place| place.as_str().to_owned());
        let where_ = place.or_else(|| at_host(t, g.host.value, &families)).unwrap_or_default();
        let cost = t.cost(g.cost.value);
        view! {
            <h3 class="ds-heading" data-size="xs">
                <a class="ds-link" href=link>{g.title.value.as_str().to_owned()}</a>
            </h3>
            <p class="g-muted">
                <span class="g-visually-hidden">{t.date(g.when.value.date)}" "</span>
                {t.day_and_times(g.when.value)}
            </p>
            {(!where_.is_empty()).then(|| view! { <p class="g-muted">{where_}</p> }.into_any())}
            {if g.cancelled {
                view! { <p><span class="g-tag" data-color="danger" data-test="cancelled">{t.gathering_cancelled()}</span></p> }
                    .into_any()
            } else if past {
                // What was answered is not who came, and nobody counts that.
                ().into_any()
            } else {
                view! { <p class="g-muted" data-test="coming">{coming_line(t, &g, &families)} " · " {cost}</p> }.into_any()
            }}
            {is_disputed(&g)
                .then(|| view! { <p><span class="g-tag" data-color="warning">{t.gathering_disputed()}</span></p> }.into_any())}
        }.into_any()
    })
}
