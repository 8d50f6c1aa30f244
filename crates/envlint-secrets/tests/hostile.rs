//! Input that was made to break something: nothing panics, nothing takes long.

mod common;

use std::time::{Duration, Instant};

use common::*;
use envlint_secrets::{
    DecryptErrorKind, Identities, MAX_IDENTITIES, MAX_STANZAS, decrypt, guess_bits, placeholder,
    token_form, weakness,
};
use proptest::prelude::*;

/// Far above what a debug build needs, far below what a person would call hanging.
const SOON: Duration = Duration::from_secs(5);

#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    result
}

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
    let many = 15 * 1024 * 1024;
    for stanzas in [
        x25519(4000),
        "-> x-grease\n\n".repeat(1000),
        format!("-> {}\n\n", "x".repeat(many)),
        format!("-> x\n{}", format!("{}\n", "A".repeat(64)).repeat(many / 65)),
    ] {
        let file = with_stanzas(&stanzas);
        assert_eq!(soon(|| kind(&file)), Some(DecryptErrorKind::HeaderTooLarge));
    }
    for body in ["\n".repeat(many), format!("{}\n", "A".repeat(64)).repeat(many / 65)] {
        let file = format!("-----BEGIN AGE ENCRYPTED FILE-----\n{body}");
        assert_eq!(soon(|| kind(file.as_bytes())), Some(DecryptErrorKind::DamagedArmor));
    }
}

#[test]
fn as_many_recipients_and_identities_as_allowed_are_tried_soon() {
    let identities = format!("{} ", key(OTHER_IDENTITY)).repeat(MAX_IDENTITIES);
    let environment = environment(&[("ENVLINT_AGE_IDENTITY", &identities)]);
    let files = envlint_model::MemoryFiles::new();
    let file = with_stanzas(&x25519(MAX_STANZAS));
    let result = soon(|| decrypt(&file, &Identities::new(&files, &environment)));
    assert_eq!(result.err().unwrap().kind(), DecryptErrorKind::NoIdentityFits);
}

#[test]
fn the_longest_texts_are_judged_soon() {
    let texts = [
        "a".repeat(4_000_000),
        "password1".repeat(400_000),
        "ab".repeat(128) + "c",
        "qwerty".repeat(40) + "1",
        "x://y:z@".repeat(400_000),
        "-----BEGIN ".repeat(400_000),
        "<".repeat(4_000_000),
        "{}".repeat(400_000),
        "A.".repeat(400_000),
    ];
    for text in &texts {
        soon(|| (weakness(text), placeholder(text), token_form(text), guess_bits(text)));
    }
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
    #![proptest_config(ProptestConfig::with_cases(128))]

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
    fn any_text_is_judged(text in "(.{0,12}|[a-z0-9]{0,40}|[:/@<>{}=_-]{1,3}|password|xxx|change){0,6}") {
        prop_assert!(guess_bits(&text) >= 0.0);
        placeholder(&text);
        token_form(&text);
        weakness(&text);
    }

    #[test]
    fn random_keys_are_never_called_weak(bytes in prop::array::uniform32(any::<u8>())) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for secret in [&digits[..], &digits[..32], &digits.to_uppercase()] {
            prop_assert_eq!(weakness(secret), None);
            prop_assert_eq!(placeholder(secret), None);
            prop_assert_eq!(token_form(secret), None);
        }
    }

    #[test]
    fn random_tokens_are_never_called_weak(token in "[A-Za-z0-9]{16}|[A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{32}|[!-~]{14}") {
        prop_assert_eq!(weakness(&token), None);
        prop_assert_eq!(placeholder(&token), None);
        prop_assert_eq!(token_form(&token), None);
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
