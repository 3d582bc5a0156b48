//! A session after the sign-in.

use std::{collections::BTreeMap, future::ready};

use axum::extract::ws::Message;
use futures_util::{Sink, Stream};
use grend_shared::{
    crypto::{
        Hash,
        head::{Beacon, ItemKind, LogHead, Seq},
    },
    ids::{DeviceId, RoomId},
    protocol::{self, Fault, FromDevice, FromRelay, Item, Opening, Refusal, RoomBeacon, limits},
};
use tokio::{sync::mpsc, time::sleep_until};

use super::{End, cursors::Cursors, outbox::Outbox, peek, sign_in::SignedIn, wire::Wire};
use crate::{
    relay::{
        Job, Relay, Work,
        mailbox::{Event, Mailbox, SessionId},
        prepare,
    },
    storage::PageSize,
};

/// How much of a log is read from storage at once.
const PAGE: PageSize = PageSize { items: limits::BATCH_ITEMS, bytes: limits::BATCH_BYTES };

pub(super) struct Steady<'a, S> {
    relay: &'a Relay,
    session: SessionId,
    device: SignedIn,
    wire: &'a mut Wire<S>,
    mailbox: Mailbox,
    events: mpsc::Receiver<Event>,
    outbox: Outbox,
    cursors: Cursors,
    /// Others' beacons on their way: the latest of each device alone.
    beacons: BTreeMap<(RoomId, DeviceId), Beacon>,
    /// Requests that the writer has yet to answer.
    unanswered: usize,
    stopping: bool,
}

impl<'a, S, E> Steady<'a, S>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin,
{
    pub(super) fn new(
        relay: &'a Relay,
        session: SessionId,
        device: SignedIn,
        wire: &'a mut Wire<S>,
        (mailbox, events): (Mailbox, mpsc::Receiver<Event>),
    ) -> Self {
        Self {
            relay,
            session,
            device,
            wire,
            mailbox,
            events,
            outbox: Outbox::default(),
            cursors: Cursors::default(),
            beacons: BTreeMap::new(),
            unanswered: 0,
            stopping: false,
        }
    }

    pub(super) async fn run(mut self) -> End {
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    /// One thing: first what the writer has, then what the device says, then a page for a room that is behind.
    async fn step(&mut self) -> Result<(), End> {
        let behind = self.cursors.behind();
        // A device with too many unanswered requests is not listened to until some are answered.
        let listening = !self.stopping && self.unanswered < limits::WINDOW;
        let silent = self.wire.heard() + self.relay.limits().idle;
        tokio::select! {
            biased;
            () = self.mailbox.overflow() => return Err(Fault::SlowReader.into()),
            () = self.relay.stop().cancelled(), if !self.stopping => self.stopping = true,
            Some(event) = self.events.recv() => self.pass_on(event),
            frame = self.wire.frame(), if listening => self.handle(frame?).await?,
            () = ready(()), if behind.is_some() && !self.stopping => self.catch_up(behind).await?,
            () = sleep_until(silent) => return Err(End::Gone),
        }
        self.flush().await?;
        if self.stopping && self.unanswered == 0 {
            return Err(Fault::ShuttingDown.into());
        }
        Ok(())
    }

    /// Lays what the writer has for this session into the outbox, up to about one message.
    fn pass_on(&mut self, event: Event) {
        self.pass_on_one(event);
        while self.outbox.len() < limits::MAX_MESSAGE / 2
            && let Ok(event) = self.events.try_recv()
        {
            self.pass_on_one(event);
        }
    }

    fn pass_on_one(&mut self, event: Event) {
        match event {
            Event::Answer { frame, settles } => {
                self.unanswered -= usize::from(settles);
                self.outbox.add(&frame);
            }
            Event::Opened { room, from, head, last, frame } => {
                self.unanswered -= 1;
                self.cursors.open(room, from, head);
                if last {
                    self.cursors.end(room, head);
                }
                self.outbox.add(&frame);
            }
            Event::Live { room, first, last, frame } => {
                if self.cursors.follow(room, first, last) {
                    self.outbox.add(&frame);
                }
            }
            Event::Left(room, at) => {
                self.cursors.end(room, at);
                self.beacons.retain(|(it, _), _| *it != room);
            }
            Event::Beacon(room, beacon) => {
                self.beacons.insert((room, beacon.device), beacon);
            }
        }
    }

    async fn flush(&mut self) -> Result<(), End> {
        if !self.beacons.is_empty() {
            let beacons = std::mem::take(&mut self.beacons);
            let beacons = beacons.into_iter().map(|((room, _), beacon)| RoomBeacon { room, beacon }).collect();
            self.say(FromRelay::Seen { beacons });
        }
        for message in self.outbox.take() {
            let full = self.mailbox.clone();
            tokio::select! {
                sent = self.wire.send(message) => sent?,
                () = full.overflow() => return Err(Fault::SlowReader.into()),
            }
        }
        Ok(())
    }

    fn say(&mut self, frame: FromRelay) {
        self.outbox.add(&protocol::encode(&[frame]));
    }

    async fn handle(&mut self, frame: FromDevice) -> Result<(), End> {
        match frame {
            FromDevice::Hello { .. } | FromDevice::Auth { .. } => Err(Fault::OutOfTurn.into()),
            FromDevice::Ping => {
                self.say(FromRelay::Pong);
                Ok(())
            }
            FromDevice::Begin { opening, genesis } => self.begin(opening, genesis).await,
            FromDevice::Peek { room, invite, proof } => {
                let answer = peek::answer(self.relay, &self.device.nonce, room, invite, &proof).await;
                self.outbox.add(&answer);
                Ok(())
            }
            FromDevice::Open { room, from } => self.queue(room, Work::Open { from }).await,
            FromDevice::Offer { room, first, items } => {
                let items: Result<Vec<_>, _> = items.into_iter().map(|item| prepare::offered(room, item)).collect();
                match items {
                    Ok(items) => self.queue(room, Work::Offer { first, items }).await,
                    Err(why) => self.refuse(room, None, why),
                }
            }
            FromDevice::Put { room, item } => self.put(room, item).await,
            FromDevice::Seen { room, beacon } => match prepare::beacon(self.device.device, room, &beacon) {
                Ok(()) => self.queue(room, Work::Seen(beacon)).await,
                Err(why) => self.refuse(room, None, why),
            },
        }
    }

    async fn begin(&mut self, opening: Opening, genesis: Vec<u8>) -> Result<(), End> {
        let item = Item::new(ItemKind::Membership, genesis);
        let name = item.name();
        match prepare::genesis(self.device.device, &self.relay.signer().public, item.bytes) {
            Ok(genesis) => {
                let room = genesis.room();
                self.queue(room, Work::Begin { opening, genesis: Box::new(genesis), name }).await
            }
            // What is no Genesis names no room.
            Err(why) => self.refuse(RoomId::from_bytes([0; RoomId::LEN]), Some(name), why),
        }
    }

    async fn put(&mut self, room: RoomId, item: Item) -> Result<(), End> {
        let name = item.name();
        match prepare::item(self.device.device, room, item) {
            Ok(item) => self.queue(room, Work::Put { item, name }).await,
            Err(why) => self.refuse(room, Some(name), why),
        }
    }

    fn refuse(&mut self, room: RoomId, item: Option<Hash>, why: Refusal) -> Result<(), End> {
        tracing::debug!(session = self.session.0, %why, "refused");
        self.say(FromRelay::Refused { room, item, why });
        Ok(())
    }

    async fn queue(&mut self, room: RoomId, work: Work) -> Result<(), End> {
        self.unanswered += usize::from(work.is_answered());
        let (session, mailbox, device) = (self.session, self.mailbox.clone(), self.device.device);
        if self.relay.queue(Job { session, mailbox, device, room, work }).await {
            Ok(())
        } else {
            Err(Fault::ShuttingDown.into())
        }
    }

    /// Sends the next page of a room from storage.
    async fn catch_up(&mut self, behind: Option<(RoomId, Seq)>) -> Result<(), End> {
        let Some((room, after)) = behind else { return Ok(()) };
        let mut items = self.relay.read(move |storage| storage.page(room, after, PAGE)).await.map_err(|error| {
            tracing::error!(%error, "the storage could not be read");
            Fault::Busy
        })?;
        items.retain(|item| self.cursors.may_have(room, item.seq));
        let last = items.last().map(|item| LogHead { seq: item.seq, hash: item.hash });
        let Some(head) = last.and_then(|last| self.relay.signer().sign_one(room, last)) else {
            tracing::error!("the log is shorter than its head");
            return Err(Fault::Busy.into());
        };
        self.cursors.sent(room, head.head.seq);
        let items = items.into_iter().map(|item| Item::new(item.kind, item.bytes)).collect();
        self.say(FromRelay::Batch { room, first: after + 1, items, head });
        Ok(())
    }
}
