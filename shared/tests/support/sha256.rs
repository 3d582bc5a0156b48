//! SHA-256 (FIPS 180-4), to put a right checksum on a change that was spoilt on purpose.

/// The first 32 bits of the fractional parts of a root of the first primes: square roots for the state, cube roots for
/// the rounds (FIPS 180-4, 4.2.2 and 5.3.3).
fn roots<const N: usize>(root: impl Fn(f64) -> f64, exact: impl Fn(u128, u64) -> bool) -> [u32; N] {
    let mut primes = (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    core::array::from_fn(|_| {
        let prime = primes.next().expect("there are always more");
        // The greatest x with (x / 2^32)^k <= prime, from a guess that is off by a little.
        let mut x = (root(prime as f64) * 4_294_967_296.0) as u128;
        while !exact(x, prime) {
            x -= 1;
        }
        while exact(x + 1, prime) {
            x += 1;
        }
        (x & 0xffff_ffff) as u32
    })
}

/// The hash of some bytes.
pub(crate) fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut state: [u32; 8] = roots(f64::sqrt, |x, prime| x * x <= u128::from(prime) << 64);
    let rounds: [u32; 64] = roots(f64::cbrt, |x, prime| x * x * x <= u128::from(prime) << 96);
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
    padded.extend((8 * bytes.len() as u64).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words = [0u32; 64];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
        }
        for t in 16..64 {
            let (a, b) = (words[t - 15], words[t - 2]);
            let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words[t] = words[t - 16].wrapping_add(s0).wrapping_add(words[t - 7]).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (round, word) in rounds.iter().zip(words) {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(*round).wrapping_add(word);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let t2 = s0.wrapping_add(majority);
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(t1), c, b, a, t1.wrapping_add(t2));
        }
        for (sum, word) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(word);
        }
    }
    let mut hash = [0; 32];
    for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}
