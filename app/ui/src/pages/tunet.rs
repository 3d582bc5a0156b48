//! *Tunet*: the hamlet as home, who waits at the door, the next gathering, and whom to invite.

use crate::ui::live;
use grend_shared::{
    domain::{Remove, Role},
    ids::GroupId,
    port::Ask,
    projection::{Gathering, InvitedAs, Me, Waiting, Wished},
};
use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    confirm::Confirm,
    gatherings::AnswerRow,
    home_screen::HomeScreenOnce,
    inviting::{InviteButton, OpenInvitations},
    slices::NetworkSlices,
    threshold::CheckWords,
};
use crate::{
    pages::sky::sky,
    routes::Route,
    state::{app_state, form::FormState, go::use_go, words},
    ui::{
        empty::Empty,
        gathering::GatheringCard,
        hamlet::{Hamlet, HamletHouse},
        icons::Icon,
        title::{PageTitle, focus_heading},
        trouble::TroubleCard,
    },
    words::oslo,
};

/// The gathering that comes next.
fn next(gatherings: &[Gathering], today: Date) -> Option<&Gathering> {
    gatherings.iter().find(|gathering| !gathering.cancelled && gathering.when.value.date >= today)
}

/// The network's home.
#[component]
pub(crate) fn TunetPage() -> impl IntoView {
    let (app, t) = (app_state(), words());
    let slices = NetworkSlices::of(app);
    view! {
        <PageTitle text=t.nav_tunet().to_owned() />
        <p class="g-muted" data-test="network-name">{slices.name}</p>
        <div class="g-split">
            <div class="g-split__picture"><Houses slices /></div>
            <div class="g-stack">
                <AtTheDoor slices />
                <HomeScreenOnce />
                <NextGathering slices />
                <Inviting slices />
            </div>
        </div>
    }
}

/// The picture. Windows stay dark until phone hours say when somebody can be rung (K1).
#[component]
fn Houses(slices: NetworkSlices) -> impl IntoView {
    let (app, t, go) = (app_state(), words(), use_go());
    let host = Memo::new(move |_| {
        let today = slices.today.get();
        slices.gatherings.with(|all| next(all, today).and_then(|gathering| gathering.host.value))
    });
    let houses = Memo::new(move |_| {
        let host = host.get();
        let house = |family: &grend_shared::projection::Family| HamletHouse {
            group: family.group,
            name: t.family_name(&family.name).to_owned(),
            resource: family.resource,
            mine: family.mine,
            lit: false,
            flag: Some(family.group) == host,
        };
        slices.families.with(|families| families.iter().map(house).collect::<Vec<_>>())
    });
    let describe = move |house: HamletHouse| {
        let more = [
            house.resource.then(|| t.hamlet_resource_family()),
            house.mine.then(|| t.hamlet_mine()),
            house.flag.then(|| t.hamlet_hosts()),
        ];
        let more: Vec<&str> = more.into_iter().flatten().collect();
        if more.is_empty() { house.name } else { format!("{}: {}", house.name, more.join(", ")) }
    };
    let sky = Memo::new(move |_| sky(oslo::civil(app.now.get())));
    let (season, night) = (Signal::derive(move || sky.get().0), Signal::derive(move || sky.get().1));
    let label = move || t.hamlet_label(slices.families.with(Vec::len));
    view! {
        <Hamlet
            houses
            season
            night
            label=Signal::derive(label)
            describe=Callback::new(describe)
            on_open=move |group: GroupId| go(Route::Family(group))
        />
    }
}

/// Who waits to be let in, for those who hold the key.
#[component]
fn AtTheDoor(slices: NetworkSlices) -> impl IntoView {
    let holds_key = Memo::new(move |_| slices.me.with(|me| me.as_ref().is_some_and(|me| me.role.holds_key())));
    view! {
        <Show when=move || holds_key.get()>
            <For each=move || slices.waiting.get() key=|waiting| waiting.device let:waiting>
                {if slices.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.person == waiting.person)) {
                    view! { <InMyName slices waiting /> }.into_any()
                } else {
                    view! { <LetIn slices waiting /> }.into_any()
                }}
            </For>
        </Show>
    }
}

#[component]
fn LetIn(slices: NetworkSlices, waiting: Waiting) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let form = FormState::new();
    let Waiting { person, device, check_words, returns } = waiting;
    let let_in = move |_| {
        let Some(room) = slices.room.get_untracked() else { return };
        form.run(async move {
            app.engine.ask(Ask::Admit { room, person, device }).await?;
            focus_heading();
            app.toast.say(t.admit_done());
            Ok(())
        });
    };
    view! {
        <section class="g-card" data-color="warning" data-test="waiting">
            {match returns {
                None => {
                    view! {
                        <h2 class="ds-heading" data-size="xs">{t.admit_title()}</h2>
                        <p>{t.admit_text()}</p>
                    }
                        .into_any()
                }
                Some(name) => {
                    view! {
                        <h2 class="ds-heading" data-size="xs">{t.admit_again_title(name)}</h2>
                        <p>{t.admit_again_text()}</p>
                    }
                        .into_any()
                }
            }}
            <CheckWords words=check_words />
            <TroubleCard trouble=form.trouble />
            <div class="g-card__actions">
                <button
                    type="button"
                    class="ds-button"
                    data-test="admit"
                    aria-busy=move || form.busy.get().to_string()
                    on:click=let_in
                >
                    {t.admit_go()}
                </button>
            </div>
        </section>
    }
}

/// Somebody steps up as oneself: only the others can let them in, and oneself can refuse.
#[component]
fn InMyName(slices: NetworkSlices, waiting: Waiting) -> impl IntoView {
    let t = words();
    let device = waiting.device;
    let refuse = move || {
        let room = slices.room.get()?;
        let ask = move |()| Ask::Wish { room, wished: Wished::TakeOut(Remove::Device(device)) };
        let about = t.members_not_me_title();
        Some(
            view! { <Confirm label=t.members_take_out() about cost=t.members_not_me_cost() test="not-me" ask /> }
                .into_any(),
        )
    };
    view! {
        <section class="g-card" data-color="warning" data-test="in-my-name">
            <h2 class="ds-heading" data-size="xs">{t.members_not_me_title()}</h2>
            <p>{t.members_not_me_text()}</p>
            <CheckWords words=waiting.check_words />
            <div class="g-card__actions">{live(refuse)}</div>
        </section>
    }
}

/// The next gathering with its answer, or the way to the first one.
#[component]
fn NextGathering(slices: NetworkSlices) -> impl IntoView {
    let t = words();
    let id = Memo::new(move |_| {
        let today = slices.today.get();
        slices.gatherings.with(|all| next(all, today).map(|gathering| gathering.id))
    });
    view! {
        <section class="g-section" aria-labelledby="next">
            <h2 class="ds-heading" data-size="xs" id="next">{t.tunet_next()}</h2>
            {live(move || {
                let gathering = id.get().and_then(|id| slices.gathering(id).get_untracked());
                match gathering {
                    Some(last) => {
                        let gathering = slices.gathering_or(last);
                        view! {
                            <GatheringCard gathering families=slices.families>
                                <AnswerRow slices gathering />
                            </GatheringCard>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <Empty icon=Icon::Calendar text=t.tunet_no_gathering()>
                                <a class="ds-button" href=Route::PlanGathering.to_string() data-test="plan">
                                    {t.gatherings_plan()}
                                </a>
                            </Empty>
                        }
                            .into_any()
                    }
                }
            })}
        </section>
    }
}

/// Whom one may invite: the admin foster families, everybody another adult of the own household.
#[component]
fn Inviting(slices: NetworkSlices) -> impl IntoView {
    let t = words();
    let door = Memo::new(move |_| {
        let room = slices.room.get()?;
        let Me { role, .. } = slices.me.get()?;
        role.holds_key().then_some((room, role == Role::Admin))
    });
    let alone = Memo::new(move |_| slices.families.with(|families| families.len() < 2));
    view! {
        <section class="g-section" aria-labelledby="inviting" data-test="inviting">
            <h2 class="ds-heading" data-size="xs" id="inviting">{t.invite_title()}</h2>
            <Show when=move || alone.get()>
                <p class="g-muted">{t.tunet_alone()}</p>
            </Show>
            {live(move || {
                door.get()
                    .map(|(room, admin)| {
                        view! {
                            <div class="g-actions">
                                {admin
                                    .then(|| {
                                        view! {
                                            <InviteButton room invited_as=InvitedAs::FosterFamily invites=slices.invites />
                                        }.into_any()
                                    })}
                                <InviteButton room invited_as=InvitedAs::Adult quiet=true invites=slices.invites />
                            </div>
                        }.into_any()
                    })
            })}
            <OpenInvitations room=slices.room invites=slices.invites />
        </section>
    }
}
