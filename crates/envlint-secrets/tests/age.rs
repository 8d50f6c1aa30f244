//! Files that the age command wrote, and what becomes of them on the way.

mod common;

use common::*;
use envlint_model::{MAX_FILE_BYTES, MemoryFiles};
use envlint_secrets::{
    AgeFile, DecryptError, DecryptErrorKind, Identities, RecipientKind, decrypt, decrypt_text,
    is_age,
};

fn read(file: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let (files, environment) = usual();
    decrypt(file, &Identities::new(&files, &environment)).map(|bytes| bytes.to_vec())
}

fn refusal(file: &[u8]) -> DecryptError {
    match read(file) {
        Err(error) => error,
        Ok(_) => panic!("was read"),
    }
}

fn assert_refused(file: &[u8], kind: DecryptErrorKind, message: &str) {
    let error = refusal(file);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
}

fn with_crlf(file: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(file).replace('\n', "\r\n").into_bytes()
}

#[test]
fn reads_what_age_writes() {
    for file in [BINARY, ARMORED, CRLF, TWO_RECIPIENTS] {
        assert!(is_age(file));
        assert_eq!(read(file).as_deref(), Ok(PLAIN));
    }
    assert_eq!(read(EMPTY).as_deref(), Ok(&b""[..]));
}

#[test]
fn white_space_around_armor_is_harmless() {
    let file = [b"\n \t\r\n", ARMORED, b"\n\n  "].concat();
    assert!(is_age(&file));
    assert_eq!(read(&file).as_deref(), Ok(PLAIN));
}

#[test]
fn text_is_text() {
    let (files, environment) = usual();
    let identities = Identities::new(&files, &environment);
    let text = decrypt_text(BINARY, &identities).map(|text| text.contains("CANARY"));
    assert_eq!(text, Ok(true));
}

#[test]
fn text_that_is_not_utf8_is_refused_without_a_byte_of_it() {
    let recipient: age::x25519::Identity = key(IDENTITY).parse().unwrap();
    let file = age::encrypt(&recipient.to_public(), b"CANARY\xff").unwrap();
    let (files, environment) = usual();
    let error = decrypt_text(&file, &Identities::new(&files, &environment)).err().unwrap();
    assert_eq!(error.kind(), DecryptErrorKind::NotText);
    assert_eq!(
        error.to_string(),
        "decrypts to something that is not UTF-8: byte 6 can not be read"
    );
}

#[test]
fn a_file_for_others_says_for_how_many_and_what_was_tried() {
    assert_refused(
        OTHER_RECIPIENTS,
        DecryptErrorKind::NoIdentityFits,
        "is encrypted for 3 X25519 recipients, and none of the identities fits: \
         1 of keys/test.txt",
    );
}

#[test]
fn a_passphrase_is_answered_before_any_work() {
    let error = refusal(PASSPHRASE);
    assert_eq!(error.to_string(), "is encrypted with a passphrase, and no passphrase can be given");
    assert!(error.is_unverifiable());

    let file = String::from_utf8_lossy(PASSPHRASE);
    for (factor, memory) in [(21, "2 GiB"), (22, "4 GiB"), (60, "more than 512 GiB")] {
        let hostile = file.replacen(" 18\n", &format!(" {factor}\n"), 1);
        assert_refused(
            hostile.as_bytes(),
            DecryptErrorKind::WorkFactor,
            &format!(
                "is encrypted with a passphrase at scrypt work factor {factor}; trying one takes \
                 {memory} of memory, and no factor above 20 is accepted"
            ),
        );
    }
}

#[test]
fn what_happened_on_the_way_is_told_apart() {
    use DecryptErrorKind::*;
    let cut_in_header = &BINARY[..100];
    let cut_in_nonce = &BINARY[..175];
    let header = BINARY.len() - PLAIN.len() - 32;
    let cases: &[(&[u8], _, &str)] = &[
        (
            CHANGED_HEADER,
            WrongMac,
            "has a header that was changed after the file was encrypted: its MAC is wrong",
        ),
        (CHANGED_CONTENT, DamagedContent, "is cut short, or was changed near its end"),
        (TRUNCATED, DamagedContent, "is cut short, or was changed near its end"),
        (cut_in_header, DamagedHeader, "has a damaged header: the file ends within it on line 3"),
        (cut_in_nonce, Truncated, "is cut short: it ends before its content does"),
        (&BINARY[..header], Truncated, "is cut short: it ends before its content does"),
        (SEVENTY_RECIPIENTS, HeaderTooLarge, "names more than 64 recipients"),
        (
            b"age-encryption.org/v2\n-> X25519 x\n",
            UnknownVersion,
            "is written in a version of the age format that is not known; only version 1 is",
        ),
        (
            b"This is a file encrypted with age-tool.com, version 1\n",
            UnknownVersion,
            "was written by a test version of age, before 1.0",
        ),
        (
            PLAIN,
            NotAge,
            "is not an age file: neither an age header nor age armor stands at its start",
        ),
        (
            b"",
            NotAge,
            "is not an age file: neither an age header nor age armor stands at its start",
        ),
        (
            &ARMORED[..400],
            DamagedArmor,
            "has damaged armor: the file ends without the last marker on line 7",
        ),
    ];
    for (file, kind, message) in cases {
        assert_refused(file, *kind, message);
    }
}

#[test]
fn line_breaks_and_additions_are_seen() {
    assert_refused(
        &with_crlf(BINARY),
        DecryptErrorKind::UnknownVersion,
        "is written in a version of the age format that is not known; only version 1 is",
    );
    assert_refused(
        &[BINARY, b"\n"].concat(),
        DecryptErrorKind::DamagedContent,
        "is cut short, or was changed near its end",
    );
    assert_refused(
        &[ARMORED, b"AUTH_SECRET=x\n"].concat(),
        DecryptErrorKind::DamagedArmor,
        "has damaged armor: something follows the last marker on line 10",
    );
}

#[test]
fn a_change_in_the_middle_is_not_taken_for_a_cut() {
    let recipient: age::x25519::Identity = key(IDENTITY).parse().unwrap();
    let plain = vec![b'x'; 200_000];
    let mut file = age::encrypt(&recipient.to_public(), &plain).unwrap();
    assert_eq!(read(&file).as_deref(), Ok(&plain[..]));
    let middle = file.len() / 2;
    file[middle] ^= 1;
    assert_refused(
        &file,
        DecryptErrorKind::DamagedContent,
        "has content that was changed after the file was encrypted",
    );
    file[middle] ^= 1;
    let whole_chunks = file.len() - (200_000 - 3 * 65_536) - 16;
    assert_refused(
        &file[..whole_chunks],
        DecryptErrorKind::Truncated,
        "is cut short: it ends before its content does",
    );
}

#[test]
fn recipients_of_kinds_that_can_not_be_read_are_named() {
    let wrapped = "A".repeat(43);
    let post_quantum = format!("-> mlkem768x25519 {}\n{wrapped}\n", "A".repeat(1494));
    let hardware = format!("-> piv-p256 AAAAAA {}\n{wrapped}\n", "A".repeat(44));
    let file = format!(
        "age-encryption.org/v1\n{post_quantum}{post_quantum}{hardware}--- {wrapped}\n{}",
        "x".repeat(64)
    );
    let error = refusal(file.as_bytes());
    assert_eq!(
        error.to_string(),
        "is encrypted for 2 post-quantum recipients and 1 hardware recipient; only X25519 \
         recipients can be read"
    );
    assert!(error.is_unverifiable());
}

#[test]
fn a_header_can_be_told_without_any_identity() {
    let file = AgeFile::parse(OTHER_RECIPIENTS).ok().unwrap();
    assert_eq!(file.recipients().count(RecipientKind::X25519), 3);
    assert_eq!(file.recipients().to_string(), "3 X25519 recipients");
}

#[test]
fn without_any_identity_nothing_is_wrong() {
    let (files, environment) = (MemoryFiles::new(), environment(&[]));
    let identities = Identities::new(&files, &environment);
    let error = decrypt(BINARY, &identities).err().unwrap();
    assert_eq!(error.to_string(), "is encrypted for 1 X25519 recipient, and no identity was given");
    assert!(error.is_unverifiable());
    // What can be told without a key is still told.
    let error = decrypt(&BINARY[..175], &identities).err().unwrap();
    assert!(!error.is_unverifiable());
}

#[test]
fn a_file_beyond_all_bounds_is_not_looked_at() {
    let file = vec![b'a'; MAX_FILE_BYTES as usize + 1];
    assert_refused(&file, DecryptErrorKind::TooLarge, "is larger than 16 MiB");
}

#[test]
fn every_refusal_says_what_to_do() {
    let files = [BINARY, ARMORED, EMPTY, PASSPHRASE, TRUNCATED, CHANGED_HEADER, PLAIN];
    for file in files {
        for length in [0, 10, 50, 130, 160, 180, file.len() - 40] {
            let error = refusal(&file[..length.min(file.len())]);
            assert!(!error.help().is_empty() && !error.help().ends_with('.'));
            assert!(!error.to_string().contains("CANARY"));
        }
    }
}
