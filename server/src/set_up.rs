//! The operator's link that sets up a service: good for 24 hours and once. Only its hash is stored.

use grend_shared::crypto::{Entropy, links::SetUpToken};

use crate::{
    clock,
    config::PublicUrl,
    storage::{Storage, StorageError},
};

/// How long a link is good, milliseconds.
const LIFE: i64 = 24 * 60 * 60 * 1000;

/// Bytes of the operating system, drawn before they are needed, so that nothing fails half way.
struct Drawn([u8; 32]);

impl Entropy for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) {
        for (byte, drawn) in bytes.iter_mut().zip(self.0) {
            *byte = drawn;
        }
    }
}

/// Makes a link. It is a secret: show it to the operator and keep it nowhere.
///
/// # Errors
/// [`StorageError`].
pub fn make_link(storage: &dyn Storage, public_url: &PublicUrl) -> Result<String, StorageError> {
    let mut drawn = Drawn([0; 32]);
    getrandom::fill(&mut drawn.0).map_err(StorageError::Randomness)?;
    let token = SetUpToken::generate(&mut drawn);
    storage.add_token(token.hash(), clock::now().plus_millis(LIFE))?;
    Ok(format!("{public_url}/oppsett#{}", token.to_link()))
}
