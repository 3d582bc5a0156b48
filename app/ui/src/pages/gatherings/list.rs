//! The list: the year's count, what comes by month, what has been.

use crate::ui::live;
use grend_shared::{ids::GatheringId, projection::Gathering};
use jiff::civil::Date;
use leptos::prelude::*;

use crate::{
    pages::slices::NetworkSlices,
    routes::Route,
    state::{app_state, words},
    ui::{
        empty::Empty,
        gathering::GatheringCard,
        icons::{Drawing, Icon},
        title::PageTitle,
        wheel::{AIM, YearWheel},
    },
};

/// Gatherings of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Month {
    /// Any day of it.
    first: Date,
    gatherings: Vec<GatheringId>,
}

/// What comes, by month; and what has been, the latest first.
fn sorted(gatherings: &[Gathering], today: Date) -> (Vec<Month>, Vec<GatheringId>) {
    let (mut months, mut past) = (Vec::<Month>::new(), Vec::new());
    for gathering in gatherings {
        let date = gathering.when.value.date;
        if date < today {
            past.push(gathering.id);
            continue;
        }
        let same = |month: &Month| (month.first.year(), month.first.month()) == (date.year(), date.month());
        match months.last_mut() {
            Some(month) if same(month) => month.gatherings.push(gathering.id),
            _ => months.push(Month { first: date, gatherings: vec![gathering.id] }),
        }
    }
    past.reverse();
    (months, past)
}

/// How many of the year's gatherings have been held, and how many are planned. Those called off do not count.
fn count(gatherings: &[Gathering], today: Date) -> (usize, usize) {
    let of_year = |gathering: &&Gathering| !gathering.cancelled && gathering.when.value.date.year() == today.year();
    let held = gatherings.iter().filter(of_year).filter(|gathering| gathering.when.value.date < today).count();
    (held, gatherings.iter().filter(of_year).count() - held)
}

/// The page.
#[component]
pub(crate) fn ListPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let slices = NetworkSlices::of(app);
    let sorted = Memo::new(move |_| slices.gatherings.with(|all| sorted(all, slices.today.get())));
    let none = Memo::new(move |_| slices.gatherings.with(Vec::is_empty));
    let past = Memo::new(move |_| sorted.with(|(_, past)| past.clone()));
    view! {
        <div class="g-row" data-spread="">
            <PageTitle text=t.nav_gatherings().to_owned() />
            <a class="ds-button" href=Route::PlanGathering.to_string() data-test="plan">
                <Drawing icon=Icon::Plus />
                {t.gatherings_plan()}
            </a>
        </div>
        <div class="g-split" data-aside="">
            <div class="g-split__picture"><YearCard slices /></div>
            <div class="g-stack">
                <Show when=move || none.get()>
                    <Empty icon=Icon::Calendar text=t.gatherings_empty() />
                </Show>
                <For
                    each=move || sorted.with(|(months, _)| months.clone())
                    key=|month| (month.first.year(), month.first.month(), month.gatherings.clone())
                    let:month
                >
                    <section class="g-section">
                        <h2 class="ds-heading" data-size="xs">{t.month_heading(month.first)}</h2>
                        <Cards slices ids=month.gatherings />
                    </section>
                </For>
                {live(move || {
                    let ids = past.get();
                    (!ids.is_empty())
                        .then(|| {
                            view! {
                                <section class="g-section">
                                    <h2 class="ds-heading" data-size="xs">{t.gatherings_past()}</h2>
                                    <Cards slices ids past=true />
                                </section>
                            }.into_any()
                        })
                })}
            </div>
        </div>
    }
}

#[component]
fn Cards(slices: NetworkSlices, ids: Vec<GatheringId>, #[prop(optional)] past: bool) -> impl IntoView {
    let card = move |id| {
        let gathering = slices.gathering_or(slices.gathering(id).get_untracked()?);
        Some(view! { <GatheringCard gathering families=slices.families past /> }.into_any())
    };
    ids.into_iter().map(card).collect_view()
}

/// The year in the hamlet. Calm words below the aim: it is the families' own (N6, G1).
#[component]
fn YearCard(slices: NetworkSlices) -> impl IntoView {
    let t = words();
    let counted = Memo::new(move |_| {
        let today = slices.today.get();
        (slices.gatherings.with(|all| count(all, today)), today.year())
    });
    live(move || {
        let ((held, planned), year) = counted.get();
        let text = if held + planned >= AIM { t.year_enough() } else { t.year_below() };
        view! {
            <section class="g-card" data-test="year">
                <div class="g-row" data-nowrap="">
                    <YearWheel held planned caption=year.to_string() />
                    <div class="g-stack g-grow" data-gap="sm">
                        <h2 class="ds-heading" data-size="xs">{t.year_title(year)}</h2>
                        <p>{t.year_count(held, planned)}</p>
                        <p class="g-muted">{text}</p>
                    </div>
                </div>
            </section>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grend_shared::{
        domain::{Cost, Line, Paragraphs},
        projection::Value,
    };

    fn gathering(n: u8, when: &str, cancelled: bool) -> Gathering {
        Gathering {
            id: GatheringId::from_bytes([n; 16]),
            title: Value::settled(Line::new("Bål").expect("a line")),
            when: Value::settled(when.parse().expect("a time")),
            place: Value::settled(None),
            note: Value::settled(Paragraphs::default()),
            cost: Value::settled(Cost::Free),
            host: Value::settled(None),
            cancelled,
            answers: Vec::new(),
            planned_by: None,
            delivery: None,
        }
    }

    #[test]
    fn what_comes_stands_by_month_and_what_has_been_backwards() {
        let today = "2026-11-22".parse().expect("a date");
        let all = [
            gathering(1, "2025-12-06T12:00", false),
            gathering(2, "2026-02-08T12:00", false),
            gathering(3, "2026-11-22T12:00", false),
            gathering(4, "2026-11-29T12:00", true),
            gathering(5, "2026-12-06T12:00", false),
            gathering(6, "2027-11-06T12:00", false),
        ];
        let id = |n: u8| GatheringId::from_bytes([n; 16]);
        let (months, past) = sorted(&all, today);
        let months: Vec<_> = months.into_iter().map(|month| month.gatherings).collect();
        assert_eq!(months, [vec![id(3), id(4)], vec![id(5)], vec![id(6)]]);
        assert_eq!(past, [id(2), id(1)]);
        assert_eq!(count(&all, today), (1, 2));
    }
}
