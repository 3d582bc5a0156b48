//! The real binary: what it prints, how it is killed, how it stops.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use std::{path::Path, process::Stdio, time::Duration};

use grend_shared::{
    crypto::{head::LogHead, links::SetUpToken},
    protocol::{Fault, FromDevice},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::common::{Device, Place, keys, soon};

struct Process {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Process {
    async fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = command(data)
            .args(["--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the relay starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = next(&mut out).await.expect("a first line");
        let address = line.strip_prefix("listening on ").expect("the address").to_owned();
        let shown = next(&mut out).await.expect("a second line");
        assert!(shown.starts_with("Grend: http://localhost:"), "{shown}");
        Self { child, out, url: format!("ws://{address}/sync") }
    }

    async fn first_link(&mut self) -> String {
        let line = next(&mut self.out).await.expect("a third line");
        line.rsplit(' ').next().expect("a link").to_owned()
    }

    async fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.expect("kill runs").success());
    }

    async fn kill(mut self) {
        self.signal("-KILL").await;
        soon(self.child.wait()).await.expect("it ends");
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grend"));
    command.env_clear().arg("serve").arg("--data").arg(data);
    command
}

async fn next(out: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    soon(out.next_line()).await.expect("text")
}

async fn set_up(process: &mut Process) -> (Device, Place) {
    let link = process.first_link().await;
    set_up_by(&link, process).await
}

async fn set_up_by(link: &str, process: &Process) -> (Device, Place) {
    let token = SetUpToken::from_link(link).expect("a set-up link");
    let mut device = Device::sign_in(&process.url, keys()).await;
    let mut place = Place::service(&mut device, &token).await;
    place.make_key(&mut device).await;
    (device, place)
}

#[tokio::test]
async fn the_first_start_shows_a_link_and_the_next_does_not() {
    let data = TempDir::new().expect("a folder");
    let mut process = Process::start(data.path(), &[]).await;
    let (_device, _place) = set_up(&mut process).await;
    process.kill().await;
    let mut process = Process::start(data.path(), &[]).await;
    process.signal("-TERM").await;
    assert_eq!(next(&mut process.out).await, None, "there is a service already");
}

#[tokio::test]
async fn a_link_is_made_beside_the_running_relay() {
    let data = TempDir::new().expect("a folder");
    let mut process = Process::start(data.path(), &[]).await;
    set_up(&mut process).await;
    let output = Command::new(env!("CARGO_BIN_EXE_grend"))
        .env_clear()
        .arg("setup-link")
        .arg("--data")
        .arg(data.path())
        .args(["--public-url", "https://grend.example/"])
        .output()
        .await
        .expect("it runs");
    let link = String::from_utf8(output.stdout).expect("text");
    assert!(link.starts_with("https://grend.example/oppsett#"), "{link}");
    assert!(output.stderr.is_empty());
    let mut device = Device::sign_in(&process.url, keys()).await;
    Place::service(&mut device, &SetUpToken::from_link(&link).expect("a set-up link")).await;
}

#[tokio::test]
async fn the_operator_says_that_a_backup_was_put_back() {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &[]).await;
    let restored = || {
        Command::new(env!("CARGO_BIN_EXE_grend")).env_clear().arg("restored").arg("--data").arg(data.path()).output()
    };
    let output = restored().await.expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("another relay uses this data directory"));
    process.kill().await;
    let output = restored().await.expect("it runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("the relay's epoch 2"));
    let process = Process::start(data.path(), &[]).await;
    assert_eq!(Device::sign_in(&process.url, keys()).await.relay_epoch, 2);
}

#[tokio::test]
async fn a_kill_between_append_and_ack_loses_nothing_that_was_acked() {
    let data = TempDir::new().expect("a folder");
    let mut process = Process::start(data.path(), &[]).await;
    let (mut device, place) = set_up(&mut process).await;
    for n in 0..50 {
        place.write(&mut device, &[n]).await.expect("acknowledged");
    }
    let head = device.resume(place.id()).await;
    process.kill().await;

    // Now it stands still after the commit: the append is on disk, and the author never hears of it.
    let process = Process::start(data.path(), &["--test-pause-before-ack", "60000"]).await;
    let mut device = device.again(&process.url).await;
    assert_eq!(device.resume(place.id()).await, head, "all that was acknowledged is there");
    let unheard = place.record(&mut device, b"unheard");
    device.send(&[FromDevice::Put { room: place.id(), item: unheard.clone() }]).await;
    let answered = tokio::time::timeout(Duration::from_millis(700), device.answer(unheard.name())).await;
    assert!(answered.is_err(), "the relay stands still");
    process.kill().await;

    let process = Process::start(data.path(), &[]).await;
    let mut device = device.again(&process.url).await;
    assert_eq!(device.resume(place.id()).await.seq, head.seq + 1, "it was on disk");
    assert_eq!(device.put(place.id(), unheard).await, Ok(head.seq + 1), "sent again, it has its place");
    assert_eq!(place.write(&mut device, b"next").await, Ok(head.seq + 2));
    let mut fresh = device.again(&process.url).await;
    fresh.logs.clear();
    fresh.open(place.id(), LogHead::EMPTY).await.expect("opens");
    assert_eq!(fresh.read_to(place.id(), head.seq + 2).await.items.len() as u64, head.seq + 2);
}

#[tokio::test]
async fn kills_at_any_moment_lose_nothing_that_was_acked() {
    let data = TempDir::new().expect("a folder");
    let mut process = Process::start(data.path(), &[]).await;
    let (mut device, place) = set_up(&mut process).await;
    let mut acked = 2;
    for round in 0..4 {
        let killer = {
            let id = process.child.id().expect("it runs").to_string();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(40 + 23 * round)).await;
                Command::new("kill").args(["-KILL", &id]).status().await.expect("kill runs");
            })
        };
        let unanswered = loop {
            let item = place.record(&mut device, &[7; 64]);
            device.send(&[FromDevice::Put { room: place.id(), item: item.clone() }]).await;
            match device.next().await {
                Some(grend_shared::protocol::FromRelay::PutOk { seq, .. }) => acked = seq,
                Some(other) => panic!("unexpected: {other:?}"),
                None => break item,
            }
        };
        killer.await.expect("killed");
        // Its sockets close a moment before its lock on the database does.
        process.child.wait().await.expect("it is gone");
        process = Process::start(data.path(), &[]).await;
        device = device.again(&process.url).await;
        let (head, _) = device.open(place.id(), LogHead::EMPTY).await.expect("opens");
        assert!(head.seq == acked || head.seq == acked + 1, "{} of {acked}", head.seq);
        device.read_to(place.id(), head.seq).await;
        device.logs.clear();
        acked = device.put(place.id(), unanswered).await.expect("it is taken now, or was");
        device = device.again(&process.url).await;
    }
}

/// Bytes as somebody would find them in a log: hex and base64 in either alphabet, and lists in two numbers.
fn in_many_scripts(bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let listed = [format!("{:?}", &bytes[..8]), format!("{:x?}", &bytes[..8])];
    let [plain, of_links] = [Base64Unpadded::encode_string(bytes), Base64UrlUnpadded::encode_string(bytes)];
    listed
        .map(|list| list.replace(['[', ']'], ""))
        .into_iter()
        .chain([hex.to_uppercase(), hex, plain, of_links])
        .collect()
}

/// SEC-3.
#[tokio::test]
async fn a_polite_stop_tells_everybody_and_logs_nothing_of_them() {
    let data = TempDir::new().expect("a folder");
    let mut child = command(data.path())
        .args(["--listen", "127.0.0.1:0"])
        .env("GREND_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the relay starts");
    let mut errors = child.stderr.take().expect("piped");
    let log = tokio::spawn(async move {
        let mut log = String::new();
        errors.read_to_string(&mut log).await.expect("text");
        log
    });
    let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = next(&mut out).await.expect("a line").replace("listening on ", "");
    next(&mut out).await;
    let mut process = Process { child, out, url: format!("ws://{address}/sync") };
    let link = process.first_link().await;
    let (mut device, place) = set_up_by(&link, &process).await;
    place.write(&mut device, b"kake og kaffe").await.expect("acknowledged");
    process.signal("-TERM").await;
    assert_eq!(device.fault().await, Some(Fault::ShuttingDown));
    assert!(soon(process.child.wait()).await.expect("it ends").success());

    let log = log.await.expect("a log");
    assert!(log.contains("the relay listens") && log.contains("the relay stops"), "{log}");
    let (room, id) = (place.id().to_string(), device.id().to_string());
    let token = SetUpToken::from_link(&link).expect("a set-up link");
    let keys = device.keys.to_stored();
    let database = rusqlite::Connection::open(data.path().join("grend.sqlite")).expect("a database");
    let seed: Vec<u8> = database
        .query_row("SELECT value FROM meta WHERE name = 'relay key'", [], |row| row.get(0))
        .expect("the relay's key");
    for secret in [token.expose().as_slice(), place.key.expose(), &keys.expose()[..32], &keys.expose()[32..64], &seed] {
        for written in in_many_scripts(secret) {
            assert!(!log.contains(&written), "the log holds {written}");
        }
    }
    let hex = |bytes: &[u8]| bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in [
        "kake",
        "oppsett#",
        &room[..12],
        &id[..12],
        &hex(place.id().as_bytes()),
        &hex(device.id().as_bytes()),
        &format!("{:?}", &place.id().as_bytes()[..4]).replace(['[', ']'], ""),
    ] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_line() {
    let data = TempDir::new().expect("a folder");
    let running = Process::start(data.path(), &[]).await;
    let second = command(data.path()).args(["--listen", "127.0.0.1:0"]).output().await.expect("it runs");
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another relay uses this data directory"), "{said}");
    running.kill().await;
}
