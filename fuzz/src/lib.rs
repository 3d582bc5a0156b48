//! Whatever bytes arrive, every decoder and verifier takes or refuses them by name: no panic, and no more memory than a
//! small multiple of what was sent (SPEC WIRE-2, WIRE-7). It knows `shared`, and what honest devices send ([`life`]).
//! `covered.toml` says which target has which function, and `cargo xtask check` that none is missing. Start with
//! [`TARGETS`].

mod chance;
pub mod corpus;
pub mod life;
pub mod mutate;
mod targets;

use peak_alloc::PeakAlloc;

pub use chance::Chance;
pub use targets::TARGETS;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Something that is given bytes.
pub struct Target {
    /// What it is called in `covered.toml`, in `corpus` and on the command line.
    pub name: &'static str,
    /// Gives it bytes. Panics if what must hold does not.
    pub run: fn(&[u8]),
    /// What honest devices give it.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The most memory it may have in hand at a time, beside a multiple of what it was given.
    pub memory: usize,
}

/// How many bytes a byte that is sent may cost. The most costly are a frame's smallest lists.
const MULTIPLE: usize = 32;

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Makes what is made once, so that it is not counted to the first input.
    pub fn warm_up(&self) {
        (self.seeds)().iter().for_each(|input| (self.run)(input));
    }

    /// Gives it bytes, and counts what it takes of memory meanwhile. Memory is counted for the whole process: one at a
    /// time.
    ///
    /// # Panics
    /// If something does not hold.
    pub fn check(&self, input: &[u8]) {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        (self.run)(input);
        let used = MEMORY.peak_usage().saturating_sub(before);
        let most = self.memory + MULTIPLE * input.len();
        assert!(used <= most, "{}: {used} bytes for {} sent", self.name, input.len());
    }
}
