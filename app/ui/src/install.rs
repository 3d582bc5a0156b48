//! Where Grend lives on this device, told by what the browser says of itself. Pure; `platform` asks, `state` acts.
//!
//! On an iPhone or iPad the app on the home screen has a storage of its own, and windows inside other apps have one that
//! may be gone tomorrow. There Grend makes no keys and spends no invitation unless somebody chooses to stay. Moving to
//! the app later (*Flytt til appen*) is for whoever stayed: see [`Whereabouts::is_home`].

/// What a browser says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Surroundings {
    /// The user agent.
    pub(crate) agent: String,
    /// Whether the screen feels more than one finger.
    pub(crate) fingers: bool,
    /// Whether it runs from the home screen.
    pub(crate) installed: bool,
}

/// Where Grend runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whereabouts {
    /// From the home screen.
    Installed,
    /// In a browser of an iPhone or iPad.
    Ios,
    /// In a window inside another app, on an iPhone or iPad.
    InAppOnIos,
    /// The same elsewhere.
    InApp,
    /// In Firefox on a phone.
    FirefoxOnPhone,
    /// In another browser on a phone, most of them made like Chromium.
    Phone,
    /// In Firefox on a computer.
    FirefoxOnDesk,
    /// In another browser on a computer.
    Desk,
}

/// What apps add to the agent of the windows they open.
const APPS: [&str; 16] = [
    "FBAN",
    "FBAV",
    "FB_IAB",
    "FBIOS",
    "Messenger",
    "Instagram",
    "Snapchat",
    "LinkedInApp",
    "Twitter",
    "TikTok",
    "musical_ly",
    "BytedanceWebview",
    "Pinterest",
    "Line/",
    "GSA/",
    "; wv)",
];

/// What names of browsers on an iPhone or iPad the agent may hold; a window inside an app holds none.
const IOS_BROWSERS: [&str; 2] = ["Safari/", "Focus/"];

impl Surroundings {
    /// Where this is.
    pub(crate) fn whereabouts(&self) -> Whereabouts {
        let says = |word: &str| self.agent.contains(word);
        // An iPad gives itself out as a Mac; no Mac feels fingers.
        let ios = says("iPhone") || says("iPad") || says("iPod") || (says("Macintosh") && self.fingers);
        let in_app = APPS.into_iter().any(says);
        match () {
            () if self.installed => Whereabouts::Installed,
            () if ios && (in_app || !IOS_BROWSERS.into_iter().any(says)) => Whereabouts::InAppOnIos,
            () if ios => Whereabouts::Ios,
            () if in_app => Whereabouts::InApp,
            () if says("Android") && says("Firefox/") => Whereabouts::FirefoxOnPhone,
            () if says("Android") => Whereabouts::Phone,
            () if says("Firefox/") => Whereabouts::FirefoxOnDesk,
            () => Whereabouts::Desk,
        }
    }
}

impl Whereabouts {
    /// Whether keys made here are where they will be looked for later.
    pub(crate) const fn is_home(self) -> bool {
        !matches!(self, Self::Ios | Self::InAppOnIos | Self::InApp)
    }

    /// Whether it is a window inside another app.
    pub(crate) const fn is_in_app(self) -> bool {
        matches!(self, Self::InAppOnIos | Self::InApp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(agent: &str) -> Whereabouts {
        Surroundings { agent: agent.to_owned(), ..Surroundings::default() }.whereabouts()
    }

    const IPHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/18.5 Safari/605.1.15";

    #[test]
    fn browsers_of_an_iphone_or_ipad_are_not_where_the_app_keeps_its_keys() {
        for more in ["Version/18.5 Mobile/15E148 Safari/604.1", "CriOS/138.0 Mobile/15E148 Safari/604.1"] {
            assert_eq!(at(&format!("{IPHONE} {more}")), Whereabouts::Ios, "{more}");
        }
        let mac = Surroundings { agent: MAC.to_owned(), ..Surroundings::default() };
        assert_eq!(mac.whereabouts(), Whereabouts::Desk);
        assert_eq!(Surroundings { fingers: true, ..mac }.whereabouts(), Whereabouts::Ios, "an iPad");
        assert!(!Whereabouts::Ios.is_home());
    }

    #[test]
    fn a_window_inside_another_app_is_known_by_what_the_app_adds_or_leaves_out() {
        for app in [
            "Mobile/15E148 [FBAN/FBIOS;FBAV/515.0]",
            "Mobile/15E148 Instagram 385.0",
            "Mobile/15E148 Snapchat/13.40 (like Safari/8619)",
            "Mobile/15E148 [LinkedInApp]/9.31",
            "Version/18.5 Mobile/15E148 Safari/604.1 GSA/372.0",
            "Mobile/15E148",
        ] {
            assert_eq!(at(&format!("{IPHONE} {app}")), Whereabouts::InAppOnIos, "{app}");
        }
        for app in ["; wv) Chrome/138.0 Mobile Safari/537.36", ") Chrome/138.0 Mobile Safari/537.36 [FB_IAB/FB4A]"] {
            assert_eq!(at(&format!("{ANDROID}{app}")), Whereabouts::InApp, "{app}");
        }
        assert!(!Whereabouts::InApp.is_home() && !Whereabouts::InAppOnIos.is_home());
    }

    #[test]
    fn everywhere_else_keys_are_made_where_they_are_used() {
        for (agent, expected) in [
            (format!("{ANDROID}) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36"), Whereabouts::Phone),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0".into(),
                Whereabouts::FirefoxOnPhone,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
                Whereabouts::FirefoxOnDesk,
            ),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36".into(), Whereabouts::Desk),
            (String::new(), Whereabouts::Desk),
        ] {
            assert_eq!(at(&agent), expected, "{agent}");
            assert!(expected.is_home());
        }
        let app = Surroundings { agent: format!("{IPHONE} Mobile/15E148"), fingers: true, installed: true };
        assert!(app.whereabouts() == Whereabouts::Installed && app.whereabouts().is_home());
    }
}
