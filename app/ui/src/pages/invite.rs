//! Opening an invitation: who invites and to what, then one's name. The invitation is spent only after the name step.

use crate::ui::live;
use grend_shared::{
    command::{Field, gathering::line},
    port::{Ask, Failure, Outcome},
    projection::{InvitedAs, Link, Welcome},
    secret::SecretText,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::front::PasteLink;
use crate::{
    routes::Route,
    state::{Trouble, app_state, draft::Draft, form::FormState, go::use_go, words},
    ui::{doorway::Doorway, empty::Skeleton, field::TextField, form::Form, title::PageTitle, trouble::TroubleCard},
};

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Names {
    person: String,
    household: String,
}

/// The page behind an invitation's link.
#[component]
pub(crate) fn InvitePage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let secret = Memo::new(move |_| app.secret(Route::Invite));
    view! {
        <Doorway test="invite-page">
            {live(move || match secret.get() {
                Some(secret) => view! { <Opened secret /> }.into_any(),
                None => {
                    view! {
                        <PageTitle text=t.front_invite_title().to_owned() />
                        <p>{t.front_invite_text()}</p>
                        <PasteLink to=Route::Invite />
                        <p><a class="ds-link" href=Route::Front.to_string()>{t.common_to_front()}</a></p>
                    }
                        .into_any()
                }
            })}
        </Doorway>
    }
}

/// What the relay said of the invitation.
#[derive(Debug, Clone, PartialEq)]
enum Read {
    Asking,
    Said(Welcome),
    Not(Trouble),
}

#[component]
fn Opened(secret: SecretText) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let read = RwSignal::new(Read::Asking);
    let asking = secret.clone();
    let ask = Callback::new(move |()| {
        read.set(Read::Asking);
        let asked = app.engine.ask(Ask::ReadInvite { secret: asking.clone() });
        spawn_local(async move {
            read.try_set(match asked.await {
                Ok(Outcome::Invitation { welcome }) => Read::Said(welcome),
                Ok(_) => Read::Not(Trouble::Restarted),
                Err(trouble) => Read::Not(trouble),
            });
        });
    });
    ask.run(());
    // Nobody has to tap when the net comes back.
    let online = Memo::new(move |_| app.engine.sync.get().is_some_and(|sync| sync.link == Link::Live));
    Effect::new(move |before: Option<bool>| {
        let online = online.get();
        let offline = read.with_untracked(|read| matches!(read, Read::Not(trouble) if is_offline(trouble)));
        if online && before == Some(false) && offline {
            ask.run(());
        }
        online
    });
    live(move || match read.get() {
        Read::Asking => view! { <PageTitle text=t.invite_opening().to_owned() /> <Skeleton /> }.into_any(),
        Read::Said(welcome) => view! { <NameStep secret=secret.clone() welcome /> }.into_any(),
        Read::Not(trouble) => view! { <NotOpened trouble ask /> }.into_any(),
    })
}

fn is_offline(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Failure(failure) if **failure == Failure::Offline)
}

/// Whether trying again may help.
fn may_pass(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Restarted => true,
        Trouble::Problems(_) => false,
        Trouble::Failure(failure) => matches!(
            **failure,
            Failure::Offline | Failure::RelayRefused | Failure::StorageFull | Failure::StorageFailed
        ),
    }
}

/// The invitation did not open: why, and what to do.
#[component]
fn NotOpened(trouble: Trouble, ask: Callback<()>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let again = may_pass(&trouble);
    let inside = matches!(&trouble, Trouble::Failure(failure) if **failure == Failure::AlreadyInside);
    let home = app.home;
    view! {
        <PageTitle text=t.invite_not_opened().to_owned() />
        <TroubleCard trouble=Some(trouble) />
        <div class="g-actions">
            {again
                .then(|| {
                    view! {
                        <button type="button" class="ds-button" data-test="again" on:click=move |_| ask.run(())>
                            {t.common_again()}
                        </button>
                    }.into_any()
                })}
            {live(move || {
                (inside || home.get().is_some())
                    .then(|| {
                        view! {
                            <a class="ds-link" href=home.get().unwrap_or(Route::Front).to_string()>{t.common_home()}</a>
                        }.into_any()
                    })
            })}
        </div>
        {(!again)
            .then(|| {
                view! {
                    <h2 class="ds-heading" data-size="xs">{t.invite_another()}</h2>
                    <PasteLink to=Route::Invite />
                }.into_any()
            })}
    }
}

/// The welcome, and the name one will have inside.
#[component]
fn NameStep(secret: SecretText, welcome: Welcome) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let form = FormState::new();
    let draft = Draft::open("join".to_owned(), Names::default());
    let invited_as = welcome.invited_as;
    let back = invited_as == InvitedAs::Back;
    let new_household = matches!(invited_as, InvitedAs::ResourceFamily | InvitedAs::FosterFamily);
    let submit = move |()| {
        let names = draft.value.get_untracked();
        let person = line(Field::PersonName, &names.person).err();
        let household = new_household.then(|| line(Field::HouseholdName, &names.household).err()).flatten();
        let person = person.filter(|_| !back);
        let problems: Vec<_> = [person, household].into_iter().flatten().collect();
        if !problems.is_empty() {
            form.mend(problems);
            return;
        }
        let asked = app.engine.ask(Ask::Join {
            secret: secret.clone(),
            person_name: names.person,
            household_name: if new_household { names.household } else { String::new() },
        });
        let go = go.clone();
        form.run(async move {
            if let Outcome::Entered { room } = asked.await? {
                app.look_at(room);
                app.forget_link(Route::Invite);
                draft.clear();
                go(if invited_as == InvitedAs::Staff { Route::Networks } else { Route::Tunet });
            }
            Ok(())
        });
    };
    let text = match invited_as {
        InvitedAs::ResourceFamily => t.invite_welcome_resource_family(),
        InvitedAs::FosterFamily => t.invite_welcome_foster_family(),
        InvitedAs::Adult => t.invite_welcome_adult(),
        InvitedAs::Staff => t.invite_welcome_staff(),
        InvitedAs::Back => t.invite_welcome_back(),
    };
    view! {
        <PageTitle text=t.invite_welcome_title(&welcome.room_name) />
        <p data-test="welcome">
            {t.invite_welcome_by(&welcome.inviter, t.invited_as(invited_as))} " "
            {(welcome.service != welcome.room_name).then(|| t.invite_welcome_service(&welcome.service))}
        </p>
        <p>{text}</p>
        {(!welcome.returns.is_empty()).then(|| view! { <p data-test="returns">{t.invite_back_for(&welcome.returns)}</p> }.into_any())}
        <Form state=form loaded=draft.loaded submit=t.invite_join() test="join-form" on_submit=submit>
            {(!back)
                .then(|| {
                    view! {
                        <TextField
                            field=Field::PersonName
                            label=t.name_own()
                            help=t.name_own_help()
                            autocomplete="name"
                            value=Signal::derive(move || draft.value.with(|names| names.person.clone()))
                            on_input=move |text| draft.value.update(|names| names.person = text)
                            problems=form.problems
                        />
                    }.into_any()
                })}
            {new_household
                .then(|| {
                    view! {
                        <TextField
                            field=Field::HouseholdName
                            label=t.name_household()
                            help=t.name_household_help()
                            value=Signal::derive(move || draft.value.with(|names| names.household.clone()))
                            on_input=move |text| draft.value.update(|names| names.household = text)
                            problems=form.problems
                        />
                    }.into_any()
                })}
        </Form>
        <p class="g-muted">{t.invite_spent_after()}</p>
    }
}
