//! One's own devices in *Meg*: what they are called, which one is this, which one knows nothing of, and taking one out.

use grend_shared::{
    command::{Command, Field, gathering::line},
    ids::{DeviceId, RoomId},
    port::Ask,
    projection::{Me, OwnDevice, Room},
};
use leptos::prelude::*;

use super::confirm::Confirm;
use crate::{
    state::{AppState, app_state, form::FormState, words},
    ui::{dialog::Dialog, field::TextField, form::Form, live, title::focus_heading, trouble::TroubleCard},
    words::Words,
};

/// Who one is in the room that is looked at.
fn me(app: AppState) -> Option<Me> {
    match app.room.get().as_deref() {
        Some(Room::Network(it)) => Some(it.me.clone()),
        Some(Room::Service(it)) => Some(it.me.clone()),
        _ => None,
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
    let me = Memo::new(move |_| me(app));
    let rows = move || {
        let all = me.get()?.devices;
        let row = |it: &OwnDevice| {
            let (it, too) = (it.clone(), added_by(&all, it.device));
            view! { <DeviceRow it too /> }.into_any()
        };
        let rows = all.iter().map(row).collect_view();
        Some(view! { <ul class="g-list" data-test="own-devices">{rows}</ul> }.into_any())
    };
    view! {
        {live(rows)}
        <p class="g-muted">{t.mine_lost()}</p>
    }
}

#[component]
fn DeviceRow(
    it: OwnDevice,
    /// Those it has added.
    too: Vec<OwnDevice>,
) -> impl IntoView {
    let t = words();
    let OwnDevice { device, this, known, goes, .. } = it;
    let name = named(t, &it);
    let about = name.clone();
    view! {
        <li>
            <details class="ds-details g-grow" data-test="own-device" data-this=this.to_string() open=!known && !goes>
                <summary>
                    <span class="g-grow">
                        {name} {this.then(|| view! { <span class="g-muted">" · " {t.mine_this()}</span> }.into_any())}
                    </span>
                </summary>
                <div class="g-stack">
                    {(!known && !goes).then(|| view! { <WasItYou device /> }.into_any())}
                    {if goes {
                        let said = format!("{}. {}", t.members_take_out(), t.members_waits());
                        view! { <p role="status" data-test="wished">{said}</p> }.into_any()
                    } else {
                        view! {
                            <div class="g-actions">
                                <Rename it=it.clone() />
                                {(!this).then(|| view! { <TakeOut device about too /> }.into_any())}
                            </div>
                        }
                            .into_any()
                    }}
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
    let t = words();
    let open = RwSignal::new(false);
    let about = named(t, &it);
    let label = format!("{}: {about}", t.mine_rename());
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-test="rename"
            aria-label=label
            on:click=move |_| open.set(true)
        >
            {t.mine_rename()}
        </button>
        <Dialog open title=t.mine_rename() about test="rename-dialog">
            <NameForm device=it.device name=it.name.clone() open />
        </Dialog>
    }
}

#[component]
fn NameForm(device: DeviceId, name: String, open: RwSignal<bool>) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let value = RwSignal::new(name);
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
            open.try_set(false);
            app.toast.say(t.members_kept());
            focus_heading();
            Ok(())
        });
    };
    view! {
        <Form state=form loaded=true submit=t.mine_rename() test="device-name-form" on_submit=submit>
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
        <Confirm label=t.members_take_out() about cost=t.mine_out_text() test="take-out-device" ask>
            {choice()}
        </Confirm>
    }
}
