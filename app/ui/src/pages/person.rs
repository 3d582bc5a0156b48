//! Somebody in a room, and what can be done about their being there: letting back in, another admin, taking out.

use grend_shared::{
    domain::{Remove, Role},
    ids::{PersonId, RoomId},
    port::Ask,
    projection::Wished,
};
use leptos::prelude::*;

use super::{
    confirm::{Confirm, Waits},
    inviting::LetBack,
};
use crate::{state::words, ui::live};

/// Whom it is about, and what whoever looks may do.
pub(crate) struct Person {
    /// The room.
    pub(crate) room: RoomId,
    /// Who.
    pub(crate) person: PersonId,
    /// What they are called here.
    pub(crate) name: String,
    /// What they may do; `None` if they are not inside.
    pub(crate) role: Option<Role>,
    /// Whether whoever looks may take out, and make admins.
    pub(crate) rules: bool,
    /// Whether whoever looks may ask them back.
    pub(crate) lets_back: bool,
}

/// A person's line: who they are, and behind it what can be done, for those who may do something.
#[component]
pub(crate) fn PersonRow(it: Person, said: String, #[prop(into)] wished: Signal<Vec<Wished>>) -> impl IntoView {
    let name = it.name.clone();
    if !it.rules && !it.lets_back {
        return view! {
            <span class="g-grow">{name}</span>
            <span class="g-muted">{said}</span>
        }
        .into_any();
    }
    view! {
        <details class="ds-details g-grow" data-test="person">
            <summary>
                // One thing beside the arrow, so that long words and large letters wrap.
                <span class="g-grow">
                    {name}
                    {(!said.is_empty()).then(|| view! { <span class="g-muted">" · " {said}</span> }.into_any())}
                </span>
            </summary>
            <PersonActs it wished />
        </details>
    }
    .into_any()
}

/// The acts about a person.
#[component]
fn PersonActs(it: Person, #[prop(into)] wished: Signal<Vec<Wished>>) -> impl IntoView {
    let t = words();
    let Person { room, person, name, role, rules, lets_back } = it;
    let (out, admin) = (Wished::TakeOut(Remove::Person(person)), Wished::MakeAdmin(person));
    live(move || {
        let waits = wished.with(|all| all.iter().copied().find(|it| [out, admin].contains(it)));
        if let Some(waits) = waits {
            let act = if waits == out { t.members_take_out() } else { t.members_admin() };
            let text = format!("{act}. {}", t.members_waits());
            return view! { <Waits text room wished=waits /> }.into_any();
        }
        view! {
            <div class="g-actions">
                {lets_back.then(|| view! { <LetBack room person name=name.clone() /> }.into_any())}
                {(rules && role == Some(Role::Member))
                    .then(|| {
                        view! {
                            <Confirm
                                label=t.members_admin()
                                about=name.clone()
                                cost=t.members_admin_text(&name)
                                test="make-admin"
                                ask=move |()| Ask::Wish { room, wished: admin }
                                danger=false
                            />
                        }.into_any()
                    })}
                {(rules && role.is_some())
                    .then(|| {
                        view! {
                            <Confirm
                                label=t.members_take_out()
                                about=name.clone()
                                cost=t.members_take_out_text(&name)
                                test="take-out"
                                ask=move |()| Ask::Wish { room, wished: out }
                            />
                        }.into_any()
                    })}
            </div>
        }
        .into_any()
    })
}
