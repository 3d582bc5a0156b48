//! The whole life of a network: founded, joined, somebody let in, written in; one is taken out and the key turned, twice;
//! the one comes back by a new device. All of it by the shipped engine and the shipped relay, the relay over a real
//! database; what the app has no button for yet is said by hand in a device's name.

use std::{fs, path::PathBuf};

use grend_server::{Config, Running};
use grend_shared::{
    crypto::{
        DeviceKeys,
        head::Seq,
        links::InviteSecret,
        notice::{NoticePlace, SealedNotice},
    },
    domain::Role,
    ids::{GroupId, RoomId},
    membership::{
        Body,
        body::{Invite, Join, Notice, Remove},
        state::Room,
    },
    port::{Ask, Outcome},
    projection::InvitedAs,
    protocol::Item,
    time::Timestamp,
};
use grend_tests::native::{Chance, Disk, Native, speech};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A relay in this process, over a folder of its own.
struct Relay {
    url: String,
    first_link: String,
    folder: TempDir,
    _running: Running,
    _runtime: Runtime,
}

impl Relay {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let runtime = Runtime::new().expect("threads can be had");
        let config = Config { listen: "127.0.0.1:0".to_owned(), ..Config::new(folder.path()) };
        let running = runtime.block_on(Running::start(config)).expect("the relay starts");
        let first_link = running.first_link.clone().expect("a new relay shows a set-up link");
        Self {
            url: format!("ws://{}/sync", running.address),
            first_link: first_link.expose().to_owned(),
            folder,
            _running: running,
            _runtime: runtime,
        }
    }

    /// Read beside it, while it runs.
    fn database(&self) -> Database {
        let file = |name: &str| self.folder.path().join(name);
        let read = |file: PathBuf| fs::read(file).ok();
        let connection = Connection::open(file("grend.sqlite")).expect("the database opens beside the relay");
        let mut statement =
            connection.prepare("SELECT room, kind, bytes FROM items ORDER BY room, seq").expect("a good query");
        let rows = statement
            .query_map([], |row| Ok((RoomId::from_bytes(row.get(0)?), Item { kind: row.get(1)?, bytes: row.get(2)? })));
        let mut rooms = Vec::<(RoomId, Vec<Item>)>::new();
        for (room, item) in rows.expect("a good query").map(|row| row.expect("a row")) {
            match rooms.last_mut().filter(|(last, _)| *last == room) {
                Some((_, items)) => items.push(item),
                None => rooms.push((room, vec![item])),
            }
        }
        let files = ["grend.sqlite", "grend.sqlite-wal"].into_iter().filter_map(|name| read(file(name))).collect();
        Database { rooms, files }
    }
}

/// The relay's database, whole.
pub(crate) struct Database {
    /// Every room's log.
    pub(crate) rooms: Vec<(RoomId, Vec<Item>)>,
    /// The files as they are: with signing key, set-up tokens, and what was written and deleted.
    pub(crate) files: Vec<Vec<u8>>,
}

/// What has been lived, and what everybody has held of it.
pub(crate) struct Life {
    pub(crate) database: Database,
    pub(crate) set_up_link: String,
    pub(crate) service: RoomId,
    pub(crate) network: RoomId,
    pub(crate) steward: Disk,
    /// A device that the steward has asked in itself.
    pub(crate) ghost: Disk,
    /// The secrets of the invitations it has made.
    pub(crate) stewards_links: Vec<String>,
    pub(crate) stayed: Disk,
    pub(crate) removed: Disk,
    pub(crate) returned: Disk,
    pub(crate) first_notice: Seq,
    /// Where the removal stands.
    pub(crate) cut: Seq,
    pub(crate) epoch_at_the_cut: u32,
}

/// While it is lived.
struct Living {
    relay: Relay,
    network: RoomId,
    steward: Native,
    resource: Native,
}

impl Life {
    pub(crate) fn live() -> Self {
        let relay = Relay::start();
        let (steward, resource) = (Native::start("the service", &relay.url), Native::start("Kari", &relay.url));
        let (ola, siv) = (Native::start("Ola", &relay.url), Native::start("Siv", &relay.url));
        let service = steward.sets_up(&relay.first_link);
        let network = steward.opens_network(service, "Solbakken");
        let founding = steward.invites(network, InvitedAs::ResourceFamily);
        resource.joins(&founding, "Kari", "Haugerud");
        let here = Living { relay, network, steward, resource };
        for (family, name) in [(&ola, "Ola"), (&siv, "Siv")] {
            family.joins(&here.resource.invites(network, InvitedAs::FosterFamily), name, &format!("Hos {name}"));
            family.plans(network, &format!("{name} møter"));
        }
        let (asked_in, door) = here.lets_somebody_in();
        let (ghost, ghosts_link) = here.ghost();
        let first_notice = here.notice();
        here.all_see(&[&ola, &siv], "Før", 3);

        // Ola is taken out, and the key turned; then the one who was let in last.
        let removed = ola.keys();
        let epoch_at_the_cut = here.membership().epoch().expect("a key").number;
        let cut = here.takes_out(&removed);
        here.all_see(&[&siv], "Etter", 4);
        here.notice();
        here.takes_out(&door.keys());
        here.all_see(&[&siv], "Enda senere", 5);
        let (returned, back) = here.comes_back(&removed);
        here.all_see(&[&siv], "Til slutt", 6);

        // Whatever is still to be done by itself, is.
        let alike = || (here.log() == siv.log(network)).then_some(());
        siv.until("the same log as the others", alike);
        Self {
            set_up_link: here.relay.first_link.clone(),
            service,
            network,
            steward: here.steward.disk(),
            ghost,
            stewards_links: vec![founding, asked_in, ghosts_link, back],
            stayed: siv.disk(),
            removed: ola.disk(),
            returned,
            first_notice,
            cut,
            epoch_at_the_cut,
            database: here.relay.database(),
        }
    }

    /// Where records stand in the network's log.
    pub(crate) fn records(&self) -> Vec<Seq> {
        speech::records(&self.stayed.log(self.network)).map(|(seq, _)| seq).collect()
    }

    /// How many keys the network has had.
    pub(crate) fn epochs(&self) -> usize {
        speech::membership(&self.stayed.log(self.network)).epoch().map_or(0, |epoch| epoch.number as usize)
    }
}

impl Living {
    fn log(&self) -> Vec<Item> {
        self.resource.log(self.network)
    }

    fn membership(&self) -> Room {
        speech::membership(&self.log())
    }

    /// Puts an entry in somebody's name; gives where it stands once it is in the resource parent's log.
    fn puts(&self, keys: &DeviceKeys, body: &Body) -> Seq {
        let put = || {
            let item = speech::entry(&self.log(), keys, body.clone());
            // Somebody's duty may have come before.
            speech::put(&self.relay.url, keys, self.network, &item).ok().map(|()| item)
        };
        let item = self.resource.until("for an entry to be taken", put);
        let at = || self.log().iter().position(|it| *it == item);
        self.resource.until("to have the entry", at) as Seq + 1
    }

    /// A family comes on the steward's invitation and is let in by the resource parent.
    fn lets_somebody_in(&self) -> (String, Native) {
        let link = self.steward.invites(self.network, InvitedAs::FosterFamily);
        let door = Native::start("Grete", &self.relay.url);
        door.joins(&link, "Grete", "Hos Grete");
        self.admits(&door.keys());
        door.plans(self.network, "Grete møter");
        (link, door)
    }

    fn admits(&self, keys: &DeviceKeys) {
        let room = self.network;
        let waits = |it: &grend_shared::projection::Network| it.waiting.iter().any(|it| it.device == keys.device());
        let _waits = self.resource.sees(room, "somebody at the door", waits);
        let admitted = self.resource.ask(Ask::Admit { room, person: keys.person(), device: keys.device() });
        assert_eq!(admitted, Ok(Outcome::Done));
        let given = || self.membership().may_write(keys.device()).then_some(());
        self.resource.until("for the key to be given", given);
    }

    /// The steward asks in a device of its own, and is let in by nobody.
    fn ghost(&self) -> (Disk, String) {
        let (keys, secret) = (Disk::new_keys(), InviteSecret::generate(self.network, &mut Chance));
        let expires = Timestamp::from_millis(i64::MAX);
        let (invite, role) = (secret.id(), Role::Member);
        let invite = Invite { invite, role, founder: false, group: None, returns: None, expires, welcome: vec![1; 64] };
        self.puts(&self.steward.keys(), &Body::Invite(invite));
        let group = GroupId::of_person(keys.person());
        let join = Join::new(&secret.signer(), self.network, group, keys.certificate());
        self.puts(&keys, &Body::Join(join));
        (Disk::of(&keys), secret.to_link().expose().to_owned())
    }

    /// The steward tells the room something.
    fn notice(&self) -> Seq {
        let keys = self.steward.keys();
        let epoch = self.membership().epoch().expect("a key").clone();
        let place = NoticePlace { room: self.network, epoch: epoch.number, author: keys.device() };
        let sealed = SealedNotice::seal(epoch.inbox, &place, b"Ring vakttelefonen", &mut Chance).expect("sealed");
        self.puts(&keys, &Body::Notice(Notice { number: epoch.number, sealed }))
    }

    /// The resource parent takes a person out; the others turn the key.
    fn takes_out(&self, out: &DeviceKeys) -> Seq {
        let cut = self.puts(&self.resource.keys(), &Body::Remove(Remove::Person(out.person())));
        let turned = || (!self.membership().must_turn_key()).then_some(());
        self.resource.until("for the key to be turned", turned);
        cut
    }

    /// Comes back on the steward's invitation by a new device, is let in, and writes.
    fn comes_back(&self, before: &DeviceKeys) -> (Disk, String) {
        let keys = Disk::new_keys().of_person(before.person());
        let link = self.steward.invites(self.network, InvitedAs::FosterFamily);
        let secret = InviteSecret::from_link(&link).expect("a link");
        let known = || self.membership().invite(secret.id()).is_some().then_some(());
        self.resource.until("for the invitation to be known", known);
        let joins = |group| Body::Join(Join::new(&secret.signer(), self.network, group, keys.certificate()));
        self.puts(&keys, &joins(GroupId::of_person(keys.person())));
        self.admits(&keys);
        let record = speech::record(&self.log(), &keys, b"Her er jeg igjen");
        assert_eq!(speech::put(&self.relay.url, &keys, self.network, &record), Ok(()));
        (Disk::of(&keys), link)
    }

    /// The resource parent writes, and so many gatherings are seen by all.
    fn all_see(&self, families: &[&Native], title: &str, gatherings: usize) {
        self.resource.plans(self.network, title);
        let count = |it: &grend_shared::projection::Network| it.gatherings.len() > gatherings.saturating_sub(1);
        for family in families.iter().copied().chain([&self.resource]) {
            let _seen = family.sees(self.network, title, count);
            family.has_sent_all();
        }
    }
}
