//! Randomness is passed in: the operating system's in the app, a seeded generator in the simulator.

use core::convert::Infallible;

/// A source of random bytes fit for keys. Must not fail: a device without randomness cannot go on.
pub trait Entropy {
    /// Fills the slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<E: Entropy + ?Sized> Entropy for Box<E> {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &mut (impl Entropy + ?Sized)) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// An [`Entropy`] in the clothes that HPKE wants.
pub(super) struct AsRng<'a, E: ?Sized>(pub(super) &'a mut E);

impl<E: Entropy + ?Sized> rand_core::TryRng for AsRng<'_, E> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl<E: Entropy + ?Sized> rand_core::TryCryptoRng for AsRng<'_, E> {}

/// A counted stream in place of randomness, for tests and golden vectors.
#[cfg(test)]
pub(crate) mod tests_support {
    /// Gives the BLAKE3 streams of 1, 2, 3 …
    #[derive(Debug, Default)]
    pub(crate) struct Counting(pub(crate) u64);

    impl super::Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            self.0 += 1;
            blake3::Hasher::new().update(&self.0.to_be_bytes()).finalize_xof().fill(bytes);
        }
    }
}
