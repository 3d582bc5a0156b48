//! Components: they take data and callbacks and hold no storage. `shell` is the frame round every page; forms begin in
//! `field`; a gathering is shown by `gathering`.

pub(crate) mod answers;
pub(crate) mod chip;
pub(crate) mod choices;
pub(crate) mod date_tile;
pub(crate) mod dialog;
pub(crate) mod disputes;
pub(crate) mod doorway;
pub(crate) mod drawn;
pub(crate) mod empty;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod gathering;
pub(crate) mod hamlet;
pub(crate) mod icons;
pub(crate) mod invite_link;
pub(crate) mod paste_field;
pub(crate) mod sample;
pub(crate) mod shell;
pub(crate) mod steps;
pub(crate) mod title;
pub(crate) mod toast;
pub(crate) mod trouble;
pub(crate) mod wheel;

use leptos::prelude::*;

/// A part of a page that is made anew when something it reads changes. All parts go through one compiled path: as
/// closures of their own types they would be a good part of the screen's Wasm.
pub(crate) fn live<V: IntoAny>(mut part: impl FnMut() -> V + Send + 'static) -> AnyView {
    fn one_for_all(mut part: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
        (move || part()).into_any()
    }
    one_for_all(Box::new(move || part().into_any()))
}
