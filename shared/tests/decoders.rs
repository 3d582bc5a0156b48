//! Whatever bytes arrive, every decoder refuses them by name: no panic, and no more memory than a small multiple of
//! what was sent (SPEC WIRE-2, WIRE-7).

mod support {
    pub(crate) mod sha256;
}

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use grend_shared::{
    command::{Act, Command, GatheringChange, GatheringPlan},
    crypto::{
        Hash, Secret,
        head::{Beacon, LogHead, sign_heads},
        keys::{DeviceKeys, SignKey},
        links::{InviteSecret, SetUpToken},
        record::Record,
        sealed,
    },
    document::{Actor, Authors, RoomDocument, Writer, contents},
    domain::{Answer, Cost, Line, Paragraphs, Role, RoomKind},
    ids::{CommandId, DeviceId, GatheringId, GroupId, PersonId, RoomId},
    membership::Entry,
    protocol::{self, FromDevice, FromRelay, Item, Opening, RoomBeacon},
    time::Timestamp,
};
use peak_alloc::PeakAlloc;
use proptest::{collection::vec, prelude::*, test_runner::Config};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process, so the tests of this file take turns.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ones;

impl grend_shared::crypto::Entropy for Ones {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}

/// Messages as honest devices and relays send them.
fn honest() -> Vec<Vec<u8>> {
    let keys = DeviceKeys::generate(PersonId::from_bytes([1; 16]), &mut Ones);
    let room = RoomId::from_bytes([2; 32]);
    let head = LogHead { seq: 3, hash: Hash::from_bytes([3; 32]) };
    let signed = sign_heads(&SignKey::from_seed(&Secret::new([4; 32])), 1, &[(room, head), (room, head)]).remove(0);
    let beacon = Beacon::sign(&keys, room, head);
    let item = Item { kind: 2, bytes: vec![5; 300] };
    let device = keys.device();
    let signature = beacon.signature;
    vec![
        protocol::encode(&[
            FromDevice::Hello { version: 1, device },
            FromDevice::Auth { signature },
            FromDevice::Begin { opening: Opening::SetUp { token: [6; 32] }, genesis: vec![7; 200] },
            FromDevice::Open { room, from: head },
            FromDevice::Put { room, item: item.clone() },
            FromDevice::Seen { room, beacon },
            FromDevice::Ping,
        ]),
        protocol::encode(&[
            FromRelay::Challenge { version: 1, relay: [8; 32], nonce: [9; 32] },
            FromRelay::Welcome { relay_epoch: 1, rooms: vec![room; 3] },
            FromRelay::Opened { room, head: signed.clone(), beacons: vec![beacon; 2] },
            FromRelay::Batch { room, first: 1, items: vec![item; 3], head: signed.clone() },
            FromRelay::PutOk { room, item: head.hash, seq: 3, head: signed },
            FromRelay::Seen { beacons: vec![RoomBeacon { room, beacon }] },
        ]),
    ]
}

/// Honest bytes with a few changed, cut, or with an enormous length written into them.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let base = prop_oneof![vec(any::<u8>(), 0..600), proptest::sample::select(honest()),];
    let edits = vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6);
    let huge = proptest::option::of(any::<proptest::sample::Index>());
    (base, edits, huge, any::<proptest::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, edits, huge, cut, cuts)| {
            if bytes.is_empty() {
                return bytes;
            }
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(at) = huge {
                // CBOR byte string, array or map head with a length of 2^32 - 1.
                let at = at.index(bytes.len());
                for (offset, byte) in [0x9a, 0xff, 0xff, 0xff, 0xff].into_iter().enumerate() {
                    if let Some(place) = bytes.get_mut(at + offset) {
                        *place = byte;
                    }
                }
            }
            if cuts {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

fn decode_everything(bytes: &[u8]) {
    let _ = protocol::decode::<FromDevice>(bytes);
    let _ = protocol::decode::<FromRelay>(bytes);
    let _ = Entry::parse(bytes.to_vec());
    let _ = Record::parse(bytes.to_vec()).map(|record| record.verify());
    let _ = DeviceKeys::from_stored(bytes);
    let _ = sealed::unpad(bytes);
    let _ = sealed::open(&Secret::new([0; 32]), b"", bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = InviteSecret::from_link(&text);
    let _ = SetUpToken::from_link(&text);
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_bytes_are_refused_without_panic_or_great_memory(bytes in mangled()) {
        let _turn = turn();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        decode_everything(&bytes);
        let used = MEMORY.peak_usage().saturating_sub(before);
        prop_assert!(used <= 64 * 1024 + 32 * bytes.len(), "{used} bytes for {} sent", bytes.len());
    }

    #[test]
    fn any_change_is_refused_by_the_document(bytes in vec(any::<u8>(), 0..300), chunk in 0u8..4) {
        let _turn = turn();
        let mut document = RoomDocument::new(RoomKind::Network);
        let before = document.heads();
        let actor = Actor::of(DeviceId::from_bytes([1; 32]), RoomId::from_bytes([2; 32]), 0);
        let framed = [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, chunk], bytes.as_slice()].concat();
        let (_, writer) = author(1);
        for bytes in [&bytes, &framed] {
            prop_assert!(document.apply(bytes, actor).is_err());
            prop_assert!(document.take(bytes, actor, &writer).is_err());
        }
        prop_assert_eq!(document.heads(), before);
    }

    #[test]
    fn a_spoilt_change_never_breaks_a_document(
        at in any::<proptest::sample::Index>(),
        spoilings in vec(spoiling(), 1..4),
    ) {
        let _turn = turn();
        let at = at.index(CHANGES.len());
        let (mut document, mut authors) = (RoomDocument::new(RoomKind::Network), Authors::default());
        for (who, change) in &CHANGES[..at] {
            let (actor, writer) = author(*who);
            authors.note(actor, writer);
            prop_assert_eq!(document.take(change, actor, &writer), Ok(()));
        }
        let (who, honest) = &CHANGES[at];
        let (actor, writer) = author(*who);
        authors.note(actor, writer);
        let spoilt = spoil(honest, &spoilings);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let outbox = document.clone().apply(honest, actor);
        let taken = document.take(&spoilt, actor, &writer);
        let used = MEMORY.peak_usage().saturating_sub(before);
        prop_assert!(used <= 4 * 1024 * 1024, "{used} bytes for {} sent", spoilt.len());
        prop_assert_eq!(outbox, Ok(()));
        let names = contents::names(&mut document, &authors);
        let gatherings = contents::gatherings(&mut document, &authors, &names);
        prop_assert!(gatherings.len() <= 2);
        // Whatever it was, everybody reads on, writes on, and takes what others write.
        let saved = document.save();
        prop_assert_eq!(document.clone().save(), saved);
        if taken.is_err() {
            prop_assert_eq!(document.take(honest, actor, &writer), Ok(()));
        }
        let (actor, writer) = author(9);
        let mut other = document.clone();
        let written = other.write(&act(Command::NameMyself { name: line("Kari") }), &writer, actor);
        let change = written.expect("it can be written").change.expect("a new name");
        prop_assert_eq!(document.take(&change, actor, &writer), Ok(()));
        prop_assert_eq!(document.heads(), other.heads());
    }
}

/// What three members of a network write, in the order of the log. Some of it side by side.
static CHANGES: LazyLock<Vec<(u8, Vec<u8>)>> = LazyLock::new(|| {
    let gathering = GatheringId::from_bytes([7; 16]);
    let plan = GatheringPlan {
        title: line("Aking"),
        when: "2026-12-06T12:00/14:30".parse().expect("a time"),
        place: Some(line("Bakken")),
        note: Paragraphs::default(),
        cost: Cost::Low,
        host: Some(GroupId::from_bytes([4; 16])),
    };
    // Each pair is written side by side.
    let pairs = [
        [
            (1, Command::NameNetwork { name: line("Granlia"), service: line("Dalen") }),
            (2, Command::NameMyself { name: line("Ola") }),
        ],
        [(1, Command::PlanGathering { gathering, plan }), (2, Command::NameMyself { name: line("Olav") })],
        [
            (3, Command::AnswerGathering { gathering, answer: Some(Answer::Coming) }),
            (2, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Ski")) }),
        ],
        [
            (3, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Bading")) }),
            (2, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Bål")) }),
        ],
        [(3, Command::CancelGathering { gathering }), (1, Command::WithdrawGathering { gathering })],
        [
            (1, Command::ChangeGathering { gathering, change: GatheringChange::Title(line("Aking")) }),
            (3, Command::RestoreGathering { gathering }),
        ],
    ];
    let mut document = RoomDocument::new(RoomKind::Network);
    let mut changes = Vec::new();
    for pair in pairs {
        let written = pair.map(|(who, command)| {
            let (actor, writer) = author(who);
            let written = document.clone().write(&act(command), &writer, actor);
            (who, written.expect("it can be written").change.expect("it changes something"))
        });
        for (who, change) in written {
            let (actor, writer) = author(who);
            assert_eq!(document.take(&change, actor, &writer), Ok(()));
            changes.push((who, change));
        }
    }
    changes
});

fn line(text: &str) -> Line {
    Line::new(text).expect("a line")
}

fn act(command: Command) -> Act {
    Act { id: CommandId::from_bytes([0; 16]), at: Timestamp::from_millis(1_795_000_000_000), command }
}

fn author(number: u8) -> (Actor, Writer) {
    let actor = Actor::of(DeviceId::from_bytes([number; 32]), RoomId::from_bytes([2; 32]), 0);
    let role = if number == 1 { Role::Admin } else { Role::Member };
    (actor, Writer { person: PersonId::from_bytes([number; 16]), group: GroupId::from_bytes([number; 16]), role })
}

/// One thing done to a change's bytes.
#[derive(Debug, Clone)]
enum Spoiling {
    Set(proptest::sample::Index, u8),
    Add(proptest::sample::Index, i8),
    Insert(proptest::sample::Index, Vec<u8>),
    Remove(proptest::sample::Index, usize),
}

fn spoiling() -> impl Strategy<Value = Spoiling> {
    let at = any::<proptest::sample::Index>;
    // Numbers as they are packed: 2^31 - 1, 2^32 - 1, 2^63 - 1, and the lowest of all.
    let numbers = proptest::sample::select(vec![
        vec![0xff, 0xff, 0xff, 0xff, 0x07],
        vec![0xff, 0xff, 0xff, 0xff, 0x0f],
        vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        vec![0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
    ]);
    prop_oneof![
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Spoiling::Set(at, byte)),
        3 => (at(), -2..=2i8).prop_map(|(at, by)| Spoiling::Add(at, by)),
        1 => (at(), vec(any::<u8>(), 1..4)).prop_map(|(at, bytes)| Spoiling::Insert(at, bytes)),
        1 => (at(), numbers).prop_map(|(at, bytes)| Spoiling::Insert(at, bytes)),
        1 => (at(), 1..4usize).prop_map(|(at, len)| Spoiling::Remove(at, len)),
    ]
}

/// A change's data spoilt, with length and checksum made right again.
fn spoil(change: &[u8], spoilings: &[Spoiling]) -> Vec<u8> {
    let mut data = change_data(change).to_vec();
    for spoiling in spoilings {
        match spoiling {
            Spoiling::Set(at, byte) => {
                let at = at.index(data.len());
                data[at] = *byte;
            }
            Spoiling::Add(at, by) => {
                let at = at.index(data.len());
                data[at] = data[at].wrapping_add_signed(*by);
            }
            Spoiling::Insert(at, bytes) => {
                let at = at.index(data.len());
                data.splice(at..at, bytes.iter().copied());
            }
            Spoiling::Remove(at, len) => {
                let at = at.index(data.len());
                let end = (at + len).min(data.len());
                data.drain(at..end);
            }
        }
        if data.is_empty() {
            data.push(0);
        }
    }
    framed(&data)
}

/// What is behind magic, checksum, kind and length. A change here has less than 2^14 bytes.
fn change_data(change: &[u8]) -> &[u8] {
    let length = if change[9] & 0x80 == 0 { 1 } else { 2 };
    &change[9 + length..]
}

fn framed(data: &[u8]) -> Vec<u8> {
    let mut length = Vec::new();
    let mut left = data.len();
    while left > 0x7f {
        length.push(0x80 | u8::try_from(left & 0x7f).expect("seven bits"));
        left >>= 7;
    }
    length.push(u8::try_from(left).expect("seven bits"));
    let hash = support::sha256::hash(&[&[1], length.as_slice(), data].concat());
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &[1], &length, data].concat()
}

#[test]
fn an_unspoilt_change_is_framed_as_it_was() {
    let _turn = turn();
    for (_, change) in CHANGES.iter() {
        assert_eq!(&framed(change_data(change)), change);
    }
}

#[test]
fn honest_messages_are_read() {
    let _turn = turn();
    let messages = honest();
    assert_eq!(protocol::decode::<FromDevice>(&messages[0]).map(|it| it.len()), Ok(7));
    assert_eq!(protocol::decode::<FromRelay>(&messages[1]).map(|it| it.len()), Ok(6));
    assert_eq!(protocol::decode::<FromDevice>(&vec![0; 2 * 1024 * 1024]), Err(protocol::BadMessage::TooLong));
}
