//! What has happened in the sample hamlet before one comes: who came in, what was held, what is planned.

use super::Sample;
use crate::{
    command::{Command, GatheringChange, GatheringPlan},
    crypto::links::SetUpToken,
    domain::{Answer, Cost, Line, Paragraphs},
    ids::{GatheringId, GroupId, RoomId},
    port::{Ask, Outcome, RequestId, SampleGathering, SampleRole, SampleTexts},
    projection::{InvitedAs, Room},
    sync::Event,
    time::Timestamp,
};

/// How many devices there are.
pub(super) const SEATS: usize = 5;

const STAFF: usize = 0;
const RESOURCE: usize = 1;
const FOSTER: usize = 2;
/// Two more foster families, whom one meets but does not look from.
const OTHERS: [usize; 2] = [3, 4];
const FAMILIES: [usize; 4] = [RESOURCE, FOSTER, OTHERS[0], OTHERS[1]];

pub(super) const fn seat_of(role: SampleRole) -> usize {
    match role {
        SampleRole::Service => STAFF,
        SampleRole::ResourceFamily => RESOURCE,
        SampleRole::FosterFamily => FOSTER,
    }
}

pub(super) struct Story<'a> {
    sample: &'a mut Sample,
    texts: &'a SampleTexts,
    /// All of it happens at once: a day in between would cost everybody a new connection, and nobody sees it.
    now: Timestamp,
    last_request: RequestId,
    /// Asked, and not looked yet how it went.
    open: Vec<(usize, RequestId)>,
}

impl<'a> Story<'a> {
    pub(super) const fn new(sample: &'a mut Sample, texts: &'a SampleTexts, now: Timestamp) -> Self {
        Self { sample, texts, now, last_request: 0, open: Vec::new() }
    }

    /// Each round is written by all who have something to say before anybody hears of it: what costs is to hear, since
    /// everybody checks everybody's signatures.
    pub(super) fn tell(mut self) {
        let network = self.everybody_comes_in();
        let [hike, fire, workshop, pancakes] = &self.texts.gatherings;
        let held = [self.plans(FOSTER, network, hike, FOSTER), self.plans(RESOURCE, network, fire, RESOURCE)];
        let next = self.plans(RESOURCE, network, workshop, OTHERS[0]);
        let later = self.plans(FOSTER, network, pancakes, FOSTER);
        self.heard_at(|_| true);
        for gathering in held {
            for seat in FAMILIES {
                self.answers(seat, network, gathering, Answer::Coming);
            }
        }
        self.answers(FOSTER, network, next, Answer::Coming);
        // Neither has heard of the other when they write.
        for (seat, place) in [(RESOURCE, &self.texts.other_places[0]), (FOSTER, &self.texts.other_places[1])] {
            let change = GatheringChange::Place(line(place));
            self.asks(seat, Ask::Do { room: network, command: Command::ChangeGathering { gathering: later, change } });
        }
        self.answers(OTHERS[0], network, next, Answer::Coming);
        self.answers(OTHERS[1], network, next, Answer::Maybe);
        // The others hear of it when it has been shown.
        let looked_from = seat_of(self.sample.from);
        self.heard_at(|seat| seat == looked_from);
        for seat in &mut self.sample.seats {
            seat.news();
        }
    }

    fn everybody_comes_in(&mut self) -> RoomId {
        let texts = self.texts;
        let token = SetUpToken::generate(&mut *self.sample.entropy());
        let link = token.to_link();
        self.sample.relay.tokens.push(token);
        let set_up = Ask::SetUpService {
            token: link,
            service_name: texts.service.clone(),
            person_name: texts.people[STAFF].clone(),
        };
        let service = self.enters(STAFF, set_up);
        let network = self.enters(STAFF, Ask::OpenNetwork { service, name: texts.families[RESOURCE].clone() });
        self.invited(STAFF, &FAMILIES[..1], network, InvitedAs::ResourceFamily);
        self.invited(RESOURCE, &FAMILIES[1..], network, InvitedAs::FosterFamily);
        network
    }

    /// All are invited, and then they come in one after the other.
    fn invited(&mut self, by: usize, seats: &[usize], room: RoomId, invited_as: InvitedAs) {
        let texts = self.texts;
        let asked: Vec<_> = seats
            .iter()
            .map(|&seat| (seat, self.asks(by, Ask::Invite { room, invited_as, label: texts.families[seat].clone() })))
            .collect();
        self.heard_at(|it| it == by);
        for (seat, request) in asked {
            let Outcome::Invited { secret, .. } = self.answered(by, request) else {
                unreachable!("an invitation was asked for")
            };
            let (person_name, household_name) = (texts.people[seat].clone(), texts.families[seat].clone());
            self.enters(seat, Ask::Join { secret, person_name, household_name });
        }
    }

    fn plans(&mut self, by: usize, room: RoomId, texts: &SampleGathering, host: usize) -> GatheringId {
        let gathering = GatheringId::from_bytes(crate::crypto::entropy::random(&mut *self.sample.entropy()));
        let plan = GatheringPlan {
            title: line(&texts.title).expect("the sample's texts are lines"),
            when: texts.when,
            place: line(&texts.place),
            note: Paragraphs::new(&texts.note).unwrap_or_default(),
            cost: Cost::Free,
            host: self.group(host, room),
        };
        self.asks(by, Ask::Do { room, command: Command::PlanGathering { gathering, plan } });
        gathering
    }

    fn answers(&mut self, seat: usize, room: RoomId, gathering: GatheringId, answer: Answer) {
        self.asks(seat, Ask::Do { room, command: Command::AnswerGathering { gathering, answer: Some(answer) } });
    }

    fn enters(&mut self, seat: usize, ask: Ask) -> RoomId {
        let Outcome::Entered { room } = self.does(seat, ask) else { unreachable!("a room was asked for") };
        room
    }

    fn does(&mut self, seat: usize, ask: Ask) -> Outcome {
        let request = self.asks(seat, ask);
        self.heard_at(|it| it == seat);
        self.answered(seat, request)
    }

    fn answered(&self, seat: usize, request: RequestId) -> Outcome {
        self.sample.seats[seat].answer(request).cloned().expect("what the story asks for is allowed")
    }

    fn asks(&mut self, seat: usize, ask: Ask) -> RequestId {
        self.last_request += 1;
        self.sample.event(seat, Event::Ask { request: self.last_request, ask }, self.now);
        self.open.push((seat, self.last_request));
        self.last_request
    }

    /// These hear of all that was asked.
    fn heard_at(&mut self, seats: impl Fn(usize) -> bool) {
        self.sample.settle_at(seats, self.now);
        for (seat, request) in core::mem::take(&mut self.open) {
            self.answered(seat, request);
        }
    }

    fn group(&self, seat: usize, room: RoomId) -> Option<GroupId> {
        self.sample.seats[seat].rooms().find_map(|it| match it {
            Room::Network(network) if network.room == room => Some(network.me.group),
            _ => None,
        })
    }
}

fn line(text: &str) -> Option<Line> {
    Line::new(text).ok()
}
