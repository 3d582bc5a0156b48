//! The household's answer to a gathering: three buttons, one of them firm.

use grend_shared::domain::Answer;
use leptos::prelude::*;

use crate::state::words;

/// In the order they are offered.
const ALL: [Answer; 3] = [Answer::Coming, Answer::Maybe, Answer::NotComing];

/// The buttons. Tapping the answer that stands takes it back.
#[component]
pub(crate) fn AnswerButtons(
    /// What the group of buttons is called aloud.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] chosen: Signal<Option<Answer>>,
    #[prop(into)] on_answer: Callback<Option<Answer>>,
) -> impl IntoView {
    let t = words();
    let buttons = ALL.map(|answer| {
        let pressed = move || chosen.get() == Some(answer);
        view! {
            <button
                type="button"
                class="ds-button"
                aria-pressed=move || pressed().to_string()
                data-test="answer"
                data-answer=answer.as_word()
                on:click=move |_| on_answer.run((chosen.get_untracked() != Some(answer)).then_some(answer))
            >
                {t.answer(answer)}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="g-answers" role="group" aria-label=label>
            {buttons.into_iter().collect_view()}
        </div>
    }
}
