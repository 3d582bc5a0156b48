//! Values are sealed under the store key. By itself, not by `grend_shared::crypto`: that feature would bring signatures
//! and key exchange into the screen's Wasm.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use grend_shared::secret::Secret;

const NONCE_LEN: usize = 24;

/// The key of everything kept on the device. Neither shown nor copied.
pub(crate) struct StoreKey(XChaCha20Poly1305);

impl StoreKey {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn new(bytes: &Secret<{ Self::LEN }>) -> Self {
        Self(XChaCha20Poly1305::new(bytes.expose().into()))
    }

    /// Seals the value that is kept under `name`.
    pub(crate) fn seal(&self, name: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        let payload = Payload { msg: plain, aad: name.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).expect("a text of less than 256 GiB can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed under the same name; `None` if it was not.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() }).ok()
    }
}

/// Random bytes fit for keys.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a browser that has WebCrypto has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_under_its_own_name_and_key() {
        let key = StoreKey::new(&Secret::new([1; 32]));
        let sealed = key.seal("view/a", b"text");
        assert_eq!(key.open("view/a", &sealed).as_deref(), Some(b"text".as_slice()));
        assert_eq!(key.open("view/b", &sealed), None);
        assert_eq!(StoreKey::new(&Secret::new([2; 32])).open("view/a", &sealed), None);
        assert_eq!(key.open("view/a", &sealed[..20]), None);
        assert_ne!(key.seal("view/a", b"text"), sealed);
    }
}
