//! What is sealed, and what keys and signatures are made of.

use grend_shared::{
    crypto::{
        Hash, Secret, Signature,
        grant::{EpochKey, GrantPlace, SealedKey, WRAPPED_LEN},
        keys::{self, Certificate, DeviceKeys, Half, SealKey},
        notice::{NoticePlace, SealedNotice},
        sealed,
    },
    ids::{DeviceId, PersonId, RoomId},
    membership::Body,
};

use super::tried;
use crate::{
    Chance,
    life::{LIFE, NETWORK, SECOND, keys_of},
};

const KEY: [u8; 32] = [1; 32];
const ROOM: RoomId = RoomId::from_bytes([3; 32]);
const AUTHOR: DeviceId = DeviceId::from_bytes([4; 32]);

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let chance = &mut Chance::new(1);
    let sealed = sealed::seal(&Secret::new(KEY), b"", b"Hos Myrvang", chance);
    let (key, older) = (EpochKey::from_bytes(KEY), EpochKey::from_bytes([2; 32]));
    let wrapped = key.wrap_older(ROOM, 2, &older, chance);
    let place = NoticePlace { room: ROOM, epoch: 2, author: AUTHOR };
    let notice = SealedNotice::seal(key.inbox(ROOM, 2), &place, b"22 24 96 01", chance);
    let notice = notice.map(|it| [it.encapsulated.as_slice(), &it.ciphertext].concat());
    let grants = NETWORK.iter().flat_map(|(_, _, entry)| match entry.body() {
        Body::Grant(it) => vec![[it.key.encapsulated.as_slice(), &it.key.ciphertext].concat()],
        Body::Epoch(it) => {
            it.grants.iter().map(|(_, key)| [key.encapsulated.as_slice(), &key.ciphertext].concat()).collect()
        }
        _ => Vec::new(),
    });
    let keys = keys_of(&LIFE.disks[SECOND]);
    let (certificate, half) = (keys.certificate(), keys.code().half);
    let signed = |device: DeviceId, seal: SealKey, signature: Signature| {
        [device.as_bytes().as_slice(), &seal.0, signature.as_bytes()].concat()
    };
    let several = [
        sealed::pad(b"text"),
        sealed,
        wrapped.to_vec(),
        signed(certificate.device, certificate.seal_key, certificate.signature),
        signed(half.device, half.seal_key, half.signature),
    ];
    several.into_iter().chain(notice).chain(grants).collect()
}

pub(super) fn sealed(input: &[u8]) {
    tried(sealed::unpad(input).map(|plain| assert!(plain.len() <= input.len())));
    tried(sealed::open(&Secret::new(KEY), b"", input));
    let key = EpochKey::from_bytes(KEY);
    tried(key.unwrap_older(ROOM, 2, input).map(|_| assert_eq!(input.len(), WRAPPED_LEN)));
    tried(DeviceKeys::from_stored(input).map(|keys| assert_eq!(keys.to_stored().expose(), input)));
    let Some((first, rest)) = input.split_first_chunk::<32>() else { return };
    let notice = SealedNotice { encapsulated: *first, ciphertext: rest.to_vec() };
    tried(notice.open(&key, &NoticePlace { room: ROOM, epoch: 2, author: AUTHOR }));
    if let Some(ciphertext) = rest.first_chunk() {
        grant(&SealedKey { encapsulated: *first, ciphertext: *ciphertext });
    }
    if let Some((second, rest)) = rest.split_first_chunk::<32>()
        && let Some(signature) = rest.first_chunk()
    {
        signatures(*first, SealKey(*second), Signature::from_bytes(*signature), input);
    }
}

/// Whatever opens is the key the room has published.
fn grant(sealed: &SealedKey) {
    let keys = keys_of(&LIFE.disks[SECOND]);
    for (room, _, entry) in NETWORK.iter() {
        let Some(epoch) = room.epoch() else { continue };
        let place = GrantPlace {
            room: room.id(),
            prev: entry.previous(),
            epoch: epoch.number,
            device: keys.device(),
            author: entry.author(),
            commitment: epoch.commitment,
        };
        if let Ok(key) = EpochKey::open(&keys, sealed, &place) {
            assert_eq!(key.commitment(room.id(), epoch.number), epoch.commitment);
        }
    }
}

fn signatures(first: [u8; 32], seal_key: SealKey, signature: Signature, whole: &[u8]) {
    let device = DeviceId::from_bytes(first);
    let person = PersonId::from_bytes([5; 16]);
    let honest = || seeds().iter().any(|seed| whole.starts_with(seed));
    assert!(Half { device, seal_key, signature }.verify().is_err() || honest(), "nobody has signed this");
    assert!(Certificate { person, device, seal_key, signature }.verify().is_err(), "nobody is this person");
    assert!(keys::verify(&first, "fuzz", Hash::ZERO.as_bytes(), &signature).is_err());
}
