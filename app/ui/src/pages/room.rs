//! Pages that need a certain kind of room: what is shown while it is another, or not open yet.

use std::sync::Arc;

use crate::ui::live;
use grend_shared::projection::{Doubt, Room, StopReason};
use leptos::prelude::*;

use super::{leaving::StartAnew, restored::RestoredNote, threshold::ThresholdPage};
use crate::{
    routes::Route,
    state::{Status, app_state, go::use_redirect, words},
    ui::{doorway::Doorway, empty::Skeleton, title::PageTitle},
    words::Words,
};

/// What there is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Page,
    Threshold,
    Stopped(StopReason),
    Elsewhere(Route),
    NotKnownYet,
}

const fn is_network(room: &Room) -> bool {
    matches!(room, Room::Network(_))
}

const fn is_service(room: &Room) -> bool {
    matches!(room, Room::Service(_))
}

/// Shows its page while a network is looked at.
#[component]
pub(crate) fn InNetwork(children: ChildrenFn) -> impl IntoView {
    view! { <InRoom wanted=is_network otherwise=Route::Networks>{children()}</InRoom> }
}

/// Shows its page while a service is looked at.
#[component]
pub(crate) fn InService(children: ChildrenFn) -> impl IntoView {
    view! { <InRoom wanted=is_service otherwise=Route::Tunet>{children()}</InRoom> }
}

#[component]
fn InRoom(
    wanted: fn(&Room) -> bool,
    /// Where to go when the room is of the other kind.
    otherwise: Route,
    children: ChildrenFn,
) -> impl IntoView {
    let app = app_state();
    let (room, redirect) = (app.room, use_redirect());
    let shown = Memo::new(move |_| match room.get().as_deref() {
        Some(room) if wanted(room) => Shown::Page,
        Some(Room::Threshold(_)) => Shown::Threshold,
        Some(Room::Stopped(stopped)) => Shown::Stopped(stopped.reason),
        Some(_) => Shown::Elsewhere(otherwise),
        // Only the engine knows that there are none: the store may just not have been readable.
        None if app.engine.status.get() == Status::Ready => Shown::Elsewhere(Route::Front),
        None => Shown::NotKnownYet,
    });
    Effect::new(move |_| {
        if let Shown::Elsewhere(route) = shown.get() {
            // Another room of this device may be of the wanted kind: an old address or a bookmark leads there.
            let other = app.rooms.all().into_iter().find(|room: &Arc<Room>| wanted(room));
            match other {
                Some(room) => app.look_at(room.id()),
                None => redirect(route),
            }
        }
    });
    live(move || match shown.get() {
        Shown::Page => view! { <StoppedNote /><Restored />{children()} }.into_any(),
        Shown::Threshold => view! { <ThresholdPage /> }.into_any(),
        Shown::Stopped(reason) => view! { <StoppedPage reason /> }.into_any(),
        Shown::Elsewhere(_) | Shown::NotKnownYet => view! { <Skeleton /> }.into_any(),
    })
}

/// Says above a page that its room stands still, while it does. What is in it is read and added to as before.
#[component]
fn StoppedNote() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let stopped = Memo::new(move |_| app.room.get().and_then(|room| room.stopped()));
    let behind = Memo::new(move |_| app.room.get().is_some_and(|room| room.doubt() == Some(Doubt::Behind)));
    live(move || {
        if stopped.get().is_none() && behind.get() {
            let text = t.stopped_behind();
            return Some(view! { <p class="ds-alert" data-color="warning" data-test="behind">{text}</p> }.into_any());
        }
        stopped.get().map(|reason| {
            view! {
                <p class="ds-alert" data-color="warning" data-test="stopped">{in_words(t, reason)}</p>
                {match reason {
                    StopReason::UpdateNeeded => view! { <ReloadButton /> }.into_any(),
                    StopReason::Twice => view! { <StartAnew /> }.into_any(),
                    _ => ().into_any(),
                }}
            }
            .into_any()
        })
    })
}

/// Says above a page that the relay was restored, while the room waits for somebody's word.
#[component]
fn Restored() -> impl IntoView {
    let app = app_state();
    let room = Signal::derive(move || app.room.get().map(|room| room.id()));
    let confirmation = Signal::derive(move || app.room.get().map(|room| room.confirmation()).unwrap_or_default());
    view! { <RestoredNote room confirmation /> }
}

#[component]
fn ReloadButton() -> impl IntoView {
    let (app, t) = (app_state(), words());
    view! {
        <button type="button" class="ds-button" on:click=move |_| app.take_update()>
            {t.common_reload()}
        </button>
    }
}

fn in_words(t: Words, reason: StopReason) -> &'static str {
    match reason {
        StopReason::UpdateNeeded => t.stopped_update(),
        StopReason::LogContradicts => t.stopped_contradicts(),
        StopReason::Twice => t.stopped_twice(),
        StopReason::NotTaken => t.stopped_not_taken(),
        StopReason::Unreadable => t.stopped_unreadable(),
        StopReason::Left => t.stopped_left(),
    }
}

/// The room stands still; what is in it is kept.
#[component]
fn StoppedPage(reason: StopReason) -> impl IntoView {
    let t = words();
    let text = in_words(t, reason);
    let title = match reason {
        StopReason::NotTaken => t.stopped_not_taken_title(),
        StopReason::Left => t.stopped_left_title(),
        StopReason::UpdateNeeded | StopReason::LogContradicts | StopReason::Unreadable | StopReason::Twice => {
            t.stopped_title()
        }
    };
    // Neither comes back by itself, but both by a new invitation.
    let ended = matches!(reason, StopReason::NotTaken | StopReason::Left);
    view! {
        <PageTitle text=title.to_owned() />
        <p class="ds-alert" data-color="warning" data-test="stopped">{text}</p>
        <div class="g-actions">
            {if ended {
                view! { <a class="ds-button" href=Route::Invite.to_string()>{t.front_invite_title()}</a> }.into_any()
            } else {
                view! { <ReloadButton /> }.into_any()
            }}
        </div>
    }
}

/// This device was taken out of every room: most often its person has moved to another.
#[component]
pub(crate) fn EmptiedPage() -> impl IntoView {
    let t = words();
    view! {
        <Doorway test="emptied">
            <PageTitle text=t.stopped_emptied_title().to_owned() />
            <p>{t.stopped_emptied()}</p>
            <div class="g-actions">
                <a class="ds-button" data-variant="secondary" href=Route::NewDevice.to_string() data-test="new-device">
                    {t.new_device_link()}
                </a>
                <a class="ds-button" data-variant="tertiary" href=Route::Invite.to_string()>{t.front_invite_title()}</a>
            </div>
        </Doorway>
    }
}
