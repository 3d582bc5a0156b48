//! Bytes nobody may see: no `Display`, a `Debug` of stars, wiped when dropped.

use core::fmt;

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

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// A key made from another by BLAKE3 under a context of its own.
#[must_use]
pub fn derive(context: &'static str, parts: &[&[u8]]) -> Secret<32> {
    Secret::new(*super::Hash::of(context, parts).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_stars() {
        assert_eq!(format!("{:?}", Secret::new([42; 32])), "****");
    }
}
