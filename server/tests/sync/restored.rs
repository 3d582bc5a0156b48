//! The data directory was put back from a backup.

use std::{fs, path::Path};

use grend_server::{
    clock,
    storage::{Sqlite, Storage, StorageError},
};
use grend_shared::{
    crypto::head::LogHead,
    domain::RoomKind,
    ids::RoomId,
    membership::{
        Body,
        body::{Confirm, Remove},
    },
    protocol::{FromDevice, FromRelay, Item, Opening, Refusal},
};
use tempfile::TempDir;

use crate::common::{Device, Place, TestRelay, genesis, in_a_year, item};

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).expect("a folder") {
        let path = file.expect("a file").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("copied");
    }
}

impl TestRelay {
    /// A copy of the stopped relay's files.
    async fn backup(&mut self) -> TempDir {
        self.stop().await;
        let copied = TempDir::new().expect("a folder");
        copy(self.folder(), copied.path());
        self.restart().await;
        copied
    }

    /// Puts it back as an operator does.
    async fn restore(&mut self, backup: &TempDir) {
        self.stop().await;
        for file in fs::read_dir(self.folder()).expect("a folder") {
            fs::remove_file(file.expect("a file").path()).expect("removed");
        }
        copy(backup.path(), self.folder());
        let storage = Sqlite::open(self.folder()).expect("opens");
        storage.claim().expect("no relay runs");
        storage.restored(clock::now()).expect("restored");
        drop(storage);
        self.restart().await;
    }
}

/// The relay's head, of which the device is told when it knows more.
async fn behind(device: &mut Device, room: RoomId, from: LogHead) -> LogHead {
    device.send(&[FromDevice::Open { room, from }]).await;
    match device.frame().await {
        FromRelay::Behind { room: it, head } => {
            assert_eq!((it, head.verify(room, &device.relay)), (room, Ok(())));
            assert_eq!(head.relay_epoch, device.relay_epoch);
            head.head
        }
        other => panic!("unexpected: {other:?}"),
    }
}

async fn offer(device: &mut Device, room: RoomId, first: u64, items: &[Item]) {
    device.send(&[FromDevice::Offer { room, first, items: items.to_vec() }]).await;
    device.ping().await;
}

/// A relay with a backup of it, and a device that has more than the backup: something by another, and one taken out.
async fn with_more() -> (TestRelay, TempDir, Device, Device, Device, Place) {
    let mut relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let member = relay.member(&mut place, &mut admin).await;
    let other = relay.member(&mut place, &mut admin).await;
    let backup = relay.backup().await;
    let mut admin = admin.again(&relay.url()).await;
    let mut member = member.again(&relay.url()).await;
    place.write(&mut member, b"since").await.expect("taken");
    place.put(&mut admin, Body::Remove(Remove::Person(other.keys.person()))).await.expect("taken out");
    place.make_key(&mut admin).await;
    place.write(&mut admin, b"under the new key").await.expect("taken");
    let head = admin.resume(place.id()).await;
    admin.read_to(place.id(), head.seq).await;
    (relay, backup, admin, member, other, place)
}

/// Gives back all that the relay lacks; says how many offers that took.
async fn give_back(device: &mut Device, room: RoomId) -> usize {
    let log = device.logs[&room].clone();
    for offers in 0..10 {
        device.send(&[FromDevice::Open { room, from: log.head }]).await;
        match device.refusal().await {
            Ok(FromRelay::Behind { head, .. }) => {
                let lacking = &log.items[usize::try_from(head.head.seq).expect("few")..];
                offer(device, room, head.head.seq + 1, lacking).await;
            }
            Ok(FromRelay::Opened { head, .. }) => {
                assert_eq!(head.head, log.head);
                return offers;
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
    panic!("the log does not grow");
}

#[tokio::test]
async fn what_the_backup_lacks_is_given_back_and_nothing_else_is_taken_before_it_is_confirmed() {
    let (mut relay, backup, admin, member, other, mut place) = with_more().await;
    relay.restore(&backup).await;
    let (mut admin, mut member) = (admin.again(&relay.url()).await, member.again(&relay.url()).await);
    let mut other = other.again(&relay.url()).await;
    assert_eq!(admin.relay_epoch, 2);
    let (room, log) = (place.id(), admin.logs[&place.id()].clone());
    let lost = behind(&mut admin, room, log.head).await;
    assert!(lost.seq + 4 <= log.head.seq, "{lost:?}");

    let ghost = place.record(&mut other, b"as if nobody had been taken out");
    assert_eq!(other.put(room, ghost).await, Err(Refusal::Unconfirmed), "past a Remove");
    let new = place.record(&mut member, b"new");
    assert_eq!(member.put(room, new.clone()).await, Err(Refusal::Unconfirmed));
    let confirm = Body::Confirm(Confirm { relay_epoch: 2, head: log.head });
    let early = place.entry(&admin.keys, confirm.clone());
    assert_eq!(admin.put(room, item(&early)).await, Err(Refusal::Conflict), "not of a log it lacks");

    let at = usize::try_from(lost.seq).expect("few");
    for _twice in 0..2 {
        offer(&mut admin, room, lost.seq + 1, &log.items[at..=at]).await;
    }
    assert_eq!(behind(&mut admin, room, log.head).await.seq, lost.seq + 1);
    assert_eq!(give_back(&mut admin, room).await, 2, "whoever is taken out ends an offer");
    assert_eq!(member.put(room, new.clone()).await, Err(Refusal::Unconfirmed), "whole, and not confirmed yet");
    assert_eq!(other.open(room, LogHead::EMPTY).await.expect("up to the own end").0.seq, lost.seq + 2);

    assert_eq!(place.put(&mut member, confirm.clone()).await, Err(Refusal::NotAllowed));
    let seq = place.put(&mut admin, confirm).await.expect("confirmed");
    assert_eq!(seq, log.head.seq + 1);
    assert_eq!(member.put(room, new).await, Ok(seq + 1), "the very same goes on");
    relay.restart().await;
    let mut member = member.again(&relay.url()).await;
    assert_eq!(place.write(&mut member, b"after a restart").await, Ok(seq + 2));
}

/// Nobody gives a relay what its rooms' own rules do not take, and nobody from outside anything.
#[tokio::test]
async fn an_offer_is_judged_like_everything_else() {
    let (mut relay, backup, admin, member, _other, place) = with_more().await;
    let mut stranger = relay.device().await;
    relay.restore(&backup).await;
    let mut admin = admin.again(&relay.url()).await;
    let mut member = member.again(&relay.url()).await;
    let (room, log) = (place.id(), admin.logs[&place.id()].clone());
    let lost = behind(&mut admin, room, log.head).await;
    let at = usize::try_from(lost.seq).expect("few");
    let changed = {
        let mut bytes = log.items[at].bytes.clone();
        *bytes.last_mut().expect("bytes") ^= 1;
        Item { bytes, ..log.items[at].clone() }
    };
    let offers = [
        (vec![changed], Refusal::BadSignature),
        (vec![log.items[at + 2].clone()], Refusal::Conflict),
        (vec![Item { kind: 1, bytes: vec![9; 9] }], Refusal::Malformed),
    ];
    for (items, why) in offers {
        member.send(&[FromDevice::Offer { room, first: lost.seq + 1, items }]).await;
        assert_eq!(member.refusal().await, Err(why));
    }
    stranger = stranger.again(&relay.url()).await;
    let items = vec![log.items[at].clone()];
    stranger.send(&[FromDevice::Offer { room, first: lost.seq + 1, items: items.clone() }]).await;
    assert_eq!(stranger.refusal().await, Err(Refusal::NoSuchRoom));
    assert_eq!(behind(&mut admin, room, log.head).await, lost, "nothing of it was taken");

    give_back(&mut admin, room).await;
    let mut place = place;
    let confirm = Confirm { relay_epoch: 2, head: log.head };
    place.put(&mut admin, Body::Confirm(confirm)).await.expect("confirmed");
    member.send(&[FromDevice::Offer { room, first: 1, items }]).await;
    assert_eq!(member.refusal().await, Err(Refusal::NoSuchRoom), "it lacks nothing any more");
    let longer = LogHead { seq: 99, hash: log.head.hash };
    assert_eq!(admin.open(room, longer).await, Err(Refusal::Diverged));
}

#[tokio::test]
async fn links_that_were_open_are_void_and_new_rooms_need_no_confirmation() {
    let mut relay = TestRelay::start().await;
    let token = relay.token(in_a_year());
    let (_admin, _place) = relay.service().await;
    let backup = relay.backup().await;
    relay.restore(&backup).await;
    let mut device = relay.device().await;
    let another = genesis(&device.keys, device.relay, RoomKind::Service);
    let opening = Opening::SetUp { token: token.clone() };
    assert_eq!(device.begin(opening, another.as_bytes()).await, Err(Refusal::LinkUsed));
    let (mut admin, place) = relay.service().await;
    place.write(&mut admin, b"at once").await.expect("taken");
}

#[tokio::test]
async fn a_running_relay_is_not_said_to_be_restored() {
    let relay = TestRelay::start().await;
    let storage = Sqlite::open(relay.folder()).expect("opens");
    assert!(matches!(storage.claim(), Err(StorageError::InUse)));
}
