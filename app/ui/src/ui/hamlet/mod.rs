//! The hamlet (*tunet*): the network drawn as a picture, and a way into each family.
//!
//! It knows the families and who has light in the window, and nothing else; names, words and what opening does come
//! from the page. Start in `Hamlet`; `layout` decides where houses stand, `drawing` has the lines, and all colours are
//! in `style/src/hamlet.css`.

mod drawing;
mod label;
mod layout;
mod pictures;
mod season;

use drawing::{House, Shape};
use grend_shared::ids::GroupId;
use layout::{Area, Spot};
use leptos::{ev::KeyboardEvent, prelude::*};

pub(crate) use pictures::{HamletPicture, LittleHamlet};
pub(crate) use season::{Season, season_of};

use super::drawn::{svg, units};

/// A family as the picture shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HamletHouse {
    /// The household.
    pub(crate) group: GroupId,
    /// Its name; empty before it has arrived.
    pub(crate) name: String,
    /// The resource family, in the middle.
    pub(crate) resource: bool,
    /// The own house.
    pub(crate) mine: bool,
    /// Light in the window: can be rung now.
    pub(crate) lit: bool,
    /// Hosts the next gathering.
    pub(crate) flag: bool,
}

/// A house with its place.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    house: HamletHouse,
    /// Index into `layout::SPOTS`; `None` is the middle.
    place: Option<usize>,
}

impl Placed {
    fn spot(&self) -> Spot {
        self.place.and_then(|place| layout::SPOTS.get(place)).copied().unwrap_or(layout::CENTRE)
    }

    /// How the house is built: the middle has its own, neighbours differ.
    fn built(&self) -> &'static House {
        self.place.and_then(|place| drawing::HOMES.get(place % drawing::HOMES.len())).unwrap_or(&drawing::MIDDLE)
    }

    /// Which paint it has, from 1; the middle is white.
    fn paint(&self) -> usize {
        self.place.map_or(0, |place| place % 6 + 1)
    }
}

/// All that stands in the picture.
#[derive(Debug, Clone, PartialEq)]
struct Scene {
    houses: Vec<Placed>,
}

impl Scene {
    fn new(before: Option<&Self>, houses: &[HamletHouse]) -> Self {
        let middle = houses.iter().find(|house| house.resource).map(|house| house.group);
        let homes: Vec<GroupId> =
            houses.iter().map(|house| house.group).filter(|group| Some(*group) != middle).collect();
        let places = layout::places(&before.map(Self::places).unwrap_or_default(), &homes);
        let place_of = |group| places.iter().find(|(placed, _)| *placed == group).map(|(_, place)| *place);
        let mut houses: Vec<Placed> = houses
            .iter()
            .map(|house| Placed { house: house.clone(), place: place_of(house.group) })
            .filter(|placed| placed.place.is_some() || Some(placed.house.group) == middle)
            .collect();
        houses.sort_by_key(|placed| placed.place);
        Self { houses }
    }

    fn places(&self) -> Vec<(GroupId, usize)> {
        self.houses.iter().filter_map(|placed| Some((placed.house.group, placed.place?))).collect()
    }

    fn of(&self, group: GroupId) -> Option<Placed> {
        self.houses.iter().find(|placed| placed.house.group == group).cloned()
    }

    /// Round the yard, where nobody lives.
    fn free(&self) -> Vec<usize> {
        let taken = self.places();
        (0..layout::ROUND_THE_YARD).filter(|place| taken.iter().all(|(_, at)| at != place)).collect()
    }

    /// With one family in, plots are staked out for three more; else trees grow where nobody lives.
    fn is_beginning(&self) -> bool {
        self.houses.len() <= 1
    }
}

/// The picture. `label` is what it is called aloud, and `describe` a house, such as "Solbakken, light in the window".
#[component]
pub(crate) fn Hamlet(
    #[prop(into)] houses: Signal<Vec<HamletHouse>>,
    #[prop(into)] season: Signal<Season>,
    #[prop(into)] night: Signal<bool>,
    #[prop(into)] on_open: Callback<GroupId>,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] describe: Option<Callback<HamletHouse, String>>,
) -> impl IntoView {
    let scene = Memo::new(move |before: Option<&Scene>| houses.with(|houses| Scene::new(before, houses)));
    let height = Memo::new(move |_| scene.with(|scene| layout::height(&scene.places())));
    // Whoever moves to the middle is drawn anew; nobody else ever moves.
    let stands = Memo::new(move |_| {
        scene.with(|scene| scene.houses.iter().map(|placed| (placed.house.group, placed.place)).collect::<Vec<_>>())
    });
    view! {
        <div class="g-hamlet-box">
            <svg
                class="g-hamlet"
                role="group"
                aria-label=label
                viewBox=move || layout::view_box(height.get())
                data-season=move || season.get().name()
                data-night=move || night.get().to_string()
            >
                {scenery(scene.into(), season, height.into())}
                <For each=move || stands.get() key=|stand| *stand let((group, _))>
                    <FamilyHouse
                        placed=Signal::derive(move || scene.with(|scene| scene.of(group)))
                        on_open
                        describe
                    />
                </For>
            </svg>
        </div>
    }
}

/// One house with its name, its light and its flag; opens the family.
#[component]
fn FamilyHouse(
    placed: Signal<Option<Placed>>,
    on_open: Callback<GroupId>,
    describe: Option<Callback<HamletHouse, String>>,
) -> impl IntoView {
    let house = Memo::new(move |_| placed.get().map(|placed| placed.house));
    let is = move |what: fn(&HamletHouse) -> bool| move || house.with(|house| house.as_ref().is_some_and(what));
    let (lit, mine, flag) = (is(|house| house.lit), is(|house| house.mine), is(|house| house.flag));
    let spoken = move || house.get().map(|house| describe.map_or(house.name.clone(), |words| words.run(house)));
    let open = move || {
        if let Some(house) = house.get_untracked() {
            on_open.run(house.group);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            open();
        }
    };
    // Where a house stands and how it is built do not change while it is shown.
    let at = placed.get_untracked()?;
    let (spot, built, paint) = (at.spot(), at.built(), at.paint().to_string());
    let Area { x, y, width, height } = layout::area(spot, at.place.is_none());
    Some(view! {
        <g
            class="g-hamlet__house"
            role="link"
            tabindex="0"
            aria-label=spoken
            data-lit=lit
            data-mine=mine
            data-flag=flag
            data-paint=paint.clone()
            on:click=move |_| open()
            on:keydown=pressed
        >
            <rect class="h-area" x=units(x) y=units(y) width=units(width) height=units(height) rx="14" />
            {timber(spot, built, flag)}
        </g>
        // Beside the link and not in it: a name that is cut to fit is not what the link is called.
        <g data-mine=mine data-paint=paint>{move || house.get().map(|house| name(&house.name, spot))}</g>
    })
}

/// All that is not houses: sky, mountains, meadows, paths, trees.
fn scenery(scene: Signal<Scene>, season: Signal<Season>, height: Signal<f64>) -> impl IntoView {
    view! {
        <defs>
            <radialGradient id="g-hamlet-glow">
                <stop offset="0" stop-color="#ffd36b" stop-opacity="0.95" />
                <stop offset="0.45" stop-color="#ffcf5c" stop-opacity="0.42" />
                <stop offset="1" stop-color="#ffcf5c" stop-opacity="0" />
            </radialGradient>
        </defs>
        <g aria-hidden="true">
            {shapes(drawing::SKY)}
            {shapes(drawing::WATER)}
            <path class="h-forest" d=drawing::forest(0.0, 118.0, 133.0) />
            <path class="h-forest" d=drawing::forest(306.0, 360.0, 132.0) />
            {shapes(drawing::MEADOWS)}
            <path class="h-yard" d=drawing::YARD />
            {move || scene.with(ways)}
            {move || shapes(drawing::strewn(season.get()))}
            {move || trees(drawing::TREES, season.get(), height.get())}
            {move || scene.with(|scene| empty_places(scene, season.get()))}
        </g>
    }
}

/// A house without its name: glow, smoke and flag first, then from the ground up.
fn timber(spot: Spot, built: &'static House, flag: impl Fn() -> bool + Send + Sync + 'static) -> impl IntoView {
    let at = |(x, y): (f64, f64)| svg(&[("translate(", &[x, y]), (")", &[])]);
    let smoke = svg(&[("M", &[built.chimney.0, built.chimney.1]), (drawing::SMOKE, &[])]);
    view! {
        <g class="h-house" transform=stand(spot)>
            <circle class="h-glow" transform=at(built.glow) r="66" fill="url(#g-hamlet-glow)" />
            <path class="h-smoke" d=smoke />
            {move || flag().then(pennant)}
            <path class="h-shadow" d=drawing::SHADOW />
            {shapes(built.body)}
            <path class="h-snow" d=built.snow />
            <path class="h-pane" d=built.panes />
            <path class="h-frame" d=built.frames />
            <path class="h-door" d=built.door />
            <path class="h-wreath" transform=at(built.wreath) d=drawing::WREATH />
        </g>
    }
}

fn name(name: &str, spot: Spot) -> impl IntoView + use<> {
    let lines = label::lines(name, layout::LABEL_WIDTH);
    let lines = lines.into_iter().zip(["0", "1.06em"]).map(move |(line, down)| {
        // The space keeps two lines two words for whoever reads the text and not the picture.
        let gap = if line.ends_with('-') { "" } else { " " };
        view! { <tspan x=units(spot.x) dy=down>{line}{gap}</tspan> }
    });
    view! {
        <text class="h-name" aria-hidden="true" x=units(spot.x) y=units(spot.y + layout::LABEL_DROP)>
            {lines.collect_view()}
        </text>
    }
}

fn pennant() -> impl IntoView {
    view! {
        <g class="h-flag" transform="translate(37 2)">
            <path class="h-pole" d=drawing::POLE />
            {shapes(drawing::PENNANT)}
        </g>
    }
}

fn ways(scene: &Scene) -> impl IntoView + use<> {
    scene.places().into_iter().map(|(_, place)| view! { <path class="h-way" d=layout::path(place) /> }).collect_view()
}

fn empty_places(scene: &Scene, season: Season) -> impl IntoView + use<> {
    let beginning = scene.is_beginning();
    let free = scene.free().into_iter().filter_map(move |place| {
        let spot = *layout::SPOTS.get(place)?;
        let staked = beginning && drawing::STAKED.contains(&place);
        let plot = staked.then(|| view! { <path class="h-plot" d=drawing::PLOT /> });
        let grove = (!staked).then(|| trees(drawing::GROVE, season, f64::INFINITY));
        Some(view! { <g transform=stand(spot)>{plot}{grove}</g> })
    });
    free.collect_view()
}

/// Trees, those below the picture's edge left out.
fn trees(trees: &'static [(drawing::Tree, f64, f64, f64)], season: Season, height: f64) -> impl IntoView {
    let seen = trees.iter().filter(move |(_, _, y, _)| *y < layout::TOP + height);
    seen.map(|(kind, x, y, scale)| {
        let foot = Spot { x: *x, y: *y, scale: *scale };
        view! { <g transform=stand(foot)>{shapes(drawing::tree(*kind, season))}</g> }
    })
    .collect_view()
}

fn shapes(shapes: &'static [Shape]) -> impl IntoView {
    shapes.iter().map(|Shape(class, d)| view! { <path class=*class d=*d /> }).collect_view()
}

fn stand(spot: Spot) -> String {
    svg(&[("translate(", &[spot.x, spot.y]), (") scale(", &[spot.scale]), (")", &[])])
}
