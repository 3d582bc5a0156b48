//! What a screen shows of a room: plain data, computed by the engine from the document, the membership log and
//! the states of delivery. Stored encrypted, so that the next start paints before the document has loaded.
//!
//! Everything here is derived; losing it loses nothing.

mod people;

pub use people::{Adult, Family, Me, OpenInvite, OwnDevice, Waiting, Wished};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Answer, Cost, Line, Paragraphs, RoomKind, When},
    ids::{DeviceId, GatheringId, GroupId, PersonId, RoomId},
    time::Timestamp,
};

/// Where one's own act has come: the three honest states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// *Lagret her*: committed to this device's disk.
    SavedHere,
    /// *Sendt*: on the relay's disk.
    Sent,
    /// *Mottatt*: confirmed by a signed beacon of another household (in a staff room: another person).
    Received {
        /// Which households have confirmed it.
        by: Vec<GroupId>,
    },
}

/// Who wrote something, as far as the room's own log and document tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The person, by the membership log.
    pub person: PersonId,
    /// The household, by the membership log.
    pub group: GroupId,
    /// What the person calls themself; empty before the name has arrived.
    pub name: String,
    /// What the household is called; empty before the name has arrived.
    pub household: String,
}

/// One of several values that were written without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version<T> {
    /// The value.
    pub value: T,
    /// Who wrote it.
    pub by: Option<Author>,
    /// When, by the writer's clock.
    pub at: Timestamp,
}

/// A single value of the document, with its rivals if two people changed it at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value<T> {
    /// What is shown until somebody chooses. Every device picks the same one.
    pub value: T,
    /// Empty, or all concurrent versions (two or more), the shown one first.
    pub versions: Vec<Version<T>>,
}

impl<T> Value<T> {
    /// A value nobody disputes.
    pub const fn settled(value: T) -> Self {
        Self { value, versions: Vec::new() }
    }

    /// Whether somebody has to choose.
    pub const fn is_disputed(&self) -> bool {
        !self.versions.is_empty()
    }
}

/// A gathering as the screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathering {
    /// Its id.
    pub id: GatheringId,
    /// What it is called.
    pub title: Value<Line>,
    /// Date, start and end.
    pub when: Value<When>,
    /// Where.
    pub place: Value<Option<Line>>,
    /// Logistics.
    pub note: Value<Paragraphs>,
    /// Cost mark.
    pub cost: Value<Cost>,
    /// Hosting household.
    pub host: Value<Option<GroupId>>,
    /// Called off.
    pub cancelled: bool,
    /// The households' answers, in the order of the families.
    pub answers: Vec<HouseholdAnswer>,
    /// Who planned it.
    pub planned_by: Option<Author>,
    /// Where this device's latest act on it has come; `None` if it has none.
    pub delivery: Option<Delivery>,
}

/// One household's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdAnswer {
    /// The household.
    pub group: GroupId,
    /// Its answer.
    pub answer: Answer,
}

/// What a network's screens need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The room.
    pub room: RoomId,
    /// Why the room stands still, if it does: what is written is saved here and not sent.
    pub stopped: Option<StopReason>,
    /// The network's name.
    pub name: String,
    /// The service that opened it.
    pub service: String,
    /// The own place in it.
    pub me: Me,
    /// The families: the resource family first, then by name.
    pub families: Vec<Family>,
    /// Who waits to be let in.
    pub waiting: Vec<Waiting>,
    /// Who was in here and may come back into their own place, for those who may ask them.
    pub former: Vec<Family>,
    /// What was asked for on this device and does not stand in the log yet.
    pub wished: Vec<Wished>,
    /// The gatherings, by time.
    pub gatherings: Vec<Gathering>,
    /// Open invitations made on this device.
    pub invites: Vec<OpenInvite>,
    /// Records set aside because they do not open or apply; shown in *Meg*.
    pub set_aside: usize,
    /// Whether somebody must say that everything is here, after the relay was restored.
    pub confirmation: Confirmation,
    /// What the relay said last that was not believed, until it says something else.
    pub doubt: Option<Doubt>,
}

/// After the relay was restored from a backup nothing more is sent before somebody in charge of the room has said that
/// everything is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Confirmation {
    /// As ever.
    #[default]
    NotNeeded,
    /// The service or the resource family does it.
    ByOthers,
    /// One does it oneself.
    ByYou,
}

/// A network as its steward sees it: the door, not the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StewardedNetwork {
    /// The room.
    pub room: RoomId,
    /// Its name, from the service's own room.
    pub name: String,
    /// Whether the resource family has founded it.
    pub founded: bool,
    /// How many households are in, the resource family's own included.
    pub households: usize,
    /// How many wait to be let in by a key holder.
    pub waiting: usize,
    /// Whether somebody must say that everything is here, after the relay was restored.
    pub confirmation: Confirmation,
    /// Open invitations made on this device.
    pub invites: Vec<OpenInvite>,
    /// Those who came in on invitations made on this device, by what these were labelled: a steward knows no more of them.
    pub guests: Vec<Adult>,
    /// What was asked for on this device and does not stand in the log yet.
    pub wished: Vec<Wished>,
}

/// What the service's screens need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The room.
    pub room: RoomId,
    /// Why the room stands still, if it does: what is written is saved here and not sent.
    pub stopped: Option<StopReason>,
    /// The service's name.
    pub name: String,
    /// The own place in it.
    pub me: Me,
    /// Its staff.
    pub staff: Vec<Adult>,
    /// The networks it opened.
    pub networks: Vec<StewardedNetwork>,
    /// What was asked for on this device and does not stand in the log yet.
    pub wished: Vec<Wished>,
    /// Open invitations to staff made on this device.
    pub invites: Vec<OpenInvite>,
    /// Records set aside because they do not open or apply.
    pub set_aside: usize,
    /// Whether somebody must say that everything is here, after the relay was restored.
    pub confirmation: Confirmation,
    /// What the relay said last that was not believed, until it says something else.
    pub doubt: Option<Doubt>,
}

/// A room this person has asked to come into but cannot read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// The room.
    pub room: RoomId,
    /// What kind of room it is.
    pub kind: RoomKind,
    /// The welcome package of the invitation, readable while waiting.
    pub welcome: Welcome,
    /// What is waited for.
    pub step: ThresholdStep,
    /// The check words the one who lets in sees too.
    pub check_words: Vec<String>,
}

/// What stands between a joiner and the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdStep {
    /// The invitation has not reached the relay yet.
    Sending,
    /// A key holder has to tap *Slipp inn*.
    WaitingForAdmit,
    /// Let in; the key comes as soon as a device that has it is online.
    WaitingForKey,
}

/// What an invitation carries, sealed under its secret: readable before and while waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The network's name (for staff: the service's).
    pub room_name: String,
    /// The service's name.
    pub service: String,
    /// Who invites, in their own words.
    pub inviter: String,
    /// What the invited one will be.
    pub invited_as: InvitedAs,
    /// Whom it lets back in, by name as far as the inviter knows it; empty for anybody else.
    #[serde(default)]
    pub returns: String,
}

/// What somebody is invited as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitedAs {
    /// The resource family, which founds the network.
    ResourceFamily,
    /// A foster family.
    FosterFamily,
    /// Another adult of the inviter's own household.
    Adult,
    /// Staff of the service.
    Staff,
    /// As who they are there already, on a new device (*Slipp inn igjen*).
    Back,
}

/// One room of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    /// A network one is in.
    Network(Network),
    /// A service one is staff of.
    Service(Service),
    /// A room one is not let into yet.
    Threshold(Threshold),
    /// A room that stands still and has nothing to show on this device; everything in it is kept.
    Stopped(Stopped),
}

impl Room {
    /// Why it stands still, if it does.
    #[must_use]
    pub const fn stopped(&self) -> Option<StopReason> {
        match self {
            Self::Network(room) => room.stopped,
            Self::Service(room) => room.stopped,
            Self::Threshold(_) => None,
            Self::Stopped(room) => Some(room.reason),
        }
    }

    /// Whether it waits for somebody to say that everything is here, after the relay was restored.
    #[must_use]
    pub const fn confirmation(&self) -> Confirmation {
        match self {
            Self::Network(room) => room.confirmation,
            Self::Service(room) => room.confirmation,
            Self::Threshold(_) | Self::Stopped(_) => Confirmation::NotNeeded,
        }
    }

    /// What the relay said of it that was not believed.
    #[must_use]
    pub const fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::Network(room) => room.doubt,
            Self::Service(room) => room.doubt,
            Self::Threshold(_) | Self::Stopped(_) => None,
        }
    }

    /// The room's id.
    #[must_use]
    pub const fn id(&self) -> RoomId {
        match self {
            Self::Network(room) => room.room,
            Self::Service(room) => room.room,
            Self::Threshold(room) => room.room,
            Self::Stopped(room) => room.room,
        }
    }
}

/// Why a room stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// The room.
    pub room: RoomId,
    /// Why.
    pub reason: StopReason,
}

/// Why a room stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The log holds an entry this version does not know: update the app.
    UpdateNeeded,
    /// The relay's log contradicts what this device has seen. Saving here goes on.
    LogContradicts,
    /// This device speaks in two places at once: a copy of it is in use. Nothing is sent from here.
    Twice,
    /// The relay did not take the invitation: used in the meantime, withdrawn or run out.
    NotTaken,
    /// What this device has stored of the room can not be read. It is left as it is.
    Unreadable,
    /// This device was taken out of it, by its own person or by another. Nothing of it is here any more.
    Left,
}

/// What is not believed of what came as the relay's. Nothing was taken of it; the room is asked for again after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Something before it is missing.
    Gap,
    /// The relay that the room pins has not signed it.
    Unsigned,
    /// It does not amount to what the relay has signed.
    Altered,
    /// A shorter log than the one that is here, or none that knows it.
    Behind,
}

/// Everything the engine tells the screen, whole. Rooms are replaced one by one as they change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overview {
    /// This device; `None` before it has keys.
    pub device: Option<DeviceId>,
    /// Its rooms, in the order they were entered.
    pub rooms: Vec<Room>,
}

/// Where all of this device's acts have come, for the chip in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncSummary {
    /// Whether the relay answers right now.
    pub link: Link,
    /// Acts that are only on this device.
    pub saved_here: usize,
    /// Acts on the relay that no other household has confirmed yet.
    pub sent: usize,
    /// Whether there is anybody else who could confirm; alone in every room, "sent" is final.
    pub others: bool,
    /// Whether this device moves to another.
    pub moving: Moving,
}

/// Where a move to another device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Moving {
    /// None is under way.
    #[default]
    No,
    /// The other device does not have everything yet. It can be given up.
    Waiting,
    /// It has: this device takes itself out.
    Leaving,
}

/// The connection to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// No connection; tried again by itself.
    #[default]
    Away,
    /// Connected, catching up.
    CatchingUp,
    /// Connected, everything known is here.
    Live,
    /// The relay speaks another version: update the app (or the relay).
    UpdateNeeded,
}
