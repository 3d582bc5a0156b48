//! Items on their way to those who read along.

use grend_shared::{
    crypto::head::LogHead,
    protocol::{FromDevice, FromRelay},
};

use crate::common::{Device, Place, TestRelay};

#[tokio::test]
async fn everybody_is_sent_the_same_log_the_author_too() {
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut member = relay.member(&mut place, &mut admin).await;
    admin.resume(place.id()).await;
    member.resume(place.id()).await;
    for n in 0..20 {
        let author = if n % 2 == 0 { &mut admin } else { &mut member };
        place.write(author, &[n]).await.expect("taken");
    }
    let log = admin.read_to(place.id(), 25).await.clone();
    assert_eq!(member.read_to(place.id(), 25).await.items, log.items);
    assert_eq!(log.items.len(), 25);
}

/// Sends a device's records, at most a window at a time, and waits for all to be taken.
async fn pour(device: &mut Device, place: &Place, count: usize) {
    let items: Vec<_> = (0..count).map(|n| place.record(device, &n.to_be_bytes())).collect();
    for some in items.chunks(32) {
        let frames: Vec<_> = some.iter().map(|item| FromDevice::Put { room: place.id(), item: item.clone() }).collect();
        device.send(&frames).await;
        for item in some {
            device.answer(item.name()).await.expect("taken");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn catching_up_while_others_write_leaves_no_gap_and_nothing_twice() {
    const EACH: usize = 400;
    let relay = TestRelay::start().await;
    let (mut admin, mut place) = relay.service().await;
    let mut writers = Vec::new();
    for _ in 0..3 {
        writers.push(relay.member(&mut place, &mut admin).await);
    }
    let mut readers = Vec::new();
    for _ in 0..6 {
        readers.push(relay.member(&mut place, &mut admin).await);
    }
    let all = place_length(&mut admin, &place).await + (writers.len() * EACH) as u64;
    let place = std::sync::Arc::new(place);
    let (room, url) = (place.id(), relay.url());

    let writing = writers.into_iter().map(|mut writer| {
        let place = std::sync::Arc::clone(&place);
        tokio::spawn(async move { pour(&mut writer, &place, EACH).await })
    });
    let writing: Vec<_> = writing.collect();
    // Readers come and go; `Device::take` fails on every gap, repetition and wrong head.
    let reading = readers.into_iter().zip(1..).map(|(mut reader, each)| {
        let url = url.clone();
        tokio::spawn(async move {
            loop {
                reader.resume(room).await;
                let seq = reader.logs.get(&room).map_or(0, |log| log.head.seq);
                reader.read_to(room, (seq + each * 97).min(all)).await;
                if reader.logs[&room].head.seq == all {
                    return reader.logs[&room].head;
                }
                reader = reader.again(&url).await;
            }
        })
    });
    let reading: Vec<_> = reading.collect();
    for task in writing {
        task.await.expect("a writer");
    }
    let mut heads = Vec::new();
    for task in reading {
        heads.push(task.await.expect("a reader"));
    }
    assert!(heads.iter().all(|head| *head == heads[0]), "all end alike");
}

async fn place_length(device: &mut Device, place: &Place) -> u64 {
    device.open(place.id(), LogHead::EMPTY).await.expect("opens").0.seq
}

#[tokio::test]
async fn one_signature_counts_for_all_rooms_of_a_commit() {
    let relay = TestRelay::start().await;
    let (mut admin, service) = relay.service().await;
    let mut rooms = vec![service.id()];
    for _ in 0..6 {
        rooms.push(Place::network(&mut admin, service.id()).await.id());
    }
    // Asked for in one message, they are mostly answered in one group; each head is verified as it comes.
    for _ in 0..20 {
        let opens: Vec<_> = rooms.iter().map(|room| FromDevice::Open { room: *room, from: LogHead::EMPTY }).collect();
        admin.send(&opens).await;
        let mut paths = Vec::new();
        while paths.len() < rooms.len() {
            if let FromRelay::Opened { room, head, .. } = admin.frame().await {
                assert_eq!(head.verify(room, &admin.relay), Ok(()));
                paths.push(head.path.len());
            }
        }
        if paths.iter().any(|length| *length > 0) {
            return;
        }
    }
    panic!("no two of the rooms were ever in one group");
}
