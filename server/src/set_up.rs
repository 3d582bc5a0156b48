//! The operator's link that sets up a service: good for 24 hours and once. Only its hash is stored.

use grend_shared::{
    crypto::{Secret, links::SetUpToken},
    secret::SecretText,
};

use crate::{
    clock,
    config::PublicUrl,
    storage::{Storage, StorageError},
};

/// How long a link is good, milliseconds.
const LIFE: i64 = 24 * 60 * 60 * 1000;

/// Makes a link. It is a secret: show it to the operator and keep it nowhere.
///
/// # Errors
/// [`StorageError`].
pub fn make_link(storage: &dyn Storage, public_url: &PublicUrl) -> Result<SecretText, StorageError> {
    let token = SetUpToken::of(drawn()?);
    storage.add_token(token.hash(), clock::now().plus_millis(LIFE))?;
    Ok(format!("{public_url}/oppsett#{}", token.to_link().expose()).into())
}

/// A secret of the operating system's randomness.
///
/// # Errors
/// [`StorageError::Randomness`].
pub(crate) fn drawn() -> Result<Secret<32>, StorageError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(StorageError::Randomness)?;
    Ok(Secret::new(bytes))
}
