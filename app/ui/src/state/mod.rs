//! What the screens know: the engine's projections as signals, and what is chosen on this device. It may use
//! `platform`; pages and components come here. Start with [`AppState`].

pub(crate) mod draft;
pub(crate) mod engine;
pub(crate) mod form;
pub(crate) mod go;
pub(crate) mod prefs;
pub(crate) mod restart;
pub(crate) mod rooms;
mod sample;
pub(crate) mod saves;
pub(crate) mod toast;

use std::sync::Arc;

use futures_channel::oneshot;
use grend_shared::{
    domain::RoomKind,
    ids::RoomId,
    projection::{Moving, Network, Room, Service, StopReason, Threshold},
    secret::SecretText,
    time::Timestamp,
};
use leptos::prelude::*;

pub(crate) use engine::{Engine, Status, Trouble};
pub(crate) use rooms::Rooms;

use crate::{
    install::Whereabouts,
    platform::{address, clock, install, page, prefs as stored_prefs, share, storage, update},
    routes::{Route, SecretLink, World},
    words::Words,
};
pub(crate) use storage::Keeping;

/// Everything the screens share. Copied freely: it holds handles, not data.
#[derive(Clone, Copy)]
pub(crate) struct AppState {
    /// The rooms of this device.
    pub(crate) rooms: Rooms,
    /// The room that is looked at: the one chosen last, else the first.
    pub(crate) room: Memo<Option<Arc<Room>>>,
    /// Where one begins in it. `None` without any room.
    pub(crate) home: Memo<Option<Route>>,
    /// The engine in its worker.
    pub(crate) engine: Engine,
    /// Language, colours, last room.
    pub(crate) prefs: prefs::Prefs,
    /// What was just done, with its undo.
    pub(crate) toast: toast::Toasts,
    /// What time it is, to the minute.
    pub(crate) now: RwSignal<Timestamp>,
    /// Whether the browser promises to keep what is stored.
    pub(crate) keeping: RwSignal<Keeping>,
    /// Whether a new release has been fetched and waits.
    pub(crate) update_waits: RwSignal<bool>,
    /// Where on the device this runs.
    pub(crate) whereabouts: Whereabouts,
    /// Whether the browser would put Grend on the home screen if asked.
    pub(crate) can_install: RwSignal<bool>,
    /// Whether to offer that here and now.
    pub(crate) offers_install: RwSignal<bool>,
    /// Counts links that came through the address bar, so that an open page notices a second one.
    pub(crate) links: RwSignal<u32>,
}

/// What was on the screen last time.
pub(crate) enum Stored {
    /// It has been read.
    Read(Vec<Room>),
    /// It is still being read.
    Late(oneshot::Receiver<Vec<Room>>),
}

/// The state of the app this page belongs to.
///
/// Only for the body of a component: what it returns may then be moved into any callback.
pub(crate) fn app_state() -> AppState {
    use_context().expect("`App` gives the state before it makes any page or component")
}

/// The texts in the chosen language. The whole app is made anew when the language changes, so this need not be
/// reactive.
pub(crate) fn words() -> Words {
    Words(app_state().prefs.language.get_untracked())
}

impl AppState {
    /// Makes the state and starts the engine. Call once, under the owner that lives as long as the page.
    pub(crate) fn start(stored: Stored) -> Self {
        let world = World::here();
        address::take_fragment();
        let (rooms, prefs) = (Rooms::new(), prefs::Prefs::load());
        let room = Memo::new(move |_| {
            let order = rooms.order.get();
            let chosen = prefs.room.get().filter(|room| order.contains(room));
            rooms.get(chosen.or_else(|| order.first().copied())?)
        });
        let state = Self {
            rooms,
            room,
            home: Memo::new(move |_| room.get().map(|room| home_of(&room))),
            engine: Engine::new(rooms),
            prefs,
            toast: toast::Toasts::new(),
            now: RwSignal::new(clock::now()),
            keeping: RwSignal::new(Keeping::Unknown),
            update_waits: RwSignal::new(false),
            whereabouts: install::surroundings().whereabouts(),
            can_install: RwSignal::new(install::can_ask()),
            offers_install: RwSignal::new(!stored_prefs::offered()),
            links: RwSignal::new(0),
        };
        let at_home = world == World::Sample || state.whereabouts.is_home() || stored_prefs::stays();
        state.listen();
        match world {
            World::Sample => state.engine.start(false),
            World::Own => {
                // The engine keeps disk and processor busy: it starts when the page has been painted.
                let start = move || page::when_painted(move || state.engine.start(false));
                // Whoever came in here before Grend knew better goes on here.
                let goes_on = at_home || matches!(&stored, Stored::Read(rooms) if !rooms.is_empty());
                if goes_on {
                    start();
                } else {
                    state.engine.status.set(Status::Outside);
                }
                match stored {
                    Stored::Read(stored) => rooms.put_stored(stored),
                    Stored::Late(reading) => leptos::task::spawn_local(async move {
                        // Nobody drops it but the page.
                        let stored = reading.await.unwrap_or_default();
                        if !goes_on && !stored.is_empty() {
                            start();
                        }
                        rooms.put_stored(stored);
                    }),
                }
            }
        }
        leptos::task::spawn_local(async move { update::watch(move || state.update_waits.set(true)).await });
        state
    }

    fn listen(self) {
        page::on_wake(move || {
            self.now.set(clock::now());
            self.engine.wake();
        });
        page::on_laid_aside(move || self.engine.rest());
        address::on_fragment(move || {
            address::take_fragment();
            self.links.update(|links| *links += 1);
        });
        install::on_change(move || self.can_install.set(install::can_ask()));
        // The minute of the screen: what is today, what is past.
        set_interval(move || self.now.set(clock::now()), core::time::Duration::from_secs(30));
        // Asked for when there is first something to keep.
        Effect::new(move |asked: Option<bool>| {
            let asked = asked.unwrap_or(false);
            if !asked && World::here() == World::Own && !self.rooms.order.with(Vec::is_empty) {
                leptos::task::spawn_local(async move { self.keeping.set(storage::ask_to_keep().await) });
                return true;
            }
            asked
        });
    }

    /// A slice of the network that is looked at; empty while it is no network.
    pub(crate) fn network<T>(self, pick: fn(&Network) -> T) -> Memo<T>
    where
        T: Default + PartialEq + Send + Sync + 'static,
    {
        let room = self.room;
        Memo::new(move |_| match room.get().as_deref() {
            Some(Room::Network(network)) => pick(network),
            _ => T::default(),
        })
    }

    /// A slice of the service that is looked at; empty while it is no service.
    pub(crate) fn service<T>(self, pick: fn(&Service) -> T) -> Memo<T>
    where
        T: Default + PartialEq + Send + Sync + 'static,
    {
        let room = self.room;
        Memo::new(move |_| match room.get().as_deref() {
            Some(Room::Service(service)) => pick(service),
            _ => T::default(),
        })
    }

    /// Whether this device moves to another.
    pub(crate) fn moving(self) -> Memo<Moving> {
        Memo::new(move |_| self.engine.sync.get().map_or(Moving::No, |sync| sync.moving))
    }

    /// Looks at another room.
    pub(crate) fn look_at(self, room: RoomId) {
        self.prefs.set_room(room);
    }

    /// The secret of a link that waits to be used.
    pub(crate) fn secret(self, route: Route) -> Option<SecretText> {
        self.links.track();
        address::secret(route)
    }

    /// Keeps the secret of a pasted link for its page.
    pub(crate) fn keep_link(self, link: &SecretLink) {
        address::keep_secret(link.to, link.secret.expose());
        self.links.update(|links| *links += 1);
    }

    /// Forgets a link that has been spent.
    pub(crate) fn forget_link(self, route: Route) {
        address::forget_secret(route);
    }

    /// The link to send for an invitation.
    pub(crate) fn invite_url(self, secret: &str) -> String {
        SecretLink::url(&address::origin(), Route::Invite, secret)
    }

    /// Copies a text to the clipboard; `false` if the browser would not.
    pub(crate) async fn copy(self, text: &str) -> bool {
        share::copy(text).await
    }

    /// Marks what stands in an element, to be copied by hand.
    pub(crate) fn select(self, element: &leptos::web_sys::HtmlElement) {
        share::select(element);
    }

    /// Whether the device has a share sheet.
    pub(crate) fn can_share(self) -> bool {
        share::can_share()
    }

    /// Opens the share sheet.
    pub(crate) async fn share(self, title: &str, url: &str) {
        share::share(title, url).await;
    }

    /// Has the browser ask whether to put Grend on the home screen.
    pub(crate) fn install(self) {
        self.offer_no_more();
        install::ask();
    }

    /// Offers the home screen no more of itself.
    pub(crate) fn offer_no_more(self) {
        stored_prefs::keep_offered();
        self.offers_install.set(false);
    }

    /// Goes on here, where Grend does not have its home on this device: keys are made from now on.
    pub(crate) fn stay_here(self) {
        stored_prefs::keep_stays();
        self.engine.start(false);
    }

    /// The link to the page one is on, with the secret it came with.
    pub(crate) fn link_here(self) -> String {
        let linked = [Route::Invite, Route::SetUp].into_iter().find_map(|to| Some((to, self.secret(to)?)));
        match linked {
            Some((to, secret)) => SecretLink::url(&address::origin(), to, secret.expose()),
            None => address::origin() + &address::path(),
        }
    }

    /// Lets the waiting release take over.
    pub(crate) fn take_update(self) {
        leptos::task::spawn_local(update::take());
    }

    /// Loads the page anew.
    pub(crate) fn reload(self) {
        page::reload();
    }
}

/// Where one begins in a room.
pub(crate) fn home_of(room: &Room) -> Route {
    match room {
        Room::Service(_) | Room::Threshold(Threshold { kind: RoomKind::Service, .. }) => Route::Networks,
        Room::Network(_) | Room::Threshold(_) | Room::Stopped(_) => Route::Tunet,
    }
}

/// Whether this device was taken out of a room.
pub(crate) fn was_left(room: &Room) -> bool {
    room.stopped() == Some(StopReason::Left)
}

/// Whether it is out of a room or never came in.
pub(crate) fn is_gone(room: &Room) -> bool {
    was_left(room) || room.stopped() == Some(StopReason::NotTaken)
}
