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

/// The list. A row stays the same row for as long as its device is there: what is open in it stays open, and what is
/// typed in it is not lost, whatever comes in meanwhile.
#[component]
pub(super) fn OwnDevices() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let all = Memo::new(move |_| me(app).map(|me| me.devices).unwrap_or_default());
    let ids = move || all.with(|all| all.iter().map(|it| it.device).collect::<Vec<_>>());
    let row = move |device| view! { <DeviceRow device all /> }.into_any();
    view! {
        <ul class="g-list" data-test="own-devices">
            <For each=ids key=Clone::clone children=row />
        </ul>
        <p class="g-muted">{t.mine_lost()}</p>
    }
}

#[component]
fn DeviceRow(
    device: DeviceId,
    /// Every own device.
    all: Memo<Vec<OwnDevice>>,
) -> impl IntoView {
    let t = words();
    let it = Memo::new(move |_| all.with(|all| all.iter().find(|it| it.device == device).cloned()));
    let name = Memo::new(move |_| it.with(|it| it.as_ref().map(|it| named(t, it)).unwrap_or_default()));
    let stands = Memo::new(move |_| it.with(|it| it.as_ref().map(|it| (it.known, it.goes))));
    let this = it.with_untracked(|it| it.as_ref().is_some_and(|it| it.this));
    let asks = move || stands.get() == Some((false, false));
    let acts = move || {
        if stands.get()?.1 {
            let said = format!("{}. {}", t.members_take_out(), t.members_waits());
            return Some(view! { <p role="status" data-test="wished">{said}</p> }.into_any());
        }
        Some(
            view! {
                <div class="g-actions">
                    <Rename device name />
                    {(!this).then(|| view! { <TakeOut device name all /> }.into_any())}
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <li>
            <details class="ds-details g-grow" data-test="own-device" data-this=this.to_string() open=asks>
                <summary>
                    <span class="g-grow">
                        {name} {this.then(|| view! { <span class="g-muted">" · " {t.mine_this()}</span> }.into_any())}
                    </span>
                </summary>
                <div class="g-stack">
                    {live(move || asks().then(|| view! { <WasItYou device /> }.into_any()))}
                    {live(acts)}
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
fn Rename(device: DeviceId, name: Memo<String>) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-test="rename"
            aria-label=move || format!("{}: {}", t.mine_rename(), name.get())
            on:click=move |_| open.set(true)
        >
            {t.mine_rename()}
        </button>
        <Dialog open title=t.mine_rename() about=name test="rename-dialog">
            <NameForm device open />
        </Dialog>
    }
}

#[component]
fn NameForm(device: DeviceId, open: RwSignal<bool>) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let called = untrack(|| me(app)).and_then(|me| me.devices.into_iter().find(|it| it.device == device));
    let value = RwSignal::new(called.map(|it| it.name).unwrap_or_default());
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
fn TakeOut(device: DeviceId, name: Memo<String>, all: Memo<Vec<OwnDevice>>) -> impl IntoView {
    let t = words();
    let with_them = RwSignal::new(true);
    let too = Memo::new(move |_| all.with(|all| added_by(all, device)));
    let ask = move |()| {
        let others = if with_them.get_untracked() { too.get_untracked() } else { Vec::new() };
        Ask::TakeOutDevices { devices: [device].into_iter().chain(others.iter().map(|it| it.device)).collect() }
    };
    let choice = move || {
        live(move || {
            let names: Vec<_> = too.with(|too| too.iter().map(|it| named(t, it)).collect());
            (!names.is_empty()).then(|| {
                view! {
                    <label class="g-row" data-test="take-out-too">
                        <input
                            type="checkbox"
                            class="ds-input"
                            prop:checked=with_them
                            on:change=move |event| with_them.set(event_target_checked(&event))
                        />
                        {t.mine_out_too(t.listed(&names))}
                    </label>
                }
                .into_any()
            })
        })
    };
    view! {
        <Confirm label=t.members_take_out() about=name cost=t.mine_out_text() test="take-out-device" ask>
            {choice()}
        </Confirm>
    }
}
