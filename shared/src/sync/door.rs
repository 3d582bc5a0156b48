//! Coming into rooms: beginning one, looking at a door with an invitation in hand, stepping up to it. What opens a
//! room is stored first and tried again until the relay has it, or says plainly that it will not.

use super::{
    asks::{JoinerNames, Pending, PendingAsk},
    core::{Then, answered},
    engine::{Engine, own_room},
    room::{EntryInFlight, RoomSync},
    store::{self, StoredOpening, StoredRoom, Wish, Write},
};
use crate::{
    command::{Command, Field, Problem, gathering::line},
    crypto::{
        Hash,
        entropy::random,
        head::{ItemKind, LogHead},
        links::InviteSecret,
        sealed,
    },
    domain::{Line, Role, RoomKind},
    ids::{GroupId, RoomId},
    membership::{
        Body, Entry, Room as Membership,
        body::{Genesis, Invite},
    },
    port::{Failure, Outcome, RequestId},
    projection::{StopReason, Welcome},
    protocol::{FromDevice, Item, Refusal, auth},
    secret::SecretText,
};

impl Engine {
    /// Asks to look at a room's membership with an invitation in hand.
    pub(super) fn peek(&mut self, secret: &InviteSecret) {
        let proof = auth::peek(&secret.signer(), &self.core.session.nonce, secret.room());
        self.core.send(FromDevice::Peek { room: secret.room(), invite: secret.id(), proof });
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

    pub(super) fn new_room(&self, kind: RoomKind, group: GroupId, role: Role) -> StoredRoom {
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
            rolled_back: false,
            relay_epoch: 0,
            offering: false,
            twice: false,
            coming: false,
            fork: None,
        }
    }

    pub(super) fn set_up(
        &mut self,
        request: RequestId,
        token: SecretText,
        service: Line,
        person: Line,
    ) -> Option<Pending> {
        let group = GroupId::of_person(self.core.keys.person());
        let id = self.begin(RoomKind::Service, group, StoredOpening::SetUp { token });
        let names = [Command::NameService { name: service }, Command::NameMyself { name: person }];
        self.enter(request, id, names.to_vec())
    }

    pub(super) fn open_network(&mut self, request: RequestId, service: RoomId, name: &Line) -> Option<Pending> {
        let group = GroupId::of_person(self.core.keys.person());
        let opening = StoredOpening::Staff { service, name: name.as_str().to_owned() };
        let id = self.begin(RoomKind::Network, group, opening);
        self.to_note.push((id, (service, name.clone())));
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
        let then = self.knocking(id)?;
        self.core.persist(writes, vec![then]);
        Some(Pending::Sent { room: id })
    }

    /// What opens a room this device is not in yet.
    fn knocking(&mut self, id: RoomId) -> Option<Then> {
        let room = self.rooms.get_mut(&id)?;
        if let Some(begin) = room.begin_frame() {
            return Some(begin);
        }
        let entry = room.join_entry(&self.core, &room.wished_join()?)?;
        let item = Item::new(ItemKind::Membership, entry.as_bytes().to_vec());
        room.entry_in_flight = Some(EntryInFlight { name: item.name(), upon: entry.previous(), wish: None });
        Some(Then::Send(FromDevice::Put { room: id, item }))
    }

    /// Tries again to begin or join a room that was stored but is not the relay's yet.
    pub(super) fn knock(&mut self, id: RoomId) {
        let Some(room) = self.rooms.get(&id).filter(|room| room.stored.stopped.is_none()) else { return };
        if let Some(then) = room.begin_frame() {
            self.core.persist(Vec::new(), vec![then]);
        } else if let Some(secret) = room.wished_join() {
            // The log may have moved on: look at the door again before stepping up to it.
            self.peek(&secret);
        }
    }

    pub(super) fn peeked(&mut self, id: RoomId, entries: Vec<Item>) {
        let membership = read_door(id, entries);
        if !self.is_free(id) {
            if let Some(membership) = membership {
                self.step_up_again(id, membership);
            }
            return;
        }
        let of_room = |ask: &PendingAsk| match &ask.what {
            Pending::Read { secret } | Pending::Join { secret, .. } => secret.room() == id,
            Pending::SetUp { .. } | Pending::OpenNetwork { .. } | Pending::Sent { .. } => false,
        };
        let (asks, rest): (Vec<_>, _) = core::mem::take(&mut self.asks).into_iter().partition(of_room);
        self.asks = rest;
        for PendingAsk { request, deadline, what } in asks {
            let (Pending::Read { secret } | Pending::Join { secret, .. }) = &what else { continue };
            let door = membership.clone().and_then(|it| Door::new(it, secret));
            match (door, what) {
                (None, _) => self.core.answer(request, Err(Failure::UnknownLink)),
                (Some(door), _) if !self.may_be(door.invite.returns) => {
                    self.core.answer(request, Err(Failure::SomebodyElses));
                }
                (Some(door), Pending::Join { secret, names }) => {
                    let what = self.join(request, door, &secret, names);
                    self.asks.extend(what.map(|what| PendingAsk { request, deadline, what }));
                }
                (Some(door), _) => {
                    self.core.answer(request, Ok(Outcome::Invitation { welcome: door.welcome }));
                }
            }
        }
    }

    /// The log has moved on since the Join was written: writes it anew upon what is last now.
    fn step_up_again(&mut self, id: RoomId, membership: Membership) {
        let outside = self.is_outside(id);
        let Some(room) = self.rooms.get_mut(&id).filter(|_| outside) else { return };
        room.membership = Some(membership);
        let Some(then) = self.knocking(id) else { return };
        self.core.persist(Vec::new(), vec![then]);
    }

    fn join(&mut self, request: RequestId, door: Door, secret: &InviteSecret, names: JoinerNames) -> Option<Pending> {
        let Door { membership, invite, welcome } = door;
        let (id, kind) = (membership.id(), membership.kind());
        if let Some(person) = invite.returns
            && person != self.core.keys.person()
        {
            // Nobody's device so far: it becomes theirs.
            let writes = self.core.become_device_of(person);
            self.core.persist(writes.to_vec(), Vec::new());
        }
        let acts = match first_acts(kind, &invite, &welcome, &names) {
            Ok(acts) => acts,
            Err(problem) => {
                self.core.answer(request, Err(Failure::Problems { problems: vec![problem] }));
                return None;
            }
        };
        let group = match invite.group {
            Some(group) => group,
            None if kind.is_staff_room() => GroupId::of_person(self.core.keys.person()),
            None => GroupId::from_bytes(random(&mut *self.core.entropy)),
        };
        let mut stored = self.new_room(kind, group, invite.role);
        stored.welcome = Some(welcome);
        stored.wishes.push(Wish::Join { link: secret.to_link() });
        let mut room = RoomSync::new(id, stored);
        room.membership = Some(membership);
        room.note_self(&self.core.keys);
        self.rooms.insert(id, room);
        self.enter(request, id, acts)
    }

    pub(super) fn put_ok(&mut self, id: RoomId) {
        if self.is_outside(id) {
            self.entered(id);
        }
    }

    /// Whether the relay does not have this device in a room that it wants to begin or join.
    pub(super) fn is_outside(&self, id: RoomId) -> bool {
        let nothing_yet = self
            .rooms
            .get(&id)
            .is_some_and(|room| room.head == LogHead::EMPTY && !room.was_left() && !room.stored.coming);
        nothing_yet && !self.core.session.rooms.contains(&id)
    }

    /// The relay has let this device in: the room's log is asked for.
    fn entered(&mut self, id: RoomId) {
        self.core.session.rooms.push(id);
        if let Some(request) = self.take_sent(id) {
            // The room's projection goes first: whoever is told "entered" finds the room there.
            self.commit(id, Vec::new(), vec![answered(request, Ok(Outcome::Entered { room: id }))]);
        }
        if let Some(room) = self.rooms.get_mut(&id) {
            room.held_until = None;
        }
        self.open(id);
    }

    /// Who waits to hear whether a room was entered.
    fn take_sent(&mut self, id: RoomId) -> Option<RequestId> {
        let is_it = |ask: &PendingAsk| matches!(ask.what, Pending::Sent { room } if room == id);
        let at = self.asks.iter().position(is_it)?;
        Some(self.asks.remove(at).request)
    }

    /// A network that was begun as staff is noted in the service's room.
    pub(super) fn begun(&mut self, id: RoomId) {
        let noted = self.to_note.iter().position(|(it, _)| *it == id);
        if let Some((_, (service, name))) = noted.map(|at| self.to_note.remove(at))
            && let Ok(room) = own_room(&mut self.rooms, service)
            && let Ok((_, writes)) = room.write_act(&mut self.core, Command::NoteNetwork { network: id, name })
        {
            self.commit(service, writes, Vec::new());
            self.advance(service);
        }
    }

    /// Whether a refusal is about coming in; then it has been dealt with.
    pub(super) fn ask_refused(&mut self, id: RoomId, item: Option<Hash>, why: Refusal) -> bool {
        if self.is_outside(id) {
            self.refused_outside(id, item, why);
            return true;
        }
        let is_it = |ask: &PendingAsk| match &ask.what {
            Pending::Read { secret } | Pending::Join { secret, .. } => item.is_none() && secret.room() == id,
            Pending::SetUp { .. } | Pending::OpenNetwork { .. } | Pending::Sent { .. } => false,
        };
        let Some(at) = self.asks.iter().position(is_it) else { return false };
        let PendingAsk { request, .. } = self.asks.remove(at);
        self.core.answer(request, Err(failure(why)));
        true
    }

    /// Gives up only where the relay has said for good that it takes neither what was sent nor the invitation.
    fn refused_outside(&mut self, id: RoomId, item: Option<Hash>, why: Refusal) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let is_final = match item {
            // The answer to something sent before: what was sent after it gets its own.
            Some(_) if item != room.knock_in_flight() => return,
            Some(_) => why.is_final(),
            None => why.is_about_link(),
        };
        if why == Refusal::Conflict {
            // Somebody was entered in the meantime: look at the door again.
            self.knock(id);
        } else if why == Refusal::AlreadyInside {
            self.entered(id);
        } else if is_final {
            let request = self.take_sent(id);
            self.give_up(id, request.is_some());
            if let Some(request) = request {
                self.core.answer(request, Err(failure(why)));
            }
        } else {
            self.hold(id);
        }
    }

    /// The relay will not have it: nothing was entered, so nothing stays behind, or it says why on a page of its own.
    fn give_up(&mut self, id: RoomId, somebody_is_told: bool) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if !somebody_is_told {
            room.stored.stopped = Some(StopReason::NotTaken);
            let mut writes = vec![room.write_stored()];
            writes.extend(self.become_new_if_out());
            self.commit(id, writes, Vec::new());
            return;
        }
        let mut writes: Vec<_> =
            room.outbox.keys().map(|number| Write { key: store::outbox_key(id, *number), value: None }).collect();
        writes.push(Write { key: store::room_key(id), value: None });
        writes.push(Write { key: store::view_key(id), value: None });
        self.rooms.remove(&id);
        self.core.persist(writes, Vec::new());
    }
}

/// What a joiner says first. Whoever comes back has a name there already.
fn first_acts(
    kind: RoomKind,
    invite: &Invite,
    welcome: &Welcome,
    names: &JoinerNames,
) -> Result<Vec<Command>, Problem> {
    if invite.returns.is_some() {
        return Ok(Vec::new());
    }
    let mut acts = vec![Command::NameMyself { name: line(Field::PersonName, &names.person)? }];
    if kind == RoomKind::Network && invite.group.is_none() {
        acts.push(Command::NameHousehold { name: line(Field::HouseholdName, &names.household)? });
    }
    if invite.founder
        && let (Ok(name), Ok(service)) = (Line::new(&welcome.room_name), Line::new(&welcome.service))
    {
        acts.push(Command::NameNetwork { name, service });
    }
    Ok(acts)
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

/// A room as one sees it with an invitation in hand.
struct Door {
    membership: Membership,
    invite: Invite,
    welcome: Welcome,
}

impl Door {
    fn new(membership: Membership, secret: &InviteSecret) -> Option<Self> {
        let invite = membership.invite(secret.id())?.invite.clone();
        let padded = sealed::open(&secret.welcome_key(), secret.room().as_bytes(), &invite.welcome).ok()?;
        let welcome = minicbor_serde::from_slice(sealed::unpad(&padded).ok()?).ok()?;
        Some(Self { membership, invite, welcome })
    }
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
