//! What people paste: links and codes.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use grend_shared::crypto::{
    Hash,
    links::{DeviceCode, InviteSecret, SetUpToken},
};

use crate::life::LIFE;

const SUMS: [&str; 2] = ["grend 2026 link check sum v1", "grend 2026 device code check sum v1"];

/// As they are handed on, and the bytes within them without the check sum.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let texts = LIFE.links.iter().map(|link| link.expose().as_bytes().to_vec());
    let bodies = LIFE.links.iter().filter_map(|link| {
        let mut bytes = Base64UrlUnpadded::decode_vec(link.expose()).ok()?;
        bytes.truncate(bytes.len().saturating_sub(4));
        Some(bytes)
    });
    texts.chain(bodies).collect()
}

pub(super) fn links(input: &[u8]) {
    read(&String::from_utf8_lossy(input));
    for context in SUMS {
        let sum = Hash::of(context, &[input]);
        read(&Base64UrlUnpadded::encode_string(&[input, &sum.as_bytes()[..4]].concat()));
    }
}

/// What was read is written as what is read again.
fn read(text: &str) {
    if let Ok(link) = InviteSecret::from_link(text) {
        assert!(InviteSecret::from_link(link.to_link().expose()).is_ok_and(|it| it.id() == link.id()));
    }
    if let Ok(token) = SetUpToken::from_link(text) {
        assert_eq!(SetUpToken::from_link(token.to_link().expose()).as_ref(), Ok(&token));
    }
    if let Ok(code) = DeviceCode::from_text(text) {
        assert!(DeviceCode::from_text(code.to_text().expose()).is_ok_and(|it| it.half == code.half));
    }
}
