//! SOPS files that sops would not write: nothing but what the MAC vouches for comes out, nothing
//! panics, nothing takes long.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads the recorded files, and how long it takes is tested"
)]

#[path = "common/sops.rs"]
mod common;

use std::time::{Duration, Instant};

use common::{Files, Writer, read, source};
use envlint_secrets::sops::{
    LeafValue, MAX_KEY_BYTES, MAX_KEY_GROUPS, MAX_NAMES_BYTES, MAX_RECIPIENTS, MAX_VALUES,
    SopsErrorKind, SopsFile, Tree,
};
use envlint_secrets::{DecryptErrorKind, MAX_STANZAS};
use proptest::prelude::*;

/// Above what an unoptimised build needs on a busy machine; an optimised one needs a tenth.
const SOON: Duration = Duration::from_secs(5);

fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    result
}

fn decrypt(bytes: &[u8]) -> Result<Tree, SopsErrorKind> {
    let files = Files::default().with("alice.txt");
    let file = SopsFile::parse(&source(bytes));
    let tree = file.and_then(|file| file.decrypt(&files.identities()));
    tree.map_err(|error| {
        let told = format!("{error} {error:?} {}", error.help());
        assert!(!told.contains("CANARY"), "an error repeats a value");
        error.kind()
    })
}

fn texts(tree: &Tree) -> Vec<(String, String)> {
    let leaves = tree.leaves().into_iter();
    leaves
        .map(|(names, _, leaf)| (names.join("/"), leaf.text().unwrap().expose().to_owned()))
        .collect()
}

#[test]
fn what_the_mac_is_not_over_does_not_come_out() {
    let writer = Writer::new();
    let a = format!(r#""a": "{}""#, writer.value("a:", "str", b"CANARY-1"));
    let b = format!(r#""b": "{}""#, writer.value("b:", "str", b"CANARY-2"));
    let clear = r#""c_unencrypted": "CANARY-3""#;
    let counted = b"CANARY-1CANARY-2CANARY-3";
    let members = |members: &[&str]| members.join(", ");

    let whole = writer.json(&members(&[&a, &b, clear]), counted, "");
    assert_eq!(texts(&decrypt(&whole).unwrap()).len(), 3);
    for changed in [
        members(&[&a, clear]),
        members(&[&b, &a, clear]),
        members(&[&a, &b]),
        members(&[&a, &b, &b, clear]),
        members(&[&a, &b, r#""c_unencrypted": "CANARY-4""#]),
        members(&[&a, &b, clear, r#""d_unencrypted": 1"#]),
    ] {
        let file = writer.json(&changed, counted, "");
        assert_eq!(decrypt(&file).err(), Some(SopsErrorKind::WrongMac), "{changed}");
    }
}

#[test]
fn a_mac_over_what_is_encrypted_leaves_the_rest_out() {
    let writer = Writer::new();
    let a = format!(r#""a": "{}""#, writer.value("a:", "str", b"CANARY-1"));
    let members = format!(r#"{a}, "c_unencrypted": "anything""#);
    let seed = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix("sops"));
    let counted = [&seed[..], b"CANARY-1"].concat();
    let more = r#", "mac_only_encrypted": true"#;
    assert!(decrypt(&writer.json(&members, &counted, more)).is_ok());
    assert_eq!(
        decrypt(&writer.json(&members, b"CANARY-1", more)).err(),
        Some(SopsErrorKind::WrongMac)
    );
}

#[test]
fn a_file_without_mac_is_refused() {
    let text = String::from_utf8(read("enc/secrets.enc.yaml")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("    mac:"));
    let without: String = lines.flat_map(|line| [line, "\n"]).collect();
    assert_eq!(decrypt(without.as_bytes()).err(), Some(SopsErrorKind::NoMac));
}

#[test]
fn a_type_is_a_claim_that_is_checked() {
    let writer = Writer::new();
    for (kind, text) in [
        ("int", "CANARY"),
        ("int", "1.5"),
        ("float", "CANARY"),
        ("bool", "yes"),
        ("time", "2024-03-01"),
        ("comment", "CANARY"),
    ] {
        let members = format!(r#""a": "{}""#, writer.value("a:", kind, text.as_bytes()));
        let file = writer.json(&members, text.as_bytes(), "");
        assert_eq!(decrypt(&file).err(), Some(SopsErrorKind::WrongType), "{kind} {text}");
    }
    for (kind, text, counted) in
        [("bool", "1", "True"), ("int", "+7", "7"), ("float", "1e2", "100")]
    {
        let members = format!(r#""a": "{}""#, writer.value("a:", kind, text.as_bytes()));
        assert!(decrypt(&writer.json(&members, counted.as_bytes(), "")).is_ok(), "{kind} {text}");
    }
    let wrong = writer.value("a:", "str", &[0xff]).replace("type:str", "type:int");
    let file = writer.json(&format!(r#""a": "{wrong}""#), &[0xff], "");
    assert_eq!(decrypt(&file).err(), Some(SopsErrorKind::WrongType));
}

#[test]
fn bytes_that_are_no_text_stay_bytes() {
    let writer = Writer::new();
    let members = format!(r#""data": "{}""#, writer.value("data:", "str", b"CANARY\xff"));
    let tree = decrypt(&writer.json(&members, b"CANARY\xff", "")).unwrap();
    let leaf = tree.as_binary().unwrap();
    assert!(matches!(&leaf.value, LeafValue::Bytes(bytes) if ***bytes == *b"CANARY\xff"));
    assert!(leaf.text().is_none());
}

#[test]
fn a_comment_in_a_list_is_no_item() {
    let writer = Writer::new();
    let comment = writer.value("a:", "comment", b" CANARY");
    let item = writer.value("a:", "str", b"x");
    let file = writer.json(&format!(r#""a": ["{comment}", "{item}"]"#), b"x", "");
    assert_eq!(texts(&decrypt(&file).unwrap()), [("a/0".to_owned(), "x".to_owned())]);
}

#[test]
fn what_stands_in_clear_by_mistake_is_not_repeated() {
    let dotenv = String::from_utf8(read("enc/app.enc.env")).unwrap();
    let long = format!("{}CANARY==", "x".repeat(60));
    for line in ["S=CANARY", "CANARY", "https://u:CANARY@h/?x=1", "-CANARY+/==", &long, "=CANARY"] {
        let error = decrypt(format!("{line}\n{dotenv}").as_bytes()).err();
        assert!(error.is_some(), "{line}");
    }
    let yaml = String::from_utf8(read("enc/secrets.enc.yaml")).unwrap();
    for line in ["s: CANARY", "s: 'CANARY", "s: ENC[CANARY]", "s: [CANARY]", "s: *CANARY", "CANARY"]
    {
        let error = decrypt(format!("{line}\n{yaml}").as_bytes()).err();
        assert!(error.is_some(), "{line}");
    }
}

/// A comment decides what is encrypted below it, until the next value.
#[test]
fn comments_select_what_they_stand_before() {
    let writer = Writer::new();
    let encrypted =
        |name: &str| format!("{name}={}", writer.value(&format!("{name}:"), "str", b"x"));
    let with = |rule: &str, lines: &[&str], counted: &[u8]| {
        let json = String::from_utf8(writer.json("", counted, "")).unwrap().replacen("{,", "{", 1);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().replace('\n', "\\n");
        format!(
            "{}\nsops_{rule}\nsops_age__list_0__map_enc={}\nsops_lastmodified={}\nsops_mac={}\n",
            lines.join("\n"),
            text(&json["sops"]["age"][0]["enc"]),
            text(&json["sops"]["lastmodified"]),
            text(&json["sops"]["mac"]),
        )
    };
    let (a, b) = (encrypted("A"), encrypted("B"));
    let clear = "unencrypted_comment_regex=^ public";
    let lines = ["# public", "C=CANARY", &a, "#public", &b];
    assert_eq!(texts(&decrypt(with(clear, &lines, b"CANARYxx").as_bytes()).unwrap()).len(), 3);
    let lines = ["#public", "C=CANARY", &a];
    let wrong = decrypt(with(clear, &lines, b"CANARYx").as_bytes());
    assert_eq!(wrong.err(), Some(SopsErrorKind::PlaintextValue));

    let secret = "encrypted_comment_regex=secret";
    let lines = ["C=clear", "# secret", "# and why", &a, "D=clear"];
    assert!(decrypt(with(secret, &lines, b"clearxclear").as_bytes()).is_ok());
}

#[test]
fn bounds_hold_before_the_cryptography() {
    let writer = Writer::new();
    let value = writer.value("a:", "str", b"CANARY");
    let most = format!(r#""a": [{}""]"#, "\"\",".repeat(MAX_VALUES - 2));
    assert!(soon(|| decrypt(&writer.json(&most, b"", ""))).is_ok());
    let many = format!(r#""a": [{}1]"#, "0,".repeat(MAX_VALUES));
    assert_eq!(soon(|| decrypt(&writer.json(&many, b"", ""))).err(), Some(SopsErrorKind::TooLarge));

    let long = format!(r#""{}": "{value}""#, "n".repeat(MAX_NAMES_BYTES));
    assert_eq!(decrypt(&writer.json(&long, b"", "")).err(), Some(SopsErrorKind::TooLarge));
    let deep = format!(r#""a": {}1{}"#, r#"{"a": "#.repeat(100_000), "}".repeat(100_000));
    assert_eq!(soon(|| decrypt(&writer.json(&deep, b"", ""))).err(), Some(SopsErrorKind::Syntax));

    let recipients = |count: usize| {
        let one = r#"{"fp": "x", "enc": "x"}"#;
        format!(r#", "pgp": [{}]"#, vec![one; count].join(","))
    };
    let file = writer.json(r#""a": """#, b"", &recipients(MAX_RECIPIENTS - 1));
    assert!(decrypt(&file).is_ok());
    for count in [MAX_RECIPIENTS, 50_000] {
        let file = writer.json(r#""a": """#, b"", &recipients(count));
        assert_eq!(soon(|| decrypt(&file)).err(), Some(SopsErrorKind::TooLarge));
    }
}

/// A file whose metadata is all that matters.
fn with_keys(keys: &str) -> Vec<u8> {
    format!(
        r#"{{"a": "", "sops": {{{keys}, "lastmodified": "2026-11-20T16:04:52Z", "mac": "x"}}}}"#
    )
    .into_bytes()
}

#[test]
fn wrapped_keys_are_bounded() {
    let groups = vec![r#"{"age": [{"recipient": "x", "enc": "x"}]}"#; MAX_KEY_GROUPS + 1].join(",");
    let file = with_keys(&format!(r#""key_groups": [{groups}]"#));
    assert_eq!(decrypt(&file).err(), Some(SopsErrorKind::TooLarge));

    let long = "x".repeat(MAX_KEY_BYTES + 1);
    let file = with_keys(&format!(r#""age": [{{"recipient": "x", "enc": "{long}"}}]"#));
    assert_eq!(decrypt(&file).err(), Some(SopsErrorKind::TooLarge));

    // Each wrapped key is within its bound, and all together ask for too much work.
    let stanza = format!("-> X25519 {0}\\n{0}\\n", "B".repeat(42) + "A").repeat(MAX_STANZAS / 2);
    let header = format!("age-encryption.org/v1\\n{stanza}--- {}\\n", "A".repeat(43));
    let one = format!(r#"{{"recipient": "x", "enc": "{header}{}"}}"#, "x".repeat(64));
    let file = with_keys(&format!(r#""age": [{}]"#, vec![one; 3].join(",")));
    assert_eq!(soon(|| decrypt(&file)).err(), Some(SopsErrorKind::TooLarge));
}

#[test]
fn a_damaged_data_key_is_told_apart_from_one_of_somebody_else() {
    let text = String::from_utf8(read("enc/old_2023.enc.yaml")).unwrap();
    let last = text.lines().position(|line| line.contains("END AGE")).unwrap() - 2;
    let changed: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == last { line.replace('A', "B") } else { line.to_owned() })
        .collect();
    let error = decrypt(changed.join("\n").as_bytes()).err();
    let damaged = SopsErrorKind::Identity(DecryptErrorKind::DamagedContent);
    assert_eq!(error, Some(damaged));
}

#[test]
fn hostile_metadata_is_refused_by_its_name() {
    let age = r#""age": [{"recipient": "x", "enc": "x"}]"#;
    for (keys, kind) in [
        (format!(r#"{age}, "encrypted_regex": "(""#), SopsErrorKind::SelectionPattern),
        (
            format!(r#"{age}, "encrypted_regex": "{}""#, "(a{1000}){1000}"),
            SopsErrorKind::SelectionPattern,
        ),
        (format!(r#"{age}, "mac_only_encrypted": "perhaps""#), SopsErrorKind::Metadata),
        (format!(r#"{age}, "shamir_threshold": 2"#), SopsErrorKind::Metadata),
        (format!(r#"{age}, "{}": 1"#, "x".repeat(1000)), SopsErrorKind::TooLarge),
        (age.to_owned(), SopsErrorKind::Identity(DecryptErrorKind::NotAge)),
        (r#""kms": null, "age": []"#.to_owned(), SopsErrorKind::NoRecipients),
        (
            r#""pgp": [{"fp": "x", "enc": "x"}]"#.to_owned(),
            SopsErrorKind::Identity(DecryptErrorKind::UnsupportedRecipients),
        ),
    ] {
        assert_eq!(soon(|| decrypt(&with_keys(&keys))).err(), Some(kind), "{keys}");
    }
    let file = r#"{"a": "", "sops": {"lastmodified": "yesterday", "mac": "x"}}"#;
    assert_eq!(decrypt(file.as_bytes()).err(), Some(SopsErrorKind::Metadata));
}

#[test]
fn a_large_file_is_read_soon() {
    let writer = Writer::new();
    let count = MAX_VALUES / 10;
    let value = format!("\"{}\"", writer.value("a:", "str", b"CANARY"));
    let members = format!(r#""a": [{}]"#, vec![value; count].join(","));
    let file = writer.json(&members, "CANARY".repeat(count).as_bytes(), "");
    assert_eq!(soon(|| decrypt(&file)).unwrap().leaves().len(), count);
}

/// What must not change, whatever happens to a file: which values are there, and under which
/// names those that were encrypted stand. The names of clear values nothing vouches for.
fn vouched_for(tree: &Tree) -> (Vec<(String, String)>, Vec<String>) {
    let leaves = tree.leaves();
    let text = |leaf: &envlint_secrets::sops::Leaf| leaf.text().unwrap().expose().to_owned();
    let encrypted = leaves.iter().filter(|(_, _, leaf)| leaf.encrypted);
    let all = leaves.iter().map(|(_, _, leaf)| text(leaf)).filter(|text| !text.is_empty());
    // A list's items have no names of their own.
    let named = |names: &[String]| {
        let names = names.iter().filter(|name| name.parse::<usize>().is_err());
        names.cloned().collect::<Vec<_>>().join("/")
    };
    (encrypted.map(|(names, _, leaf)| (named(names), text(leaf))).collect(), all.collect())
}

const SAMPLES: [&str; 4] =
    ["enc/secrets.enc.yaml", "enc/secrets.enc.json", "enc/app.enc.env", "enc/app.enc.ini"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_reads_back(text in "\\PC{1,40}", name in "[a-z]{1,9}") {
        let writer = Writer::new();
        let value = writer.value(&format!("{name}:"), "str", text.as_bytes());
        let file = writer.json(&format!(r#""{name}": "{value}""#), text.as_bytes(), "");
        prop_assert_eq!(texts(&decrypt(&file).unwrap()), [(name, text)]);
    }

    #[test]
    fn no_bytes_panic(text in "\\PC{0,200}", sample in 0..SAMPLES.len(), at: prop::sample::Index) {
        let mut whole = String::from_utf8(read(SAMPLES[sample])).unwrap();
        let at = whole.floor_char_boundary(at.index(whole.len()));
        whole.insert_str(at, &text);
        let _ = decrypt(whole.as_bytes());
        let _ = decrypt(text.as_bytes());
    }

    #[test]
    fn a_changed_byte_changes_no_value(
        sample in 0..SAMPLES.len(),
        at: prop::sample::Index,
        byte in 0x20..0x7f_u8,
    ) {
        let mut file = read(SAMPLES[sample]);
        let expected = vouched_for(&decrypt(&file).unwrap());
        let at = at.index(file.len());
        file[at] = byte;
        if str::from_utf8(&file).is_ok() && let Ok(tree) = decrypt(&file) {
            prop_assert_eq!(vouched_for(&tree), expected);
        }
    }

    #[test]
    fn a_cut_file_gives_nothing(sample in 0..SAMPLES.len(), at: prop::sample::Index) {
        let file = read(SAMPLES[sample]);
        let end = at.index(file.len() * 9 / 10);
        if let Ok(text) = str::from_utf8(&file[..end]) {
            prop_assert!(decrypt(text.as_bytes()).is_err());
        }
    }
}
