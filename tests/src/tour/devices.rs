//! One person and their devices: a new one with its code, the old one that reads it, and what moving leaves behind.

use crate::{Browser, Relay, What, story};

type Look<'a> = &'a mut dyn FnMut(&str, &mut Browser);

/// A family adds a second device, after having thought of moving to it; the second then moves to a third.
pub(super) fn walk(family: [&mut Browser; 3], relay: &mut Relay, look: Look<'_>) {
    let [first, second, third] = family;
    let code = story::device_code(second, "/");
    look("new-device", second);
    story::let_pass(second, 6);
    second.see("again");
    look("new-device-late", second);
    story::let_pass(second, -6);

    first.open("/meg");
    first.click("add-device");
    first.see("device-form");
    look("devices", first);
    first.fill(What::field("code"), "Pannekaker");
    first.click("device-form submit");
    first.see("problem");
    look("devices-not-a-code", first);
    story::read_device_code(first, &code);
    look("devices-words", first);
    first.click("not-same");
    first.see("unlike");
    look("devices-other-words", first);
    story::read_device_code(first, &code);
    relay.kill();
    first.click("move");
    first.see("on-the-move");
    look("devices-moving", first);
    story::go(first, "tunet");
    first.see("moving");
    look("tunet-moving", first);
    first.click(What::css("[data-test=moving] a"));
    first.click("stay");
    first.see("device-added");
    look("devices-added", first);
    // Looking takes longer than a code works.
    second.open("/ny-enhet");
    second.see("waits");
    look("new-device-offline", second);
    relay.start_again();
    second.open("/ny-enhet");
    second.see("network-name");
    second.ready();
    look("tunet-come-in", second);

    let code = story::device_code(third, "/");
    second.open("/meg/enheter");
    story::read_device_code(second, &code);
    second.click("move");
    second.see("emptied");
    look("emptied", second);
}
