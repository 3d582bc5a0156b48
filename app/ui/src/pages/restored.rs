//! The relay was restored from a backup: what that means, and who says that everything is there again.

use grend_shared::{ids::RoomId, port::Ask, projection::Confirmation};
use leptos::prelude::*;

use crate::{
    state::{app_state, form::FormState, words},
    ui::{dialog::Dialog, live, title::focus_heading, trouble::TroubleCard},
};

/// A note while a room waits for that word, with the button for whoever may give it.
#[component]
pub(crate) fn RestoredNote(
    #[prop(into)] room: Signal<Option<RoomId>>,
    #[prop(into)] confirmation: Signal<Confirmation>,
) -> impl IntoView {
    let t = words();
    let confirmation = Memo::new(move |_| confirmation.get());
    live(move || {
        let text = match confirmation.get() {
            Confirmation::NotNeeded => return None,
            Confirmation::ByOthers => t.restored_by_others(),
            Confirmation::ByYou => t.restored_by_you(),
        };
        let may = confirmation.get_untracked() == Confirmation::ByYou;
        Some(
            view! {
                <section class="g-card" data-color="warning" role="status" data-test="restored">
                    <h2 class="ds-heading" data-size="xs">{t.restored_title()}</h2>
                    <p>{text}</p>
                    {may.then(|| view! { <ConfirmButton room /> }.into_any())}
                </section>
            }
            .into_any(),
        )
    })
}

#[component]
fn ConfirmButton(room: Signal<Option<RoomId>>) -> impl IntoView {
    let (app, t) = (app_state(), words());
    let (open, form) = (RwSignal::new(false), FormState::new());
    let confirm = move |_| {
        let Some(room) = room.get_untracked() else { return };
        form.run(async move {
            app.engine.ask(Ask::Confirm { room }).await?;
            open.try_set(false);
            focus_heading();
            app.toast.say(t.restored_done());
            Ok(())
        });
    };
    view! {
        <div class="g-card__actions">
            <button type="button" class="ds-button" data-test="restored-open" on:click=move |_| open.set(true)>
                {t.restored_go()}
            </button>
        </div>
        <Dialog open title=t.restored_go() test="restored-dialog">
            <p>{t.restored_sure()}</p>
            <TroubleCard trouble=form.trouble />
            <button
                type="button"
                class="ds-button"
                data-test="restored-confirm"
                aria-busy=move || form.busy.get().to_string()
                on:click=confirm
            >
                {t.restored_yes()}
            </button>
        </Dialog>
    }
}
