//! A room that is begun anew or closed: what the relay still has of what was written before.
//!
//! Proves REFOUND-2 of docs/SPEC.md.

use std::{fs, path::Path};

use grend_shared::{
    crypto::head::{ItemKind, LogHead},
    membership::{
        Body,
        body::{Close, Refound},
    },
    protocol::{Item, Refusal},
};

use crate::common::{Device, Place, TestRelay};

/// Whether some of a record's sealed text is in any file of a folder.
fn is_in(folder: &Path, record: &Item) -> bool {
    let sealed = &record.bytes[record.bytes.len() / 2..][..64];
    let mut files = fs::read_dir(folder).expect("a folder").map(|it| it.expect("a file").path());
    files.any(|it| fs::read(it).expect("can be read").windows(sealed.len()).any(|at| at == sealed))
}

async fn write(place: &Place, device: &mut Device, text: &[u8]) -> Item {
    let item = place.record(device, text);
    device.put(place.id(), item.clone()).await.expect("taken");
    item
}

async fn head(place: &Place, device: &mut Device) -> LogHead {
    let head = device.resume(place.id()).await;
    device.read_to(place.id(), head.seq).await;
    head
}

#[tokio::test]
async fn what_was_written_before_a_room_is_begun_anew_is_in_no_file_and_counts_no_more() {
    let mut relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    let mut old = Vec::new();
    for text in [&b"one"[..], &[7; 9_000], &[8; 100_000]] {
        old.push(write(&place, &mut admin, text).await);
        old.push(write(&place, &mut member, text).await);
    }
    let before = head(&place, &mut admin).await;
    let stands = write(&place, &mut admin, b"what stands").await;
    let from = before.seq + 1;
    let too_late = place.put(&mut admin, Body::Refound(Refound { from, head: before })).await;
    assert_eq!(too_late, Err(Refusal::Conflict), "something came in between");
    assert!(old.iter().all(|it| is_in(relay.folder(), it)), "nothing is erased by what is refused");
    let now = head(&place, &mut admin).await;
    let seq = place.put(&mut admin, Body::Refound(Refound { from, head: now })).await.expect("begun anew");
    for it in &old {
        assert!(!is_in(relay.folder(), it));
    }
    assert!(is_in(relay.folder(), &stands));

    // Whoever reads now finds the same log.
    let mut reader = member.again(&relay.url()).await;
    reader.logs.clear();
    reader.resume(place.id()).await;
    let log = reader.read_to(place.id(), seq).await;
    let left = log.items.iter().filter(|it| it.kind() == Some(ItemKind::Erased)).count();
    assert_eq!(left, old.len());
    assert_eq!(log.head, now.after(ItemKind::Membership, &log.items.last().expect("the entry").bytes));

    // Records are counted from the beginning, under another key, over a restart too.
    let again = place.record(&mut admin, b"not yet");
    assert_eq!(admin.put(place.id(), again).await, Err(Refusal::Stale));
    place.make_key(&mut admin).await;
    for device in [&mut admin, &mut reader] {
        device.chains.clear();
        place.write(device, b"anew").await.expect("the first");
    }
    relay.restart().await;
    let mut admin = admin.again(&relay.url()).await;
    place.write(&mut admin, b"and on").await.expect("the second");
    assert_eq!(admin.put(place.id(), old[0].clone()).await, Err(Refusal::Equivocation), "what is erased stays so");
}

#[tokio::test]
async fn what_was_written_in_a_room_that_is_closed_is_in_no_file() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let old = write(&place, &mut admin, &[7; 9_000]).await;
    place.put(&mut admin, Body::Close(Close { successor: None })).await.expect("closed");
    assert!(!is_in(relay.folder(), &old));
    assert!(place.write(&mut admin, b"after the end").await.is_err());
}

#[tokio::test]
async fn nobody_puts_what_is_left_of_a_record() {
    let relay = TestRelay::start().await;
    let (mut admin, place) = relay.service().await;
    let left = Item::new(ItemKind::Erased, vec![7; 32]);
    assert_eq!(admin.put(place.id(), left).await, Err(Refusal::Malformed));
}
