//! The relay's disk is lost, and the operator puts a backup back.
//!
//! Proves SYNC-15 of docs/SPEC.md.

use grend_tests::{
    Engine,
    story::{self, Village, WORKSHOP},
};

/// What the families have is given back by their phones; what is written meanwhile goes out when the resource parent has
/// said that everything is there.
#[test]
fn a_restored_relay_gets_everything_back_from_the_families() {
    Engine::each(|engine| {
        let mut village = Village::found(engine);
        village.staff.quit();
        village.relay.kill();
        let backup = village.relay.backup();
        village.relay.start_again();
        let gathering = story::plan(&village.resource, &WORKSHOP);
        story::delivered(&village.resource, "received");
        village.relay.kill();
        village.relay.restore(&backup);
        village.relay.start_again();

        let (resource, foster) = (&village.resource, &village.foster);
        for browser in [resource, foster] {
            browser.see("restored");
        }
        assert!(!foster.sees("restored-open"), "only somebody in charge says so");
        foster.open(&gathering);
        story::answer(foster, "coming");
        story::delivered(foster, "saved");
        resource.click("restored-open");
        resource.click("restored-confirm");
        story::delivered(foster, "received");
        for browser in [resource, foster] {
            browser.reload();
            browser.ready();
            assert!(!browser.sees("restored"), "{engine:?}");
        }
        resource.open(&gathering);
        resource.see(grend_tests::What::test("family-answer").saying(story::names::FOSTER));
    });
}
