//! What a person asks for. What can be done here is done here; what needs the relay waits a little for it, and says
//! plainly when it does not answer.

use super::{
    core::{Then, answered},
    engine::Engine,
    outbox::saved,
    room::RoomSync,
    store::{self, MadeInvite, StoredOpening, StoredRoom, Wish, Write},
};
use crate::{
    command::{Command, Field, gathering::line},
    crypto::{
        Hash,
        entropy::random,
        head::{ItemKind, LogHead},
        keys::{InviteSecret, SetUpToken},
        sealed,
    },
    document::contents,
    domain::{Line, Role, RoomKind},
    ids::{CommandId, GroupId, PersonId, RoomId},
    membership::{Body, Entry, Room as Membership, Standing, entry::Genesis},
    port::{Ask, Failure, Outcome, RequestId},
    projection::{InvitedAs, StopReason, Welcome},
    protocol::{FromDevice, Item, Refusal, auth},
    rules,
    time::Timestamp,
};

/// How long a person waits for the relay before being told that it does not answer, milliseconds.
const PATIENCE: i64 = 8_000;
/// How long an invitation can be used, milliseconds: two weeks.
const INVITE_LIFE: i64 = 14 * 24 * 60 * 60 * 1_000;

/// An ask that waits for the relay.
pub(super) struct PendingAsk {
    request: RequestId,
    pub(super) deadline: Timestamp,
    what: Pending,
}

enum Pending {
    SetUp {
        token: String,
        service: Line,
        person: Line,
    },
    OpenNetwork {
        service: RoomId,
        name: Line,
    },
    Read {
        secret: InviteSecret,
    },
    Join {
        secret: InviteSecret,
        link: String,
        person: String,
        household: String,
    },
    /// The room is stored; the relay has its first entry or Join, under this name.
    Sent {
        room: RoomId,
        item: Hash,
    },
}

impl Engine {
    pub(super) fn asked(&mut self, request: RequestId, ask: Ask) {
        let outcome = match ask {
            Ask::Do { room, command } => self.do_act(request, room, command),
            Ask::Undo { room, act } => self.undo(request, room, act),
            Ask::Invite { room, invited_as, label } => self.invite(request, room, invited_as, &label),
            Ask::Admit { room, person } => self.admit(request, room, person),
            Ask::SetUpService { token, service_name, person_name } => {
                set_up(token, &service_name, &person_name).map(|what| self.wait(request, what))
            }
            Ask::OpenNetwork { service, name } => self.check_open(service, &name).map(|what| self.wait(request, what)),
            Ask::ReadInvite { secret } => read_link(&secret).map(|secret| self.wait(request, Pending::Read { secret })),
            Ask::Join { secret, person_name, household_name } => {
                self.check_join(secret, person_name, household_name).map(|what| self.wait(request, what))
            }
        };
        if let Err(failure) = outcome {
            self.core.answer(request, Err(failure));
        }
    }

    fn wait(&mut self, request: RequestId, what: Pending) {
        self.asks.push(PendingAsk { request, deadline: self.core.now.plus_millis(PATIENCE), what });
        if self.core.session.is_in() {
            self.pending_asks();
        } else {
            self.core.wake();
        }
    }

    fn do_act(&mut self, request: RequestId, id: RoomId, command: Command) -> Result<(), Failure> {
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        let (act, writes) = room.write_act(&mut self.core, command)?;
        self.commit(id, writes, vec![saved(request, act)]);
        if let Some(room) = self.rooms.get_mut(&id) {
            room.pump(&mut self.core);
        }
        Ok(())
    }

    fn undo(&mut self, request: RequestId, id: RoomId, act: CommandId) -> Result<(), Failure> {
        let inverse = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?.take_inverse(act)?;
        self.do_act(request, id, inverse)
    }

    fn invite(&mut self, request: RequestId, id: RoomId, invited_as: InvitedAs, label: &str) -> Result<(), Failure> {
        let welcome = self.welcome(id, invited_as)?;
        let secret = InviteSecret::generate(id, &mut *self.core.entropy);
        let expires = self.core.now.plus_millis(INVITE_LIFE);
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        let mine = room.own_writer(&self.core.keys);
        let welcome =
            sealed::seal(&secret.welcome_key(), id.as_bytes(), &store::to_json(&welcome), &mut *self.core.entropy);
        let founder = invited_as == InvitedAs::ResourceFamily;
        let role = if founder { Role::Admin } else { Role::Member };
        let group = (invited_as == InvitedAs::Adult).then_some(mine.group);
        let link = secret.to_link();
        room.stored.wishes.push(Wish::Invite { link: link.clone(), role, founder, group, expires, welcome });
        room.stored.invites.push(MadeInvite { link: link.clone(), label: label.trim().to_owned(), expires });
        let write = room.write_stored();
        self.commit(id, vec![write], vec![answered(request, Ok(Outcome::Invited { secret: link, expires }))]);
        self.advance(id);
        Ok(())
    }

    /// What the invited one reads; also says whether this device may invite so.
    fn welcome(&mut self, id: RoomId, invited_as: InvitedAs) -> Result<Welcome, Failure> {
        let refused = |reason| Err(Failure::Refused { reason });
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        let role = room.own_writer(&self.core.keys).role;
        let fits = match (room.kind(), invited_as) {
            (RoomKind::Network, InvitedAs::ResourceFamily) => role == Role::Steward,
            (RoomKind::Network, InvitedAs::FosterFamily) => role != Role::Member,
            (RoomKind::Network, InvitedAs::Adult) => role.holds_key(),
            (RoomKind::Service, InvitedAs::Staff) => role == Role::Admin,
            _ => return refused(rules::Refused::WrongRoom),
        };
        if !fits {
            return refused(rules::Refused::NotYourRole);
        }
        if role != Role::Steward {
            let names = contents::names(&mut room.document, &room.authors);
            let inviter = names.people.get(&self.core.keys.person()).cloned().unwrap_or_default();
            let service = if room.kind() == RoomKind::Service { names.room.clone() } else { names.service };
            return Ok(Welcome { room_name: names.room, service, inviter, invited_as });
        }
        let services = self.rooms.values_mut().filter(|room| room.kind() == RoomKind::Service);
        for service in services {
            let networks = contents::networks(&mut service.document, &service.authors);
            let Some(room_name) = networks.get(&id).cloned() else { continue };
            let names = contents::names(&mut service.document, &service.authors);
            let inviter = names.people.get(&self.core.keys.person()).cloned().unwrap_or_default();
            return Ok(Welcome { room_name, service: names.room, inviter, invited_as });
        }
        Err(Failure::UnknownRoom)
    }

    fn admit(&mut self, request: RequestId, id: RoomId, person: PersonId) -> Result<(), Failure> {
        let room = self.rooms.get_mut(&id).ok_or(Failure::UnknownRoom)?;
        if !room.own_writer(&self.core.keys).role.holds_key() {
            return Err(Failure::Refused { reason: rules::Refused::NotYourRole });
        }
        let waits = room.membership.as_ref().and_then(|it| it.members().get(&person));
        let device = waits.filter(|it| it.standing == Standing::Waiting).and_then(|it| it.devices.first());
        let device = device.ok_or(Failure::Refused { reason: rules::Refused::NotThere })?.device;
        room.stored.wishes.push(Wish::Admit { person, device });
        let write = room.write_stored();
        self.commit(id, vec![write], vec![answered(request, Ok(Outcome::Done))]);
        self.advance(id);
        Ok(())
    }

    fn check_open(&self, service: RoomId, name: &str) -> Result<Pending, Failure> {
        let room = self.rooms.get(&service).ok_or(Failure::UnknownRoom)?;
        let name = line(Field::NetworkName, name).map_err(|problem| Failure::Problems { problems: vec![problem] })?;
        if room.kind() == RoomKind::Service && room.own_writer(&self.core.keys).role.holds_key() {
            Ok(Pending::OpenNetwork { service, name })
        } else {
            Err(Failure::Refused { reason: rules::Refused::NotYourRole })
        }
    }

    fn check_join(&self, link: String, person: String, household: String) -> Result<Pending, Failure> {
        let secret = read_link(&link)?;
        if self.rooms.contains_key(&secret.room()) {
            return Err(Failure::AlreadyInside);
        }
        line(Field::PersonName, &person).map_err(|problem| Failure::Problems { problems: vec![problem] })?;
        Ok(Pending::Join { secret, link, person, household })
    }

    /// Sends what has waited for the relay.
    pub(super) fn pending_asks(&mut self) {
        for PendingAsk { request, deadline, what } in core::mem::take(&mut self.asks) {
            let what = match what {
                Pending::SetUp { token, service, person } => self.set_up(request, token, service, person),
                Pending::OpenNetwork { service, name } => self.open_network(request, service, &name),
                Pending::Read { secret } => self.peek(secret.clone(), Pending::Read { secret }),
                Pending::Join { secret, link, person, household } => {
                    self.peek(secret.clone(), Pending::Join { secret, link, person, household })
                }
                Pending::Sent { room, item } => Some(Pending::Sent { room, item }),
            };
            self.asks.extend(what.map(|what| PendingAsk { request, deadline, what }));
        }
    }

    fn peek(&mut self, secret: InviteSecret, what: Pending) -> Option<Pending> {
        let proof = auth::peek(&secret.signer(), &self.core.session.nonce, secret.room());
        self.core.send(FromDevice::Peek { room: secret.room(), invite: secret.id(), proof });
        Some(what)
    }

    fn begin(&mut self, kind: RoomKind, group: GroupId, opening: StoredOpening) -> RoomId {
        let genesis = Genesis {
            kind,
            relay: self.core.session.relay,
            nonce: random(&mut *self.core.entropy),
            group,
            founder: self.core.keys.certificate(),
        };
        let entry = Entry::sign(&self.core.keys, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
        let id = entry.room();
        let role = if kind == RoomKind::Network { Role::Steward } else { Role::Admin };
        let mut stored = self.new_room(kind, group, role);
        stored.wishes.push(Wish::Begin { opening, genesis: entry.as_bytes().to_vec() });
        let mut room = RoomSync::new(id, stored);
        room.note_self(&self.core.keys);
        self.rooms.insert(id, room);
        id
    }

    fn new_room(&self, kind: RoomKind, group: GroupId, role: Role) -> StoredRoom {
        let order = self.rooms.values().map(|room| room.stored.order + 1).max().unwrap_or(0);
        StoredRoom {
            kind,
            order,
            group,
            role,
            generation: 0,
            head: LogHead::EMPTY.into(),
            welcome: None,
            wishes: Vec::new(),
            invites: Vec::new(),
            acted_on: Vec::new(),
            unconfirmed: Vec::new(),
            beacons: Vec::new(),
            stopped: None,
        }
    }

    fn set_up(&mut self, request: RequestId, token: String, service: Line, person: Line) -> Option<Pending> {
        let group = GroupId::of_person(self.core.keys.person());
        let id = self.begin(RoomKind::Service, group, StoredOpening::SetUp { token });
        let names = [Command::NameService { name: service }, Command::NameMyself { name: person }];
        self.enter(request, id, names.to_vec())
    }

    fn open_network(&mut self, request: RequestId, service: RoomId, name: &Line) -> Option<Pending> {
        let group = GroupId::of_person(self.core.keys.person());
        let opening = StoredOpening::Staff { service, name: name.as_str().to_owned() };
        let id = self.begin(RoomKind::Network, group, opening);
        self.to_note.insert(id, (service, name.clone()));
        self.enter(request, id, Vec::new())
    }

    /// Stores a room with its first acts, then sends what opens it.
    fn enter(&mut self, request: RequestId, id: RoomId, acts: Vec<Command>) -> Option<Pending> {
        let room = self.rooms.get_mut(&id)?;
        let mut writes = Vec::new();
        for act in acts {
            match room.write_act(&mut self.core, act) {
                Ok((_, written)) => writes.extend(written),
                Err(failure) => {
                    self.rooms.remove(&id);
                    self.core.answer(request, Err(failure));
                    return None;
                }
            }
        }
        writes.push(room.write_stored());
        let (then, item) = self.knocking(id)?;
        self.core.persist(writes, vec![then]);
        Some(Pending::Sent { room: id, item })
    }

    /// What opens a room this device is not in yet, and the name by which the relay answers.
    fn knocking(&mut self, id: RoomId) -> Option<(Then, Hash)> {
        let room = self.rooms.get_mut(&id)?;
        if let Some(begin) = room.begin_frame() {
            return Some(begin);
        }
        let link = room.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Join { link } => Some(link.clone()),
            Wish::Begin { .. } | Wish::Invite { .. } | Wish::Admit { .. } => None,
        })?;
        let entry = room.join_entry(&self.core, &InviteSecret::from_link(&link).ok()?)?;
        let item = Item::new(ItemKind::Membership, entry.as_bytes().to_vec());
        let name = item.name();
        room.entry_in_flight = Some((name, entry.previous()));
        Some((Then::Send(FromDevice::Put { room: id, item }), name))
    }

    /// Tries again to begin or join a room that was stored but is not the relay's yet.
    pub(super) fn knock(&mut self, id: RoomId) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if let Some((then, _)) = room.begin_frame() {
            self.core.persist(Vec::new(), vec![then]);
        } else if let Some(link) = room.stored.wishes.iter().find_map(|wish| match wish {
            Wish::Join { link } => Some(link.clone()),
            Wish::Begin { .. } | Wish::Invite { .. } | Wish::Admit { .. } => None,
        }) && let Ok(secret) = InviteSecret::from_link(&link)
        {
            // The log may have moved on: look at the door again before stepping up to it.
            let proof = auth::peek(&secret.signer(), &self.core.session.nonce, id);
            self.core.send(FromDevice::Peek { room: id, invite: secret.id(), proof });
        }
    }

    pub(super) fn peeked(&mut self, id: RoomId, entries: Vec<Item>) {
        let membership = read_door(id, entries);
        if let Some(room) = self.rooms.get_mut(&id) {
            if room.head == LogHead::EMPTY && membership.is_some() {
                room.membership = membership;
                if let Some((then, _)) = self.knocking(id) {
                    self.core.persist(Vec::new(), vec![then]);
                }
            }
            return;
        }
        let of_room = |ask: &PendingAsk| matches!(&ask.what, Pending::Read { secret } | Pending::Join { secret, .. } if secret.room() == id);
        let (asks, rest) = core::mem::take(&mut self.asks).into_iter().partition(of_room);
        self.asks = rest;
        let asks: Vec<PendingAsk> = asks;
        for PendingAsk { request, deadline, what } in asks {
            let (Pending::Read { secret } | Pending::Join { secret, .. }) = &what else { continue };
            let door = membership.as_ref().and_then(|it| Some((it, read_welcome(it, secret)?)));
            match (door, what) {
                (None, _) => self.core.answer(request, Err(Failure::UnknownLink)),
                (Some((_, welcome)), Pending::Join { link, person, household, .. }) => {
                    let membership = membership.clone();
                    let what = self.join(request, id, membership, welcome, link, &person, &household);
                    self.asks.extend(what.map(|what| PendingAsk { request, deadline, what }));
                }
                (Some((_, welcome)), _) => self.core.answer(request, Ok(Outcome::Invitation { welcome })),
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is one ask and the door it is about")]
    fn join(
        &mut self,
        request: RequestId,
        id: RoomId,
        membership: Option<Membership>,
        welcome: Welcome,
        link: String,
        person: &str,
        household: &str,
    ) -> Option<Pending> {
        let membership = membership?;
        let invite = InviteSecret::from_link(&link).ok().and_then(|it| membership.invites().get(&it.id()).cloned())?;
        let kind = membership.kind();
        let group = invite.invite.group.unwrap_or_else(|| {
            if kind.is_staff_room() {
                GroupId::of_person(self.core.keys.person())
            } else {
                GroupId::from_bytes(random(&mut *self.core.entropy))
            }
        });
        let mut acts = Vec::new();
        if kind == RoomKind::Network && invite.invite.group.is_none() {
            match line(Field::HouseholdName, household) {
                Ok(name) => acts.push(Command::NameHousehold { name }),
                Err(problem) => {
                    self.core.answer(request, Err(Failure::Problems { problems: vec![problem] }));
                    return None;
                }
            }
        }
        if let Ok(name) = Line::new(person) {
            acts.push(Command::NameMyself { name });
        }
        if invite.invite.founder
            && let (Ok(name), Ok(service)) = (Line::new(&welcome.room_name), Line::new(&welcome.service))
        {
            acts.push(Command::NameNetwork { name, service });
        }
        let mut stored = self.new_room(kind, group, invite.invite.role);
        stored.welcome = Some(welcome);
        stored.wishes.push(Wish::Join { link });
        let mut room = RoomSync::new(id, stored);
        room.membership = Some(membership);
        room.note_self(&self.core.keys);
        self.rooms.insert(id, room);
        self.enter(request, id, acts)
    }

    pub(super) fn put_ok(&mut self, id: RoomId, item: Hash) {
        let is_it = |ask: &PendingAsk| matches!(ask.what, Pending::Sent { room, item: it } if room == id && it == item);
        let knocked = self.rooms.get(&id).is_some_and(|room| room.head == LogHead::EMPTY);
        if let Some(at) = self.asks.iter().position(is_it) {
            let PendingAsk { request, .. } = self.asks.remove(at);
            // The room's projection goes first: whoever is told "entered" finds the room there.
            self.commit(id, Vec::new(), vec![answered(request, Ok(Outcome::Entered { room: id }))]);
        }
        if knocked {
            // What was shown at the door is read again from the log, from its beginning.
            if let Some(room) = self.rooms.get_mut(&id) {
                room.membership = None;
                room.entry_in_flight = None;
            }
            self.open(id);
        }
    }

    /// A network that was begun as staff is noted in the service's room.
    pub(super) fn begun(&mut self, id: RoomId) {
        let noted = self.to_note.remove(&id);
        if let Some((service, name)) = noted
            && let Some(room) = self.rooms.get_mut(&service)
            && let Ok((_, writes)) = room.write_act(&mut self.core, Command::NoteNetwork { network: id, name })
        {
            self.commit(service, writes, Vec::new());
            self.advance(service);
        }
    }

    /// Whether a refusal answers an ask; then it has been told.
    pub(super) fn ask_refused(&mut self, id: RoomId, item: Option<Hash>, why: Refusal) -> bool {
        let is_it = |ask: &PendingAsk| match &ask.what {
            Pending::Read { secret } | Pending::Join { secret, .. } => item.is_none() && secret.room() == id,
            Pending::Sent { room, item: it } => *room == id && Some(*it) == item,
            Pending::SetUp { .. } | Pending::OpenNetwork { .. } => false,
        };
        let at = self.asks.iter().position(is_it);
        let knocked = self.rooms.get(&id).is_some_and(|room| room.head == LogHead::EMPTY);
        if knocked && why == Refusal::Conflict {
            // Somebody was entered in the meantime: look at the door again.
            self.knock(id);
            return true;
        }
        if knocked {
            self.give_up(id, at.is_some());
        }
        let Some(at) = at else { return knocked };
        let PendingAsk { request, .. } = self.asks.remove(at);
        self.core.answer(request, Err(failure(why)));
        true
    }

    /// The relay will not have it: nothing was entered, so nothing stays behind, or it says why on a page of its own.
    fn give_up(&mut self, id: RoomId, somebody_is_told: bool) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if !somebody_is_told {
            room.stored.stopped = Some(StopReason::NotTaken);
            let write = room.write_stored();
            self.commit(id, vec![write], Vec::new());
            return;
        }
        let mut writes: Vec<_> =
            room.outbox.keys().map(|number| Write { key: store::outbox_key(id, *number), value: None }).collect();
        writes.push(Write { key: store::room_key(id), value: None });
        writes.push(Write { key: store::view_key(id), value: None });
        self.rooms.remove(&id);
        self.core.persist(writes, Vec::new());
    }

    /// The connection is gone. What is stored goes on by itself; what is not waits for the next connection.
    pub(super) fn asks_disconnected(&mut self) {
        let (sent, rest) = core::mem::take(&mut self.asks)
            .into_iter()
            .partition(|ask: &PendingAsk| matches!(ask.what, Pending::Sent { .. }));
        self.asks = rest;
        let sent: Vec<PendingAsk> = sent;
        for ask in sent {
            if let Pending::Sent { room, .. } = ask.what {
                self.commit(room, Vec::new(), vec![answered(ask.request, Ok(Outcome::Entered { room }))]);
            }
        }
    }

    pub(super) fn expire_asks(&mut self) {
        let now = self.core.now;
        let (late, rest) =
            core::mem::take(&mut self.asks).into_iter().partition(|ask: &PendingAsk| ask.deadline <= now);
        self.asks = rest;
        let late: Vec<PendingAsk> = late;
        for ask in late {
            match ask.what {
                Pending::Sent { room, .. } => {
                    self.commit(room, Vec::new(), vec![answered(ask.request, Ok(Outcome::Entered { room }))]);
                }
                _ => self.core.answer(ask.request, Err(Failure::Offline)),
            }
        }
    }
}

fn set_up(token: String, service: &str, person: &str) -> Result<Pending, Failure> {
    SetUpToken::from_link(&token).map_err(|_| Failure::BadLink)?;
    let service = line(Field::ServiceName, service);
    let person = line(Field::PersonName, person);
    match (service, person) {
        (Ok(service), Ok(person)) => Ok(Pending::SetUp { token, service, person }),
        (service, person) => {
            Err(Failure::Problems { problems: service.err().into_iter().chain(person.err()).collect() })
        }
    }
}

fn read_link(link: &str) -> Result<InviteSecret, Failure> {
    InviteSecret::from_link(link).map_err(|_| Failure::BadLink)
}

/// The membership log as shown at the door. Every entry is checked; the room's id is the hash of the first.
fn read_door(id: RoomId, entries: Vec<Item>) -> Option<Membership> {
    let mut entries = entries.into_iter().map(|item| Entry::parse(item.bytes).ok());
    let mut membership = Membership::begin(&entries.next()??).ok()?;
    for entry in entries {
        membership.apply(&entry?).ok()?;
    }
    Some(membership).filter(|membership| membership.id() == id)
}

fn read_welcome(membership: &Membership, secret: &InviteSecret) -> Option<Welcome> {
    let invite = membership.invites().get(&secret.id())?;
    let plain = sealed::open(&secret.welcome_key(), secret.room().as_bytes(), &invite.invite.welcome).ok()?;
    serde_json::from_slice(&plain).ok()
}

const fn failure(why: Refusal) -> Failure {
    match why {
        Refusal::LinkUsed => Failure::UsedLink,
        Refusal::LinkExpired => Failure::ExpiredLink,
        Refusal::LinkUnknown | Refusal::NoSuchRoom => Failure::UnknownLink,
        Refusal::AlreadyInside => Failure::AlreadyInside,
        _ => Failure::RelayRefused,
    }
}
