//! What is chosen on this device and is no secret: language, colours, the room last looked at. `js/preferences.js`
//! reads the first two before the app has loaded.

use grend_shared::ids::RoomId;
use serde::{Deserialize, Serialize};

use super::kept;
use crate::words::Language;

const LANGUAGE: &str = "grend.language";
const SCHEME: &str = "grend.colour_scheme";
const LAST_ROOM: &str = "grend.last_room";
const STAYS: &str = "grend.stays";
const OFFERED: &str = "grend.install_offered";

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
    kept::get(kept::on_device(), LANGUAGE).unwrap_or_else(|| {
        let asked = super::page::root().map(|root| root.lang()).unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.code() == asked).unwrap_or_default()
    })
}

/// The colours as chosen.
pub(crate) fn colour_scheme() -> ColourScheme {
    kept::get(kept::on_device(), SCHEME).unwrap_or_default()
}

/// The room last looked at.
pub(crate) fn last_room() -> Option<RoomId> {
    kept::get(kept::on_device(), LAST_ROOM)
}

/// Whether somebody chose to go on in a browser that is not Grend's home on this device.
pub(crate) fn stays() -> bool {
    kept::get(kept::on_device(), STAYS).unwrap_or_default()
}

/// Whether the home screen was offered once.
pub(crate) fn offered() -> bool {
    kept::get(kept::on_device(), OFFERED).unwrap_or_default()
}

// A browser that keeps nothing forgets these at the next start, and nothing else.

pub(crate) fn keep_language(language: Language) {
    kept::set(kept::on_device(), LANGUAGE, &language);
}

pub(crate) fn keep_colour_scheme(scheme: ColourScheme) {
    kept::set(kept::on_device(), SCHEME, &scheme);
}

pub(crate) fn keep_last_room(room: RoomId) {
    kept::set(kept::on_device(), LAST_ROOM, &room);
}

pub(crate) fn forget_last_room() {
    kept::delete(kept::on_device(), LAST_ROOM);
}

pub(crate) fn keep_stays() {
    kept::set(kept::on_device(), STAYS, &true);
}

pub(crate) fn keep_offered() {
    kept::set(kept::on_device(), OFFERED, &true);
}
