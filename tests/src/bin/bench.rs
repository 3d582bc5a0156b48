//! How fast the app is there, in Chromium, beside an empty page of the same build: `cargo xtask bench`.
//!
//! Times are the page's own, from the tap or the address to the frame after the thing is there. The net is slowed down
//! as in Lighthouse's *Slow 4G* (150 ms, 1.6 Mbit/s), the processor four times.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks to whoever started it")]

use std::{env, path::PathBuf, thread, time::Duration};

use grend_tests::{
    Browser, Engine, Journal, Relay, Screen,
    folder::Folder,
    story::{self, names},
};
use serde_json::json;

/// How often each is measured; the middle one counts.
const RUNS: usize = 5;

/// How long a browser that was just started is left alone.
const REST: Duration = Duration::from_secs(2);

/// What somebody's phone and net are like.
#[derive(Debug, Clone, Copy)]
struct Pace {
    processor: u32,
    net: bool,
}

const HERE: Pace = Pace { processor: 1, net: false };
const SLOW_PHONE: Pace = Pace { processor: 4, net: false };
const SLOW_PHONE_AND_NET: Pace = Pace { processor: 4, net: true };

/// Notes in the page when the thing asked for is there and painted.
const WATCH: &str = "
    const look = () => {
        if (window.grendThere || !document.querySelector(WANTED)) return;
        window.grendThere = true;
        requestAnimationFrame(() => setTimeout(() => { window.grendTook = performance.now(); }));
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true });";

fn main() {
    let empty = Folder::serve(env::var_os("GREND_EMPTY").map(PathBuf::from).expect("GREND_EMPTY names a folder"));
    let front = "[data-test=front]";
    println!("| | app | empty page |\n|---|---:|---:|");
    for (name, pace) in [("first visit, this machine", HERE), ("first visit, Slow 4G, 4 × CPU", SLOW_PHONE_AND_NET)] {
        let app = middle(|| first_visit(Relay::start().origin(), front, pace));
        let baseline = middle(|| first_visit(empty.origin(), front, pace));
        line(name, app, Some(baseline));
    }
    for (name, pace) in [("cold start without the net", HERE), ("cold start without the net, 4 × CPU", SLOW_PHONE)] {
        let baseline = middle(|| first_visit(empty.origin(), front, pace));
        line(name, middle(|| cold_start(pace)), Some(baseline));
    }
    for (name, pace) in [("tap to the sample hamlet", HERE), ("tap to the sample hamlet, 4 × CPU", SLOW_PHONE)] {
        line(name, middle(|| sample(pace)), None);
    }
}

/// A new browser opens the front page for the first time.
fn first_visit(origin: String, wanted: &str, pace: Pace) -> f64 {
    let browser = start(origin);
    slow_down(&browser, pace);
    watch(&browser, wanted);
    browser.open("/");
    took(&browser)
}

/// A service's desk is opened again, with its relay gone.
fn cold_start(pace: Pace) -> f64 {
    let mut relay = Relay::start();
    let mut browser = start(relay.origin());
    story::set_up_service(&browser, relay.first_link());
    story::open_network(&browser, names::NETWORK);
    browser.kept_offline();
    relay.kill();
    browser.start_cold();
    slow_down(&browser, pace);
    watch(&browser, "[data-test=network]");
    browser.open("/nettverk");
    took(&browser)
}

/// Somebody who has read the front page taps *Prøv*.
fn sample(pace: Pace) -> f64 {
    let relay = Relay::start();
    let browser = start(relay.origin());
    browser.open("/");
    browser.see("front");
    browser.kept_offline();
    slow_down(&browser, pace);
    watch(&browser, ".g-hamlet");
    browser.click("try");
    took(&browser)
}

fn start(origin: String) -> Browser {
    Browser::start(Engine::Chromium, "somebody", origin, Screen::Phone, Journal::default())
}

fn slow_down(browser: &Browser, pace: Pace) {
    // Its own start is not the page's.
    thread::sleep(REST);
    browser.chromium("Emulation.setCPUThrottlingRate", &json!({ "rate": pace.processor }));
    if pace.net {
        browser.chromium("Network.enable", &json!({}));
        let bytes = 1_638_400 / 8;
        let slow = json!({
            "offline": false, "latency": 150, "downloadThroughput": bytes, "uploadThroughput": bytes,
        });
        browser.chromium("Network.emulateNetworkConditions", &slow);
    }
}

/// From the next page on.
fn watch(browser: &Browser, wanted: &str) {
    let script = WATCH.replace("WANTED", &json!(wanted).to_string());
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
}

/// Milliseconds from the beginning of the page load.
fn took(browser: &Browser) -> f64 {
    browser.until("until it is there", || browser.script("return window.grendTook ?? null", &[]).as_f64())
}

fn middle(measure: impl Fn() -> f64) -> f64 {
    let mut all: Vec<f64> = (0..RUNS).map(|_| measure()).collect();
    all.sort_by(f64::total_cmp);
    all[RUNS / 2]
}

fn line(name: &str, app: f64, baseline: Option<f64>) {
    let baseline = baseline.map_or_else(|| "–".to_owned(), |it| format!("{it:.0} ms"));
    println!("| {name} | {app:.0} ms | {baseline} |");
}
