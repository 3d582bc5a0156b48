//! The sample hamlet under `/prov`, as each of the three it can be seen as: the fullest screens there are.

use crate::{Browser, What, story};

/// From the front page through all of it.
pub(super) fn walk(stranger: &mut Browser, look: &mut dyn FnMut(&str, &mut Browser)) {
    stranger.open("/");
    stranger.click("try");
    stranger.see("network-name");
    stranger.ready();
    stranger.see("gathering");
    look("sample-tunet", stranger);
    story::go(stranger, "gatherings");
    stranger.see("gathering");
    look("sample-gatherings", stranger);
    stranger.click(What::css("[data-test=gathering]:has([data-color=warning]) a"));
    stranger.see("conflict");
    look("sample-two-versions", stranger);
    story::go(stranger, "people");
    stranger.see("family");
    look("sample-people", stranger);
    stranger.click("header-me");
    stranger.see("myself");
    look("sample-me", stranger);
    for role in ["foster", "service"] {
        stranger.click(What::test("sample-role").with("data-role", role));
        stranger.see(if role == "service" { "service-name" } else { "network-name" });
        stranger.ready();
        look(&format!("sample-as-{role}"), stranger);
    }
}
