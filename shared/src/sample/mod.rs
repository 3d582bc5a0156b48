//! The sample hamlet (*Prøv uten å registrere deg*): a service, a resource family and three foster families with their
//! gatherings, made in memory by the engines, acts and membership rules of the real thing. Nothing of it touches a
//! disk or the net, and nobody in it exists.
//!
//! [`Sample`] is driven like one engine: asks go in, news come out, for the seat that is looked from. [`relay`] is the
//! relay in its middle, which the simulator puts its faults round. Start in [`Sample::new`]; `story` is what has
//! happened in the hamlet before one comes.

pub mod relay;
mod seat;
mod story;
#[cfg(test)]
mod tests;

use self::{relay::Relay, seat::Seat};
use crate::{
    crypto::Entropy,
    port::{Ask, FromEngine, RequestId, SampleRole, SampleTexts},
    sync::Event,
    time::Timestamp,
};

/// Where the randomness of each device comes from.
pub type NewEntropy = fn() -> Box<dyn Entropy>;

/// A whole hamlet in memory.
pub struct Sample {
    relay: Relay,
    seats: Vec<Seat>,
    from: SampleRole,
    entropy: NewEntropy,
}

impl Sample {
    /// The hamlet as it has become by `now`, with texts in the language of whoever looks. What the other seats have not
    /// heard yet they hear at the first [`Self::tick`], which is wanted at once.
    pub fn new(texts: &SampleTexts, from: SampleRole, entropy: NewEntropy, now: Timestamp) -> Self {
        let mut relay = Relay::new(entropy().as_mut());
        relay.batch = usize::MAX;
        let seats = (0..story::SEATS).map(|_| Seat::new(entropy())).collect();
        let mut sample = Self { relay, seats, from, entropy };
        story::Story::new(&mut sample, texts, now).tell();
        sample
    }

    /// What is seen from the seat that is looked from: everything.
    pub fn look(&mut self) -> Vec<FromEngine> {
        self.seats[story::seat_of(self.from)].everything()
    }

    /// Looks from another seat.
    pub fn look_as(&mut self, from: SampleRole, now: Timestamp) -> Vec<FromEngine> {
        self.settle(now);
        self.from = from;
        self.look()
    }

    /// Does what is asked from this seat, and lets the others hear of it. Gives what is told there.
    pub fn ask(&mut self, request: RequestId, ask: Ask, now: Timestamp) -> Vec<FromEngine> {
        self.event(story::seat_of(self.from), Event::Ask { request, ask }, now);
        self.settle(now);
        self.seats[story::seat_of(self.from)].news()
    }

    /// Time has gone by.
    pub fn tick(&mut self, now: Timestamp) -> Vec<FromEngine> {
        for seat in 0..self.seats.len() {
            self.event(seat, Event::Tick, now);
        }
        self.settle(now);
        self.seats[story::seat_of(self.from)].news()
    }

    /// When it wants to be told what time it is.
    pub fn deadline(&self) -> Option<Timestamp> {
        let unheard = self.seats.iter().any(|seat| seat.has_more(&self.relay)).then_some(Timestamp::from_millis(0));
        unheard.or_else(|| self.seats.iter().filter_map(Seat::deadline).min())
    }

    fn entropy(&self) -> Box<dyn Entropy> {
        (self.entropy)()
    }

    fn event(&mut self, seat: usize, event: Event, now: Timestamp) {
        self.seats[seat].event(event, now);
    }

    /// Lets every message come to where it was sent.
    fn settle(&mut self, now: Timestamp) {
        self.settle_at(|_| true, now);
    }

    /// Lets every message come to these seats; what the others did is sent.
    fn settle_at(&mut self, hears: impl Fn(usize) -> bool, now: Timestamp) {
        loop {
            let mut moved = false;
            for (at, seat) in self.seats.iter_mut().enumerate() {
                while seat.step(&mut self.relay, hears(at), now) {
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }
}
