//! Line drawings on a 24-unit square, in the colour of the text beside them. Never the only sign of a meaning.

use leptos::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A house: *Tunet*.
    House,
    /// A calendar: *Samlinger*.
    Calendar,
    /// Two people: *Folk*.
    People,
    /// Houses by a path: networks.
    Networks,
    /// A plus.
    Plus,
    /// A pen: change.
    Pen,
    /// An arrow back.
    Back,
    /// More behind it.
    Down,
    /// Away with it.
    Cross,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::House => "M3.5 11.5 12 4l8.5 7.5M5.5 10v9.5h13V10M10 19.5v-5h4v5",
            Self::Calendar => "M4.5 6h15v13.5h-15zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4",
            Self::People => {
                "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.4-3.6 2.9-5.5 6.5-5.5s6.1 1.9 6.5 5.5M15.5 4.8a3.4 3.4 0 0 1 0 6.4M18 14.6c2.1.8 3.3 2.5 3.5 4.9"
            }
            Self::Networks => {
                "M9 10.5 12 8l3 2.5V14H9zM2.5 19.5 5 17.5l2.5 2v2h-5zM16.5 19.5l2.5-2 2.5 2v2h-5zM10 14.5l-3.5 2.7M14 14.5l3.5 2.7M12 8V3.5"
            }
            Self::Plus => "M12 5v14M5 12h14",
            Self::Pen => "M4.5 19.5l.8-3.8L16 5l3 3L8.3 18.7zM13.5 7.5l3 3",
            Self::Back => "M19.5 12h-15M10.5 6l-6 6 6 6",
            Self::Down => "M6 9.5l6 6 6-6",
            Self::Cross => "M6 6l12 12M18 6L6 18",
        }
    }
}

/// A drawing beside a word.
#[component]
pub(crate) fn Drawing(icon: Icon) -> impl IntoView {
    view! {
        <svg class="g-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=icon.path() />
        </svg>
    }
}

/// The sign of Grend: a roof with a lit window.
#[component]
pub(crate) fn Roof() -> impl IntoView {
    // Not the drawing itself: a picture in SVG is a document of its own to a browser, and holds up the first page.
    view! { <img src="/icons/icon-192.png" alt="" width="30" height="30" /> }
}
