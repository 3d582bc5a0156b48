//! Where the houses stand: pure arithmetic, the same on every device whatever the order of the list.
//!
//! The picture is 360 units wide; the resource family is in the middle, five places lie round the yard, and more
//! rows follow below when more families come. Places are drawn from the ids alone, so that a house keeps its place
//! when another changes name, and nearly always when another joins; while the picture is shown it never moves.

use grend_shared::ids::GroupId;

use crate::ui::drawn::svg;

/// The picture's width in its own units.
pub(super) const WIDTH: f64 = 360.0;

/// Where the picture begins: the sky above is of no use.
pub(super) const TOP: f64 = 14.0;

/// The widest a name may be.
pub(super) const LABEL_WIDTH: f64 = 110.0;

/// From the ground under a house to its name's first baseline.
pub(super) const LABEL_DROP: f64 = 19.0;

/// The most that a second line adds.
const LABEL_LINE: f64 = 18.0;

/// A place where a house can stand. `x`, `y` is the middle of its doorstep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) scale: f64,
}

const fn spot(x: f64, y: f64, scale: f64) -> Spot {
    Spot { x, y, scale }
}

/// The middle of the hamlet.
pub(super) const CENTRE: Spot = spot(180.0, 194.0, 1.12);

/// Round the yard, then row by row. Families stand nearer when they stand lower.
pub(super) const SPOTS: [Spot; 11] = [
    spot(70.0, 276.0, 1.0),
    spot(294.0, 164.0, 0.86),
    spot(66.0, 168.0, 0.86),
    spot(292.0, 280.0, 1.0),
    spot(181.0, 296.0, 1.0),
    spot(68.0, 374.0, 1.04),
    spot(292.0, 378.0, 1.04),
    spot(180.0, 392.0, 1.04),
    spot(70.0, 472.0, 1.06),
    spot(292.0, 474.0, 1.06),
    spot(181.0, 488.0, 1.06),
];

/// How many of `SPOTS` lie round the yard; the next come in rows of three.
pub(super) const ROUND_THE_YARD: usize = 5;
const ROW: usize = 3;

/// What a house with its name takes up: nobody else's may touch it, and a finger may tap all of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The area of the house at `spot`; `tall` for the one in the middle.
pub(super) fn area(spot: Spot, tall: bool) -> Area {
    let above = if tall { 63.0 } else { 50.0 } * spot.scale;
    let below = LABEL_DROP + LABEL_LINE + 6.0;
    let half = LABEL_WIDTH / 2.0;
    Area { x: spot.x - half, y: spot.y - above, width: LABEL_WIDTH, height: above + below }
}

/// The place of each home: an index into `SPOTS`, in the order of `homes`. More homes than places leaves the last
/// ones out. Whoever has a place in `before` keeps it.
pub(super) fn places(before: &[(GroupId, usize)], homes: &[GroupId]) -> Vec<(GroupId, usize)> {
    let mut taken: Vec<(GroupId, usize)> =
        before.iter().filter(|(group, place)| homes.contains(group) && *place < SPOTS.len()).copied().collect();
    let mut wishes: Vec<(usize, u64, GroupId, usize)> = homes
        .iter()
        .flat_map(|home| (0..SPOTS.len()).map(|place| (tier(place), wish(home, place), *home, place)))
        .collect();
    wishes.sort_unstable();
    for (_, _, home, place) in wishes {
        if taken.iter().all(|(other, at)| *other != home && *at != place) {
            taken.push((home, place));
        }
    }
    homes.iter().filter_map(|home| taken.iter().find(|(group, _)| group == home).copied()).collect()
}

/// How high the picture must be for these places.
pub(super) fn height(places: &[(GroupId, usize)]) -> f64 {
    let lowest = places.iter().map(|(_, place)| tier(*place)).max().unwrap_or(0);
    let last = ROUND_THE_YARD + lowest * ROW;
    let bottom = |spot: &Spot| {
        let area = area(*spot, false);
        area.y + area.height
    };
    SPOTS.iter().take(last).map(bottom).fold(0.0, f64::max) + 2.0 - TOP
}

/// Places nearer the yard are filled first.
fn tier(place: usize) -> usize {
    (place + ROW).saturating_sub(ROUND_THE_YARD) / ROW
}

/// How far down a house has this place on its list: FNV-1a of both, so that every device agrees.
fn wish(home: &GroupId, place: usize) -> u64 {
    let place = u8::try_from(place).unwrap_or(u8::MAX);
    let bytes = home.as_bytes().iter().chain(core::iter::once(&place));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The way from the doorstep at `spot` to the yard, round the names: beside the house and along the lanes between.
pub(super) fn path(place: usize) -> String {
    let Some(Spot { x, y, scale }) = SPOTS.get(place).copied() else {
        return String::new();
    };
    let side = if x < CENTRE.x { 1.0 } else { -1.0 };
    let (yard_x, yard_y) = (CENTRE.x - side * 44.0, CENTRE.y + 14.0);
    let door = x + side * 18.0 * scale;
    if y < CENTRE.y {
        let (out, inn) = (door + side * 44.0, yard_x - side * 22.0);
        return way([door, y - 2.0], &[("C", &[out, y - 4.0, inn, yard_y - 20.0, yard_x, yard_y - 4.0])]);
    }
    if (x - CENTRE.x).abs() < 20.0 && tier(place) == 0 {
        return way([x, y - 8.0], &[("C", &[x + 6.0, y - 34.0, x - 8.0, y - 52.0, x, yard_y])]);
    }
    if tier(place) == 0 {
        let bend = [x + side * 6.0, y - 44.0, yard_x - side * 44.0, yard_y + 14.0, yard_x, yard_y];
        return way([x, y - 8.0], &[("C", &bend)]);
    }
    let lane = CENTRE.x - if (x - CENTRE.x).abs() < 20.0 { 54.0 } else { side * 54.0 };
    let end = if lane < CENTRE.x { CENTRE.x - 40.0 } else { CENTRE.x + 40.0 };
    way(
        [x, y - 4.0],
        &[("C", &[lane, y - 4.0, lane, y - 26.0, lane, y - 52.0]), ("S", &[lane, yard_y + 34.0, end, yard_y])],
    )
}

fn way(from: [f64; 2], on: &[(&str, &[f64])]) -> String {
    svg(&[("M", &from)]) + &svg(on)
}

/// The view of a picture this high.
pub(super) fn view_box(height: f64) -> String {
    svg(&[("", &[0.0, TOP, WIDTH, height])])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homes(count: u8) -> Vec<GroupId> {
        (1..=count).map(|n| GroupId::from_bytes([n; GroupId::LEN])).collect()
    }

    fn apart(one: Area, other: Area) -> bool {
        one.x + one.width <= other.x
            || other.x + other.width <= one.x
            || one.y + one.height <= other.y
            || other.y + other.height <= one.y
    }

    fn areas(homes: &[GroupId]) -> Vec<Area> {
        let around = places(&[], homes).into_iter().filter_map(|(_, place)| SPOTS.get(place).copied());
        core::iter::once(area(CENTRE, true)).chain(around.map(|spot| area(spot, false))).collect()
    }

    #[test]
    fn no_two_houses_touch_and_all_are_in_the_picture() {
        for count in 0..=11 {
            let homes = homes(count);
            let areas = areas(&homes);
            assert_eq!(areas.len(), usize::from(count) + 1);
            let bottom = TOP + height(&places(&[], &homes));
            for (index, one) in areas.iter().enumerate() {
                assert!(one.x >= 0.0 && one.x + one.width <= WIDTH, "{one:?} is outside");
                assert!(one.y >= TOP && one.y + one.height <= bottom, "{one:?} is outside");
                for other in areas.iter().skip(index + 1) {
                    assert!(apart(*one, *other), "{one:?} touches {other:?} among {count}");
                }
            }
        }
    }

    #[test]
    fn a_finger_hits_every_house_on_a_phone_of_320_points() {
        let least = 44.0 * WIDTH / 292.0;
        for spot in SPOTS {
            let area = area(spot, false);
            assert!(area.width >= least && area.height >= least, "{area:?}");
        }
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let homes = homes(5);
        let mut turned = homes.clone();
        turned.reverse();
        let mut one = places(&[], &homes);
        let mut other = places(&[], &turned);
        one.sort_unstable();
        other.sort_unstable();
        assert_eq!(one, other);
    }

    #[test]
    fn nobody_moves_while_the_picture_is_shown() {
        let mut shown = places(&[], &homes(3));
        for count in 4..=11 {
            let next = places(&shown, &homes(count));
            for place in &shown {
                assert!(next.contains(place), "{place:?} moved when {count} had come");
            }
            shown = next;
        }
    }

    #[test]
    fn a_house_that_leaves_moves_no_other() {
        let all = homes(5);
        let shown = places(&[], &all);
        let rest: Vec<_> = all.iter().copied().filter(|home| *home != all[2]).collect();
        let next = places(&shown, &rest);
        assert!(next.iter().all(|place| shown.contains(place)));
        assert_eq!(next.len(), 4);
    }

    #[test]
    fn the_yard_is_filled_before_the_rows_below() {
        for count in 0..=5 {
            assert!(places(&[], &homes(count)).iter().all(|(_, place)| *place < ROUND_THE_YARD));
        }
        assert_eq!(height(&places(&[], &homes(2))), height(&places(&[], &homes(5))));
        assert!(height(&places(&[], &homes(6))) > height(&places(&[], &homes(5))));
    }

    #[test]
    fn more_homes_than_places_leaves_the_last_out_and_breaks_nothing() {
        assert_eq!(places(&[], &homes(14)).len(), SPOTS.len());
    }
}
