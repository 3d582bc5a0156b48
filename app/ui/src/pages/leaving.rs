//! Leaving a network, or beginning it anew, from *Meg*; and beginning anew on a device that was copied.

use grend_shared::{
    domain::{Remove, Role},
    port::Ask,
    projection::{Family, Me, Wished},
};
use leptos::prelude::*;

use super::{
    confirm::{Confirm, Waits},
    slices::NetworkSlices,
};
use crate::{
    routes::{Route, World},
    state::{app_state, go::use_redirect, words},
    ui::live,
};

/// Why one cannot leave, if one cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    /// Nobody else could read it any more.
    Alone,
    /// Nobody else could ask anybody in.
    OnlyAdmin,
}

fn stays(me: &Me, families: &[Family]) -> Option<Stays> {
    let adults = families.iter().flat_map(|family| &family.adults);
    let mut others = adults.filter(|adult| adult.person != me.person).peekable();
    let alone = others.peek().is_none();
    let only_admin = me.role == Role::Admin && !others.any(|adult| adult.role == Role::Admin);
    if alone { Some(Stays::Alone) } else { only_admin.then_some(Stays::OnlyAdmin) }
}

/// In *Meg*: the way out of the network that is looked at.
#[component]
pub(super) fn Leave() -> impl IntoView {
    let t = words();
    let slices = NetworkSlices::of(app_state());
    live(move || {
        let (room, me, name) = (slices.room.get()?, slices.me.get()?, slices.name.get());
        if World::here() == World::Sample {
            return None;
        }
        let out = Wished::TakeOut(Remove::Person(me.person));
        let waits = slices.wished.with(|all| all.contains(&out));
        let stays = slices.families.with(|families| stays(&me, families));
        let way = match (waits, stays) {
            (true, _) => view! { <Waits text=t.members_leaving() room wished=out /> }.into_any(),
            (false, Some(Stays::Alone)) => view! { <p data-test="stays">{t.members_leave_alone()}</p> }.into_any(),
            (false, Some(Stays::OnlyAdmin)) => view! {
                <p data-test="stays">{t.members_leave_admin()}</p>
                <p><a class="ds-link" href=Route::People.to_string()>{t.nav_people()}</a></p>
            }
            .into_any(),
            (false, None) => {
                let cost = t.members_leave_text(&name);
                let ask = move |()| Ask::Wish { room, wished: out };
                view! {
                    <div class="g-actions">
                        <Confirm label=t.members_leave() about=name.clone() cost test="leave" ask />
                    </div>
                }
                .into_any()
            }
        };
        Some(
            view! {
                <section class="g-card" data-test="leaving">
                    <h2 class="ds-heading" data-size="xs">{t.members_leave()} " · " {name.clone()}</h2>
                    {way}
                </section>
            }
            .into_any(),
        )
    })
}

/// In *Meg*, for who may invite: everything but what stands now is erased everywhere.
#[component]
pub(super) fn BeginAnew() -> impl IntoView {
    let t = words();
    let slices = NetworkSlices::of(app_state());
    live(move || {
        let (room, me, name) = (slices.room.get()?, slices.me.get()?, slices.name.get());
        if me.role != Role::Admin || World::here() == World::Sample {
            return None;
        }
        let wished = Wished::Refound;
        let way = if slices.wished.with(|all| all.contains(&wished)) {
            view! { <Waits text=t.members_refounding() room wished /> }.into_any()
        } else {
            let ask = move |()| Ask::Wish { room, wished };
            view! {
                <div class="g-actions">
                    <Confirm label=t.members_refound() about=name cost=t.members_refound_text() test="refound" ask />
                </div>
            }
            .into_any()
        };
        Some(view! { <section data-test="refounding">{way}</section> }.into_any())
    })
}

/// The way out for a device of which a copy is in use: it is emptied, and comes in with keys of its own.
#[component]
pub(super) fn StartAnew() -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_redirect());
    let done = Callback::new(move |()| {
        app.prefs.forget_room();
        go(Route::NewDevice);
    });
    view! {
        <Confirm
            label=t.mine_anew()
            about=t.mine_this()
            cost=t.mine_anew_text()
            test="start-anew"
            ask=move |()| Ask::StartAnew
            done
        />
    }
}
