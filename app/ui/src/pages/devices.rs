//! One more device of one's own, or moving to it: this one reads what the new one shows and adds it. `new_device` is the
//! other side.

use grend_shared::{
    port::{Ask, Failure, Outcome},
    projection::{Moving, Room},
    secret::SecretText,
};
use leptos::prelude::*;

use super::{own_devices::OwnDevices, threshold::CheckWords};
use crate::{
    routes::{Route, World},
    state::{AppState, Trouble, app_state, form::FormState, words},
    ui::{
        form::Form,
        live,
        paste_field::PasteField,
        steps::steps,
        title::{PageTitle, focus_heading},
        trouble::TroubleCard,
    },
    words::Words,
};

/// What it is called here: where Grend has no home, one moves on from.
fn name(app: AppState, t: Words) -> &'static str {
    if app.whereabouts.is_home() { t.devices_add() } else { t.devices_move() }
}

/// In *Meg*: the way to the page.
#[component]
pub(super) fn Devices() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let moving = app.moving();
    let named = move || if moving.get() == Moving::No { name(app, t) } else { t.devices_moving() };
    let inside = Memo::new(move |_| {
        World::here() == World::Own
            && app.room.get().is_some_and(|room| matches!(&*room, Room::Network(_) | Room::Service(_)))
    });
    live(move || {
        inside.get().then(|| {
            view! {
                <section class="g-card" data-test="devices">
                    <h2 class="ds-heading" data-size="xs">{t.devices_title()}</h2>
                    <OwnDevices />
                    <p><a class="ds-link" href=Route::Devices.to_string() data-test="add-device">{named}</a></p>
                </section>
            }
            .into_any()
        })
    })
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Paste,
    /// The code has been read; both screens show these words.
    Compare(Vec<String>),
    /// The other device is added.
    Added,
    /// And the move to it was given up.
    Stayed,
    Moving,
}

/// What the steps share.
#[derive(Clone, Copy)]
struct Adding {
    step: RwSignal<Step>,
    /// As pasted.
    code: RwSignal<String>,
    /// Whether other words stood on the new device.
    unlike: RwSignal<bool>,
}

impl Adding {
    /// The code without what mail and chat put into it.
    fn bare_code(self) -> SecretText {
        self.code.with_untracked(|code| code.split_whitespace().collect::<String>()).into()
    }
}

/// The page. Each step has a heading of its own, which takes the focus.
#[component]
pub(crate) fn DevicesPage() -> impl IntoView {
    let (t, moving) = (words(), app_state().moving());
    let adding = Adding { step: RwSignal::new(Step::Paste), code: RwSignal::default(), unlike: RwSignal::new(false) };
    let shown = Memo::new(move |_| if moving.get() == Moving::No { adding.step.get() } else { Step::Moving });
    live(move || match shown.get() {
        Step::Paste => view! { <PasteCode adding /> }.into_any(),
        Step::Compare(words) => view! { <Compare adding words /> }.into_any(),
        Step::Moving => view! { <OnTheMove adding /> }.into_any(),
        step @ (Step::Added | Step::Stayed) => {
            let title = if step == Step::Added { t.devices_added_title() } else { t.devices_stayed() };
            view! {
                <PageTitle text=title.to_owned() />
                <p data-test="device-added">{t.devices_added()}</p>
                <p><a class="ds-link" href=Route::Me.to_string()>{t.nav_me()}</a></p>
            }
            .into_any()
        }
    })
}

/// What stands beside the field when a code is none.
fn unread(t: Words, trouble: &Trouble) -> Option<&'static str> {
    let Trouble::Failure(failure) = trouble else { return None };
    match **failure {
        Failure::BadLink => Some(t.devices_unread()),
        Failure::AlreadyInside => Some(t.devices_inside()),
        _ => None,
    }
}

#[component]
fn PasteCode(adding: Adding) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let (form, problem) = (FormState::new(), RwSignal::new(None::<&'static str>));
    let read = move |()| {
        problem.set(None);
        let asked = app.engine.ask(Ask::ReadCode { code: adding.bare_code() });
        form.run(async move {
            match asked.await {
                Ok(Outcome::DeviceWords { words }) => {
                    adding.unlike.try_set(false);
                    adding.step.try_set(Step::Compare(words));
                }
                Ok(_) => {}
                Err(trouble) => {
                    problem.try_set(Some(unread(t, &trouble).ok_or(trouble)?));
                }
            }
            Ok(())
        });
    };
    let first = if app.whereabouts.is_home() { t.devices_step_other() } else { t.devices_step_home() };
    view! {
        <PageTitle text=name(app, t).to_owned() />
        <Show when=move || adding.unlike.get()>
            <p class="ds-alert" data-color="info" role="alert" data-test="unlike">{t.devices_unlike()}</p>
        </Show>
        {steps("device-steps", [first, t.devices_step_choose(), t.devices_step_paste()])}
        <Form state=form loaded=true submit=t.devices_read() test="device-form" on_submit=read>
            <PasteField name="code" label=t.devices_code() long=true value=adding.code problem />
        </Form>
    }
}

/// A button of the answer; `cost` names what says what it costs.
fn button(
    (label, test, act): (&'static str, &'static str, Callback<()>),
    variant: &'static str,
    cost: Option<&'static str>,
) -> AnyView {
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant=variant
            data-test=test
            aria-describedby=cost
            on:click=move |_| act.run(())
        >
            {label}
        </button>
    }
    .into_any()
}

/// Whether the same words stand on the new device, and what then.
#[component]
fn Compare(adding: Adding, words: Vec<String>) -> impl IntoView {
    let (app, t, form) = (app_state(), crate::state::words(), FormState::new());
    let add = move |leave: bool| {
        Callback::new(move |()| {
            form.run(async move {
                app.engine.ask(Ask::AddDevice { code: adding.bare_code(), leave }).await?;
                adding.step.try_set(if leave { Step::Moving } else { Step::Added });
                Ok(())
            });
        })
    };
    let no = Callback::new(move |()| {
        adding.code.set(String::new());
        adding.unlike.set(true);
        adding.step.set(Step::Paste);
    });
    let both = ((t.devices_both(), "use-both", add(false)), None);
    let there = ((t.devices_move_there(), "move", add(true)), Some("move-help"));
    let [first, second] = if app.whereabouts.is_home() { [both, there] } else { [there, both] };
    view! {
        <PageTitle text=t.devices_same().to_owned() />
        <p>{t.devices_same_text()}</p>
        <CheckWords words />
        <p class="g-muted" id="move-help">{t.devices_move_help()}</p>
        <TroubleCard trouble=form.trouble />
        <div class="g-actions">
            {button(first.0, "primary", first.1)}
            {button(second.0, "secondary", second.1)}
            {button((t.devices_no(), "not-same", no), "tertiary", None)}
        </div>
    }
}

/// This device goes as soon as the other has everything.
#[component]
fn OnTheMove(adding: Adding) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let moving = app.moving();
    let leaving = Memo::new(move |_| moving.get() == Moving::Leaving);
    // On one and the same phone only one of the two is open.
    let waiting = if app.whereabouts.is_home() { t.devices_waiting() } else { t.devices_waiting_app() };
    let stay = Callback::new(move |()| {
        form.run(async move {
            app.engine.ask(Ask::StayHere).await?;
            adding.step.try_set(Step::Stayed);
            Ok(())
        });
    });
    // The button goes, and with it the focus that may stand on it.
    Effect::new(move |before: Option<bool>| {
        let now = leaving.get();
        if now && before == Some(false) {
            focus_heading();
        }
        now
    });
    view! {
        <PageTitle text=t.devices_moving().to_owned() />
        <p role="status" data-test="on-the-move">
            {move || if leaving.get() { t.devices_leaving() } else { waiting }}
        </p>
        <TroubleCard trouble=form.trouble />
        <Show when=move || !leaving.get()>
            <div class="g-actions">{button((t.devices_stay(), "stay", stay), "secondary", None)}</div>
        </Show>
    }
}
