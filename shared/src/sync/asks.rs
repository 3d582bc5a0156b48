//! What a person asks for. What can be done here is done here; what needs the relay waits a little for it, and says
//! plainly when it does not answer.

use super::{
    core::answered,
    engine::{Engine, own_room},
    outbox::saved,
    store::Wish,
    wishes::Invitation,
};
use crate::{
    command::{Command, Field, gathering::line},
    crypto::links::{InviteSecret, SetUpToken},
    document::contents,
    domain::{Line, Role, RoomKind},
    ids::{CommandId, DeviceId, PersonId, RoomId},
    membership::{MembershipError, state::Member},
    port::{Ask, Failure, Outcome, RequestId},
    projection::{InvitedAs, Welcome},
    rules,
    secret::SecretText,
    time::Timestamp,
};

/// How long a person waits for the relay before being told that it does not answer, milliseconds.
const PATIENCE: i64 = 8_000;
/// How long an invitation can be used, milliseconds: two weeks.
pub(super) const INVITE_LIFE: i64 = 14 * 24 * 60 * 60 * 1_000;

/// An ask that waits for the relay.
pub(super) struct PendingAsk {
    pub(super) request: RequestId,
    pub(super) deadline: Timestamp,
    pub(super) what: Pending,
}

/// What a joiner calls themself and their household, as typed.
pub(super) struct JoinerNames {
    pub(super) person: String,
    pub(super) household: String,
}

pub(super) enum Pending {
    SetUp {
        token: SecretText,
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
        names: JoinerNames,
    },
    /// The room is stored; the relay has its first entry or Join.
    Sent {
        room: RoomId,
    },
}

impl Engine {
    pub(super) fn asked(&mut self, request: RequestId, ask: Ask) {
        if self.core.mine.leaving().is_some() && ask != Ask::StayHere {
            // What would be written now would be lost with this device.
            return self.core.answer(request, Err(Failure::Moving));
        }
        let outcome = match ask {
            Ask::Do { room, command } => self.do_act(request, room, command),
            Ask::Undo { room, act } => self.undo(request, room, act),
            Ask::Invite { room, invited_as, label } => self.invite(request, room, invited_as, &label),
            Ask::Confirm { room } => self.confirm(request, room),
            Ask::Admit { room, person, device } => self.admit(request, room, person, device),
            Ask::InviteBack { room, person, label } => self.invite_back(request, room, person, &label),
            Ask::Wish { room, wished } => self.wish(request, room, wished),
            Ask::Unwish { room, wished } => self.unwish(request, room, wished),
            Ask::TakeOutDevices { devices } => self.take_out_devices(request, &devices),
            Ask::KnowDevice { device } => {
                self.know_device(request, device);
                Ok(())
            }
            Ask::StartAnew => self.start_anew(request),
            Ask::ShowCode => self.show_code(request),
            Ask::ReadCode { code } => self.read_code(request, code.expose()),
            Ask::AddDevice { code, leave } => self.add_device(request, code.expose(), leave),
            Ask::StayHere => self.stay_here(request),
            Ask::SetUpService { token, service_name, person_name } => {
                set_up(token, &service_name, &person_name).map(|what| self.wait(request, what))
            }
            Ask::OpenNetwork { service, name } => self.check_open(service, &name).map(|what| self.wait(request, what)),
            Ask::ReadInvite { secret } => {
                self.check_link(secret.expose()).map(|secret| self.wait(request, Pending::Read { secret }))
            }
            Ask::Join { secret, person_name, household_name } => {
                self.check_join(secret.expose(), &person_name, household_name).map(|what| self.wait(request, what))
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
        let room = own_room(&mut self.rooms, id)?;
        let (act, writes) = room.write_act(&mut self.core, command)?;
        self.commit(id, writes, vec![saved(request, act)]);
        if let Some(room) = self.rooms.get_mut(&id) {
            room.pump(&mut self.core);
        }
        Ok(())
    }

    fn undo(&mut self, request: RequestId, id: RoomId, act: CommandId) -> Result<(), Failure> {
        let inverse = own_room(&mut self.rooms, id)?.take_inverse(act)?;
        self.do_act(request, id, inverse)
    }

    fn invite(&mut self, request: RequestId, id: RoomId, invited_as: InvitedAs, label: &str) -> Result<(), Failure> {
        let welcome = self.welcome(id, invited_as)?;
        let mine = own_room(&mut self.rooms, id)?.own_writer(&self.core.keys);
        let founder = invited_as == InvitedAs::ResourceFamily;
        let role = if founder { Role::Admin } else { Role::Member };
        let group = (invited_as == InvitedAs::Adult).then_some(mine.group);
        self.make_invite(request, id, label, Invitation { welcome, role, founder, group, returns: None })
    }

    /// What the invited one reads; also says whether this device may invite so.
    fn welcome(&mut self, id: RoomId, invited_as: InvitedAs) -> Result<Welcome, Failure> {
        let refused = |reason| Err(Failure::Refused { reason });
        let room = own_room(&mut self.rooms, id)?;
        let role = room.own_writer(&self.core.keys).role;
        let fits = match (room.kind(), invited_as) {
            (RoomKind::Network, InvitedAs::ResourceFamily) => role == Role::Steward,
            (RoomKind::Network, InvitedAs::FosterFamily) => role != Role::Member,
            (RoomKind::Network, InvitedAs::Adult) => role.holds_key(),
            (RoomKind::Service, InvitedAs::Staff) => role == Role::Admin,
            _ => return refused(rules::Refused::WrongRoom),
        };
        if fits { self.welcome_of(id, invited_as) } else { refused(rules::Refused::NotYourRole) }
    }

    /// What stands in an invitation into a room.
    pub(super) fn welcome_of(&mut self, id: RoomId, invited_as: InvitedAs) -> Result<Welcome, Failure> {
        let room = own_room(&mut self.rooms, id)?;
        let returns = String::new();
        if room.own_writer(&self.core.keys).role != Role::Steward {
            let names = contents::names(&mut room.document, &room.authors);
            let inviter = names.person(self.core.keys.person()).to_owned();
            let service = if room.kind() == RoomKind::Service { names.room.clone() } else { names.service };
            return Ok(Welcome { room_name: names.room, service, inviter, invited_as, returns });
        }
        let services = self.rooms.values_mut().filter(|room| room.kind() == RoomKind::Service);
        for service in services {
            let networks = contents::networks(&mut service.document, &service.authors);
            let Some((_, room_name)) = networks.into_iter().find(|(room, _)| *room == id) else { continue };
            let names = contents::names(&mut service.document, &service.authors);
            let inviter = names.person(self.core.keys.person()).to_owned();
            return Ok(Welcome { room_name, service: names.room, inviter, invited_as, returns });
        }
        Err(Failure::UnknownRoom)
    }

    fn admit(&mut self, request: RequestId, id: RoomId, person: PersonId, device: DeviceId) -> Result<(), Failure> {
        let room = own_room(&mut self.rooms, id)?;
        if !room.own_writer(&self.core.keys).role.holds_key() {
            return Err(Failure::Refused { reason: rules::Refused::NotYourRole });
        }
        let waits = room.membership.as_ref().and_then(|it| it.members().get(&person));
        // Another may have stepped up in that name since the words were compared.
        let same = waits.and_then(Member::waiting).is_some_and(|it| it.device == device);
        if !same {
            return Err(Failure::Refused { reason: rules::Refused::NotThere });
        }
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

    /// An invitation into a room where this device is not yet.
    fn check_link(&self, link: &str) -> Result<InviteSecret, Failure> {
        let secret = read_link(link)?;
        // What can not be read is not written over.
        if self.is_free(secret.room()) {
            return Ok(secret);
        }
        let returns = self.rooms.get(&secret.room()).and_then(|room| room.returns_by(&secret));
        if self.may_be(returns) { Err(Failure::AlreadyInside) } else { Err(Failure::SomebodyElses) }
    }

    /// Whether this device can be the one of whom an invitation lets back in, if it is for nobody else.
    pub(super) fn may_be(&self, returns: Option<PersonId>) -> bool {
        returns.is_none_or(|person| person == self.core.keys.person() || !self.is_somebodys())
    }

    fn check_join(&self, link: &str, person: &str, household: String) -> Result<Pending, Failure> {
        let secret = self.check_link(link)?;
        Ok(Pending::Join { secret, names: JoinerNames { person: person.to_owned(), household } })
    }

    /// Sends what has waited for the relay.
    pub(super) fn pending_asks(&mut self) {
        for PendingAsk { request, deadline, what } in core::mem::take(&mut self.asks) {
            let what = match what {
                Pending::SetUp { token, service, person } => self.set_up(request, token, service, person),
                Pending::OpenNetwork { service, name } => self.open_network(request, service, &name),
                Pending::Read { ref secret } | Pending::Join { ref secret, .. } => {
                    self.peek(secret);
                    Some(what)
                }
                Pending::Sent { room } => Some(Pending::Sent { room }),
            };
            self.asks.extend(what.map(|what| PendingAsk { request, deadline, what }));
        }
    }

    /// The connection is gone. What is stored goes on by itself; what is not waits for the next connection.
    pub(super) fn asks_disconnected(&mut self) {
        let (sent, rest) = core::mem::take(&mut self.asks)
            .into_iter()
            .partition(|ask: &PendingAsk| matches!(ask.what, Pending::Sent { .. }));
        self.asks = rest;
        let sent: Vec<PendingAsk> = sent;
        for ask in sent {
            if let Pending::Sent { room } = ask.what {
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
                Pending::Sent { room } => {
                    self.commit(room, Vec::new(), vec![answered(ask.request, Ok(Outcome::Entered { room }))]);
                }
                _ => self.core.answer(ask.request, Err(Failure::Offline)),
            }
        }
    }
}

/// What a person is told whose entry would not be valid.
pub(super) const fn refused(error: MembershipError) -> rules::Refused {
    match error {
        MembershipError::AlreadyFounded => rules::Refused::WrongRoom,
        MembershipError::NotThere => rules::Refused::NotThere,
        MembershipError::LastKey => rules::Refused::LastKey,
        MembershipError::LastAdmin => rules::Refused::LastAdmin,
        _ => rules::Refused::NotYourRole,
    }
}

fn set_up(token: SecretText, service: &str, person: &str) -> Result<Pending, Failure> {
    SetUpToken::from_link(token.expose()).map_err(|_| Failure::BadLink)?;
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
