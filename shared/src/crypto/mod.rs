//! Keys, signatures, sealing and the layouts they cover. Every layout under a signature is written by hand here or
//! in [`crate::membership`] and pinned by golden vectors; nothing under a signature is derived from a serializer.
//! Randomness is passed in as bytes or as an [`Entropy`]. Start with [`keys`], then [`record`].
//!
//! Suites: Ed25519 with strict verification (RFC 8032), HPKE base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
//! and ChaCha20-Poly1305 (RFC 9180), XChaCha20-Poly1305, BLAKE3 (hash, and key derivation with a context each).

pub mod codec;
pub mod entropy;
pub mod grant;
pub mod head;
pub mod keys;
pub mod links;
pub mod notice;
pub mod record;
pub mod sealed;
mod suite;
#[cfg(test)]
mod tests;
pub mod words;

pub use crate::secret::Secret;
pub use codec::{Malformed, Reader, Writer};
pub use entropy::Entropy;
pub use keys::{BadSignature, DeviceKeys, Signature};

/// A BLAKE3 hash of 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Thirty-two zero bytes: "nothing came before".
    pub const ZERO: Self = Self([0; 32]);

    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hashes parts under a context of its own (BLAKE3 key derivation mode), so a hash made for one purpose never
    /// passes for another.
    #[must_use]
    pub fn of(context: &'static str, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        for part in parts {
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }
}

/// A key made from another by BLAKE3 under a context of its own.
fn derive(context: &'static str, parts: &[&[u8]]) -> Secret<32> {
    Secret::new(*Hash::of(context, parts).as_bytes())
}

impl core::fmt::Debug for Hash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Hash({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

impl<C> minicbor::Encode<C> for Hash {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Hash {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes =
            d.bytes()?.try_into().map_err(|_| minicbor::decode::Error::message("a hash of the wrong length"))?;
        Ok(Self(bytes))
    }
}

/// Compares bytes with the golden vector of this name in `testdata/golden.json`. A layout that changes fails here:
/// released layouts never change, new versions get new names. `GREND_BLESS=1` adds what is not there yet.
#[cfg(test)]
pub(crate) fn golden(name: &str, bytes: &[u8]) {
    use std::{collections::BTreeMap, fs, path::Path, sync::Mutex};
    static FILE: Mutex<()> = Mutex::new(());
    let _one_at_a_time = FILE.lock().expect("no other golden test has panicked");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let mut vectors: BTreeMap<String, String> = serde_json::from_str(&text).expect("golden.json is JSON");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match vectors.get(name) {
        Some(golden) => assert_eq!(&hex, golden, "the layout `{name}` has changed"),
        None if std::env::var_os("GREND_BLESS").is_some() => {
            vectors.insert(name.to_owned(), hex);
            let text = serde_json::to_string_pretty(&vectors).expect("JSON") + "\n";
            fs::write(&path, text).expect("golden.json can be written");
        }
        None => panic!("no golden vector `{name}`: run once with GREND_BLESS=1"),
    }
}
