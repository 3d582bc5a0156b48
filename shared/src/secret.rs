//! What nobody may see: no `Display`, a `Debug` of stars, wiped when dropped. Knows nothing of what the secrets are for.
//! Every key, link and code of the program is one of the three here, or holds one; `cargo xtask check` sees to it that
//! there is no other, and `tests/secrets.rs` that each does what is said here. Start with [`Secret`].
//!
//! What moves in memory is copied by the compiler and the copy left behind is not wiped; docs/threats.md says what that
//! means.

use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret of `N` bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// Takes the bytes over.
    #[must_use]
    pub const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Shows the secret: whoever calls this must neither store it in the clear nor log it.
    #[must_use]
    pub const fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

/// Looks at every byte, whatever differs.
impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |unlike, (a, b)| unlike | (a ^ b)) == 0
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stars(f)
    }
}

/// A secret that people hand on: what stands behind the `#` of a link, or the code of a device. It is serialised, for it
/// travels to the screen and back, and is stored; both under [`SecretBytes`] or within one browser.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Shows the text: for the eyes of whom it belongs to, or to be read as what it is.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stars(f)
    }
}

/// Bytes with secrets in them: what is opened, what is to be sealed, a frame that spends a link.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Shows the bytes, as [`Secret::expose`].
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stars(f)
    }
}

/// As many for a short secret as for a long one.
fn stars(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("****")
}
