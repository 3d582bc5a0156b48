//! What is chosen on this device and is no secret: language, colours, the room last looked at. `js/preferences.js`
//! reads the first two before the app has loaded.

use gloo_storage::{LocalStorage, Storage};
use grend_shared::ids::RoomId;
use serde::{Deserialize, Serialize};

use crate::words::Language;

const LANGUAGE: &str = "grend.language";
const SCHEME: &str = "grend.colour_scheme";
const LAST_ROOM: &str = "grend.last_room";

/// Light, dark, or as the device has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ColourScheme {
    /// As the device has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ColourScheme {
    /// All of them, in the order they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// As Designsystemet's attribute wants it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The language: as chosen, else as the first script of the page found the browser to ask for.
pub(crate) fn language() -> Language {
    LocalStorage::get(LANGUAGE).unwrap_or_else(|_| {
        let asked = super::page::root().map(|root| root.lang()).unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.code() == asked).unwrap_or_default()
    })
}

/// The colours as chosen.
pub(crate) fn colour_scheme() -> ColourScheme {
    LocalStorage::get(SCHEME).unwrap_or_default()
}

/// The room last looked at.
pub(crate) fn last_room() -> Option<RoomId> {
    LocalStorage::get(LAST_ROOM).ok()
}

// A browser that keeps nothing forgets these at the next start, and nothing else.

pub(crate) fn keep_language(language: Language) {
    let _refused = LocalStorage::set(LANGUAGE, language);
}

pub(crate) fn keep_colour_scheme(scheme: ColourScheme) {
    let _refused = LocalStorage::set(SCHEME, scheme);
}

pub(crate) fn keep_last_room(room: RoomId) {
    let _refused = LocalStorage::set(LAST_ROOM, room);
}
