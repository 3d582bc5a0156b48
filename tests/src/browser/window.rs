//! The window: how large its page is, and the tabs in it.

use serde_json::json;

use super::{Browser, Engine};

/// The size of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 360 × 740, as families hold it.
    Phone,
    /// 1280 × 800, as the service sits before it.
    Desk,
    /// 320 × 640: the smallest phone, or a desk looked at four times as large.
    Narrow,
}

impl Screen {
    /// How wide a page on it is, CSS pixels.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.size().0
    }

    pub(super) const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 740),
            Self::Desk => (1280, 800),
            Self::Narrow => (320, 640),
        }
    }
}

/// A tab of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab(String);

impl Browser {
    /// Makes the page another size.
    ///
    /// # Panics
    /// When the browser refuses.
    pub fn resize(&mut self, screen: Screen) {
        self.screen = screen;
        let (width, height) = screen.size();
        self.stretch(width, height);
    }

    pub(super) fn stretch(&self, width: u32, height: u32) {
        if self.engine == Engine::Chromium {
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": self.screen != Screen::Desk });
            self.chromium("Emulation.setDeviceMetricsOverride", &metrics);
            return;
        }
        // The window has edges; it may also refuse to be as narrow as a phone.
        let edges = self.script("return [outerWidth - innerWidth, outerHeight - innerHeight]", &[]);
        let edge = |at: usize| edges[at].as_i64().and_then(|edge| u32::try_from(edge).ok()).unwrap_or_default();
        self.must("/window/rect", &json!({ "width": width + edge(0), "height": height + edge(1) }));
    }

    /// The size of its page.
    #[must_use]
    pub const fn screen(&self) -> Screen {
        self.screen
    }

    /// The tab that is looked at.
    ///
    /// # Panics
    /// When the browser does not say.
    #[must_use]
    pub fn tab(&self) -> Tab {
        Tab(self
            .session()
            .get("/window")
            .ok()
            .and_then(|handle| handle.as_str().map(str::to_owned))
            .expect("a tab is open"))
    }

    /// Opens another tab and looks at it.
    ///
    /// # Panics
    /// When the browser opens none.
    pub fn open_tab(&self) {
        let opened = self.session().post("/window/new", &json!({ "type": "tab" }));
        let handle =
            opened.ok().and_then(|tab| tab["handle"].as_str().map(str::to_owned)).expect("a tab can be opened");
        self.look_at(&Tab(handle));
    }

    /// Closes the tab that is looked at, as a person does, and looks at another.
    ///
    /// # Panics
    /// When the browser refuses.
    pub fn close_tab(&self, then: &Tab) {
        self.session().close_window().expect("a tab can be closed");
        self.look_at(then);
    }

    /// Looks at a tab.
    ///
    /// # Panics
    /// When it is closed.
    pub fn look_at(&self, tab: &Tab) {
        self.must("/window", &json!({ "handle": tab.0 }));
    }
}
