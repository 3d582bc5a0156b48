//! What is chosen on this device, as signals that write themselves down.

use grend_shared::ids::RoomId;
use leptos::prelude::*;

pub(crate) use crate::platform::prefs::ColourScheme;
use crate::{
    platform::{page, prefs},
    routes::World,
    words::Language,
};

/// Language, colours, last room.
#[derive(Clone, Copy)]
pub(crate) struct Prefs {
    /// The language of the screens.
    pub(crate) language: RwSignal<Language>,
    /// Light or dark.
    pub(crate) scheme: RwSignal<ColourScheme>,
    /// The room last looked at.
    pub(crate) room: RwSignal<Option<RoomId>>,
}

impl Prefs {
    /// As they were left.
    pub(crate) fn load() -> Self {
        let prefs = Self {
            language: RwSignal::new(prefs::language()),
            scheme: RwSignal::new(prefs::colour_scheme()),
            room: RwSignal::new(prefs::last_room()),
        };
        page::set_language(prefs.language.get_untracked());
        page::set_colour_scheme(prefs.scheme.get_untracked());
        prefs
    }

    /// Speaks another language from now on.
    pub(crate) fn set_language(self, language: Language) {
        prefs::keep_language(language);
        page::set_language(language);
        self.language.set(language);
    }

    /// Wears other colours from now on.
    pub(crate) fn set_scheme(self, scheme: ColourScheme) {
        prefs::keep_colour_scheme(scheme);
        page::set_colour_scheme(scheme);
        self.scheme.set(scheme);
    }

    /// Looks at another room.
    pub(crate) fn set_room(self, room: RoomId) {
        if World::here() == World::Own {
            prefs::keep_last_room(room);
        }
        self.room.set(Some(room));
    }

    /// Forgets which room was looked at: there is none any more.
    pub(crate) fn forget_room(self) {
        prefs::forget_last_room();
        self.room.set(None);
    }
}
