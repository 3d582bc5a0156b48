//! The parts of the room that pages look at, each its own memo: a page wakes only for what it shows.

use grend_shared::{
    ids::{GatheringId, RoomId},
    projection::{Family, Gathering, Me, OpenInvite, Waiting, Wished},
};
use jiff::civil::Date;
use leptos::prelude::*;

use crate::{state::AppState, words::oslo};

/// A network's parts.
#[derive(Clone, Copy)]
pub(crate) struct NetworkSlices {
    /// The room.
    pub(crate) room: Memo<Option<RoomId>>,
    /// Its name.
    pub(crate) name: Memo<String>,
    /// The own place in it.
    pub(crate) me: Memo<Option<Me>>,
    /// The families.
    pub(crate) families: Memo<Vec<Family>>,
    /// The gatherings, by time.
    pub(crate) gatherings: Memo<Vec<Gathering>>,
    /// Who waits at the door.
    pub(crate) waiting: Memo<Vec<Waiting>>,
    /// Who was here and may be asked back.
    pub(crate) former: Memo<Vec<Family>>,
    /// What waits for the net.
    pub(crate) wished: Memo<Vec<Wished>>,
    /// Open invitations.
    pub(crate) invites: Memo<Vec<OpenInvite>>,
    /// What day it is.
    pub(crate) today: Memo<Date>,
}

impl NetworkSlices {
    /// Of the network that is looked at; empty while it is none.
    pub(crate) fn of(app: AppState) -> Self {
        Self {
            room: app.network(|network| Some(network.room)),
            name: app.network(|network| network.name.clone()),
            me: app.network(|network| Some(network.me.clone())),
            families: app.network(|network| network.families.clone()),
            gatherings: app.network(|network| network.gatherings.clone()),
            waiting: app.network(|network| network.waiting.clone()),
            former: app.network(|network| network.former.clone()),
            wished: app.network(|network| network.wished.clone()),
            invites: app.network(|network| network.invites.clone()),
            today: Memo::new(move |_| oslo::civil(app.now.get()).date()),
        }
    }

    /// One gathering; `None` when it is not there (any more).
    pub(crate) fn gathering(self, id: GatheringId) -> Memo<Option<Gathering>> {
        Memo::new(move |_| self.gatherings.with(|all| all.iter().find(|gathering| gathering.id == id).cloned()))
    }

    /// One gathering, looked up anew only when it comes or goes: a page may be opened before it has arrived.
    pub(crate) fn arrived(self, id: GatheringId) -> impl Fn() -> Option<Gathering> {
        let gathering = self.gathering(id);
        let there = Memo::new(move |_| gathering.with(Option::is_some));
        move || if there.get() { gathering.get_untracked() } else { None }
    }

    /// One gathering that was there a moment ago: as it is, or as it was last.
    pub(crate) fn gathering_or(self, last: Gathering) -> Memo<Gathering> {
        Memo::new(move |_| {
            self.gatherings
                .with(|all| all.iter().find(|gathering| gathering.id == last.id).cloned())
                .unwrap_or_else(|| last.clone())
        })
    }
}
