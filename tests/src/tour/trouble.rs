//! What is shown when something is amiss: no net, an invitation that is spent, a module that is missing, a room that
//! can not be read, a second tab, a crash.

use serde_json::json;

use crate::{Browser, Key, Relay, What};

type Look<'a> = &'a mut dyn FnMut(&str, &mut Browser);

/// Addresses that lead nowhere any more, or never did.
pub(super) fn refused(foster: &mut Browser, stranger: &mut Browser, used: &str, look: Look<'_>) {
    stranger.open("/inn");
    stranger.see("paste");
    look("invitation-none", stranger);
    stranger.open(used);
    stranger.see("trouble");
    look("invitation-refused", stranger);
    foster.open(used);
    foster.see("trouble");
    look("invitation-inside-already", foster);
    foster.open("/her/er/ingenting");
    foster.ready();
    foster.see(What::css("h1"));
    look("not-found", foster);
}

/// The relay is away and nothing waits: everything is there, and the chip says how it is.
pub(super) fn offline(foster: &mut Browser, stranger: &mut Browser, relay: &mut Relay, link: &str, look: Look<'_>) {
    stranger.kept_offline();
    relay.kill();
    foster.open("/tunet");
    foster.see(What::test("sync-chip").with("data-state", "away"));
    foster.see("gathering");
    look("tunet-offline", foster);
    foster.click("sync-chip");
    foster.see("sync-now");
    look("sync-explained-offline", foster);
    foster.press(Key::Escape);
    foster.see_no_more(What::css("dialog[open]"));
    stranger.open(link);
    stranger.see("trouble");
    look("invitation-offline", stranger);
    relay.start_again();
}

/// What there is before the app is: pages whose module cannot be fetched, and a browser without WebAssembly.
pub(super) fn before_the_app(newcomer: &mut Browser, language: &str, look: Look<'_>) {
    let block = |newcomer: &Browser, addresses: &[&str]| {
        newcomer.chromium("Network.enable", &json!({}));
        newcomer.chromium("Network.setBlockedURLs", &json!({ "urls": addresses }));
    };
    // Blocked before the first page is shown, or the service worker has them.
    block(newcomer, &["*/assets/joining.*", "*/assets/rooms.*", "*/sw.js"]);
    newcomer.open("/oppsett");
    newcomer.speak(language);
    newcomer.see("page-missing");
    look("page-missing-at-the-door", newcomer);
    newcomer.open("/meg");
    newcomer.see("page-missing");
    look("page-missing", newcomer);
    let without = "delete globalThis.WebAssembly";
    newcomer.chromium("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": without }));
    newcomer.open("/");
    newcomer.see(What::css("main.notice"));
    look("browser-too-old", newcomer);
}

/// A room of which the device cannot read what is stored any more stands still.
pub(super) fn stopped(third: &mut Browser, look: Look<'_>) {
    third.open("/tunet");
    third.ready();
    let _nothing = third.script(SPOIL, &[]);
    third.open("/tunet");
    third.see("stopped");
    look("room-unreadable", third);
}

/// Takes the first item of each room's log from the device.
const SPOIL: &str = "return new Promise((done, failed) => {
    const opening = indexedDB.open('grend');
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
        const writing = opening.result.transaction('kv', 'readwrite');
        const kept = writing.objectStore('kv');
        const names = kept.getAllKeys(IDBKeyRange.bound('log/', 'log0'));
        names.onsuccess = () => names.result.filter((name) => name.endsWith('/0000000000000001')).forEach((name) => kept.delete(name));
        writing.oncomplete = () => { opening.result.close(); done(true); };
        writing.onerror = () => failed(writing.error);
    };
})";

/// A second tab.
pub(super) fn elsewhere(third: &mut Browser, look: Look<'_>) {
    third.open_tab();
    third.open("/tunet");
    third.see("elsewhere");
    look("elsewhere", third);
}

/// The app stopped where it should not have.
pub(super) fn crashed(foster: &mut Browser, look: Look<'_>) {
    let _nothing = foster.script("grendCrash('a test')", &[]);
    foster.see(What::css("main.notice"));
    look("crash", foster);
}
