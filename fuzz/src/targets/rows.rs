//! What is stored, and what goes between screen and engine.

use grend_shared::{
    codec,
    port::{FromEngine, ToEngine},
    projection::{Room, Welcome},
    sync::Engine,
};

use super::{choose, chosen, tried};
use crate::{
    Chance,
    life::{LIFE, NOW, SECOND},
};

/// The rows the engine reads when it starts.
fn keys() -> Vec<&'static String> {
    LIFE.disks[SECOND].keys().filter(|key| !key.starts_with("view/")).collect()
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    keys().iter().enumerate().map(|(at, key)| chosen(at, &LIFE.disks[SECOND][*key])).collect()
}

/// A disk on which one row is something else: the device starts, or says that it can not.
pub(super) fn rows(input: &[u8]) {
    let keys = keys();
    let (at, row) = choose(input, keys.len());
    let mut disk = LIFE.disks[SECOND].clone();
    disk.insert(keys[at].clone(), row.to_vec());
    if let Ok(mut engine) = Engine::load(disk, Box::new(Chance::new(1))) {
        tried(engine.start(NOW));
    }
}

pub(super) fn seeds_packed() -> Vec<Vec<u8>> {
    let views = LIFE.disks.iter().flatten().filter(|(key, _)| key.starts_with("view/"));
    let views = views.map(|(_, value)| value.clone());
    let bare = views.clone().map(|value| value[8..].to_vec());
    LIFE.asked.iter().chain(&LIFE.told).cloned().chain(views).chain(bare).collect()
}

/// Between programs of one build nobody lies; what a disk has spoilt is refused all the same.
pub(super) fn packed(input: &[u8]) {
    tried(codec::unpack_view(input));
    if let Some(room) = codec::unpack::<Room>(input) {
        assert_eq!(codec::unpack_view(&codec::pack_view(&room)), Some(room));
    }
    tried(codec::unpack::<ToEngine>(input));
    tried(codec::unpack::<FromEngine>(input));
    tried(minicbor_serde::from_slice::<Welcome>(input).map(|welcome| welcome.inviter.len()));
}
