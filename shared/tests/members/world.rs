//! Devices, links that go round, and a relay; what happens is chosen by seeded dice.

use grend_shared::{
    crypto::{
        DeviceKeys, Hash,
        entropy::random,
        links::{DeviceCode, InviteSecret},
        notice::{NoticePlace, SealedNotice},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, PersonId, RoomId},
    membership::{
        Body, Entry, MembershipError, RecordError, Room,
        body::{AddDevice, Admit, Close, Genesis, Invite, Join, Notice, Remove, SetRole},
        state::InviteState,
    },
    time::Timestamp,
};

use crate::{device::Device, dice::Dice, relay::Relay};

/// The most devices in a story, those that are out included.
const DEVICES: usize = 12;

/// What a person wants to stand in the log. Signed anew after each conflict, dropped when it is not valid any more.
#[derive(Clone)]
pub(crate) enum Wish {
    Invite { secret: InviteSecret, role: Role, group: Option<GroupId> },
    Admit(Admit),
    Remove(Remove),
    SetRole(SetRole),
    AddDevice(Box<DeviceCode>),
    Notice,
    Close,
}

/// What has happened in one room, or in all of them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    pub(crate) rooms: u64,
    pub(crate) entries: u64,
    pub(crate) records: u64,
    pub(crate) conflicts: u64,
    pub(crate) removed: u64,
    /// Rooms in which somebody was taken out while others had something written that was not sent.
    pub(crate) cut_while_away: u64,
    pub(crate) returned: u64,
    pub(crate) withdrawn: u64,
    pub(crate) roles: u64,
    pub(crate) notices: u64,
    pub(crate) closed: u64,
    /// Rooms with somebody in them who gives others no key that opens.
    pub(crate) lied_in: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.rooms += other.rooms;
        self.entries += other.entries;
        self.records += other.records;
        self.conflicts += other.conflicts;
        self.removed += other.removed;
        self.cut_while_away += other.cut_while_away;
        self.returned += other.returned;
        self.withdrawn += other.withdrawn;
        self.roles += other.roles;
        self.notices += other.notices;
        self.closed += other.closed;
        self.lied_in += other.lied_in;
    }
}

pub(crate) struct World {
    pub(crate) relay: Relay,
    pub(crate) devices: Vec<Device>,
    pub(crate) dice: Dice,
    pub(crate) tally: Tally,
    /// Every text that was written, and where.
    pub(crate) written: Vec<(DeviceId, String)>,
    /// Links that go round, used ones too.
    links: Vec<InviteSecret>,
}

impl World {
    /// A service opens a network, or a family its own room.
    pub(crate) fn begin(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        for _ in 0..8 {
            dice.next();
        }
        let person = PersonId::from_bytes(random(&mut dice));
        let keys = DeviceKeys::generate(person, &mut dice);
        let stewarded = dice.below(4) > 0;
        let genesis = Genesis {
            kind: if stewarded { RoomKind::Network } else { RoomKind::Guidance },
            relay: [9; 32],
            nonce: random(&mut dice),
            group: GroupId::of_person(person),
            founder: keys.certificate(),
        };
        let genesis = Entry::sign(&keys, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
        let relay = Relay::begin(genesis);
        let tally = Tally { rooms: 1, ..Tally::default() };
        let (devices, written, links) = (vec![Device::new(keys)], Vec::new(), Vec::new());
        let mut world = Self { relay, devices, dice, tally, written, links };
        world.steps(0, usize::MAX);
        if stewarded {
            world.is_founded();
        }
        world.steps(0, usize::MAX);
        for _ in 0..world.dice.below(5) {
            let inviter = world.dice.below(world.devices.len());
            world.asks_in(inviter, Role::Member, None);
            world.somebody_joins();
            world.everybody_steps(usize::MAX);
        }
        world
    }

    fn is_founded(&mut self) {
        let secret = InviteSecret::generate(self.relay.room.id(), &mut self.dice);
        let (invite, expires, welcome) = (secret.id(), Timestamp::from_millis(i64::MAX), Vec::new());
        let body = Body::Invite(Invite {
            invite,
            role: Role::Admin,
            founder: true,
            group: None,
            returns: None,
            expires,
            welcome,
        });
        let entry = self.devices[0].sign(body);
        self.relay.put_entry(&entry).expect("a steward asks the founder in");
        let person = PersonId::from_bytes(random(&mut self.dice));
        let group = GroupId::from_bytes(random(&mut self.dice));
        self.joins(&secret, person, group).expect("the founder joins");
        self.everybody_steps(usize::MAX);
    }

    /// What happens, in disorder.
    pub(crate) fn play(&mut self) {
        if self.dice.below(4) == 0 {
            let liar = self.dice.below(self.devices.len());
            self.devices[liar].lies();
            self.tally.lied_in = 1;
        }
        for _ in 0..40 + self.dice.below(60) {
            let at = self.dice.below(self.devices.len());
            match self.dice.below(100) {
                0..25 => self.writes(at),
                25..35 => self.devices[at].online ^= true,
                35..55 => self.wishes(at),
                55..61 => self.somebody_joins(),
                61 => self.asks_many_in(at),
                _ => {
                    let most = self.dice.below(12);
                    self.steps(at, most);
                }
            }
        }
    }

    /// All are there, and go on until nobody has anything to do.
    pub(crate) fn come_to_rest(&mut self) {
        for device in &mut self.devices {
            device.online = true;
        }
        for _ in 0..400 {
            let (before, waiting) = (self.relay.items.len(), self.waiting());
            self.everybody_steps(usize::MAX);
            if before == self.relay.items.len() && waiting == self.waiting() {
                return;
            }
        }
        panic!("the room does not come to rest");
    }

    fn waiting(&self) -> usize {
        self.devices.iter().map(|it| it.wishes.len() + it.outbox.len()).sum()
    }

    fn everybody_steps(&mut self, most: usize) {
        (0..self.devices.len()).for_each(|at| self.steps(at, most));
    }

    fn writes(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let reads = device.room.as_ref().is_some_and(|room| room.holds_key(device.keys.device()));
        if reads && !device.out {
            let text = format!("{:?} {}", device.keys.device(), self.written.len());
            device.outbox.push_back(text.clone());
            self.written.push((device.keys.device(), text));
        }
    }

    /// A device reads some of what it has not read, and if that is all, says what it has to say.
    fn steps(&mut self, at: usize, most: usize) {
        let device = &mut self.devices[at];
        if !device.online || device.out {
            return;
        }
        let Some(end) = self.relay.readable(device.id()) else { return };
        for item in &self.relay.items[device.read..end.min(device.read.saturating_add(most))] {
            device.takes(item);
        }
        if device.read < self.relay.items.len() && most != 0 || device.out {
            return;
        }
        if let Some(entry) = device.owed(&mut self.dice) {
            self.puts(at, &entry);
        } else if let Some(wish) = self.devices[at].wishes.pop_front() {
            self.tries(at, wish);
        } else if let Some(record) = self.devices[at].seals(&mut self.dice) {
            match self.relay.put_record(&record) {
                Ok(()) => {
                    self.devices[at].has_sent();
                    self.tally.records += 1;
                }
                // Sealed upon what is not the latest any more: read on and seal anew.
                Err(RecordError::Stale | RecordError::NotAllowed | RecordError::NotInside) => {}
                Err(other) => panic!("an honest record is refused: {other}"),
            }
        }
    }

    /// Whether it stands in the log now.
    fn puts(&mut self, at: usize, entry: &Entry) -> bool {
        let behind = self.devices[at].read < self.relay.items.len();
        let before: Vec<_> = self.relay.room.devices().collect();
        match self.relay.put_entry(entry) {
            Ok(()) => {
                self.tally.entries += 1;
                let (_, gone) = self.relay.room.moves_since(&before);
                if !gone.is_empty() {
                    self.tally.removed += 1;
                    let waits = |it: &Device| !it.outbox.is_empty() && self.relay.room.author(it.id()).is_some();
                    self.tally.cut_while_away |= u64::from(self.devices.iter().any(waits));
                }
                true
            }
            Err(MembershipError::Conflict | MembershipError::NotInside) => {
                self.tally.conflicts += 1;
                false
            }
            Err(MembershipError::Closed) => false,
            Err(other) => panic!("what is valid here is refused by the relay ({other}), behind: {behind}"),
        }
    }

    fn tries(&mut self, at: usize, wish: Wish) {
        let device = &self.devices[at];
        let Some(room) = &device.room else { return };
        let Some(body) = wish.body(room, device, &mut self.dice) else { return };
        let entry = device.sign(body);
        if room.check(&entry).is_err() {
            return;
        }
        let before = self.relay.room.last();
        if !self.puts(at, &entry) {
            let conflict = before != entry.previous();
            if conflict {
                self.devices[at].wishes.push_back(wish);
            }
            return;
        }
        match entry.body() {
            Body::Remove(Remove::Invite(_)) => self.tally.withdrawn += 1,
            Body::SetRole(_) => self.tally.roles += 1,
            Body::Notice(_) => self.tally.notices += 1,
            Body::Close(_) => self.tally.closed += 1,
            _ => {}
        }
        if let Wish::Invite { secret, .. } = wish {
            self.links.push(secret);
        }
    }

    fn asks_in(&mut self, at: usize, role: Role, group: Option<GroupId>) {
        let secret = InviteSecret::generate(self.relay.room.id(), &mut self.dice);
        self.devices[at].wishes.push_back(Wish::Invite { secret, role, group });
        self.steps(at, usize::MAX);
    }

    /// A household that wants everybody they know with them.
    fn asks_many_in(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let Some(room) = device.room.as_ref().filter(|_| device.is_inside()) else { return };
        let group = Some(device_group(room, device));
        for _ in 0..6 {
            let secret = InviteSecret::generate(self.relay.room.id(), &mut self.dice);
            device.wishes.push_back(Wish::Invite { secret, role: Role::Member, group });
        }
    }

    /// Somebody comes with a link: new, or one who was here, or as one who is here on another device.
    fn somebody_joins(&mut self) {
        if self.links.is_empty() || self.devices.len() >= DEVICES {
            return;
        }
        let secret = self.links[self.dice.below(self.links.len())].clone();
        let invited = self.relay.room.invite(secret.id()).and_then(|it| it.invite.group);
        let known: Vec<_> = self.relay.room.members().iter().map(|(person, it)| (*person, it.group)).collect();
        let (person, group) = match self.dice.below(3) {
            0 if !known.is_empty() => known[self.dice.below(known.len())],
            1 => (
                self.devices[self.dice.below(self.devices.len())].keys.person(),
                GroupId::from_bytes(random(&mut self.dice)),
            ),
            _ => (PersonId::from_bytes(random(&mut self.dice)), GroupId::from_bytes(random(&mut self.dice))),
        };
        let returns = self.relay.room.members().contains_key(&person);
        // Used, withdrawn, another household: what is refused has happened to nobody.
        if self.joins(&secret, person, invited.unwrap_or(group)).is_ok() && returns {
            self.tally.returned += 1;
        }
    }

    fn joins(&mut self, secret: &InviteSecret, person: PersonId, group: GroupId) -> Result<(), MembershipError> {
        let keys = DeviceKeys::generate(person, &mut self.dice);
        let room = &self.relay.room;
        let join = Join::new(&secret.signer(), room.id(), group, keys.certificate());
        let entry = Entry::sign(&keys, room.id(), room.last(), Body::Join(join));
        self.relay.put_entry(&entry)?;
        self.tally.entries += 1;
        self.devices.push(Device::new(keys));
        Ok(())
    }

    /// Somebody gets an idea, from what they see of the room.
    fn wishes(&mut self, at: usize) {
        let dice = &mut self.dice;
        let device = &self.devices[at];
        let Some(room) = device.room.as_ref().filter(|_| device.is_inside() && !device.out) else { return };
        let members: Vec<_> = room.members().iter().collect();
        let (person, member) = members[dice.below(members.len())];
        let someone = *person;
        let wish = match dice.below(40) {
            0..12 => {
                let role = [Role::Member, Role::Member, Role::Admin, Role::Steward][dice.below(4)];
                let group = [None, Some(member.group), Some(device_group(room, device))][dice.below(3)];
                Wish::Invite { secret: InviteSecret::generate(room.id(), dice), role, group }
            }
            12..22 => {
                let waits = members.iter().find_map(|(person, it)| Some((**person, it.waiting()?.device)));
                let Some((person, device)) = waits else { return };
                Wish::Admit(Admit { person, device })
            }
            22..26 => match member.devices.first() {
                Some(it) => Wish::Remove(Remove::Device(it.device)),
                None => return,
            },
            26..29 => Wish::Remove(Remove::Person(someone)),
            29 => Wish::Remove(Remove::Group(member.group)),
            30..32 => {
                let open = room.invites().iter().find(|it| it.state == InviteState::Open);
                let Some(open) = open else { return };
                Wish::Remove(Remove::Invite(open.invite.invite))
            }
            32..35 => Wish::SetRole(SetRole { person: someone, role: [Role::Member, Role::Admin][dice.below(2)] }),
            35..37 => Wish::Notice,
            37..39 if self.devices.len() < DEVICES => {
                let keys = DeviceKeys::generate(device.keys.person(), dice);
                let code = Box::new(keys.code());
                self.devices[at].wishes.push_back(Wish::AddDevice(code));
                self.devices.push(Device::new(keys));
                return;
            }
            39 if dice.below(20) == 0 => Wish::Close,
            _ => return,
        };
        self.devices[at].wishes.push_back(wish);
    }
}

fn device_group(room: &Room, device: &Device) -> GroupId {
    room.author(device.id()).map_or(GroupId::from_bytes([0; 16]), |(_, member)| member.group)
}

impl Wish {
    fn body(&self, room: &Room, device: &Device, dice: &mut Dice) -> Option<Body> {
        Some(match self {
            Self::Invite { secret, role, group } => Body::Invite(Invite {
                invite: secret.id(),
                role: *role,
                founder: false,
                group: *group,
                returns: None,
                expires: Timestamp::from_millis(i64::MAX),
                welcome: Vec::new(),
            }),
            Self::Admit(it) => Body::Admit(it.clone()),
            Self::Remove(it) => Body::Remove(*it),
            Self::SetRole(it) => Body::SetRole(*it),
            Self::AddDevice(code) => {
                let claim = code.claim(room.id(), device.keys.person(), device.id());
                Body::AddDevice(AddDevice { half: code.half, claim, kit: false })
            }
            Self::Notice => {
                let epoch = room.epoch()?;
                let place = NoticePlace { room: room.id(), epoch: epoch.number, author: device.id() };
                let sealed = SealedNotice::seal(epoch.inbox, &place, b"22 24 96 01", dice).ok()?;
                Body::Notice(Notice { number: epoch.number, sealed })
            }
            Self::Close => Body::Close(Close { successor: None }),
        })
    }
}
