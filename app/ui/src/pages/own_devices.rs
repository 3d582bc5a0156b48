//! One's own devices in *Meg*: what they are called, which one is this, which one knows nothing of, and taking one out.

use grend_shared::{
    command::{Command, Field, gathering::line},
    domain::Remove,
    ids::{DeviceId, RoomId},
    port::Ask,
    projection::{OwnDevice, Room, Wished},
};
use leptos::prelude::*;

use super::confirm::Confirm;
use crate::{
    state::{AppState, app_state, form::FormState, words},
    ui::{field::TextField, form::Form, title::focus_heading, trouble::TroubleCard},
    words::Words,
};

/// The devices of the room that is looked at.
fn devices(app: AppState) -> (Vec<OwnDevice>, Vec<Wished>) {
    match app.room.get().as_deref() {
        Some(Room::Network(it)) => (it.me.devices.clone(), it.wished.clone()),
        Some(Room::Service(it)) => (it.me.devices.clone(), it.wished.clone()),
        _ => (Vec::new(), Vec::new()),
    }
}

/// The rooms in which a device of one's own is: what it is called is written in each.
fn rooms_of(app: AppState, device: DeviceId) -> Vec<RoomId> {
    let has = |devices: &[OwnDevice]| devices.iter().any(|it| it.device == device);
    let rooms = app.rooms.all().into_iter();
    rooms
        .filter(|room| match &**room {
            Room::Network(it) => has(&it.me.devices),
            Room::Service(it) => has(&it.me.devices),
            Room::Threshold(_) | Room::Stopped(_) => false,
        })
        .map(|room| room.id())
        .collect()
}

fn named(t: Words, device: &OwnDevice) -> String {
    if device.name.is_empty() { t.mine_unnamed().to_owned() } else { device.name.clone() }
}

/// Those that were added by a device, and by those in turn.
fn added_by(all: &[OwnDevice], device: DeviceId) -> Vec<OwnDevice> {
    let mut found: Vec<OwnDevice> = Vec::new();
    for it in all {
        let by = it.added_by.is_some_and(|by| by == device || found.iter().any(|it| it.device == by));
        if by && !it.this && it.device != device {
            found.push(it.clone());
        }
    }
    found
}

/// The list.
#[component]
pub(super) fn OwnDevices() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let all = Memo::new(move |_| devices(app));
    let rows = Memo::new(move |_| {
        let (all, wished) = all.get();
        let goes = |device| wished.contains(&Wished::TakeOut(Remove::Device(device)));
        let row = |it: &OwnDevice| Row { device: it.clone(), goes: goes(it.device), too: added_by(&all, it.device) };
        all.iter().map(row).collect::<Vec<_>>()
    });
    view! {
        <ul class="g-list" data-test="own-devices">
            <For each=move || rows.get() key=|row| format!("{row:?}") let:row>
                <DeviceRow row />
            </For>
        </ul>
        <p class="g-muted">{t.mine_lost()}</p>
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    device: OwnDevice,
    /// Whether it is being taken out.
    goes: bool,
    /// Those it has added.
    too: Vec<OwnDevice>,
}

#[component]
fn DeviceRow(row: Row) -> impl IntoView {
    let t = words();
    let Row { device: OwnDevice { device, this, known, .. }, goes, .. } = row;
    let name = named(t, &row.device);
    let about = name.clone();
    view! {
        <li>
            <details class="ds-details g-grow" data-test="own-device" data-this=this.to_string() open=!known && !goes>
                <summary>{name} {this.then(|| view! { <span class="g-muted">" · " {t.mine_this()}</span> }.into_any())}</summary>
                <div class="g-stack">
                    {(!known && !goes).then(|| view! { <WasItYou device /> }.into_any())}
                    {if goes {
                        view! { <p role="status" data-test="wished">{format!("{}. {}", t.members_take_out(), t.members_waits())}</p> }.into_any()
                    } else {
                        view! { <Rename it=row.device.clone() /> }.into_any()
                    }}
                    {(!this && !goes).then(|| view! { <TakeOut device about too=row.too /> }.into_any())}
                </div>
            </details>
        </li>
    }
}

/// Another of one's devices has added it: it may have been somebody who found that one.
#[component]
fn WasItYou(device: DeviceId) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let was_me = move |_| {
        form.run(async move {
            app.engine.ask(Ask::KnowDevice { device }).await?;
            focus_heading();
            Ok(())
        });
    };
    view! {
        <p class="ds-alert" data-color="warning" data-test="was-it-you">{t.mine_new()}</p>
        <TroubleCard trouble=form.trouble />
        <div class="g-actions">
            <button type="button" class="ds-button" data-variant="secondary" data-test="was-me" on:click=was_me>
                {t.mine_was_me()}
            </button>
        </div>
    }
}

#[component]
fn Rename(it: OwnDevice) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let (device, value) = (it.device, RwSignal::new(it.name));
    let submit = move |()| {
        let name = match line(Field::DeviceName, &value.get_untracked()) {
            Ok(name) => name,
            Err(problem) => return form.mend(vec![problem]),
        };
        form.run(async move {
            for room in rooms_of(app, device) {
                let command = Command::NameDevice { device, name: name.clone() };
                app.engine.ask(Ask::Do { room, command }).await?;
            }
            app.toast.say(t.members_kept());
            focus_heading();
            Ok(())
        });
    };
    view! {
        <Form state=form loaded=true submit=t.mine_save() test="device-name-form" on_submit=submit>
            <TextField
                field=Field::DeviceName
                label=t.mine_name()
                help=t.mine_name_help()
                value
                on_input=move |text| value.set(text)
                problems=form.problems
            />
        </Form>
    }
}

/// A lost one goes, and those that whoever found it may have added.
#[component]
fn TakeOut(device: DeviceId, about: String, too: Vec<OwnDevice>) -> impl IntoView {
    let t = words();
    let with_them = RwSignal::new(true);
    let others: Vec<_> = too.iter().map(|it| it.device).collect();
    let names: Vec<_> = too.iter().map(|it| named(t, it)).collect();
    let names = t.listed(&names);
    let ask = move |()| {
        let others = if with_them.get_untracked() { others.clone() } else { Vec::new() };
        Ask::TakeOutDevices { devices: [device].into_iter().chain(others).collect() }
    };
    let choice = move || {
        (!names.is_empty()).then(|| {
            view! {
                <label class="g-row" data-test="take-out-too">
                    <input
                        type="checkbox"
                        class="ds-input"
                        prop:checked=with_them
                        on:change=move |event| with_them.set(event_target_checked(&event))
                    />
                    {t.mine_out_too(&names)}
                </label>
            }
            .into_any()
        })
    };
    view! {
        <div class="g-actions">
            <Confirm label=t.members_take_out() about cost=t.mine_out_text() test="take-out-device" ask>
                {choice()}
            </Confirm>
        </div>
    }
}
