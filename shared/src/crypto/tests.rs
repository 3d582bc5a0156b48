//! The published test vectors of everything used here, through our own functions: RFC 9180 A.2.1, RFC 8032 7.1,
//! draft-irtf-cfrg-xchacha A.3.1, BLAKE3's own. And keys and signatures that must be refused.

use x25519_dalek::StaticSecret;

use super::{
    BadSignature, Entropy, Hash, Secret, Signature,
    keys::{SealKey, SignKey, verify_message},
    sealed::{DoesNotOpen, open_with_nonce, seal_with_nonce},
    suite,
};

fn hex(digits: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex");
    (0..digits.len()).step_by(2).map(digit).collect()
}

fn array<const N: usize>(digits: &str) -> [u8; N] {
    hex(digits).try_into().expect("the right length")
}

/// Gives what it was made with, once.
struct Given(Vec<u8>);

impl Entropy for Given {
    fn fill(&mut self, bytes: &mut [u8]) {
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&core::mem::replace(&mut self.0, rest));
    }
}

/// RFC 9180, A.2.1 and A.2.1.1, sequence number 0.
#[test]
fn hpke_is_that_of_rfc_9180() {
    let ephemeral = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
    let recipient: [u8; 32] = array("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let public = SealKey(array("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"));
    let info = hex("4f6465206f6e2061204772656369616e2055726e");
    let (aad, plain) = (b"Count-0", b"Beauty is truth, truth beauty");
    let encapsulated: [u8; 32] = array("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
    let sealed = hex("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
    let made = suite::seal(public, &info, aad, plain, &mut Given(ephemeral));
    assert_eq!(made, Ok((encapsulated, sealed.clone())));
    let secret = StaticSecret::from(recipient);
    let opened = suite::open(&secret, &info, aad, &encapsulated, &sealed).expect("it opens");
    assert_eq!(opened.expose(), plain);
    assert_eq!(suite::open(&secret, &info, b"Count-1", &encapsulated, &sealed), Err(DoesNotOpen));
    assert_eq!(suite::open(&secret, &[], aad, &encapsulated, &sealed), Err(DoesNotOpen));
}

/// RFC 8032, 7.1: TEST 1, 2, 3 and SHA(abc). Seed, public key, message, signature.
const SIGNATURES: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24\
         655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee\
         b00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d\
         c027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e\
         2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a\
         d9bef1177331a704",
    ],
];

#[test]
fn signatures_are_those_of_rfc_8032() {
    for [seed, public, message, signature] in SIGNATURES {
        let (key, message) = (SignKey::from_seed(&Secret::new(array(seed))), hex(message));
        let signature = Signature::from_bytes(array(signature));
        assert_eq!(key.public(), array(public));
        assert!(key.sign_message(&message) == signature);
        assert_eq!(verify_message(&key.public(), &message, &signature), Ok(()));
        let other = [message.as_slice(), b"."].concat();
        assert_eq!(verify_message(&key.public(), &other, &signature), Err(BadSignature));
    }
}

/// The points of small order of edwards25519 in every form that can be written, those that are not reduced among them.
const SMALL: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn keys_of_small_order_sign_nothing() {
    let honest: [u8; 32] = array(SIGNATURES[0][1]);
    for key in SMALL {
        for commitment in SMALL {
            // With zero for the scalar, an unstrict check takes such a pair for one message in eight, or for all.
            let signature = Signature::from_bytes(array(&format!("{commitment}{}", "00".repeat(32))));
            for message in 0..8u8 {
                assert_eq!(verify_message(&array(key), &[message], &signature), Err(BadSignature), "{key}");
                assert_eq!(verify_message(&honest, &[message], &signature), Err(BadSignature), "{commitment}");
            }
        }
    }
}

/// The same signature with the group's order added to its scalar would be a second one of the same message.
#[test]
fn a_scalar_that_is_not_reduced_is_refused() {
    let order: [u8; 32] = array("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    for [_, public, message, signature] in SIGNATURES {
        let mut signature: [u8; 64] = array(signature);
        let mut carry = 0;
        for (byte, more) in signature[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
        }
        assert_eq!(carry, 0);
        let signature = Signature::from_bytes(signature);
        assert_eq!(verify_message(&array(public), &hex(message), &signature), Err(BadSignature));
    }
}

/// The points of low order of Curve25519 and its twist, <https://cr.yp.to/ecdh.html>, and those that are not reduced.
#[test]
fn nothing_is_sealed_to_a_key_of_low_order() {
    for key in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        let key = SealKey(array(key));
        assert_eq!(key.check(), Err(BadSignature), "{key:?}");
        let made = suite::seal(key, b"", b"", b"", &mut Given(vec![7; 64]));
        assert_eq!(made, Err(suite::NoKey), "{key:?}");
        let secret = StaticSecret::from([7; 32]);
        assert_eq!(suite::open(&secret, b"", b"", &key.0, &[0; 16]), Err(DoesNotOpen), "{key:?}");
    }
}

/// draft-irtf-cfrg-xchacha-03, A.3.1.
#[test]
fn sealing_is_xchacha20_poly1305() {
    let key = Secret::new(array("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
    let nonce = array("404142434445464748494a4b4c4d4e4f5051525354555657");
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be \
        it.";
    let sealed = hex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216\
         cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13\
         b52ec0875924c1c7987947deafd8780acf49",
    );
    assert_eq!(seal_with_nonce(&key, &nonce, &aad, plain), sealed);
    assert_eq!(open_with_nonce(&key, &nonce, &aad, &sealed), Ok(plain.to_vec()));
    assert_eq!(open_with_nonce(&key, &nonce, &aad[1..], &sealed), Err(DoesNotOpen));
}

/// BLAKE3's `test_vectors.json`, `derive_key`: bytes that count from zero, in parts of any length.
#[test]
fn hashes_are_keys_derived_by_blake3() {
    const CONTEXT: &str = "BLAKE3 2019-12-27 16:29:52 test vectors context";
    for (length, hash) in [
        (0, "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"),
        (1, "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"),
        (1_025, "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb"),
        (4_096, "1e0d7f3db8c414c97c6307cbda6cd27ac3b030949da8e23be1a1a924ad2f25b9"),
    ] {
        let input: Vec<u8> = (0..=250).cycle().take(length).collect();
        let parts: Vec<&[u8]> = input.chunks(1_000).collect();
        assert_eq!(Hash::of(CONTEXT, &parts), Hash::from_bytes(array(hash)), "{length}");
    }
}
