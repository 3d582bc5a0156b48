//! `/stil`: every component in its states, for whoever works on the look. Only in builds with the feature `stil`, which
//! `cargo xtask run --fast` and `cargo xtask stil` ask for; a release has none of it. Its words are nobody's to
//! translate, so they stand here.

mod content;

use grend_shared::{
    command::{Field, Problem, ProblemKind},
    domain::Answer,
    port::{Failure, SampleRole},
    projection::{Link, Moving, SyncSummary},
};
use leptos::prelude::*;

use crate::{
    routes::Route,
    state::{Trouble, form::FormState},
    ui::{
        answers::AnswerButtons,
        chip::SyncChip,
        choices::{Choice, Choices},
        date_tile::DateTile,
        dialog::Dialog,
        disputes::DisputeCard,
        empty::{Empty, Skeleton},
        field::TextField,
        form::Form,
        gathering::GatheringCard,
        hamlet::{Hamlet, LittleHamlet, Season},
        icons::{Drawing, Icon},
        invite_link::InviteLink,
        live,
        sample::SampleBanner,
        shell::{Place, RoomChoice, Shell},
        title::PageTitle,
        toast::ToastLine,
        wheel::YearWheel,
    },
};

/// Where it is.
pub(crate) const ADDRESS: &str = "/stil";

/// The page, within the frame.
#[component]
pub(crate) fn StilPage() -> impl IntoView {
    let places = [
        (Route::Tunet, "Tunet", Icon::House),
        (Route::Gatherings, "Samlinger", Icon::Calendar),
        (Route::People, "Folk", Icon::People),
        (Route::Networks, "Nettverk", Icon::Networks),
    ];
    let places = places.map(|(route, name, icon)| Place { route, name, icon, test: name }).to_vec();
    let (first, second) = content::rooms();
    let room = RwSignal::new(Some(first));
    let choice = |room, name: &str| RoomChoice { room, name: name.to_owned() };
    let rooms = vec![choice(first, "Fjellgrendnettverket"), choice(second, "Fosterheimstenesta i Vestre Slidrevik")];
    let role = RwSignal::new(SampleRole::FosterFamily);
    view! {
        <Shell
            places=Signal::stored(places)
            here=Signal::stored(Route::Tunet)
            home=Signal::stored(Route::Front)
            rooms=Signal::stored(rooms)
            room
            on_room=move |id| room.set(Some(id))
            chip=Box::new(|| {
                view! { <SyncChip summary=Signal::stored(Some(summary(0, 0, Link::Live))) /> }.into_any()
            })
            banner=Box::new(move || {
                view! {
                    <div class="g-banners">
                        <SampleBanner role on_role=move |chosen| role.set(chosen) />
                        <div class="g-banner" role="status">
                            <span>"En ny utgave av Grend er klar."</span>
                            <button type="button" class="ds-button" data-variant="tertiary">"Bytt nå"</button>
                        </div>
                    </div>
                }
                    .into_any()
            })
        >
            <PageTitle text="Stil".to_owned() />
            <Part name="Buttons"><Buttons /></Part>
            <Part name="Where things are"><Chips /></Part>
            <Part name="Tags and notes"><Notes /></Part>
            <Part name="Hamlet"><Hamlets /></Part>
            <Part name="Answers"><Answered /></Part>
            <Part name="Gatherings"><Gatherings /></Part>
            <Part name="Year"><Years /></Part>
            <Part name="Fields"><Fields /></Part>
            <Part name="Empty and waiting"><Nothing /></Part>
            <Part name="Over the page"><Over /></Part>
        </Shell>
    }
}

const fn summary(saved_here: usize, sent: usize, link: Link) -> SyncSummary {
    SyncSummary { saved_here, sent, link, others: true, moving: Moving::No }
}

#[component]
fn Part(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="g-section" data-test="g-stil-part">
            <h2 class="ds-heading" data-size="sm">{name}</h2>
            {children()}
        </section>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let kinds = [("primary", "Vi kommer"), ("secondary", "Inviter ein fosterheimsfamilie"), ("tertiary", "Avlys")];
    let buttons = kinds.map(|(kind, name)| {
        view! { <button type="button" class="ds-button" data-variant=kind>{name}</button> }.into_any()
    });
    let icons = [
        Icon::House,
        Icon::Calendar,
        Icon::People,
        Icon::Networks,
        Icon::Plus,
        Icon::Pen,
        Icon::Back,
        Icon::Down,
        Icon::Cross,
    ];
    view! {
        <div class="g-actions">
            {buttons.into_iter().collect_view()}
            <button type="button" class="ds-button" aria-busy="true">"På vei"</button>
            <button type="button" class="ds-button" data-color="danger">"Forlat nettverket"</button>
            <button type="button" class="ds-button"><Drawing icon=Icon::Plus />"Planlegg samling"</button>
        </div>
        <div class="g-row">{icons.map(|icon| view! { <Drawing icon /> }.into_any()).into_iter().collect_view()}</div>
    }
}

#[component]
fn Chips() -> impl IntoView {
    let states = [(1, 0, Link::Live), (0, 1, Link::Live), (0, 0, Link::Live), (0, 0, Link::Away)];
    let chips = states.map(|(saved, sent, link)| {
        view! { <SyncChip summary=Signal::stored(Some(summary(saved, sent, link))) /> }.into_any()
    });
    let words = [("saved", "Lagret her"), ("sent", "Sendt"), ("received", "Mottatt av Elvheim, Granli og Myrvang")];
    let lines = words.map(|(state, word)| view! { <p class="g-delivery" data-state=state>{word}</p> }.into_any());
    view! {
        <div class="g-row">{chips.into_iter().collect_view()}</div>
        {lines.into_iter().collect_view()}
    }
}

#[component]
fn Notes() -> impl IntoView {
    let trouble = RwSignal::new(Some(Trouble::Failure(Box::new(Failure::StorageFull))));
    view! {
        <div class="g-row">
            <span class="g-tag">"Dere"</span>
            <span class="g-tag" data-color="accent">"Ressursfamilie"</span>
            <span class="g-tag" data-color="warning">"To versjoner – velg én"</span>
            <span class="g-tag" data-color="danger">"Avlyst"</span>
        </div>
        <p class="ds-alert">"Denne siden er ikke hentet ennå."</p>
        <p class="ds-alert" data-color="warning" data-test="stopped">
            "De andre har en nyere utgave av Grend. Last siden på nytt, så henger du med. Alt som er her, er tatt vare på."
        </p>
        <crate::ui::trouble::TroubleCard trouble />
    }
}

#[component]
fn Hamlets() -> impl IntoView {
    let choice = |value, word, label: &str| Choice { value, word, label: label.to_owned() };
    let seasons = vec![
        choice(Season::Winter, "winter", "Vinter"),
        choice(Season::Spring, "spring", "Vår"),
        choice(Season::Summer, "summer", "Sommer"),
        choice(Season::Autumn, "autumn", "Høst"),
    ];
    let (season, night) = (RwSignal::new(Season::Winter), RwSignal::new(false));
    view! {
        <Hamlet houses=Signal::stored(content::houses()) season night label=Signal::stored("Tunet med seks hus".to_owned()) on_open=|_| () />
        <Choices legend="Årstid" name="season" choices=seasons chosen=season on_choose=move |chosen| season.set(chosen) />
        <button
            type="button"
            class="ds-button"
            aria-pressed=move || night.get().to_string()
            on:click=move |_| night.update(|night| *night = !*night)
        >
            "Natt"
        </button>
        <div class="g-grid">
            <div class="g-card"><LittleHamlet homes=0 waiting=0 /></div>
            <div class="g-card"><LittleHamlet homes=2 waiting=1 /></div>
            <div class="g-card"><LittleHamlet homes=5 waiting=0 /></div>
        </div>
    }
}

#[component]
fn Answered() -> impl IntoView {
    let answers = [None, Some(Answer::Coming), Some(Answer::NotComing)].map(|answer| {
        let chosen = RwSignal::new(answer);
        let label = Signal::stored("Svar".to_owned());
        view! { <AnswerButtons label chosen on_answer=move |answer| chosen.set(answer) /> }.into_any()
    });
    answers.into_iter().collect_view()
}

#[component]
fn Gatherings() -> impl IntoView {
    let families = Signal::stored(content::families());
    let cards = content::gatherings().map(|(gathering, past)| {
        let date = gathering.when.value.date;
        let tile = past.then(|| view! { <DateTile date past /> });
        view! {
            <GatheringCard gathering=Signal::stored(gathering) families past />
            <div class="g-row">{tile}</div>
        }
        .into_any()
    });
    view! {
        {cards.into_iter().collect_view()}
        <DisputeCard dispute=content::dispute() on_choose=|_| () />
    }
}

#[component]
fn Years() -> impl IntoView {
    let years =
        [(0, 0), (3, 1), (6, 2)].map(|(held, planned)| view! { <YearWheel held planned caption="2026" /> }.into_any());
    view! { <div class="g-row">{years.into_iter().collect_view()}</div> }
}

#[component]
fn Fields() -> impl IntoView {
    let form = FormState::new();
    form.problems.set(vec![Problem { field: Field::Place, kind: ProblemKind::TooLong { max: 80 } }]);
    let problems = form.problems;
    let field = move |field, label: &str, text: &str| {
        let (value, label) = (RwSignal::new(text.to_owned()), label.to_owned());
        view! {
            <TextField
                field
                label
                help="Slik dei andre kjenner deg."
                value
                on_input=move |text| value.set(text)
                problems
            />
        }
        .into_any()
    };
    view! {
        <Form state=form submit="Lagre samlinga" test="g-stil-form" on_submit=|()| () loaded=Signal::stored(true)>
            {field(Field::Title, "Kva skal de gjere?", "")}
            {field(Field::Place, "Kvar", "Forsamlingslokalet i Vestre Slidrevik")}
        </Form>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Empty icon=Icon::Calendar text="Her kommer samlingene deres. Planlegg den første, så ser alle den.">
            <button type="button" class="ds-button">"Planlegg samling"</button>
        </Empty>
        <Skeleton />
    }
}

#[component]
fn Over() -> impl IntoView {
    let open = RwSignal::new(false);
    let toast = RwSignal::new(None::<String>);
    view! {
        <div class="g-actions">
            <button type="button" class="ds-button" data-test="g-stil-dialog" on:click=move |_| open.set(true)>"Dialog"</button>
            <button
                type="button"
                class="ds-button"
                data-test="g-stil-toast"
                on:click=move |_| toast.set(Some("«Vi kommer» er lagret her.".to_owned()))
            >
                "Linje"
            </button>
        </div>
        <Dialog open title="Inviter en voksen hos dere" test="g-stil">
            {live(|| {
                view! {
                    <InviteLink
                        label="Bestemor".to_owned()
                        url="https://grend.example/inn#AZE1vT8vWoIGPrzMEZ3kWUaMeGIcTEhb4ADSO8KbQ".to_owned()
                        expires=content::expires()
                        ready=Signal::stored(true)
                        can_share=true
                        said=Signal::stored("")
                        on_copy=|_| ()
                        on_share=|_| ()
                    />
                }
                    .into_any()
            })}
        </Dialog>
        <ToastLine
            text=toast
            can_undo=Signal::stored(true)
            on_undo=move |()| toast.set(None)
            on_close=move |()| toast.set(None)
            on_reach=|()| ()
        />
    }
}
