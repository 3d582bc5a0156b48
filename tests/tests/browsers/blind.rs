//! The relay is blind: after a journey its database, its write-ahead log and its logs hold nothing that anybody typed
//! and no secret of a link, device or room.
//!
//! Proves BLIND-1 and BLIND-2 of docs/SPEC.md.

use std::fs;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use grend_tests::{
    Browser, Engine, What,
    chest::{self, Key},
    journal::Entry,
    story::{self, Village, WORKSHOP},
};

/// Shorter ones come up by chance among random bytes, or in the times of a log.
const SHORTEST: usize = 5;

/// A file of the relay.
struct Page {
    name: String,
    bytes: Vec<u8>,
}

#[test]
fn the_relay_holds_nothing_that_was_typed_and_no_secret() {
    let mut village = Village::found(Engine::Chromium);
    let address = story::plan(&village.resource, &WORKSHOP);
    story::answer(&village.resource, "coming");
    village.foster.open(&address);
    story::move_to(&village.foster, "Grendahuset på Nordbygda");
    story::answer(&village.foster, "maybe");
    story::go(&village.resource, "tunet");
    let unused = story::invite(&village.resource, "invite-adult", "Bestemor Haugerud");
    let (_, secret) = unused.split_once('#').expect("a link has a secret");
    village.journal.note(Entry::Secret(secret.to_owned()));
    story::go(&village.resource, "gatherings");
    village.resource.click(What::css("[data-test=gathering] a"));
    village.resource.see(What::test("place").saying("Grendahuset"));
    village.journal.note(Entry::Typed(WORKSHOP.note.lines().next().unwrap_or_default().to_owned()));

    let keys: Vec<Key> =
        [&village.staff, &village.resource, &village.foster].into_iter().flat_map(chest::keys).collect();
    the_chests_are_what_they_should_be(&keys, village.families());
    // Killed, so that the write-ahead log stays as it is.
    village.relay.kill();
    let pages = pages(&village);
    the_search_finds_what_is_there(&pages);

    for entry in village.journal.entries() {
        match entry {
            Entry::Typed(text) if text.len() >= SHORTEST => nowhere(&pages, &text, &in_many_tongues(&text)),
            Entry::Typed(_) => {}
            Entry::Secret(text) => {
                nowhere(&pages, "the text of a link", &in_many_tongues(&text));
                let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).expect("a link's secret is base64url");
                nowhere(&pages, "the secret of a link", &in_many_scripts(secret_of(&bytes)));
            }
        }
    }
    for key in keys {
        nowhere(&pages, &key.what, &in_many_scripts(&key.bytes));
    }
}

/// The database with all that lies beside it, and the log.
fn pages(village: &Village) -> Vec<Page> {
    let files = fs::read_dir(village.relay.data()).expect("the data directory can be listed").flatten();
    let mut pages: Vec<Page> = files
        .filter(|file| file.path().is_file())
        .map(|file| Page {
            name: file.file_name().to_string_lossy().into_owned(),
            bytes: fs::read(file.path()).expect("a file of the relay can be read"),
        })
        .collect();
    pages.push(Page { name: "the log".to_owned(), bytes: without_times(&village.relay.log()).into_bytes() });
    pages
}

/// A log without the times its lines begin with: "16:40" was typed, and comes up in them by chance.
fn without_times(log: &str) -> String {
    log.lines().map(without_time).collect::<Vec<_>>().join("\n")
}

/// Only what is a time and nothing else is left out.
fn without_time(line: &str) -> &str {
    match line.split_once(' ') {
        Some((time, rest)) if time.len() >= 20 && time.bytes().all(|it| b"0123456789-:.TZ".contains(&it)) => rest,
        _ => line,
    }
}

/// A search that cannot find anything would prove nothing.
fn the_search_finds_what_is_there(pages: &[Page]) {
    let holds =
        |end: &str, what: &str| pages.iter().any(|page| page.name.ends_with(end) && find(&page.bytes, what.as_bytes()));
    assert!(holds("the log", "a session begins"), "the log is the relay's, at its most talkative");
    assert!(pages.iter().any(|page| page.bytes.starts_with(b"SQLite format 3")), "the database is among the files");
    assert!(pages.iter().any(|page| page.name.ends_with("-wal") && !page.bytes.is_empty()), "so is its log of writes");
    assert!(pages.iter().map(|page| page.bytes.len()).sum::<usize>() > 20_000, "and there is something in them");
}

/// Both families hold one and the same room key, and each its own.
fn the_chests_are_what_they_should_be(keys: &[Key], families: [&Browser; 2]) {
    let [one, other] = families.map(|family| {
        let of = format!("a room's key of {}", family.name());
        keys.iter().find(|key| key.what == of).unwrap_or_else(|| panic!("{} has a room key", family.name()))
    });
    assert!(one.bytes == other.bytes && one.bytes.len() == 32, "they read the same room");
    for what in ["the store key", "the signing key", "the sealing key"] {
        assert_eq!(keys.iter().filter(|key| key.what.starts_with(what)).count(), 3, "{what} of each");
    }
}

/// An invitation carries version and room before the secret and a check sum behind it; a set-up token is all secret.
fn secret_of(link: &[u8]) -> &[u8] {
    if link.len() == 32 { link } else { &link[link.len() - 36..link.len() - 4] }
}

/// As UTF-8 and UTF-16 of either order.
fn in_many_tongues(text: &str) -> Vec<Vec<u8>> {
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
    vec![text.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)]
}

/// As they are, half of them, and as text.
fn in_many_scripts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut scripts = vec![bytes.to_vec(), bytes[..16].to_vec(), bytes[16..].to_vec()];
    scripts.extend([HEXLOWER.encode(bytes), BASE64.encode(bytes)].iter().flat_map(|text| in_many_tongues(text)));
    scripts
}

fn nowhere(pages: &[Page], what: &str, forms: &[Vec<u8>]) {
    for page in pages {
        assert!(!forms.iter().any(|form| find(&page.bytes, form)), "{} holds {what}", page.name);
    }
}

fn find(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
