//! A steward with a changed app, hand in hand with the relay: every sequence of up to five entries they can sign, and
//! random longer ones. The families' devices do what they owe by themselves, and nobody there taps anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use grend_shared::{
    crypto::{
        DeviceKeys, Hash,
        entropy::random,
        grant::{SealedKey, WRAPPED_LEN},
        head::LogHead,
        links::InviteSecret,
        notice::SealedNotice,
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, InviteId, PersonId, RoomId},
    membership::{
        Body, Entry, KeyRing, Room, Standing,
        body::{AddDevice, Admit, Close, Confirm, Epoch, Genesis, Grant, Invite, Join, Notice, Remove, SetRole, Wrap},
        state::InviteState,
    },
    time::Timestamp,
};

use crate::dice::Dice;

/// How many devices the other side makes at most in one sequence.
const GHOSTS: usize = 3;

/// A network as both sides have it.
#[derive(Clone)]
struct State {
    room: Room,
    /// The families' keys, in the order of their devices.
    rings: Vec<KeyRing>,
    links: Vec<InviteSecret>,
    /// How many of the other side's devices are used up.
    ghosts: usize,
}

#[derive(Clone)]
struct Search {
    dice: Dice,
    families: Vec<DeviceKeys>,
    steward: DeviceKeys,
    /// Devices of the other side, for each person that they might say to be.
    ghosts: Vec<BTreeMap<PersonId, DeviceKeys>>,
    secrets: Vec<InviteSecret>,
    households: Vec<GroupId>,
}

impl Search {
    /// A network with two families who hold the key, founded and asked in as it should be.
    fn begin(seed: u64) -> (Self, State) {
        let mut dice = Dice::new(seed);
        let person = |dice: &mut Dice| PersonId::from_bytes(random(dice));
        let make = |dice: &mut Dice| {
            let person = person(dice);
            DeviceKeys::generate(person, dice)
        };
        let (steward, families) = (make(&mut dice), vec![make(&mut dice), make(&mut dice)]);
        let group = GroupId::of_person(steward.person());
        let genesis = Genesis {
            kind: RoomKind::Network,
            relay: [9; 32],
            nonce: random(&mut dice),
            group,
            founder: steward.certificate(),
        };
        let genesis = Entry::sign(&steward, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(genesis));
        let room = Room::begin(&genesis).expect("a genesis");
        let strangers: Vec<_> = (0..GHOSTS).map(|_| PersonId::from_bytes(random(&mut dice))).collect();
        let known = [steward.person(), families[0].person(), families[1].person()];
        let ghosts = (0..GHOSTS)
            .map(|at| {
                let persons = known.into_iter().chain([strangers[at]]);
                persons.map(|person| (person, DeviceKeys::generate(person, &mut dice))).collect()
            })
            .collect();
        let households: Vec<_> = (0..2 + GHOSTS).map(|_| GroupId::from_bytes(random(&mut dice))).collect();
        let secrets = (0..8).map(|_| InviteSecret::generate(room.id(), &mut dice)).collect();
        let mut search = Self { dice, families, steward, ghosts, secrets, households };
        let mut state = State { room, rings: vec![KeyRing::default(); 2], links: Vec::new(), ghosts: 0 };
        search.founds(&mut state);
        (search, state)
    }

    fn founds(&mut self, state: &mut State) {
        let (steward, families) = (self.steward.clone(), self.families.clone());
        for (at, (by, role, founder)) in
            [(&steward, Role::Admin, true), (&families[0], Role::Member, false)].into_iter().enumerate()
        {
            let secret = InviteSecret::generate(state.room.id(), &mut self.dice);
            self.enters(state, by, Body::Invite(invite(secret.id(), role, founder, None))).expect("asked in");
            let join = Join::new(&secret.signer(), state.room.id(), self.households[at], families[at].certificate());
            self.enters(state, &families[at], Body::Join(join)).expect("joined");
            self.families_do_what_they_owe(state);
        }
        assert!(families.iter().all(|it| state.room.may_write(it.device())), "both hold the key");
    }

    fn enters(&self, state: &mut State, by: &DeviceKeys, body: Body) -> Option<()> {
        let entry = Entry::sign(by, state.room.id(), state.room.last(), body);
        self.takes(state, &entry)
    }

    fn takes(&self, state: &mut State, entry: &Entry) -> Option<()> {
        state.room.apply(entry).ok()?;
        for (keys, ring) in self.families.iter().zip(&mut state.rings) {
            ring.take(keys, entry, &state.room);
        }
        Some(())
    }

    fn families_do_what_they_owe(&mut self, state: &mut State) {
        let families = self.families.clone();
        for _ in 0..20 {
            let owed = families.iter().zip(&state.rings).find_map(|(keys, ring)| {
                let duty = state.room.duty(keys.device(), |number| ring.has(number))?;
                Some((keys, duty.body(&state.room, keys, ring, &mut self.dice)?))
            });
            let Some((keys, body)) = owed else { return };
            self.enters(state, keys, body).expect("what is owed is valid");
        }
    }

    /// Nobody of the other side was given a key, or shall be.
    fn holds(&self, state: &State) {
        let family = |device: DeviceId| self.families.iter().any(|it| it.device() == device);
        for it in state.room.entitled() {
            assert!(family(it.device), "a device of the other side shall have the key without a tap");
        }
        let given = state.room.epoch().map(|epoch| &epoch.given);
        assert!(given.is_none_or(|given| given.iter().all(|it| family(*it))), "a key was sealed to the other side");
    }

    /// Everything the other side can sign next, by whichever of its devices.
    fn moves(&self, state: &State) -> Vec<(DeviceKeys, Body)> {
        let room = &state.room;
        let mut authors = vec![self.steward.clone()];
        let ghosts = self.ghosts[..state.ghosts].iter().flat_map(BTreeMap::values);
        authors.extend(ghosts.filter(|it| room.person_of(it.device()).is_some()).cloned());
        let mut bodies = Vec::new();
        if let Some(secret) = self.secrets.get(state.links.len()) {
            for role in [Role::Member, Role::Admin, Role::Steward] {
                for group in [None, Some(self.households[0]), Some(self.households[1])] {
                    bodies.push(Body::Invite(invite(secret.id(), role, false, group)));
                }
                bodies.push(Body::Invite(invite(secret.id(), role, true, None)));
            }
        }
        for (person, member) in room.members() {
            bodies.push(Body::Remove(Remove::Person(*person)));
            bodies.extend(member.devices.iter().map(|it| Body::Remove(Remove::Device(it.device))));
            bodies.push(Body::Remove(Remove::Group(member.group)));
            for role in [Role::Member, Role::Admin, Role::Steward] {
                bodies.push(Body::SetRole(SetRole { person: *person, role }));
            }
            bodies.extend(member.waiting().map(|it| Body::Admit(Admit { person: *person, device: it.device })));
        }
        let open = room.invites().iter().filter(|it| it.state == InviteState::Open);
        bodies.extend(open.map(|it| Body::Remove(Remove::Invite(it.invite.invite))));
        bodies.push(Body::Close(Close { successor: None }));
        bodies.extend(self.keys_of_their_own(room));
        let mut moves: Vec<_> =
            authors.iter().flat_map(|by| bodies.iter().map(|body| (by.clone(), body.clone()))).collect();
        if let Some(ghosts) = self.ghosts.get(state.ghosts) {
            for ghost in ghosts.values() {
                for secret in &state.links {
                    let groups = self.households[..2].iter().chain([&self.households[2 + state.ghosts]]);
                    moves.extend(groups.map(|group| {
                        let join = Join::new(&secret.signer(), room.id(), *group, ghost.certificate());
                        (ghost.clone(), Body::Join(join))
                    }));
                }
            }
            for by in &authors {
                let code = ghosts[&self.steward.person()].code();
                let claim = code.claim(room.id(), by.person(), by.device());
                moves.push((by.clone(), Body::AddDevice(AddDevice { half: code.half, claim, kit: false })));
            }
        }
        moves
    }

    /// Keys they make up, and words about keys. What is in them is all the same: nobody can see it from outside.
    fn keys_of_their_own(&self, room: &Room) -> Vec<Body> {
        let Some(epoch) = room.epoch() else { return Vec::new() };
        let rubbish = SealedKey { encapsulated: [5; 32], ciphertext: [5; 48] };
        let entitled: Vec<_> = room.entitled().map(|it| it.device).collect();
        let everybody: Vec<_> = room.devices().collect();
        let mut bodies: Vec<_> = [&entitled, &everybody]
            .map(|recipients| {
                let grants = recipients.iter().map(|device| (*device, rubbish.clone())).collect();
                let (number, commitment, inbox) = (epoch.number + 1, Hash::ZERO, epoch.inbox);
                Body::Epoch(Epoch { number, commitment, inbox, previous: Some([5; WRAPPED_LEN]), grants })
            })
            .into();
        let grant = |device: &DeviceId| Grant { number: epoch.number, device: *device, key: rubbish.clone() };
        bodies.extend(everybody.iter().map(grant).map(Body::Grant));
        bodies.extend([Body::Lacks(epoch.number), Body::Lacks(1)]);
        bodies.push(Body::Wrap(Wrap { number: 1, wrapped: [5; WRAPPED_LEN] }));
        let sealed = SealedNotice { encapsulated: [5; 32], ciphertext: Vec::new() };
        bodies.push(Body::Confirm(Confirm { relay_epoch: room.confirmed() + 1, head: LogHead::EMPTY }));
        bodies.push(Body::Notice(Notice { number: epoch.number, sealed }));
        bodies
    }

    /// All states that one more entry of theirs makes.
    fn next(&mut self, state: &State) -> Vec<State> {
        let moves = self.moves(state);
        moves.into_iter().filter_map(|(by, body)| self.after(state, &by, &body)).collect()
    }

    /// The state after a move, if it is valid, and after what the families do by themselves then.
    fn after(&mut self, state: &State, by: &DeviceKeys, body: &Body) -> Option<State> {
        let entry = Entry::sign(by, state.room.id(), state.room.last(), body.clone());
        state.room.check(&entry).ok()?;
        let mut next = state.clone();
        self.takes(&mut next, &entry)?;
        match body {
            Body::Invite(_) => next.links.push(self.secrets[state.links.len()].clone()),
            Body::Join(_) | Body::AddDevice(_) => next.ghosts += 1,
            _ => {}
        }
        self.families_do_what_they_owe(&mut next);
        self.holds(&next);
        Some(next)
    }
}

fn invite(invite: InviteId, role: Role, founder: bool, group: Option<GroupId>) -> Invite {
    Invite {
        invite,
        role,
        founder,
        group,
        returns: None,
        expires: Timestamp::from_millis(i64::MAX),
        welcome: Vec::new(),
    }
}

/// All that decides what may come next: two states that say the same are one.
fn told_apart(state: &State) -> String {
    let room = &state.room;
    let members: Vec<_> = room
        .members()
        .iter()
        .map(|(person, it)| {
            let devices: Vec<_> = it
                .devices
                .iter()
                .map(|it| (it.device, room.holds_key(it.device), room.may_rescue(it.device)))
                .collect();
            let back = it.returning.map(|it| it.device);
            (person, it.group, it.role, it.standing == Standing::Inside, devices, back, &it.taken_out)
        })
        .collect();
    let invites: Vec<_> = room
        .invites()
        .iter()
        .filter(|it| it.state == InviteState::Open)
        .map(|it| (it.invite.invite, it.invite.role, it.invite.founder, it.invite.group, it.by_key_holder))
        .collect();
    format!("{members:?} {invites:?} {} {:?} {:?}", room.must_turn_key(), room.closed(), room.wanted())
}

/// MEM-3. `GREND_STEWARD_DEPTH` goes deeper.
#[test]
fn a_steward_with_a_changed_app_and_the_relay_get_no_key_without_a_tap() {
    let depth = std::env::var("GREND_STEWARD_DEPTH").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    let (search, start) = Search::begin(7);
    let mut seen = BTreeSet::from([told_apart(&start)]);
    let mut edge = vec![start];
    for length in 1..depth {
        let next = edge.iter().flat_map(|state| search.clone().next(state));
        edge = next.filter(|state| seen.insert(told_apart(state))).collect();
        println!("{length} entries: {} new states", edge.len());
    }
    let (one, other) = edge.split_at(edge.len() / 2);
    let last = |half: &[State]| half.iter().map(|state| search.clone().next(state).len()).sum::<usize>();
    let ends = thread::scope(|scope| {
        let other = scope.spawn(|| last(other));
        last(one) + other.join().expect("no key in the other half")
    });
    println!("{depth} entries: {ends} ways to end");
    assert!(ends > 10_000, "the search has hardly moved: {ends}");
}

/// MEM-3.
#[test]
fn nor_by_any_longer_sequence_that_chance_comes_upon() {
    for seed in 1..40 {
        let (mut search, mut state) = Search::begin(seed);
        for _ in 0..25 {
            let moves = search.moves(&state);
            let tries = (0..moves.len()).find_map(|_| {
                let (by, body) = &moves[search.dice.below(moves.len())];
                search.after(&state, by, body)
            });
            let Some(next) = tries else { break };
            state = next;
        }
    }
}
