//! The membership log, entry by entry: what may come next, and what is refused by which name.

use super::{
    Body, Duty, Entry, EntryError, MembershipError as E, Room, Standing,
    body::{AddDevice, Admit, Close, Epoch, Genesis, Grant, Invite, Join, MAX_DEVICES, Notice, Remove, SetRole},
};
use crate::{
    crypto::{
        DeviceKeys, Hash,
        entropy::tests_support::Counting,
        golden,
        grant::{EpochKey, GrantPlace},
        links::InviteSecret,
        notice::{NoticePlace, SealedNotice},
    },
    domain::{Role, RoomKind},
    ids::{GroupId, PersonId, RoomId},
    time::Timestamp,
};

mod doors;
mod keys;
mod layouts;
mod leaving;
mod returning;
mod roles;

/// A network with its steward, and whoever is called in.
struct Story {
    room: Room,
    entropy: Counting,
    steward: DeviceKeys,
    founder: DeviceKeys,
    key: EpochKey,
    entries: Vec<Entry>,
}

fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

fn household(number: u8) -> GroupId {
    GroupId::from_bytes([number; 16])
}

impl Story {
    fn begin() -> Self {
        let mut entropy = Counting::default();
        let steward = DeviceKeys::generate(person(1), &mut entropy);
        let founder = DeviceKeys::generate(person(2), &mut entropy);
        let genesis = Genesis {
            kind: RoomKind::Network,
            relay: [9; 32],
            nonce: [8; 16],
            group: household(1),
            founder: steward.certificate(),
        };
        let genesis = Entry::sign(&steward, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
        let room = Room::begin(&genesis).expect("a genesis");
        let key = EpochKey::generate(&mut entropy);
        Self { room, entropy, steward, founder, key, entries: vec![genesis] }
    }

    fn founded() -> Self {
        let mut story = Self::begin();
        let secret = story.invites(&story.steward.clone(), Role::Admin, true, None).expect("the founder is asked");
        story.joins(&story.founder.clone(), &secret, household(2)).expect("the founder joins");
        story.makes_key(&story.founder.clone()).expect("the founder makes the key");
        story
    }

    fn device(&mut self, number: u8) -> DeviceKeys {
        DeviceKeys::generate(person(number), &mut self.entropy)
    }

    fn enter(&mut self, by: &DeviceKeys, body: Body) -> Result<(), E> {
        let entry = Entry::sign(by, self.room.id(), self.room.last(), body);
        let entry = Entry::parse(entry.as_bytes().to_vec()).expect("what is signed can be read");
        self.room.apply(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    fn invites(
        &mut self,
        by: &DeviceKeys,
        role: Role,
        founder: bool,
        group: Option<GroupId>,
    ) -> Result<InviteSecret, E> {
        self.invites_by_name(by, (role, founder, group, None))
    }

    /// The same, for one person alone.
    fn invites_by_name(
        &mut self,
        by: &DeviceKeys,
        (role, founder, group, returns): (Role, bool, Option<GroupId>, Option<PersonId>),
    ) -> Result<InviteSecret, E> {
        let secret = InviteSecret::generate(self.room.id(), &mut self.entropy);
        let expires = Timestamp::from_millis(1);
        let invite = Invite { invite: secret.id(), role, founder, group, returns, expires, welcome: vec![1, 2, 3] };
        self.enter(by, Body::Invite(invite)).map(|()| secret)
    }

    fn joins(&mut self, joiner: &DeviceKeys, secret: &InviteSecret, group: GroupId) -> Result<(), E> {
        let join = Join::new(&secret.signer(), self.room.id(), group, joiner.certificate());
        self.enter(joiner, Body::Join(join))
    }

    fn makes_key(&mut self, by: &DeviceKeys) -> Result<(), E> {
        let number = self.room.epoch().map_or(1, |epoch| epoch.number + 1);
        let room = self.room.id();
        let key = if number == 1 { self.key.clone() } else { EpochKey::generate(&mut self.entropy) };
        let commitment = key.commitment(room, number);
        let previous = (number > 1).then(|| key.wrap_older(room, number, &self.key, &mut self.entropy));
        let turned = key.clone();
        let prev = self.room.last();
        let recipients: Vec<_> = self.room.entitled().copied().collect();
        let grants = recipients
            .iter()
            .map(|it| {
                let place =
                    GrantPlace { room, prev, epoch: number, device: it.device, author: by.device(), commitment };
                (it.device, key.seal_to(it.seal_key, &place, &mut self.entropy).expect("sealed"))
            })
            .collect();
        self.enter(by, Body::Epoch(Epoch { number, commitment, inbox: key.inbox(room, number), previous, grants }))?;
        self.key = turned;
        Ok(())
    }

    /// One more device of a person.
    fn adds_device(&mut self, by: &DeviceKeys) -> Result<DeviceKeys, E> {
        let added = DeviceKeys::generate(by.person(), &mut self.entropy);
        self.adds(by, &added).map(|()| added)
    }

    fn adds(&mut self, by: &DeviceKeys, added: &DeviceKeys) -> Result<(), E> {
        let code = added.code();
        let claim = code.claim(self.room.id(), by.person(), by.device());
        self.enter(by, Body::AddDevice(AddDevice { half: code.half, claim, kit: false }))
    }

    fn removes(&mut self, by: &DeviceKeys, who: Remove) -> Result<(), E> {
        self.enter(by, Body::Remove(who))
    }

    fn grants(&mut self, by: &DeviceKeys, to: &DeviceKeys) -> Result<(), E> {
        let place = self.room.grant_place(by.device(), to.device()).expect("there is a key");
        let key = self.key.seal_to(to.seal_key(), &place, &mut self.entropy).expect("sealed");
        self.enter(by, Body::Grant(Grant { number: place.epoch, device: to.device(), key }))
    }

    fn admits(&mut self, by: &DeviceKeys, whom: &DeviceKeys) -> Result<(), E> {
        self.enter(by, Body::Admit(Admit { person: whom.person(), device: whom.device() }))
    }

    /// A foster family on the founder's invitation, with the key.
    fn with_family(&mut self, number: u8) -> DeviceKeys {
        let keys = self.device(number);
        let founder = self.founder.clone();
        let secret = self.invites(&founder, Role::Member, false, None).expect("invited");
        self.joins(&keys, &secret, household(number)).expect("joined");
        self.grants(&founder, &keys).expect("granted");
        keys
    }

    fn sets(&mut self, by: &DeviceKeys, whom: &DeviceKeys, role: Role) -> Result<(), E> {
        self.enter(by, Body::SetRole(SetRole { person: whom.person(), role }))
    }

    fn notes(&mut self, by: &DeviceKeys, text: &[u8]) -> Result<Notice, E> {
        let epoch = self.room.epoch().expect("there is a key").clone();
        let place = NoticePlace { room: self.room.id(), epoch: epoch.number, author: by.device() };
        let sealed = SealedNotice::seal(epoch.inbox, &place, text, &mut self.entropy).expect("sealed");
        let notice = Notice { number: epoch.number, sealed };
        self.enter(by, Body::Notice(notice.clone())).map(|()| notice)
    }

    /// The same person on new keys, who steps up to the door.
    fn steps_up_again(&mut self, who: &DeviceKeys, by: &DeviceKeys) -> Result<DeviceKeys, E> {
        let secret = self.invites(by, Role::Member, false, None)?;
        let anew = DeviceKeys::generate(who.person(), &mut self.entropy);
        let group = self.room.members()[&who.person()].group;
        self.joins(&anew, &secret, group).map(|()| anew)
    }
}
