//! Input that was made to break something: nothing panics, nothing takes long.

mod common;

use std::time::{Duration, Instant};

use common::*;
use envlint_secrets::{DecryptErrorKind, Identities, MAX_IDENTITIES, MAX_STANZAS, decrypt};
use proptest::prelude::*;

/// Far above what a debug build needs, far below what a person would call hanging.
const SOON: Duration = Duration::from_secs(5);

fn kind(file: &[u8]) -> Option<DecryptErrorKind> {
    let (files, environment) = usual();
    let result = decrypt(file, &Identities::new(&files, &environment));
    result.err().map(|error| {
        assert!(!error.to_string().contains("CANARY"));
        error.kind()
    })
}

fn x25519(count: usize) -> String {
    format!("-> X25519 {0}\n{0}\n", "B".repeat(42) + "A").repeat(count)
}

fn with_stanzas(stanzas: &str) -> Vec<u8> {
    let mac = "A".repeat(43);
    format!("age-encryption.org/v1\n{stanzas}--- {mac}\n{}", "x".repeat(64)).into_bytes()
}

#[test]
fn hostile_headers_are_refused_at_once() {
    let start = Instant::now();
    assert_eq!(kind(&with_stanzas(&x25519(4000))), Some(DecryptErrorKind::HeaderTooLarge));
    let long = format!("-> {}\n\n", "x".repeat(15 * 1024 * 1024));
    assert_eq!(kind(&with_stanzas(&long)), Some(DecryptErrorKind::HeaderTooLarge));
    let tiny = "-> x-grease\n\n".repeat(1000);
    assert_eq!(kind(&with_stanzas(&tiny)), Some(DecryptErrorKind::HeaderTooLarge));
    let lines = format!("-----BEGIN AGE ENCRYPTED FILE-----\n{}", "\n".repeat(15 * 1024 * 1024));
    assert_eq!(kind(lines.as_bytes()), Some(DecryptErrorKind::DamagedArmor));
    assert!(start.elapsed() < SOON);
}

#[test]
fn as_many_recipients_and_identities_as_allowed_are_tried_soon() {
    let identities = format!("{} ", key(OTHER_IDENTITY)).repeat(MAX_IDENTITIES);
    let environment = environment(&[("ENVLINT_AGE_IDENTITY", &identities)]);
    let files = envlint_model::MemoryFiles::new();
    let file = with_stanzas(&x25519(MAX_STANZAS));
    let start = Instant::now();
    let error = decrypt(&file, &Identities::new(&files, &environment)).err().unwrap();
    assert_eq!(error.kind(), DecryptErrorKind::NoIdentityFits);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

fn mutated(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let places = prop::collection::vec((0..original.len(), any::<u8>()), 1..4);
    (places, 0..=original.len()).prop_map(|(places, cut)| {
        let mut file = original.to_vec();
        places.into_iter().for_each(|(at, byte)| file[at] = byte);
        if cut % 3 == 0 {
            file.truncate(cut);
        }
        file
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(kind(&bytes).is_some());
    }

    #[test]
    fn any_text_after_the_first_line(text in "(-> [ -~]{0,30}\n|[A-Za-z0-9+/=]{0,70}\n|--- .{0,50}\n){0,12}") {
        let file = format!("age-encryption.org/v1\n{text}");
        prop_assert!(kind(file.as_bytes()).is_some());
    }

    #[test]
    fn any_change_to_a_binary_file(file in mutated(BINARY)) {
        prop_assert!(file == BINARY || kind(&file).is_some());
    }

    #[test]
    fn any_change_to_an_armored_file(file in mutated(ARMORED)) {
        // White space around the armor is free, so a change there may be none.
        kind(&file);
    }

    #[test]
    fn any_identity_file(text in "(AGE-SECRET-KEY-1[A-Z0-9]{0,60}|age1[a-z0-9]{0,60}|#.{0,20}|.{0,40}|\r?\n){0,12}") {
        let environment = environment(&[("ENVLINT_AGE_IDENTITY_FILE", "k.txt"), ("SOPS_AGE_KEY", &text)]);
        let files = envlint_model::MemoryFiles::new().with("k.txt", text.as_bytes());
        let identities = Identities::new(&files, &environment);
        prop_assert!(decrypt(BINARY, &identities).is_err());
        for note in identities.notes() {
            prop_assert!(!note.message().contains("AGE-SECRET-KEY-1"));
        }
    }
}
