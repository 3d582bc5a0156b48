//! The hamlet where it is no way in: for pages before any family is known, and for the service's desk.

use grend_shared::ids::GroupId;
use leptos::prelude::*;

use super::{HamletHouse, Scene, Season, drawing, layout, scenery, stand, timber};

impl Scene {
    /// Five homes and one in the middle, the same every time.
    fn of_nobody() -> Self {
        let house = |number: u8| HamletHouse {
            group: GroupId::from_bytes([number; GroupId::LEN]),
            name: String::new(),
            resource: number == 0,
            mine: false,
            lit: number == 0,
            flag: number == 1,
        };
        let houses: Vec<HamletHouse> = (0..=5).map(house).collect();
        Self::new(None, &houses)
    }
}

/// The hamlet as a picture only: nobody in particular lives there, and there is light in the middle. For pages before
/// any family is known.
#[component]
pub(crate) fn HamletPicture(season: Season, night: bool) -> impl IntoView {
    let scene = Signal::stored(Scene::of_nobody());
    let height = scene.with_untracked(|scene| layout::height(&scene.places()));
    let houses = scene.with_untracked(|scene| scene.houses.clone()).into_iter().map(|placed| {
        let (middle, paint) = (placed.place.is_none(), placed.paint().to_string());
        let flag = placed.house.flag;
        view! { <g data-lit=middle data-paint=paint>{timber(placed.spot(), placed.built(), move || flag)}</g> }
    });
    view! {
        <div class="g-hamlet-box" aria-hidden="true">
            <svg
                class="g-hamlet"
                viewBox=layout::view_box(height)
                data-season=season.name()
                data-night=night.to_string()
            >
                {scenery(scene, Signal::stored(season), Signal::stored(height))}
                {houses.collect_view()}
            </svg>
        </div>
    }
}

/// A little hamlet without names or light: what the service may know, how many are in and how many wait.
#[component]
pub(crate) fn LittleHamlet(
    /// Homes that are in, the resource family not counted.
    #[prop(into)]
    homes: Signal<usize>,
    /// Homes that are invited or wait for consent.
    #[prop(into)]
    waiting: Signal<usize>,
) -> impl IntoView {
    let home = move |index: usize, class: &'static str, d: &'static str| {
        layout::SPOTS.get(index).map(|spot| {
            let paint = (index % 6 + 1).to_string();
            view! { <g transform=stand(*spot) data-paint=paint><path class=class d=d /></g> }
        })
    };
    let inside = move || {
        (0..homes.get().min(layout::SPOTS.len()))
            .filter_map(|index| home(index, "h-wall", drawing::PLOT))
            .collect_view()
    };
    let outside = move || {
        (homes.get()..(homes.get() + waiting.get()).min(layout::SPOTS.len()))
            .filter_map(|index| home(index, "h-plot", drawing::PLOT))
            .collect_view()
    };
    let ways =
        move || (0..homes.get()).map(|index| view! { <path class="h-way" d=layout::path(index) /> }).collect_view();
    let view_box = move || {
        let rows = if homes.get() + waiting.get() > layout::ROUND_THE_YARD { 420 } else { 196 };
        format!("20 112 320 {rows}")
    };
    view! {
        <svg class="g-hamlet-little" viewBox=view_box aria-hidden="true">
            {ways}
            <path class="h-yard" d=drawing::YARD />
            {inside}
            {outside}
            <g transform=stand(layout::CENTRE) data-paint="0">
                <path class="h-wall" d="M-30 0V-34L0-60 30-34V0z" />
                <path class="h-little-pane" d="M-11-32h22v17h-22z" />
            </g>
        </svg>
    }
}
