//! A second account of who may do what, as plain as it can be, written without looking at the first. It is told only
//! what stands in the log.

use std::collections::{BTreeMap, BTreeSet};

use grend_shared::{
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId},
    membership::{Body, Entry, body::Remove},
};

use crate::relay::Item;

#[derive(Clone)]
struct Someone {
    group: GroupId,
    role: Role,
    /// Let in: by who founded the room, by a key holder's invitation, or by a key holder's tap.
    inside: bool,
    devices: BTreeSet<DeviceId>,
    asks_back: Option<DeviceId>,
}

struct Asked {
    by: PersonId,
    on: DeviceId,
    with_key: bool,
    role: Role,
    founder: bool,
    used: Option<PersonId>,
    gone: bool,
}

#[derive(Default)]
struct Account {
    people: BTreeMap<PersonId, Someone>,
    asked: BTreeMap<InviteId, Asked>,
    have_been: BTreeSet<PersonId>,
    /// To whom the key was sealed, and who of them has not said that it did not open.
    were_given: BTreeSet<DeviceId>,
    have_key: BTreeSet<DeviceId>,
    /// Who had the one before, and says that this one does not open.
    wronged: BTreeSet<DeviceId>,
    had_before: BTreeSet<DeviceId>,
    epoch: u32,
    someone_left_with_it: bool,
    /// Nobody has a key, and it was begun anew for that: the next one is a first.
    made_none: bool,
}

/// Goes through a log and panics at the first thing that should not stand there.
pub(crate) fn check(items: &[Item]) {
    let mut account = Account::default();
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Entry(entry) => account.entry(entry, at),
            Item::Record(record) => {
                let header = record.header();
                assert!(account.have_key.contains(&header.device), "{at}: written without the key");
                assert!(!account.someone_left_with_it, "{at}: written under a key that somebody has who is out");
                assert_eq!(header.epoch, account.epoch, "{at}: written under another key");
            }
        }
    }
}

impl Account {
    fn whose(&self, device: DeviceId) -> Option<PersonId> {
        self.people.iter().find(|(_, it)| it.devices.contains(&device)).map(|(person, _)| *person)
    }

    fn entry(&mut self, entry: &Entry, at: usize) {
        let author = entry.author();
        let by = self.whose(author);
        let inside = by.is_some_and(|by| self.people[&by].inside);
        let role = by.map(|by| self.people[&by].role);
        let holds = self.have_key.contains(&author) && !self.someone_left_with_it;
        match entry.body() {
            Body::Genesis(it) => {
                let role = if it.kind == RoomKind::Network { Role::Steward } else { Role::Admin };
                let devices = BTreeSet::from([author]);
                let someone = Someone { group: it.group, role, inside: true, devices, asks_back: None };
                self.people.insert(it.founder.person, someone);
                self.have_been.insert(it.founder.person);
            }
            Body::Invite(it) => {
                assert!(inside, "{at}: an invitation by somebody who is not inside");
                let by = by.expect("inside");
                if role == Some(Role::Member) {
                    let own = self.people[&by].group;
                    assert_eq!((it.group, it.role), (Some(own), Role::Member), "{at}: beyond the own household");
                    let counts = |asked: &&Asked| {
                        let of_own = self.people.get(&asked.by).is_some_and(|it| it.group == own);
                        of_own && !asked.gone && asked.used.is_none_or(|used| self.people.contains_key(&used))
                    };
                    let before = self.asked.values().filter(counts).count();
                    assert!(before < 4, "{at}: a household invites a fifth");
                }
                if role == Some(Role::Steward) {
                    assert!(it.founder || it.role != Role::Admin, "{at}: a steward invites an admin");
                }
                let with_key = matches!(role, Some(Role::Member | Role::Admin));
                let asked =
                    Asked { by, on: author, with_key, role: it.role, founder: it.founder, used: None, gone: false };
                assert!(self.asked.insert(it.invite, asked).is_none(), "{at}: an invitation twice");
            }
            Body::Join(it) => {
                let asked = self.asked.get_mut(&it.invite).expect("an invitation");
                assert!(asked.used.is_none() && !asked.gone, "{at}: an invitation used twice, or taken back");
                let person = it.joiner.person;
                asked.used = Some(person);
                if let Some(someone) = self.people.get_mut(&person) {
                    assert_eq!(someone.group, it.group, "{at}: back into another household");
                    someone.asks_back = Some(author);
                } else {
                    let trusted = asked.with_key || asked.founder || asked.role == Role::Steward;
                    let inside = trusted && !self.have_been.contains(&person);
                    let devices = BTreeSet::from([author]);
                    let someone = Someone { group: it.group, role: asked.role, inside, devices, asks_back: None };
                    self.people.insert(person, someone);
                    if inside {
                        self.have_been.insert(person);
                    }
                }
            }
            Body::Admit(it) => {
                assert!(holds, "{at}: a tap by somebody who does not hold the key");
                let someone = self.people.get_mut(&it.person).expect("somebody waits");
                if someone.asks_back == Some(it.device) {
                    let before = core::mem::replace(&mut someone.devices, BTreeSet::from([it.device]));
                    someone.asks_back = None;
                    someone.inside = true;
                    self.go(&before, false);
                } else {
                    assert!(someone.devices.contains(&it.device) && !someone.inside, "{at}: nobody waits so");
                    someone.inside = true;
                }
                self.have_been.insert(it.person);
            }
            Body::Epoch(it) => {
                let first = (self.epoch == 0 || self.made_none) && role == Some(Role::Admin) && inside;
                let wronged = self.wronged.contains(&author) && self.had_before.contains(&author);
                let may = first || self.have_key.contains(&author) || wronged;
                assert!(may, "{at}: a key by somebody who has none");
                assert_eq!(it.number, self.epoch + 1, "{at}: not the next key");
                self.epoch = it.number;
                self.made_none = false;
                self.had_before.retain(|device| self.wronged.contains(device));
                self.had_before.extend(core::mem::take(&mut self.have_key));
                self.wronged.clear();
                self.have_key = it.grants.iter().map(|(device, _)| *device).collect();
                assert_eq!(self.have_key, self.shall_have(), "{at}: a key for others than it is due");
                self.were_given = self.have_key.clone();
                self.someone_left_with_it = false;
            }
            Body::Grant(it) => {
                assert!(holds, "{at}: a key given by somebody who has none");
                assert!(self.shall_have().contains(&it.device), "{at}: given to somebody who was not let in");
                self.have_key.insert(it.device);
                self.were_given.insert(it.device);
                self.wronged.remove(&it.device);
            }
            Body::Lacks(number) => {
                assert!(inside && self.have_key.contains(&author), "{at}: a complaint by somebody it was not given");
                assert!(*number <= self.epoch, "{at}: of a key to come");
                if *number == self.epoch {
                    self.have_key.remove(&author);
                    self.wronged.insert(author);
                }
            }
            Body::Wrap(it) => assert!(holds && it.number < self.epoch, "{at}: an older key by somebody who has none"),
            Body::AddDevice(it) => {
                assert!(inside, "{at}: a device of somebody who is not inside");
                let someone = self.people.get_mut(&by.expect("inside")).expect("known");
                someone.devices.insert(it.half.device);
            }
            Body::Remove(it) => self.remove(*it, author, by, inside, role, at),
            Body::SetRole(it) => {
                assert!(inside, "{at}: a role by somebody who is not inside");
                let someone = self.people.get_mut(&it.person).expect("known");
                assert!(someone.inside && someone.role != Role::Steward && it.role != Role::Steward, "{at}");
                if it.role == Role::Admin {
                    let keyed = someone.devices.iter().any(|device| self.have_key.contains(device));
                    assert!(keyed, "{at}: an admin who does not hold the key");
                } else {
                    assert_eq!(role, Some(Role::Admin), "{at}: an admin's role taken by another than an admin");
                }
                someone.role = it.role;
            }
            Body::Notice(it) => {
                assert_eq!((inside, role), (true, Some(Role::Steward)), "{at}: a notice by another than a steward");
                assert!(!self.someone_left_with_it && it.number == self.epoch, "{at}: to an inbox that is not safe");
            }
            Body::Confirm(_) => {
                let in_charge = |it: &Someone| it.inside && it.role != Role::Member;
                let orphaned = !self.people.values().any(in_charge) && holds;
                assert!(inside && (role != Some(Role::Member) || orphaned), "{at}: confirmed by a member");
            }
            Body::Refound(it) => {
                let empty = it.from > it.head.seq;
                let admin = role == Some(Role::Admin) && holds && !self.someone_left_with_it;
                let lost = role == Some(Role::Steward) && empty && self.have_key.is_empty();
                assert!(inside && ((admin && !empty) || lost), "{at}: begun anew by somebody who may not");
                self.someone_left_with_it = !empty;
                self.made_none |= empty;
            }
            Body::Close(_) => assert!(inside && role != Some(Role::Member), "{at}: closed by a member"),
        }
    }

    fn shall_have(&self) -> BTreeSet<DeviceId> {
        let of = self.people.values().filter(|it| it.inside && it.role != Role::Steward);
        of.flat_map(|it| it.devices.iter().copied()).collect()
    }

    fn remove(
        &mut self,
        it: Remove,
        author: DeviceId,
        by: Option<PersonId>,
        inside: bool,
        role: Option<Role>,
        at: usize,
    ) {
        let power = inside && matches!(role, Some(Role::Admin | Role::Steward));
        let asks = self.people.iter().find(|(_, it)| it.asks_back == Some(author)).map(|(person, _)| *person);
        match it {
            Remove::Invite(invite) => {
                let asked = self.asked.get_mut(&invite).expect("an invitation");
                assert!(power || (inside && by == Some(asked.by)), "{at}: somebody else's invitation taken back");
                assert!(asked.used.is_none(), "{at}: a used one taken back");
                asked.gone = true;
            }
            Remove::Device(device) => {
                let theirs = self.whose(device);
                let returning = self.people.iter().find(|(_, it)| it.asks_back == Some(device)).map(|it| *it.0);
                let own = theirs.or(returning) == by && inside;
                let itself = device == author && (by.is_some() || asks.is_some());
                assert!(power || own || itself, "{at}: somebody else's device taken out");
                if let Some(person) = theirs {
                    self.people.get_mut(&person).expect("known").devices.remove(&device);
                } else if let Some(person) = returning {
                    self.people.get_mut(&person).expect("known").asks_back = None;
                }
                self.go(&BTreeSet::from([device]), device == author);
            }
            Remove::Person(_) | Remove::Group(_) => {
                let out: Vec<_> = self
                    .people
                    .iter()
                    .filter(|(person, someone)| it == Remove::Person(**person) || it == Remove::Group(someone.group))
                    .map(|(person, _)| *person)
                    .collect();
                let own = out.len() == 1 && out.first() == by.as_ref() && matches!(it, Remove::Person(_));
                assert!(power || own, "{at}: somebody else taken out");
                let mut gone = BTreeSet::new();
                for person in out {
                    let someone = self.people.remove(&person).expect("known");
                    gone.extend(someone.devices.iter().copied().chain(someone.asks_back));
                }
                self.go(&gone, false);
            }
        }
    }

    fn go(&mut self, gone: &BTreeSet<DeviceId>, itself: bool) {
        self.someone_left_with_it |= gone.iter().any(|device| self.were_given.contains(device));
        for set in [&mut self.were_given, &mut self.have_key, &mut self.wronged, &mut self.had_before] {
            set.retain(|device| !gone.contains(device));
        }
        for asked in self.asked.values_mut().filter(|it| it.used.is_none() && gone.contains(&it.on)) {
            // Whoever has the device has its links; one that took out itself may have done so in a thief's hands.
            asked.with_key = false;
            asked.gone |= !itself;
        }
        for asked in self.asked.values_mut().filter(|it| it.used.is_none()) {
            // Whose inviter is not there any more is void.
            let there = self.people.get(&asked.by).is_some_and(|it| !it.devices.is_empty());
            asked.gone |= !there;
        }
    }
}
