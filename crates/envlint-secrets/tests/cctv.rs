//! The test vectors of the age format (C2SP/CCTV). Every one ends as the format says, except
//! those that are listed with the reason.

mod common;

use std::collections::BTreeMap;

use common::environment;
use envlint_model::MemoryFiles;
use envlint_secrets::{DecryptErrorKind, Identities, decrypt};
use sha2::{Digest, Sha256};

const VECTORS: &str = include_str!("../../../fixtures/age/cctv.txt");

/// A vector that ends otherwise, with its end here.
const DEVIATIONS: &[(&str, DecryptErrorKind)] = &[
    // No passphrase can be given yet, so none is tried.
    ("armor_scrypt", DecryptErrorKind::Passphrase),
    ("scrypt", DecryptErrorKind::Passphrase),
    ("scrypt_bad_tag", DecryptErrorKind::Passphrase),
    ("scrypt_no_match", DecryptErrorKind::Passphrase),
    ("scrypt_work_factor_wrong", DecryptErrorKind::Passphrase),
    // The header is well formed; the factor is refused under a name of its own.
    ("scrypt_work_factor_23", DecryptErrorKind::WorkFactor),
    // Post-quantum recipients are recognised, not read.
    ("armor_hybrid", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_bad_tag", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_currupted_enc_mlkem", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_currupted_enc_x25519", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_grease", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_identity", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_low_order", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_multiple_recipients", DecryptErrorKind::UnsupportedRecipients),
    ("hybrid_no_match", DecryptErrorKind::UnsupportedRecipients),
    // A type that only differs in case is a type that nobody knows.
    ("hybrid_uppercase", DecryptErrorKind::UnsupportedRecipients),
    ("scrypt_uppercase", DecryptErrorKind::UnsupportedRecipients),
    ("x25519_lowercase", DecryptErrorKind::UnsupportedRecipients),
    // The one identity is a post-quantum one, and is left out.
    ("hybrid_and_x25519", DecryptErrorKind::NoUsableIdentity),
    // The vectors count the nonce to the header; a person is told that the file is cut short.
    ("stream_no_nonce", DecryptErrorKind::Truncated),
    ("stream_short_nonce", DecryptErrorKind::Truncated),
    // Larger than any file that is read.
    ("stream_257_chunks", DecryptErrorKind::TooLarge),
    ("stream_257_chunks_full", DecryptErrorKind::TooLarge),
    ("stream_258_chunks", DecryptErrorKind::TooLarge),
];

struct Vector {
    name: &'static str,
    fields: BTreeMap<String, Vec<String>>,
    file: Vec<u8>,
}

impl Vector {
    fn read(line: &'static str) -> Self {
        let (name, base64) = line.split_once(' ').unwrap();
        let bytes = decode(base64);
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for field in str::from_utf8(&bytes[..end]).unwrap().lines() {
            let (key, value) = field.split_once(": ").unwrap();
            fields.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        let file = match fields.contains_key("compressed") {
            true => miniz_oxide::inflate::decompress_to_vec_zlib(&bytes[end + 2..]).unwrap(),
            false => bytes[end + 2..].to_vec(),
        };
        Self { name, fields, file }
    }

    fn expect(&self) -> &str {
        &self.fields["expect"][0]
    }

    fn identities(&self) -> String {
        self.fields.get("identity").map(|keys| keys.join(" ")).unwrap_or_default()
    }
}

fn decode(base64: &str) -> Vec<u8> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for digit in base64.trim_end_matches('=').chars() {
        bits = bits << 6 | digits.find(digit).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The words of the vectors for what we refuse.
fn class(kind: DecryptErrorKind) -> &'static str {
    use DecryptErrorKind::*;
    match kind {
        NotAge | UnknownVersion | DamagedHeader | HeaderTooLarge => "header failure",
        DamagedArmor => "armor failure",
        WrongMac => "HMAC failure",
        Truncated | DamagedContent => "payload failure",
        NoIdentityFits => "no match",
        _ => "a class of our own",
    }
}

#[test]
fn every_vector_ends_as_it_should() {
    let mut seen = 0;
    for vector in VECTORS.lines().map(Vector::read) {
        let files = MemoryFiles::new();
        let environment = environment(&[("ENVLINT_AGE_IDENTITY", &vector.identities())]);
        let result = decrypt(&vector.file, &Identities::new(&files, &environment));
        let deviation = DEVIATIONS.iter().find(|(name, _)| *name == vector.name);
        match (result, deviation) {
            (Ok(plaintext), None) => {
                assert_eq!(vector.expect(), "success", "{}", vector.name);
                assert_eq!(sha256(&plaintext), vector.fields["payload"][0], "{}", vector.name);
            }
            (Err(error), None) => {
                let name = vector.name;
                // A marker that is not exact, or not first, makes it no age file at all.
                let known = match error.kind() {
                    DecryptErrorKind::NotAge if name.starts_with("armor_") => "armor failure",
                    kind => class(kind),
                };
                assert_eq!(known, vector.expect(), "{name}: {error}");
            }
            (result, Some((name, kind))) => {
                let found = result.err().map(|error| error.kind());
                assert_eq!(found, Some(*kind), "{name}");
                assert_ne!(class(*kind), vector.expect(), "{name} is no deviation");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 143);
}

#[test]
fn every_deviation_is_a_vector() {
    for (name, _) in DEVIATIONS {
        assert!(VECTORS.lines().any(|line| line.split(' ').next() == Some(*name)), "{name}");
    }
}
