//! A thin WebDriver: JSON over HTTP to a driver on this machine (W3C WebDriver, sections 8 to 17).

use std::time::Duration;

use serde_json::{Value, json};

/// What the driver said no with: `element click intercepted`, `stale element reference`, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error code of the specification.
    pub code: String,
    /// What the driver says about it.
    pub message: String,
}

/// A session with a browser.
#[derive(Debug, Clone)]
pub(super) struct Session {
    agent: ureq::Agent,
    base: String,
}

/// An element of the page, until the page changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element(String);

/// The name under which the specification hides an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Session {
    /// Opens a session at the driver on `port`.
    pub(super) fn open(port: u16, capabilities: &Value) -> Result<Self, Refusal> {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1)));
        let mut session = Self { agent: config.build().into(), base: format!("http://127.0.0.1:{port}/session") };
        let opened = session.post("", &json!({ "capabilities": { "alwaysMatch": capabilities } }))?;
        let id = opened["sessionId"].as_str().unwrap_or_default();
        session.base = format!("{}/{id}", session.base);

        session.post("/timeouts", &json!({ "script": 45_000, "pageLoad": 30_000 }))?;
        Ok(session)
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Refusal> {
        answer(self.agent.get(format!("{}{path}", self.base)).call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        let request = self.agent.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        answer(request.send(body.to_string()))
    }

    /// Closes the window or tab that is looked at.
    pub(super) fn close_window(&self) -> Result<(), Refusal> {
        answer(self.agent.delete(&format!("{}/window", self.base)).call()).map(drop)
    }

    /// Ends the session; the browser quits as if its last window were closed.
    pub(super) fn close(&self) -> Result<(), Refusal> {
        answer(self.agent.delete(&self.base).call()).map(drop)
    }

    /// Runs a script in the page; it returns what it returns, promises included. Not every driver waits for a promise,
    /// so the script is run as one that calls back.
    pub(super) fn script(&self, script: &str, arguments: &[Value]) -> Result<Value, Refusal> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const given = [...arguments].slice(0, -1);
             new Promise((resolve) => resolve((function () {{ {script} }}).apply(null, given)))
                 .then((value) => done([value ?? null]), (error) => done(String(error)));"
        );
        let mut answer = self.post("/execute/async", &json!({ "script": script, "args": arguments }))?;
        match answer.get_mut(0) {
            Some(value) => Ok(value.take()),
            None => {
                let message = answer.as_str().unwrap_or_default().to_owned();
                Err(Refusal { code: "javascript error".to_owned(), message })
            }
        }
    }

    /// The element that a script returns, if it returns one.
    pub(super) fn element(&self, script: &str, arguments: &[Value]) -> Result<Option<Element>, Refusal> {
        let found = self.script(script, arguments)?;
        Ok(found[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    pub(super) fn click(&self, element: &Element) -> Result<(), Refusal> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types into an element, over what stands there.
    pub(super) fn fill(&self, element: &Element, text: &str) -> Result<(), Refusal> {
        self.post(&format!("/element/{}/clear", element.0), &json!({}))?;
        // A new line is a key; not every driver makes one of the character.
        let keys = text.replace('\n', "\u{E007}");
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": keys })).map(drop)
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(super) fn press(&self, keys: &str) -> Result<(), Refusal> {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() })))
            .collect();
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.post("/actions", &json!({ "actions": actions })).map(drop)
    }

    /// A command of Chromium's own protocol.
    pub(super) fn chromium(&self, command: &str, parameters: &Value) -> Result<Value, Refusal> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Refusal> {
    let unreachable =
        |error: &dyn std::error::Error| Refusal { code: "unreachable".into(), message: error.to_string() };
    let mut response = response.map_err(|error| unreachable(&error))?;
    let body =
        response.body_mut().with_config().limit(64 << 20).read_to_string().map_err(|error| unreachable(&error))?;
    let mut said: Value = serde_json::from_str(&body).map_err(|error| unreachable(&error))?;
    let value = said["value"].take();
    match value["error"].as_str() {
        Some(code) => {
            let message = value["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default();
            Err(Refusal { code: code.to_owned(), message: message.to_owned() })
        }
        None => Ok(value),
    }
}
