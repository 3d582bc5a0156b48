//! The port between the screen and the engine in its worker: requests in, news out, each packed by [`crate::codec`].
//! A message that is no bytes is the engine's last: it has died and must be started anew; what was saved is saved.

use serde::{Deserialize, Serialize};

use crate::{
    command::{Command, Problem},
    domain::When,
    ids::{CommandId, DeviceId, PersonId, RoomId},
    projection::{InvitedAs, Room, SyncSummary, Welcome, Wished},
    rules::Refused,
    secret::SecretText,
    time::Timestamp,
};

/// Numbers a request, so that its answer finds the one who asked.
pub type RequestId = u32;

/// From the screen to the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToEngine {
    /// First message, always.
    Start {
        /// Where the relay's socket is: `ws(s)://host/sync`.
        relay: String,
        /// Added to the system clock, milliseconds. Zero but in journeys.
        clock_offset: i64,
        /// Take over from another tab (*Bruk her*).
        take_over: bool,
    },
    /// First message instead of it, for the sample hamlet: nothing is stored, nobody is called.
    Sample {
        /// What it says, in the language of whoever looks.
        texts: Box<SampleTexts>,
        /// From where it is looked at first.
        role: SampleRole,
        /// As in [`ToEngine::Start`].
        clock_offset: i64,
    },
    /// Look at the sample hamlet as another: every room is told anew, then [`FromEngine::Ready`].
    LookAs {
        /// As whom.
        role: SampleRole,
    },
    /// Something a person asks for; answered by exactly one [`FromEngine::Answer`].
    Ask {
        /// Names the answer.
        request: RequestId,
        /// What is asked.
        ask: Ask,
    },
    /// The page came to the foreground, or the network seems to be back: try the relay now.
    Wake,
}

/// Who looks at the sample hamlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleRole {
    /// The resource parent.
    ResourceFamily,
    /// A foster parent.
    FosterFamily,
    /// Somebody of the service.
    Service,
}

/// What is said in the sample hamlet. Seats are numbered: the service, the resource family, three foster families.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleTexts {
    /// The service's name.
    pub service: String,
    /// Who sits where.
    pub people: [String; 5],
    /// What the households are called; the first, the service's, is not.
    pub families: [String; 5],
    /// Two that were held, the next one, and a later one.
    pub gatherings: [SampleGathering; 4],
    /// Where two would rather hold the last.
    pub other_places: [String; 2],
}

/// A gathering in the sample hamlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleGathering {
    /// What it is called.
    pub title: String,
    /// When it is, or was.
    pub when: When,
    /// Where it is.
    pub place: String,
    /// What to know.
    pub note: String,
}

/// What a person can ask of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Write one act in a room. Answered after the disk has it.
    Do {
        /// Where.
        room: RoomId,
        /// What.
        command: Command,
    },
    /// Undo an own act by its id. Itself an act.
    Undo {
        /// Where.
        room: RoomId,
        /// What to undo.
        act: CommandId,
    },
    /// Set up a service with the operator's link. Needs the relay.
    SetUpService {
        /// The text behind `#` in the set-up link.
        token: SecretText,
        /// The service's name as typed.
        service_name: String,
        /// The first admin's name as typed.
        person_name: String,
    },
    /// Open a network as staff. Needs the relay.
    OpenNetwork {
        /// The service's room.
        service: RoomId,
        /// The network's name as typed.
        name: String,
    },
    /// Make an invitation. Answered at once; it works when the relay has it.
    Invite {
        /// Into which room.
        room: RoomId,
        /// As what.
        invited_as: InvitedAs,
        /// For whom, in the inviter's words.
        label: String,
    },
    /// Look at an invitation without spending it. Needs the relay.
    ReadInvite {
        /// The text behind `#` in the link.
        secret: SecretText,
    },
    /// Accept an invitation: spends it. Needs the relay.
    Join {
        /// The text behind `#` in the link.
        secret: SecretText,
        /// The own name as typed.
        person_name: String,
        /// The household's name as typed; ignored when joining one that has a name, or as staff.
        household_name: String,
    },
    /// Show this new device's keys, for another device of the person to add it. Answered by [`Outcome::DeviceCode`].
    ShowCode,
    /// Read what a new device shows. Answered by [`Outcome::DeviceWords`].
    ReadCode {
        /// As scanned, pasted or typed.
        code: SecretText,
    },
    /// Add a new device of one's own to all rooms.
    AddDevice {
        /// What it showed.
        code: SecretText,
        /// Whether this device goes as soon as that one has everything (*Flytt til appen*).
        leave: bool,
    },
    /// Give up a move that still waits. The other device stays.
    StayHere,
    /// Make an invitation that lets somebody who is or was in a room back in, as who they are there. Answered by
    /// [`Outcome::Invited`].
    InviteBack {
        /// Into which room.
        room: RoomId,
        /// Whom.
        person: PersonId,
        /// What the inviter calls them.
        label: String,
    },
    /// Take somebody out, leave, withdraw an invitation, or let somebody invite others. Answered as soon as it is kept
    /// here; done when the relay has it.
    Wish {
        /// The room.
        room: RoomId,
        /// What.
        wished: Wished,
    },
    /// Think better of it, while it is only here.
    Unwish {
        /// The room.
        room: RoomId,
        /// What.
        wished: Wished,
    },
    /// Take devices of one's own out of all rooms this one is in.
    TakeOutDevices {
        /// Which. Not this one.
        devices: Vec<DeviceId>,
    },
    /// Say of a device of one's own that one knows it.
    KnowDevice {
        /// Which.
        device: DeviceId,
    },
    /// Empty this device, of which a copy is in use, and begin with keys of its own. What was not sent is lost.
    StartAnew,
    /// Let somebody in who waits.
    Admit {
        /// The room.
        room: RoomId,
        /// Whom.
        person: PersonId,
        /// On exactly the keys whose check words were shown.
        device: DeviceId,
    },
    /// Say that a room's log is whole, after the relay was restored from a backup. Needs the relay.
    Confirm {
        /// Which room.
        room: RoomId,
    },
}

/// From the engine to the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromEngine {
    /// The engine has loaded everything on this device (documents included).
    Ready,
    /// One room's new projection.
    Room {
        /// The projection; replaces the one with the same id, or is added.
        room: Box<Room>,
    },
    /// Where everything has come.
    Sync {
        /// For the header's chip.
        summary: SyncSummary,
    },
    /// The answer to a request.
    Answer {
        /// Which request.
        request: RequestId,
        /// How it went.
        outcome: Result<Outcome, Failure>,
    },
    /// The sample hamlet is looked at from another seat: all that was told before is forgotten.
    Anew,
    /// The sample hamlet could not be fetched, and is tried again. [`Self::Ready`] comes when it is here.
    Missing,
    /// Another tab has the engine. Offer *Bruk her*; should that tab end, [`Self::Ready`] comes without it.
    Elsewhere,
    /// Another tab has taken the engine from this one, which has ended. Offer *Bruk her*.
    TakenOver,
    /// The storage is not to be had at all (private mode, broken); in plain words on the screen.
    NoStorage,
}

/// What a request led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Saved here. The act can be undone by its id.
    Saved {
        /// The act.
        act: CommandId,
    },
    /// A room was entered or opened.
    Entered {
        /// Which.
        room: RoomId,
    },
    /// An invitation was made.
    Invited {
        /// The text behind `#` in its link.
        secret: SecretText,
        /// Until when the relay takes it.
        expires: Timestamp,
    },
    /// An invitation was read.
    Invitation {
        /// What it says.
        welcome: Welcome,
    },
    /// What a new device shows.
    DeviceCode {
        /// For the QR code, or to be copied.
        code: SecretText,
        /// The check words, the same on both screens.
        words: Vec<String>,
        /// Until when it waits.
        until: Timestamp,
    },
    /// The check words of a new device.
    DeviceWords {
        /// The same on both screens.
        words: Vec<String>,
    },
    /// It is done.
    Done,
}

/// Why a request could not be met. Nothing was changed, and nothing typed is lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    /// Fields of the form must be mended.
    #[error("fields must be mended")]
    Problems {
        /// Which and how.
        problems: Vec<Problem>,
    },
    /// The rules of the room say no.
    #[error("refused: {reason}")]
    Refused {
        /// Why.
        reason: Refused,
    },
    /// The device's disk is full; the text is kept in the form.
    #[error("the disk is full")]
    StorageFull,
    /// The device's storage failed; the text is kept in the form.
    #[error("the storage failed")]
    StorageFailed,
    /// This needs the relay, and it does not answer.
    #[error("the relay does not answer")]
    Offline,
    /// No such link: cut off, mistyped, or for another server.
    #[error("the link cannot be read")]
    BadLink,
    /// The relay does not know this invitation or set-up link, or it was withdrawn.
    #[error("the link is unknown")]
    UnknownLink,
    /// The invitation or set-up link has been used. Was it not you? Tell the one who invited.
    #[error("the link has been used")]
    UsedLink,
    /// The time of the link has run out.
    #[error("the link has expired")]
    ExpiredLink,
    /// This device is in that room already.
    #[error("already in the room")]
    AlreadyInside,
    /// The link lets somebody else back in than the person whose device this is.
    #[error("the link is somebody else's way back")]
    SomebodyElses,
    /// The room is not one of this device's.
    #[error("unknown room")]
    UnknownRoom,
    /// The relay would not take it.
    #[error("the relay refused")]
    RelayRefused,
    /// This device is on its way out: the other one has everything, and nothing more is written here.
    #[error("this device is moving to another")]
    Moving,
}
