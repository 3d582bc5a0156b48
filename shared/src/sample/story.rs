//! What has happened in the sample hamlet before one comes: who came in, what was held, what is planned.

use super::Sample;
use crate::{
    command::{Command, GatheringChange, GatheringPlan},
    crypto::keys::SetUpToken,
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

/// When it began, days before now.
const AGE: i64 = 75;
const DAY: i64 = 24 * 60 * 60 * 1_000;
/// Longer than any device waits before it calls the relay again, milliseconds.
const RECONNECT: i64 = 60_000;

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
    end: Timestamp,
    now: Timestamp,
    last_request: RequestId,
}

impl<'a> Story<'a> {
    pub(super) const fn new(sample: &'a mut Sample, texts: &'a SampleTexts, end: Timestamp) -> Self {
        Self { sample, texts, end, now: end.plus_millis(-AGE * DAY), last_request: 0 }
    }

    pub(super) fn tell(mut self) {
        let network = self.everybody_comes_in();
        self.days_ago(60);
        let [hike, sledging, workshop, pancakes] = &self.texts.gatherings;
        self.held(network, hike, FOSTER);
        self.held(network, sledging, RESOURCE);
        self.days_ago(6);
        let next = self.plans(RESOURCE, network, workshop, OTHERS[0]);
        let later = self.plans(FOSTER, network, pancakes, FOSTER);
        self.days_ago(3);
        self.answers(FOSTER, network, next, Answer::Coming);
        self.days_ago(2);
        self.answers(OTHERS[0], network, next, Answer::Coming);
        self.answers(OTHERS[1], network, next, Answer::Maybe);
        self.days_ago(1);
        // Neither has heard of the other when they write.
        for (seat, place) in [(RESOURCE, &self.texts.other_places[0]), (FOSTER, &self.texts.other_places[1])] {
            let change = GatheringChange::Place(line(place));
            self.asks(seat, Ask::Do { room: network, command: Command::ChangeGathering { gathering: later, change } });
        }
        self.sample.settle(self.now);
        self.days_ago(0);
        for seat in &mut self.sample.seats {
            seat.news();
        }
    }

    fn everybody_comes_in(&mut self) -> RoomId {
        let texts = self.texts;
        let token = SetUpToken::generate(&mut *self.sample.entropy());
        self.sample.relay.tokens.push(*token.expose());
        let set_up = Ask::SetUpService {
            token: token.to_link(),
            service_name: texts.service.clone(),
            person_name: texts.people[STAFF].clone(),
        };
        let service = self.enters(STAFF, set_up);
        let network = self.enters(STAFF, Ask::OpenNetwork { service, name: texts.families[RESOURCE].clone() });
        self.invited(STAFF, RESOURCE, network, InvitedAs::ResourceFamily);
        for seat in [FOSTER, OTHERS[0], OTHERS[1]] {
            self.invited(RESOURCE, seat, network, InvitedAs::FosterFamily);
        }
        network
    }

    fn invited(&mut self, by: usize, seat: usize, room: RoomId, invited_as: InvitedAs) {
        let label = self.texts.families[seat].clone();
        let Outcome::Invited { secret, .. } = self.does(by, Ask::Invite { room, invited_as, label }) else {
            unreachable!("an invitation was asked for")
        };
        let (person_name, household_name) = (self.texts.people[seat].clone(), self.texts.families[seat].clone());
        self.enters(seat, Ask::Join { secret, person_name, household_name });
    }

    /// A gathering that everybody came to.
    fn held(&mut self, room: RoomId, texts: &SampleGathering, host: usize) {
        let gathering = self.plans(host, room, texts, host);
        for seat in [RESOURCE, FOSTER, OTHERS[0], OTHERS[1]] {
            self.answers(seat, room, gathering, Answer::Coming);
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
        self.does(by, Ask::Do { room, command: Command::PlanGathering { gathering, plan } });
        gathering
    }

    fn answers(&mut self, seat: usize, room: RoomId, gathering: GatheringId, answer: Answer) {
        self.does(seat, Ask::Do { room, command: Command::AnswerGathering { gathering, answer: Some(answer) } });
    }

    fn enters(&mut self, seat: usize, ask: Ask) -> RoomId {
        let Outcome::Entered { room } = self.does(seat, ask) else { unreachable!("a room was asked for") };
        room
    }

    fn does(&mut self, seat: usize, ask: Ask) -> Outcome {
        let request = self.asks(seat, ask);
        self.sample.settle(self.now);
        self.sample.seats[seat].answer(request).cloned().expect("what the story asks for is allowed")
    }

    fn asks(&mut self, seat: usize, ask: Ask) -> RequestId {
        self.last_request += 1;
        self.sample.event(seat, Event::Ask { request: self.last_request, ask }, self.now);
        self.last_request
    }

    /// Goes on to the day so many days before the end. Connections that were silent for so long are made anew.
    fn days_ago(&mut self, days: i64) {
        for before in [RECONNECT, 0] {
            self.now = self.end.plus_millis(-days * DAY - before);
            for seat in 0..SEATS {
                self.sample.event(seat, Event::Tick, self.now);
            }
            self.sample.settle(self.now);
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
