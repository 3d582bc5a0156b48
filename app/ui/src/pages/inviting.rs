//! Inviting somebody: a line that says whom, then a link to hand on; and the invitations that are open.

use crate::ui::live;
use grend_shared::{
    command::{Field, Problem, gathering::line},
    domain::Remove,
    ids::{InviteId, PersonId, RoomId},
    port::{Ask, Outcome},
    projection::{InvitedAs, OpenInvite, Room, Wished},
    secret::SecretText,
    time::Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

use super::confirm::Confirm;
use crate::{
    state::{Trouble, app_state, draft::Draft, form::FormState, words},
    ui::{
        dialog::Dialog, field::TextField, form::Form, invite_link::InviteLink, title::focus_heading,
        trouble::TroubleCard,
    },
};

const fn word(invited_as: InvitedAs) -> &'static str {
    match invited_as {
        InvitedAs::ResourceFamily => "resource-family",
        InvitedAs::FosterFamily => "foster-family",
        InvitedAs::Adult => "adult",
        InvitedAs::Staff => "staff",
        InvitedAs::Back => "back",
    }
}

/// A button that opens the invitation's form.
#[component]
pub(crate) fn InviteButton(
    room: RoomId,
    invited_as: InvitedAs,
    #[prop(optional)] quiet: bool,
    /// Open invitations of the room: the new one is shown as soon as it is there.
    #[prop(into)]
    invites: Signal<Vec<OpenInvite>>,
) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    let text = match invited_as {
        InvitedAs::ResourceFamily => t.invite_resource_family(),
        InvitedAs::FosterFamily => t.invite_foster_family(),
        InvitedAs::Adult => t.invite_adult(),
        InvitedAs::Staff => t.invite_staff(),
        InvitedAs::Back => t.members_back(),
    };
    let test = match invited_as {
        InvitedAs::ResourceFamily => "invite-resource-family",
        InvitedAs::FosterFamily => "invite-foster-family",
        InvitedAs::Adult => "invite-adult",
        InvitedAs::Staff => "invite-staff",
        InvitedAs::Back => "let-back",
    };
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant=if quiet { "secondary" } else { "primary" }
            data-test=test
            on:click=move |_| open.set(true)
        >
            {text}
        </button>
        <Dialog open title=text test="invite-dialog">
            <InviteForm room invited_as invites />
        </Dialog>
    }
}

#[component]
fn InviteForm(room: RoomId, invited_as: InvitedAs, invites: Signal<Vec<OpenInvite>>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let label = Draft::open(format!("{room}/invite:{}", word(invited_as)), String::new());
    let made = RwSignal::new(None::<Made>);
    let (field, help) = match invited_as {
        InvitedAs::ResourceFamily | InvitedAs::FosterFamily => (Field::HouseholdName, t.invite_label_family_help()),
        InvitedAs::Adult | InvitedAs::Staff | InvitedAs::Back => (Field::PersonName, t.invite_label_person_help()),
    };
    let submit = move |()| {
        let text = label.value.get_untracked();
        if let Err(problem) = line(field, &text) {
            form.mend(vec![problem]);
            return;
        }
        let asked = app.engine.ask(Ask::Invite { room, invited_as, label: text.clone() });
        form.run(async move {
            match asked.await {
                Ok(Outcome::Invited { secret, expires }) => {
                    made.try_set(Some(Made { label: text, secret, expires }));
                    label.clear();
                    focus_heading();
                    Ok(())
                }
                Ok(_) => Ok(()),
                Err(Trouble::Problems(problems)) => {
                    let here = problems.into_iter().map(|Problem { kind, .. }| Problem { field, kind });
                    Err(Trouble::Problems(here.collect()))
                }
                Err(trouble) => Err(trouble),
            }
        });
    };
    let asks = Memo::new(move |_| made.with(Option::is_none));
    view! {
        <Show when=move || asks.get()>
            <Form state=form loaded=label.loaded submit=t.invite_make() test="invite-form" on_submit=submit>
                <TextField
                    field
                    label=t.invite_label()
                    help=help
                    value=label.value
                    on_input=move |text| label.value.set(text)
                    problems=form.problems
                />
            </Form>
        </Show>
        {live(move || {
            made.get()
                .map(|made| {
                    view! {
                        <p>{t.invite_hand_on()}</p>
                        <OpenInvitation made invites />
                    }.into_any()
                })
        })}
    }
}

/// A button that makes a way back for somebody who is or was in the room.
#[component]
pub(crate) fn LetBack(room: RoomId, person: PersonId, name: String) -> impl IntoView {
    let t = words();
    let open = RwSignal::new(false);
    let about = name.clone();
    let label = format!("{}: {name}", t.members_back());
    view! {
        <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-test="let-back"
            aria-label=label
            on:click=move |_| open.set(true)
        >
            {t.members_back()}
        </button>
        <Dialog open title=t.members_back() about test="invite-dialog">
            <WayBack room person name=name.clone() />
        </Dialog>
    }
}

#[component]
fn WayBack(room: RoomId, person: PersonId, name: String) -> impl IntoView {
    let (app, t, form) = (app_state(), words(), FormState::new());
    let made = RwSignal::new(None::<Made>);
    let text = t.members_back_text(&name);
    // A steward looks at a network's door from the service's room.
    let doors = app.service(|service| service.networks.clone());
    let invites = Memo::new(move |_| match app.rooms.get(room).as_deref() {
        Some(Room::Network(it)) => it.invites.clone(),
        Some(Room::Service(it)) => it.invites.clone(),
        _ => doors.with(|all| all.iter().find(|it| it.room == room).map(|it| it.invites.clone())).unwrap_or_default(),
    });
    let make = move |_| {
        let label = name.clone();
        form.run(async move {
            let asked = app.engine.ask(Ask::InviteBack { room, person, label: label.clone() });
            if let Outcome::Invited { secret, expires } = asked.await? {
                made.try_set(Some(Made { label, secret, expires }));
                focus_heading();
            }
            Ok(())
        });
    };
    view! {
        <p>{text}</p>
        <TroubleCard trouble=form.trouble />
        {live(move || match made.get() {
            Some(made) => view! { <p>{t.invite_hand_on()}</p> <OpenInvitation made invites /> }.into_any(),
            None => {
                view! {
                    <div class="g-actions">
                        <button
                            type="button"
                            class="ds-button"
                            data-test="make-link"
                            aria-busy=move || form.busy.get().to_string()
                            on:click=make.clone()
                        >
                            {t.members_back_make()}
                        </button>
                    </div>
                }
                    .into_any()
            }
        })}
    }
}

/// What does not change of an invitation once it has been made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    label: String,
    secret: SecretText,
    expires: Timestamp,
}

/// An open invitation that can be handed on.
#[component]
fn OpenInvitation(
    made: Made,
    #[prop(into)] invites: Signal<Vec<OpenInvite>>,
    #[prop(optional_no_strip)] aside: Option<AnyView>,
) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let Made { label, secret, expires } = made;
    let url = app.invite_url(secret.expose());
    let ready =
        Memo::new(move |_| invites.with(|all| all.iter().any(|invite| invite.ready && invite.secret == secret)));
    let said = RwSignal::new("");
    let copy = move |url: String| {
        spawn_local(async move {
            let outcome = if app.copy(&url).await { t.invite_copied() } else { t.invite_copy_failed() };
            said.try_set(outcome);
        });
    };
    let share = move |url: String| spawn_local(async move { app.share(t.invite_share_title(), &url).await });
    view! { <InviteLink label url expires ready can_share=app.can_share() said on_copy=copy on_share=share aside /> }
}

/// The invitations of a room that are open.
#[component]
pub(crate) fn OpenInvitations(
    #[prop(into)] room: Signal<Option<RoomId>>,
    #[prop(into)] invites: Signal<Vec<OpenInvite>>,
) -> impl IntoView {
    let t = words();
    let withdraw = move |invite: InviteId, label: &str| {
        let room = room.get_untracked()?;
        let ask = move |()| Ask::Wish { room, wished: Wished::TakeOut(Remove::Invite(invite)) };
        let about = label.to_owned();
        let cost = t.members_withdraw_text();
        Some(view! { <Confirm label=t.members_withdraw() about cost test="withdraw" ask /> }.into_any())
    };
    let some = Memo::new(move |_| !invites.with(Vec::is_empty));
    view! {
        <Show when=move || some.get()>
            <details class="ds-details" data-test="open-invites">
                <summary>{move || t.invite_open(invites.with(Vec::len))}</summary>
                <div class="g-stack">
                    <For each=move || invites.get() key=|invite| invite.invite let:invite>
                        <OpenInvitation
                            aside=withdraw(invite.invite, &invite.label)
                            made=Made { label: invite.label, secret: invite.secret, expires: invite.expires }
                            invites
                        />
                    </For>
                </div>
            </details>
        </Show>
    }
}
