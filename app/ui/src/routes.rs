//! Every address of the app. One enum builds and reads them all; no other place writes a path.

use core::{cell::Cell, fmt};

use grend_shared::{
    ids::{GatheringId, GroupId},
    secret::SecretText,
};

thread_local! {
    static WORLD: Cell<World> = const { Cell::new(World::Own) };
}

/// What the pages are about. It is decided by the address a page load begins with and holds until the next: the way
/// from one to the other is a link that loads anew, so that neither ever sees what is the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum World {
    /// What is this device's own.
    Own,
    /// The sample hamlet, under `/prov`.
    Sample,
}

impl World {
    /// Enters the world of this address. Every [`Route`] is written in it from now on.
    pub(crate) fn enter(path: &str) -> Self {
        let world =
            if path.trim_start_matches('/').split('/').next() == Some(SAMPLE) { Self::Sample } else { Self::Own };
        WORLD.set(world);
        world
    }

    /// The world this page load is in.
    pub(crate) fn here() -> Self {
        WORLD.get()
    }

    /// Where it begins.
    pub(crate) const fn root(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Sample => "/prov",
        }
    }
}

/// What the addresses of the sample begin with.
const SAMPLE: &str = "prov";

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// What Grend is; the way in.
    Front,
    /// Setting up a service with the operator's link.
    SetUp,
    /// Opening an invitation.
    Invite,
    /// *Tunet*, the network's home.
    Tunet,
    /// *Samlinger.*
    Gatherings,
    /// Planning a gathering.
    PlanGathering,
    /// One gathering.
    Gathering(GatheringId),
    /// Changing one gathering.
    EditGathering(GatheringId),
    /// *Folk.*
    People,
    /// *Folk*, at one family.
    Family(GroupId),
    /// *Meg.*
    Me,
    /// One more device, or moving to it.
    Devices,
    /// Coming in on a new device of one's own.
    NewDevice,
    /// The service's networks.
    Networks,
    /// How Grend comes to the home screen.
    Install,
    /// No page has this address.
    Unknown,
}

impl Route {
    /// The page of an address.
    pub(crate) fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let parts = parts.strip_prefix(&[SAMPLE]).unwrap_or(&parts);
        match parts {
            [] => Self::Front,
            ["oppsett"] => Self::SetUp,
            ["inn"] => Self::Invite,
            ["tunet"] => Self::Tunet,
            ["samlinger"] => Self::Gatherings,
            ["samlinger", "ny"] => Self::PlanGathering,
            ["samlinger", id] => id.parse().map_or(Self::Unknown, Self::Gathering),
            ["samlinger", id, "endre"] => id.parse().map_or(Self::Unknown, Self::EditGathering),
            ["folk"] => Self::People,
            ["folk", id] => id.parse().map_or(Self::Unknown, Self::Family),
            ["meg"] => Self::Me,
            ["meg", "enheter"] => Self::Devices,
            ["ny-enhet"] => Self::NewDevice,
            ["nettverk"] => Self::Networks,
            ["hjemskjermen"] => Self::Install,
            _ => Self::Unknown,
        }
    }

    /// The place in the navigation it belongs to.
    pub(crate) const fn place(self) -> Self {
        match self {
            Self::PlanGathering | Self::Gathering(_) | Self::EditGathering(_) => Self::Gatherings,
            Self::Family(_) => Self::People,
            Self::Devices => Self::Me,
            place => place,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(World::here().root())?;
        match self {
            Self::Front | Self::Unknown => f.write_str("/"),
            Self::SetUp => f.write_str("/oppsett"),
            Self::Invite => f.write_str("/inn"),
            Self::Tunet => f.write_str("/tunet"),
            Self::Gatherings => f.write_str("/samlinger"),
            Self::PlanGathering => f.write_str("/samlinger/ny"),
            Self::Gathering(id) => write!(f, "/samlinger/{id}"),
            Self::EditGathering(id) => write!(f, "/samlinger/{id}/endre"),
            Self::People => f.write_str("/folk"),
            Self::Family(id) => write!(f, "/folk/{id}"),
            Self::Me => f.write_str("/meg"),
            Self::Devices => f.write_str("/meg/enheter"),
            Self::NewDevice => f.write_str("/ny-enhet"),
            Self::Networks => f.write_str("/nettverk"),
            Self::Install => f.write_str("/hjemskjermen"),
        }
    }
}

/// A link somebody was sent: which page takes it, and the part behind `#`, which never goes to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretLink {
    /// [`Route::Invite`] or [`Route::SetUp`].
    pub(crate) to: Route,
    /// The part behind `#`.
    pub(crate) secret: SecretText,
}

impl SecretLink {
    /// Reads what somebody pasted: a whole link, or only the code, with spaces and line breaks that mail and chat
    /// put in. `expected` says what a bare code is for.
    pub(crate) fn read(pasted: &str, expected: Route) -> Option<Self> {
        let text: String = pasted.chars().filter(|c| !c.is_whitespace()).collect();
        let (to, secret) = match text.split_once('#') {
            Some((address, secret)) => {
                let page = address.trim_end_matches('/').rsplit('/').next().unwrap_or("");
                (if page == "oppsett" { Route::SetUp } else { Route::Invite }, secret)
            }
            None if text.contains("://") => return None,
            None => (expected, text.as_str()),
        };
        (!secret.is_empty()).then(|| Self { to, secret: secret.into() })
    }

    /// The link to send to somebody.
    pub(crate) fn url(origin: &str, to: Route, secret: &str) -> String {
        format!("{origin}{to}#{secret}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_read_as_it_was_built() {
        let (gathering, group) = (GatheringId::from_bytes([7; 16]), GroupId::from_bytes([9; 16]));
        for route in [
            Route::Front,
            Route::SetUp,
            Route::Invite,
            Route::Tunet,
            Route::Gatherings,
            Route::PlanGathering,
            Route::Gathering(gathering),
            Route::EditGathering(gathering),
            Route::People,
            Route::Family(group),
            Route::Me,
            Route::Devices,
            Route::NewDevice,
            Route::Networks,
            Route::Install,
        ] {
            assert_eq!(Route::parse(&route.to_string()), route);
        }
        for stray in ["/samlinger/ikke-en-id", "/folk/x/y", "/rart"] {
            assert_eq!(Route::parse(stray), Route::Unknown, "{stray}");
        }
    }

    #[test]
    fn the_sample_has_the_same_pages_under_an_address_of_its_own() {
        assert_eq!((World::enter("/tunet"), World::enter("/")), (World::Own, World::Own));
        assert_eq!(Route::Tunet.to_string(), "/tunet");
        for address in ["/prov", "/prov/", "/prov/tunet"] {
            assert_eq!(World::enter(address), World::Sample, "{address}");
        }
        assert_eq!((Route::Front.to_string(), Route::Tunet.to_string()), ("/prov/".into(), "/prov/tunet".into()));
        assert_eq!((Route::parse("/prov"), Route::parse("/prov/tunet")), (Route::Front, Route::Tunet));
        assert_eq!(World::enter("/provesmaking"), World::Own);
    }

    #[test]
    fn a_pasted_link_or_code_is_understood() {
        let invite = SecretLink { to: Route::Invite, secret: "abc-123".into() };
        for pasted in [" https://grend.example/inn#abc-123\n", "abc-123", "https://grend.example/inn/#abc-\n 123"] {
            assert_eq!(SecretLink::read(pasted, Route::Invite).as_ref(), Some(&invite), "{pasted}");
        }
        let set_up = SecretLink::read("http://localhost:8420/oppsett#tok", Route::Invite);
        assert_eq!(set_up, Some(SecretLink { to: Route::SetUp, secret: "tok".into() }));
        for nothing in ["", "  ", "https://grend.example/inn", "https://grend.example/inn#"] {
            assert_eq!(SecretLink::read(nothing, Route::Invite), None, "{nothing}");
        }
    }
}
