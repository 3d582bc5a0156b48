//! The year wheel: gatherings held and planned, of those the families aim at (G1). A picture; the words stand beside it.

use leptos::prelude::*;

use super::drawn::svg;

/// How many gatherings a year are aimed at, until the service's dated setting says so (G1).
pub(crate) const AIM: usize = 6;

const RADIUS: f64 = 46.0;
const MIDDLE: f64 = 60.0;

/// The arc of one slot of `of`, with a gap on both sides.
fn arc(slot: usize, of: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a handful of gatherings")]
    let (slot, of) = (slot as f64, of.max(1) as f64);
    let gap = 0.16;
    let turn = core::f64::consts::TAU / of;
    let point = |angle: f64| (MIDDLE + RADIUS * angle.sin(), MIDDLE - RADIUS * angle.cos());
    let ((from_x, from_y), (to_x, to_y)) = (point(turn * slot + gap), point(turn * (slot + 1.0) - gap));
    let large = if turn - 2.0 * gap > core::f64::consts::PI { 1.0 } else { 0.0 };
    svg(&[("M", &[from_x, from_y]), ("A", &[RADIUS, RADIUS, 0.0, large, 1.0, to_x, to_y])])
}

/// The wheel.
#[component]
pub(crate) fn YearWheel(held: usize, planned: usize, #[prop(into)] caption: String) -> impl IntoView {
    let slots = AIM.max(held + planned).min(24);
    let arcs = (0..slots).map(|slot| {
        let state = if slot < held {
            "held"
        } else if slot < held + planned {
            "planned"
        } else {
            "open"
        };
        view! { <path class="g-wheel__slot" data-state=state d=arc(slot, slots) /> }.into_any()
    });
    view! {
        <svg class="g-wheel" viewBox="0 0 120 120" aria-hidden="true">
            {arcs.collect_view()}
            <text class="g-wheel__count" x="60" y="62">{format!("{held}\u{2009}+\u{2009}{planned}")}</text>
            <text class="g-wheel__of" x="60" y="80">{caption}</text>
        </svg>
    }
}
