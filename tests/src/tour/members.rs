//! What can be done about somebody's being here, and somebody who asks to come back.

use crate::{
    Browser, Key, What,
    story::{self, names},
};

type Look<'a> = &'a mut dyn FnMut(&str, &mut Browser);

/// The resource family makes a way back for the foster family, who still has the phone and refuses whoever uses it.
pub(super) fn walk(resource: &mut Browser, foster: &mut Browser, finder: &mut Browser, look: Look<'_>) {
    story::go(resource, "people");
    story::hush(resource);
    resource.click(What::css("[data-test=person] > summary").saying(names::OLA));
    look("people-acts", resource);
    resource.click("take-out");
    resource.see("confirmed");
    look("take-out-dialog", resource);
    resource.press(Key::Escape);
    resource.see_no_more(What::css("dialog[open]"));
    resource.click("let-back");
    resource.see("make-link");
    look("let-back-dialog", resource);
    resource.click("make-link");
    let link = resource.text(What::test("invite").with("data-ready", "true").in_dialog().then("invite-link"));
    look("let-back-link", resource);
    resource.press(Key::Escape);
    resource.see_no_more(What::css("dialog[open]"));

    finder.open(&link);
    finder.see("returns");
    look("invitation-back", finder);
    finder.click("join-form submit");
    finder.see(What::test("step").with("data-step", "waiting-for-admit"));
    look("threshold-back", finder);
    story::go(resource, "tunet");
    resource.see("waiting");
    look("tunet-somebody-comes-back", resource);
    story::go(foster, "tunet");
    foster.see("in-my-name");
    look("tunet-in-my-name", foster);
    foster.click("not-me");
    foster.click("confirmed");
    foster.see_no_more("in-my-name");
    finder.see("emptied");
}
