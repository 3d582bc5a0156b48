//! `/stil` looked at: axe over every component by day and by night, pictures of it, and what is lost, moves or looks
//! alike. `cargo xtask stil` builds the app with the page in it and starts this.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks to whoever started it")]

use std::{env, fs, path::PathBuf};

use grend_tests::{Browser, Engine, Journal, Relay, Screen, What, axe, fit, programs::root};

fn main() {
    let folder = env::var_os("GREND_SHOTS").map_or_else(|| root().join("target/shots"), PathBuf::from);
    fs::create_dir_all(&folder).expect("the folder of the pictures can be made");
    let relay = Relay::start();
    let mut browser = Browser::start(Engine::Chromium, "a designer", relay.origin(), Screen::Phone, Journal::default());
    browser.open("/stil");
    browser.see("g-stil-part");
    let mut found = Vec::new();
    for over in ["", "g-stil-toast", "g-stil-dialog"] {
        if !over.is_empty() {
            browser.click(over);
            browser.see(What::css(".g-toast, dialog[open]"));
        }
        for (size, name) in [(Screen::Phone, "phone"), (Screen::Desk, "desk")] {
            browser.resize(size);
            for colours in ["light", "dark"] {
                browser.colours(colours);
                let broken = axe::violations(&browser);
                found.extend(broken.into_iter().map(|rule| format!("{over} {name}, {colours}: {rule}")));
                browser.whole_picture(&folder.join(format!("stil{over}-{name}-{colours}.png")));
            }
        }
        browser.colours("auto");
        browser.resize(Screen::Narrow);
        found.extend(fit::lost(&browser).into_iter().map(|lost| format!("{over} narrow: {lost}")));
        found.extend(fit::moves(&browser).into_iter().map(|moves| format!("{over} moves: {moves}")));
        found.extend(fit::alike(&browser).into_iter().map(|alike| format!("{over} alike: {alike}")));
        fit::asking(&browser, &[("forced-colors", "active")]);
        browser.resize(Screen::Phone);
        browser.whole_picture(&folder.join(format!("stil{over}-phone-forced.png")));
        fit::asking(&browser, &[]);
    }
    assert!(found.is_empty(), "{} breaches:\n{}", found.len(), found.join("\n"));
    println!("✓ Nothing to mend on /stil; pictures in {}", folder.display());
}
