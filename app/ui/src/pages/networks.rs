//! The service's networks: whether they are founded, how many households are in, and the way to invite.

use crate::ui::live;
use grend_shared::{
    command::{Field, gathering::line},
    domain::Role,
    ids::RoomId,
    port::Ask,
    projection::{Adult, InvitedAs, StewardedNetwork},
};
use leptos::prelude::*;

use super::{
    inviting::{InviteButton, OpenInvitations},
    person::{Person, PersonRow},
    restored::RestoredNote,
};
use crate::{
    state::{app_state, draft::Draft, form::FormState, words},
    ui::{
        dialog::Dialog, empty::Empty, field::TextField, form::Form, hamlet::LittleHamlet, icons::Icon, title::PageTitle,
    },
};

/// The page.
#[component]
pub(crate) fn NetworksPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let room = app.service(|service| Some(service.room));
    let name = app.service(|service| service.name.clone());
    let networks = app.service(|service| service.networks.clone());
    let none = Memo::new(move |_| networks.with(Vec::is_empty));
    view! {
        <div class="g-row" data-spread="">
            <PageTitle text=t.nav_networks().to_owned() />
            {live(move || room.get().map(|room| view! { <OpenNetworkButton service=room /> }.into_any()))}
        </div>
        <p class="g-muted" data-test="service-name">{name}</p>
        <p>{t.networks_cannot_read()}</p>
        <Show when=move || none.get()>
            <Empty icon=Icon::Networks text=t.networks_empty() />
        </Show>
        <div class="g-grid">
            <For each=move || networks.get() key=|network| network.room let:network>
                <NetworkCard id=network.room networks />
            </For>
        </div>
        {live(move || room.get().map(|room| view! { <Colleagues room /> }.into_any()))}
    }
}

/// One network as its steward sees it: the door, not the room.
#[component]
fn NetworkCard(id: RoomId, networks: Memo<Vec<StewardedNetwork>>) -> impl IntoView {
    let t = words();
    let network = Memo::new(move |_| networks.with(|all| all.iter().find(|network| network.room == id).cloned()));
    let invites = Memo::new(move |_| network.get().map(|network| network.invites).unwrap_or_default());
    let founded = Memo::new(move |_| network.with(|network| network.as_ref().is_some_and(|network| network.founded)));
    let homes = Signal::derive(move || network.with(|n| n.as_ref().map_or(0, |n| n.households.saturating_sub(1))));
    let waiting = Signal::derive(move || network.with(|network| network.as_ref().map_or(0, |n| n.waiting)));
    let confirmation = Signal::derive(move || network.with(|n| n.as_ref().map(|n| n.confirmation)).unwrap_or_default());
    let words_of = move || {
        network.get().map(|network| {
            let stands = if !network.founded {
                t.networks_not_founded().to_owned()
            } else if network.waiting > 0 {
                format!("{} · {}", t.networks_households(network.households), t.networks_waiting(network.waiting))
            } else {
                t.networks_households(network.households)
            };
            view! {
                <h2 class="ds-heading" data-size="xs">{network.name}</h2>
                <p class="g-muted" data-test="stands">{stands}</p>
            }
            .into_any()
        })
    };
    view! {
        <article class="g-card" data-test="network" data-founded=move || founded.get().to_string()>
            <LittleHamlet homes waiting />
            <div class="g-stack" data-gap="sm">{live(words_of)}</div>
            <div class="g-card__actions">
                {live(move || {
                    let invited_as = if founded.get() { InvitedAs::FosterFamily } else { InvitedAs::ResourceFamily };
                    view! { <InviteButton room=id invited_as quiet=founded.get() invites /> }.into_any()
                })}
            </div>
            <OpenInvitations room=Signal::stored(Some(id)) invites />
            <Guests id network />
            <RestoredNote room=Some(id) confirmation />
        </article>
    }
}

/// Those who came in on this device's invitations, by what they were labelled: a steward knows no more of them.
#[component]
fn Guests(id: RoomId, network: Memo<Option<StewardedNetwork>>) -> impl IntoView {
    let t = words();
    let guests = Memo::new(move |_| network.get().map(|network| network.guests).unwrap_or_default());
    let wished = Memo::new(move |_| network.get().map(|network| network.wished).unwrap_or_default());
    live(move || {
        let guests = guests.get();
        let row = |Adult { person, name, role, devices }: Adult| {
            let role = (devices > 0).then_some(role);
            let said = role.map_or_else(|| t.members_out(), |role| t.role(role)).to_owned();
            let it = Person { room: id, person, name, role, rules: true, lets_back: true };
            view! { <li><PersonRow it said wished /></li> }.into_any()
        };
        (!guests.is_empty()).then(|| {
            view! {
                <details class="ds-details" data-test="guests">
                    <summary>{t.members_guests()}</summary>
                    <ul class="g-list">{guests.into_iter().map(row).collect_view()}</ul>
                </details>
            }
            .into_any()
        })
    })
}

/// Opens a network: its name, then it is there. Needs the net.
#[component]
fn OpenNetworkButton(service: RoomId) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="ds-button" data-test="open-network" on:click=move |_| open.set(true)>
            {t.networks_open()}
        </button>
        <Dialog open title=t.networks_open() test="network-dialog">
            <OpenNetworkForm service open />
        </Dialog>
    }
}

#[component]
fn OpenNetworkForm(service: RoomId, open: RwSignal<bool>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let name = Draft::open(format!("{service}/network"), String::new());
    let submit = move |()| {
        let text = name.value.get_untracked();
        if let Err(problem) = line(Field::NetworkName, &text) {
            form.mend(vec![problem]);
            return;
        }
        let asked = app.engine.ask(Ask::OpenNetwork { service, name: text.clone() });
        form.run(async move {
            asked.await?;
            name.clear();
            app.toast.say(&t.networks_opened(&text));
            open.try_set(false);
            Ok(())
        });
    };
    view! {
        <Form state=form loaded=name.loaded submit=t.networks_open_go() test="network-form" on_submit=submit>
            <TextField
                field=Field::NetworkName
                label=t.networks_name()
                help=t.networks_name_help()
                value=name.value
                on_input=move |text| name.value.set(text)
                problems=form.problems
            />
        </Form>
    }
}

/// The staff, and inviting one more.
#[component]
fn Colleagues(room: RoomId) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let staff = app.service(|service| service.staff.clone());
    let me = app.service(|service| Some(service.me.clone()));
    let wished = app.service(|service| service.wished.clone());
    let invites = app.service(|service| service.invites.clone());
    let row = move |adult: Adult| {
        let name = t.person_name(&adult.name).to_owned();
        let rules =
            me.with_untracked(|me| me.as_ref().is_some_and(|me| me.role == Role::Admin && me.person != adult.person));
        let said = format!("{} · {}", t.role(adult.role), t.people_devices(adult.devices));
        let it =
            Person { room, person: adult.person, name: name.clone(), role: Some(adult.role), rules, lets_back: rules };
        view! { <li><PersonRow it said wished /></li> }.into_any()
    };
    view! {
        <section class="g-section" data-test="colleagues">
            <h2 class="ds-heading" data-size="xs">{t.networks_staff()}</h2>
            <ul class="g-list">
                <For each=move || staff.get() key=|adult| (adult.person, adult.name.clone(), adult.devices, adult.role) children=row />
            </ul>
            <div class="g-actions">
                <InviteButton room invited_as=InvitedAs::Staff quiet=true invites />
            </div>
            <OpenInvitations room=Signal::stored(Some(room)) invites />
        </section>
    }
}
