//! Two people changed the same thing without knowing of each other: both versions, who and when; one tap chooses.

use grend_shared::{
    command::GatheringChange,
    ids::GroupId,
    projection::{Author, Family, Gathering, Value, Version},
    time::Timestamp,
};
use leptos::prelude::*;

use crate::{state::words, words::Words};

/// One thing that was changed twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispute {
    /// What, in a sentence.
    pub(crate) title: String,
    /// The versions, the one that is shown meanwhile first.
    pub(crate) versions: Vec<Rival>,
}

/// One of the versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rival {
    /// What it says.
    pub(crate) text: String,
    /// Who wrote it, and when.
    pub(crate) by: String,
    /// What choosing it means.
    pub(crate) change: GatheringChange,
}

/// Everything about a gathering that somebody has to choose.
pub(crate) fn disputes(t: Words, gathering: &Gathering, families: &[Family], now: Timestamp) -> Vec<Dispute> {
    let undecided = || t.gathering_no_place().to_owned();
    let host = |group: Option<GroupId>| {
        let family = families.iter().find(|family| Some(family.group) == group);
        family.map_or_else(|| t.form_no_host().to_owned(), |family| t.family_name(&family.name).to_owned())
    };
    let note = |text: &str| if text.is_empty() { t.gathering_no_note().to_owned() } else { text.to_owned() };
    let line = |text: &grend_shared::domain::Line| text.as_str().to_owned();
    let g = gathering;
    [
        of(t, now, &g.title, t.conflict_the_title(), line, GatheringChange::Title),
        of(t, now, &g.when, t.conflict_the_time(), |when| t.when(*when), GatheringChange::When),
        of(
            t,
            now,
            &g.place,
            t.conflict_the_place(),
            |p| p.as_ref().map_or_else(undecided, line),
            GatheringChange::Place,
        ),
        of(t, now, &g.note, t.conflict_the_note(), |text| note(text.as_str()), GatheringChange::Note),
        of(t, now, &g.cost, t.conflict_the_cost(), |cost| t.cost(*cost).to_owned(), GatheringChange::Cost),
        of(t, now, &g.host, t.conflict_the_host(), |group| host(*group), GatheringChange::Host),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of<T: Clone>(
    t: Words,
    now: Timestamp,
    value: &Value<T>,
    what: &str,
    text: impl Fn(&T) -> String,
    change: impl Fn(T) -> GatheringChange,
) -> Option<Dispute> {
    if !value.is_disputed() {
        return None;
    }
    let title = if value.versions.len() > 2 { t.conflict_several(what) } else { t.conflict_two(what) };
    let versions = value.versions.iter().map(|Version { value, by, at }| Rival {
        text: text(value),
        by: [by.as_ref().map(|by| author(t, by)), Some(t.moment(*at, now))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        change: change(value.clone()),
    });
    Some(Dispute { title, versions: versions.collect() })
}

/// *Kari, Granli.*
pub(crate) fn author(t: Words, author: &Author) -> String {
    match (author.name.as_str(), author.household.as_str()) {
        ("", household) => t.family_name(household).to_owned(),
        (name, "") => name.to_owned(),
        (name, household) => format!("{name} ({household})"),
    }
}

/// The card about one dispute.
#[component]
pub(crate) fn DisputeCard(dispute: Dispute, #[prop(into)] on_choose: Callback<Rival>) -> impl IntoView {
    let t = words();
    let versions = dispute.versions.into_iter().map(|rival| {
        let (text, by) = (rival.text.clone(), rival.by.clone());
        view! {
            <li>
                <button type="button" data-test="version" on:click=move |_| on_choose.run(rival.clone())>
                    <span>{text}</span>
                    <small>{by}</small>
                </button>
            </li>
        }
        .into_any()
    });
    view! {
        <section class="g-conflict" aria-label=dispute.title.clone() data-test="conflict">
            <h2 class="ds-heading" data-size="2xs">{dispute.title.clone()}</h2>
            <p>{t.conflict_help()}</p>
            <ul>{versions.collect_view()}</ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use grend_shared::{
        domain::{Cost, Line, Paragraphs},
        ids::{GatheringId, PersonId},
    };

    fn version(place: &str, household: &str, minutes: i64) -> Version<Option<Line>> {
        Version {
            value: Line::new(place).ok(),
            by: Some(Author {
                person: PersonId::from_bytes([1; 16]),
                group: GroupId::from_bytes([1; 16]),
                name: "Kari".into(),
                household: household.into(),
            }),
            at: Timestamp::from_millis(1_796_040_000_000 + minutes * 60_000),
        }
    }

    #[test]
    fn both_places_are_shown_with_who_and_when() {
        let versions = vec![version("Hos Myrvang", "Myrvang", 2), version("Skolekjøkkenet", "Granli", 40)];
        let gathering = Gathering {
            id: GatheringId::from_bytes([1; 16]),
            title: Value::settled(Line::new("Juleverksted").expect("a line")),
            when: Value::settled("2026-12-06T12:00".parse().expect("a time")),
            place: Value { value: Line::new("Hos Myrvang").ok(), versions },
            note: Value::settled(Paragraphs::default()),
            cost: Value::settled(Cost::Free),
            host: Value::settled(None),
            cancelled: false,
            answers: Vec::new(),
            planned_by: None,
            delivery: None,
        };
        let now = Timestamp::from_millis(1_796_050_000_000);
        let found = disputes(Words(Language::Nb), &gathering, &[], now);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "To har endret stedet samtidig");
        let shown: Vec<_> = found[0].versions.iter().map(|v| (v.text.as_str(), v.by.as_str())).collect();
        assert_eq!(
            shown,
            [("Hos Myrvang", "Kari (Myrvang), kl.\u{a0}13.02"), ("Skolekjøkkenet", "Kari (Granli), kl.\u{a0}13.40")]
        );
        assert_eq!(found[0].versions[1].change, GatheringChange::Place(Line::new("Skolekjøkkenet").ok()));
    }
}
