//! A hostile proxy between the shipped app and the real relay, and members and operators who help it. Each attack ends
//! in its named error, changes nothing of what is stored or shown, and does not stop the others; once all are honest
//! again, everybody ends alike. [`frames`] is what a proxy can do alone, [`members`] what a lying member can, and
//! [`said`] what is told to whoever has to know, in every browser.
//!
//! Proves HOST-1 to HOST-19 of docs/SPEC.md.

mod frames;
mod members;
mod said;

use grend_shared::{
    crypto::head::LogHead,
    ids::RoomId,
    membership::{Body, body::Remove},
    projection::{InvitedAs, Network, Room},
    protocol::Item,
};
use grend_tests::{
    Browser, Engine, Journal, Native, Proxy, Relay, Screen, What, chest,
    native::speech,
    story::{self, names},
};

/// A network whose other members have no browser; one family's browser is behind the proxy.
struct Hamlet {
    proxy: Proxy,
    relay: Relay,
    network: RoomId,
    staff: Native,
    resource: Native,
    /// A foster parent, who may lie.
    nils: Native,
    /// By which he came in.
    used_link: String,
    foster: Browser,
}

/// What a device has of a network, without what is only about the moment.
type State = (Vec<Item>, Network);

impl Hamlet {
    /// The family with the browser is not in it yet.
    fn found(engine: Engine) -> Self {
        let proxy = Proxy::listen();
        let relay = Relay::start_with(&["--public-url", &proxy.origin()]);
        proxy.stand_before(relay.address());
        let [staff, resource, nils] = ["the service", "Kari", "Nils"].map(|it| Native::start(it, &relay.socket()));
        let service = staff.sets_up(relay.first_link());
        let network = staff.opens_network(service, names::NETWORK);
        resource.joins(&staff.invites(network, InvitedAs::ResourceFamily), names::KARI, names::RESOURCE);
        let used_link = resource.invites(network, InvitedAs::FosterFamily);
        nils.joins(&used_link, "Nils", "Elvheim");
        nils.plans(network, "Nils møter");
        nils.has_sent_all();
        let foster = Browser::start(engine, "the family", proxy.origin(), Screen::Phone, Journal::default());
        Self { proxy, relay, network, staff, resource, nils, used_link, foster }
    }

    /// With the family in it.
    fn whole(engine: Engine) -> Self {
        let hamlet = Self::found(engine);
        hamlet.family_joins();
        hamlet
    }

    fn family_joins(&self) {
        let link = self.resource.invites(self.network, InvitedAs::FosterFamily);
        story::join(&self.foster, &self.link(&link), names::OLA, names::FOSTER);
        self.goes_on("Alle er med");
    }

    fn link(&self, secret: &str) -> String {
        format!("{}/inn#{secret}", self.proxy.origin())
    }

    fn start_relay_again(&mut self) {
        self.relay.start_again_with(&["--public-url", &self.proxy.origin()]);
    }

    /// The net seems to be back.
    fn tries_now(&self) {
        let _nothing = self.foster.script("window.dispatchEvent(new Event('online'))", &[]);
    }

    fn network(&self) -> Network {
        chest::network(&self.foster, self.network).expect("the family is in the network")
    }

    fn state(&self) -> State {
        let mut network = self.network();
        (network.doubt, network.stopped) = (None, None);
        network.gatherings.iter_mut().for_each(|it| it.delivery = None);
        (chest::log(&self.foster, self.network), network)
    }

    /// The family has what it had, and shows it.
    fn is_as(&self, before: &State) {
        let after = self.state();
        let kinds = |log: &[Item]| log.iter().map(Item::kind).collect::<Vec<_>>();
        assert!(after.0 == before.0, "the log stays {:?}, and is {:?}", kinds(&before.0), kinds(&after.0));
        assert!(after.1 == before.1, "nothing else is shown: {:#?} was {:#?}", after.1, before.1);
    }

    fn head(&self) -> LogHead {
        let items = self.resource.log(self.network);
        items.iter().fold(LogHead::EMPTY, |head, item| head.after_numbered(item.kind, &item.bytes))
    }

    /// All are honest again: what is planned comes to everybody, nobody has anything left to send, and their logs are one.
    fn goes_on(&self, title: &str) {
        self.proxy.be_honest();
        self.proxy.cut();
        self.others_go_on(title);
        let alike = || {
            self.tries_now();
            let disk = chest::copy(&self.foster);
            let alike = disk.log(self.network) == self.resource.log(self.network);
            (alike && disk.has_sent_all(self.network)).then_some(())
        };
        self.foster.until("to have the others' log, and they what it wrote", alike);
        assert_eq!(titles(&self.network()), titles(&self.others()), "and it is shown alike");
    }

    /// The others are not stopped by whatever is done to the family.
    fn others_go_on(&self, title: &str) {
        self.resource.plans(self.network, title);
        self.resource.has_sent_all();
        let there = || self.staff.network(self.network).is_none().then_some(());
        self.staff.until("to be shown nothing of the network", there);
    }

    fn others(&self) -> Network {
        self.resource.network(self.network).expect("the resource family is in the network")
    }

    /// Shows what came while the family was away as the trick has it: nothing of it is believed, and why is said in *Meg*.
    fn disbelieves(&self, why: &str, trick: impl FnOnce(&Proxy)) {
        self.foster.open("/meg");
        self.foster.ready();
        self.proxy.go_away();
        let before = self.state();
        self.others_go_on(&format!("Først ({why})"));
        self.others_go_on(&format!("Så ({why})"));
        self.proxy.be_honest();
        trick(&self.proxy);
        self.tries_now();
        self.doubts(why);
        self.is_as(&before);
        self.goes_on(&format!("Etter ({why})"));
        self.foster.see_no_more("doubt");
    }

    fn doubts(&self, why: &str) {
        self.foster.see(What::test("doubt").with("data-why", why));
    }

    /// The resource parent takes somebody out.
    fn takes_out(&self, out: Remove) {
        let put = || {
            let item = speech::entry(&self.resource.log(self.network), &self.resource.keys(), Body::Remove(out));
            speech::put(&self.relay.socket(), &self.resource.keys(), self.network, &item).ok()
        };
        self.resource.until("for a removal to be taken", put);
        let turned = || (!speech::membership(&self.resource.log(self.network)).must_turn_key()).then_some(());
        self.resource.until("for the key to be turned", turned);
    }

    fn stopped_reason(&self, native: &Native) -> Option<grend_shared::projection::StopReason> {
        native.rooms().iter().find(|it| it.id() == self.network).and_then(Room::stopped)
    }
}

fn titles(network: &Network) -> Vec<String> {
    network.gatherings.iter().map(|it| it.title.value.as_str().to_owned()).collect()
}
