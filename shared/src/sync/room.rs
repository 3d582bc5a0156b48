//! One room on this device: its log as far as it is known, what follows from it, and what waits to go out.

use std::collections::{BTreeMap, VecDeque};

use super::{
    refound::Beginning,
    restored::Offer,
    stop::Stop,
    store::{self, OutboxEntry, StoredBeacon, StoredRoom, Undo, Wish, Write},
};
use crate::{
    crypto::{
        DeviceKeys, Hash, Malformed,
        grant::EpochNumber,
        head::{ItemKind, LogHead, Seq, SignedHead},
        links::InviteSecret,
        record::Record,
    },
    document::{Actor, Authors, RoomDocument, Writer, actor::Generation},
    domain::RoomKind,
    ids::{DeviceId, InviteId, PersonId, RoomId},
    membership::{Body, Chain, Entry, EntryError, KeyRing, Room as Membership},
    projection::{Doubt, StopReason, Wished},
    protocol::Item,
    time::Timestamp,
};

/// How many recent heads are kept to compare beacons with.
const RECENT_HEADS: usize = 512;

/// A record whose signer, place and chain hold, but whose key this device was not given yet.
#[derive(Debug)]
pub(super) struct Unopened {
    pub(super) seq: Seq,
    pub(super) record: Record,
    pub(super) writer: Writer,
    /// If it is this device's own but not one it remembers having sealed.
    pub(super) unknown: Option<Unknown>,
}

/// A record of this device that it does not remember.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown {
    pub(super) seq: Seq,
    /// It was written while this device followed the log: so another has its keys at this very moment.
    pub(super) live: bool,
}

/// Whether the room follows the relay's log on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Following {
    /// Not asked for yet.
    #[default]
    No,
    /// Asked for; the log is behind or unknown.
    CatchingUp {
        /// Where the relay's log was when it answered; `None` before.
        to: Option<Seq>,
    },
    /// Everything the relay has is here.
    Live,
}

/// A membership entry the relay has not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryInFlight {
    /// By which name the relay answers.
    pub(super) name: Hash,
    /// The entry it was written upon.
    pub(super) upon: Hash,
    /// The wish it fulfils, if it is not owed anyway.
    pub(super) wish: Option<WishName>,
}

/// Names a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WishName {
    Invite(InviteId),
    Admit(PersonId),
    AddDevice(DeviceId),
    Other(Wished),
}

pub(super) struct RoomSync {
    pub(super) id: RoomId,
    pub(super) stored: StoredRoom,
    pub(super) head: LogHead,
    pub(super) membership: Option<Membership>,
    pub(super) document: RoomDocument,
    pub(super) authors: Authors,
    pub(super) ring: KeyRing,
    pub(super) chains: BTreeMap<DeviceId, Chain>,
    pub(super) unopened: Vec<Unopened>,
    /// Records that could not be opened because their key could not be found: of which epoch, by whom.
    pub(super) missed: Vec<(EpochNumber, DeviceId)>,
    /// Records that say what the room is to begin anew with, if their author comes to enter it.
    pub(super) states: Vec<Unopened>,
    /// How many records of the room's beginning have been taken.
    pub(super) begun: u64,
    /// The room was begun anew since it was loaded.
    pub(super) begun_anew: bool,
    /// The new beginning that this device writes.
    pub(super) beginning: Option<Beginning>,
    /// The last place of the log of which nothing is left but a hash.
    pub(super) erased_to: Seq,
    /// What is still to be erased on the disk.
    pub(super) to_erase: Vec<Write>,
    /// Records that are in the log but did not open or apply.
    pub(super) set_aside: usize,
    pub(super) outbox: BTreeMap<u64, OutboxEntry>,
    pub(super) undo: VecDeque<Undo>,
    recent: VecDeque<LogHead>,
    pub(super) beacons: BTreeMap<DeviceId, LogHead>,
    pub(super) following: Following,
    /// Outbox entries sent on this connection and not in the log yet.
    pub(super) in_flight: Vec<u64>,
    /// The relay refused something; it is tried again when its log moves, or at this time.
    pub(super) held_until: Option<Timestamp>,
    /// The latest generation in which this device has spoken, by the log.
    pub(super) spoken: Generation,
    /// The membership entry under way.
    pub(super) entry_in_flight: Option<EntryInFlight>,
    /// The log has taken this device out, and it has not come in again since.
    pub(super) taken_out: bool,
    /// Devices the relay would not have added, until the app is loaded anew.
    pub(super) not_added: Vec<DeviceId>,
    /// The epoch in which the relay signs now. Above the stored one the log has to be confirmed.
    pub(super) relay_epoch: u32,
    /// The person says that the log is whole.
    pub(super) confirming: bool,
    pub(super) offer: Offer,
    /// What was not believed last, until the log is followed again.
    pub(super) doubt: Option<Doubt>,
    /// The last view that went to the disk and the screen.
    pub(super) shown: Option<crate::projection::Room>,
}

impl RoomSync {
    pub(super) fn new(id: RoomId, stored: StoredRoom) -> Self {
        let document = RoomDocument::new(stored.kind);
        let beacons = stored.beacons.iter().map(|it| (it.device, it.head.into())).collect();
        Self {
            id,
            head: LogHead::EMPTY,
            membership: None,
            document,
            authors: Authors::default(),
            ring: KeyRing::default(),
            chains: BTreeMap::new(),
            unopened: Vec::new(),
            missed: Vec::new(),
            states: Vec::new(),
            begun: 0,
            begun_anew: false,
            beginning: None,
            erased_to: 0,
            to_erase: Vec::new(),
            set_aside: 0,
            outbox: BTreeMap::new(),
            undo: VecDeque::new(),
            recent: VecDeque::new(),
            beacons,
            following: Following::No,
            in_flight: Vec::new(),
            held_until: None,
            spoken: 0,
            entry_in_flight: None,
            taken_out: false,
            not_added: Vec::new(),
            relay_epoch: stored.relay_epoch,
            confirming: false,
            offer: Offer::default(),
            doubt: None,
            shown: None,
            stored,
        }
    }

    pub(super) const fn kind(&self) -> RoomKind {
        self.stored.kind
    }

    pub(super) fn actor(&self, device: DeviceId) -> Actor {
        Actor::of(device, self.id, self.stored.generation)
    }

    /// Notes the own device as a writer, so that what is written before the log knows of it can be read back.
    pub(super) fn note_self(&mut self, keys: &DeviceKeys) {
        let writer = self.own_writer(keys);
        self.authors.note(self.actor(keys.device()), writer);
    }

    pub(super) fn own_writer(&self, keys: &DeviceKeys) -> Writer {
        let member = self.membership.as_ref().and_then(|it| it.person_of(keys.device()));
        match member {
            Some((person, member)) => Writer { person, group: member.group, role: member.role },
            None => Writer { person: keys.person(), group: self.stored.group, role: self.stored.role },
        }
    }

    /// Takes the next items of the log as the relay sent them, as far as they can be taken. Returns the writes that
    /// keep what was taken, also when it ends badly; nothing may be built upon it before those are on the disk.
    pub(super) fn take_batch(
        &mut self,
        keys: &DeviceKeys,
        first: Seq,
        items: Vec<Item>,
        signed: &SignedHead,
    ) -> (Vec<Write>, Option<Stop>) {
        let mut writes = Vec::new();
        let taken = self.take_signed(keys, first, items, signed, &mut writes);
        (writes, taken.err())
    }

    fn take_signed(
        &mut self,
        keys: &DeviceKeys,
        first: Seq,
        items: Vec<Item>,
        signed: &SignedHead,
        writes: &mut Vec<Write>,
    ) -> Result<(), Stop> {
        let known = usize::try_from(self.head.seq.saturating_add(1).saturating_sub(first)).unwrap_or(usize::MAX);
        if first > self.head.seq + 1 {
            return Err(Stop::Doubt(Doubt::Gap));
        }
        let new: Vec<_> = items.into_iter().skip(known).collect();
        let relay = self.relay_key(&new).ok_or(Stop::Doubt(Doubt::Unsigned))?;
        self.believe(signed, &relay)?;
        let after = new.iter().fold(self.head, |head, item| head.after_numbered(item.kind, &item.bytes));
        if after != signed.head && !(new.is_empty() && signed.head.seq < self.head.seq) {
            return Err(Stop::Doubt(Doubt::Altered));
        }
        self.hear_epoch(signed.relay_epoch);
        for item in new {
            let kind = item.kind().ok_or(Stop::At(StopReason::UpdateNeeded))?;
            let value = [&[item.kind], item.bytes.as_slice()].concat();
            writes.extend(self.take_item(keys, kind, item.bytes, false)?);
            writes.push(Write { key: store::log_key(self.id, self.head.seq), value: Some(value.into()) });
        }
        if self.following != Following::No {
            self.held_until = None;
        }
        Ok(())
    }

    /// The relay's key: pinned, or in the Genesis that begins this very batch.
    fn relay_key(&self, new: &[Item]) -> Option<[u8; 32]> {
        if let Some(membership) = &self.membership {
            return Some(*membership.relay());
        }
        let genesis = Entry::parse(new.first()?.bytes.clone()).ok()?;
        match genesis.body() {
            Body::Genesis(body) if genesis.room() == self.id => Some(body.relay),
            _ => None,
        }
    }

    /// Takes one item of the log, from the relay or (`verified`) from the own disk. What is not taken changes nothing.
    pub(super) fn take_item(
        &mut self,
        keys: &DeviceKeys,
        kind: ItemKind,
        bytes: Vec<u8>,
        verified: bool,
    ) -> Result<Vec<Write>, Stop> {
        let head = self.head.after(kind, &bytes);
        self.note_beginning(kind, &bytes);
        let writes = match kind {
            ItemKind::Erased => self.take_erased(&bytes, head.seq),
            ItemKind::Membership => self.take_entry(keys, bytes, verified)?,
            ItemKind::Content => self.take_record(keys, bytes, head.seq, verified),
        };
        self.head = head;
        self.recent.push_back(head);
        if self.recent.len() > RECENT_HEADS {
            self.recent.pop_front();
        }
        Ok(writes)
    }

    fn take_entry(&mut self, keys: &DeviceKeys, bytes: Vec<u8>, verified: bool) -> Result<Vec<Write>, Stop> {
        let parsed = if verified { Entry::parse_verified(bytes) } else { Entry::parse(bytes) };
        let entry = parsed.map_err(|error| match error {
            EntryError::UnknownKind(_) | EntryError::Malformed(Malformed::Version) => {
                Stop::At(StopReason::UpdateNeeded)
            }
            EntryError::Malformed(_) | EntryError::Signature => Stop::At(StopReason::LogContradicts),
        })?;
        let contradicts = |_| Stop::At(StopReason::LogContradicts);
        match &mut self.membership {
            None => {
                let membership = Membership::begin(&entry).map_err(contradicts)?;
                if membership.id() != self.id || membership.kind() != self.stored.kind {
                    return Err(Stop::At(StopReason::LogContradicts));
                }
                self.membership = Some(membership);
            }
            Some(membership) => {
                let was_in = membership.person_of(keys.device()).is_some();
                membership.apply(&entry).map_err(contradicts)?;
                self.taken_out = membership.person_of(keys.device()).is_none() && (self.taken_out || was_in);
            }
        }
        match entry.body() {
            Body::Confirm(it) => self.confirmed_by(it)?,
            Body::Refound(it) => self.begin_from(it, entry.author())?,
            _ => {}
        }
        self.entry_in_flight = None;
        self.fulfil_wish(keys, &entry);
        let writes = self.take_keys(keys, &entry);
        // Whose device this is is not known before the whole log is here.
        if !self.stored.coming {
            self.note_self(keys);
        }
        Ok(writes)
    }

    /// What stands in the log need not be wished for any more.
    fn fulfil_wish(&mut self, keys: &DeviceKeys, entry: &Entry) {
        let own = entry.author() == keys.device();
        self.stored.wishes.retain(|wish| match (wish, entry.body()) {
            (Wish::Begin { .. }, Body::Genesis(_)) => false,
            // A device that was in before finds its first Join in the log too.
            (Wish::Join { link }, Body::Join(it)) => {
                !own || InviteSecret::from_link(link.expose()).map(|held| held.id()) != Ok(it.invite)
            }
            (Wish::Invite { link, .. }, Body::Invite(it)) => {
                InviteSecret::from_link(link.expose()).map(|made| made.id()) != Ok(it.invite)
            }
            (Wish::Admit { device, .. }, Body::Admit(it)) => *device != it.device,
            (Wish::Other(Wished::TakeOut(who)), Body::Remove(it)) => who != it,
            (Wish::Other(Wished::MakeAdmin(person)), Body::SetRole(it)) => *person != it.person,
            (wish, Body::Refound(_)) => !wish.is(Wished::Refound),
            (wish, Body::Close(_)) => !wish.is(Wished::Close),
            _ => true,
        });
        if let Body::Join(join) = entry.body() {
            for made in &mut self.stored.invites {
                if InviteSecret::from_link(made.link.expose()).map(|made| made.id()) == Ok(join.invite) {
                    made.used_by = Some(join.joiner.person);
                }
            }
        }
    }

    fn take_keys(&mut self, keys: &DeviceKeys, entry: &Entry) -> Vec<Write> {
        let Some(membership) = &self.membership else { return Vec::new() };
        self.ring.take(keys, entry, membership);
        self.open_waiting(keys.device())
    }

    /// The head after an item of this position, if it is recent enough to be known.
    pub(super) fn head_at(&self, seq: Seq) -> Option<&LogHead> {
        self.recent.iter().rev().find(|head| head.seq == seq)
    }

    /// What is kept beside log and outbox.
    pub(super) fn write_stored(&mut self) -> Write {
        self.stored.head = self.head.into();
        self.stored.beacons =
            self.beacons.iter().map(|(device, head)| StoredBeacon { device: *device, head: (*head).into() }).collect();
        Write { key: store::room_key(self.id), value: Some(store::to_cbor(&self.stored)) }
    }

    /// Begins anew after a rollback: a new actor, and every act not in the log is written anew by it. Only once the
    /// whole log is here: what stands in it further on must not be written again.
    pub(super) fn begin_anew(&mut self) -> Vec<Write> {
        self.stored.rolled_back = false;
        self.stored.generation = self.stored.generation.max(self.spoken) + 1;
        for entry in self.outbox.values_mut() {
            (entry.change, entry.sealed) = (None, None);
        }
        let mut writes: Vec<_> = self.outbox.keys().map(|number| self.write_outbox(*number)).collect();
        writes.push(self.write_stored());
        writes
    }

    pub(super) fn write_outbox(&self, number: u64) -> Write {
        let value = self.outbox.get(&number).map(store::to_cbor);
        Write { key: store::outbox_key(self.id, number), value }
    }
}
