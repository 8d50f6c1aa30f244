//! Files that sops wrote, by many of its versions, decrypt to what sops decrypts them to; files
//! that were changed since are refused for the reason that they were changed by.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads the recorded files, and nothing else"
)]

#[path = "common/sops.rs"]
mod common;

use common::{Files, names_in, read, source};
use envlint_parse::tree::{Kind, Node, Style};
use envlint_parse::{json, yaml};
use envlint_secrets::DecryptErrorKind;
use envlint_secrets::sops::{
    Leaf, LeafValue, SelectionRule, SopsErrorKind, SopsFile, Store, Tree, ValueKind,
};

/// A value by its names: what a tree comes down to.
type Told = (String, String);

/// A value as both sides spell it.
fn spelled(kind: ValueKind, text: &str) -> String {
    match kind {
        ValueKind::Float => format!("{:?}", text.parse::<f64>().unwrap()),
        _ => text.to_owned(),
    }
}

fn told(tree: &Tree) -> Vec<Told> {
    let leaves = tree.leaves().into_iter();
    leaves
        .map(|(names, _, leaf)| {
            let text = leaf.text().expect("a value that is text").expose();
            (names.join("/"), spelled(leaf.kind, text))
        })
        .collect()
}

/// The values of a plain YAML or JSON document, each read as the type that the other side has.
fn plain(node: Node<'_>, names: &str, kinds: &mut impl Iterator<Item = ValueKind>) -> Vec<Told> {
    let below = |name: &str| match names {
        "" => name.to_owned(),
        _ => format!("{names}/{name}"),
    };
    match node.kind() {
        Kind::Mapping(entries) => entries
            .flat_map(|entry| plain(entry.value, &below(entry.name().unwrap()), kinds))
            .collect(),
        Kind::Sequence(items) => items
            .enumerate()
            .flat_map(|(at, item)| plain(item, &below(&at.to_string()), kinds))
            .collect(),
        Kind::Alias(_) => panic!("sops writes no aliases"),
        Kind::Scalar(style) => {
            let kind = kinds.next().unwrap_or(ValueKind::Text);
            let text = node.expose().unwrap();
            assert_eq!(
                style.is_text(),
                kind == ValueKind::Text && style != Style::Plain,
                "{names} has another type"
            );
            let text = if kind == ValueKind::Null { "" } else { text };
            vec![(names.to_owned(), spelled(kind, text))]
        }
    }
}

/// What sops decrypted a file to.
fn expected(store: Store, text: &str, tree: &Tree) -> Vec<Told> {
    let mut kinds = tree.leaves().into_iter().map(|(_, _, leaf)| leaf.kind);
    let lines = || text.lines().filter(|line| !line.is_empty());
    match store {
        Store::Yaml | Store::Json => {
            let file = source(text.as_bytes());
            let parse = if store == Store::Yaml { yaml::parse } else { json::parse };
            let (document, errors) = parse(&file);
            assert!(errors.is_empty());
            document.roots().flat_map(|root| plain(root, "", &mut kinds)).collect()
        }
        Store::Dotenv => lines()
            .filter_map(|line| line.split_once('=').filter(|_| !line.starts_with('#')))
            .map(|(name, value)| (name.to_owned(), value.replace("\\n", "\n")))
            .collect(),
        Store::Ini => {
            let mut section = "DEFAULT".to_owned();
            let mut values = Vec::new();
            for line in lines().filter(|line| !line.starts_with(';')) {
                match line.strip_prefix('[') {
                    Some(name) => section = name.trim_end_matches(']').to_owned(),
                    None => {
                        let (name, value) = line.split_once('=').unwrap();
                        values.push((format!("{section}/{}", name.trim()), value.trim().into()));
                    }
                }
            }
            values
        }
    }
}

/// Decrypts a file with everything that is at hand.
fn decrypt(path: &str) -> Result<(SopsFile, Tree), envlint_secrets::sops::SopsError> {
    let files = Files::with_all_identities();
    let file = SopsFile::parse(&source(&read(path)))?;
    let tree = file.decrypt(&files.identities())?;
    Ok((file, tree))
}

#[track_caller]
fn decrypts_to(path: &str, decrypted: &str) {
    let (file, tree) = decrypt(path).unwrap_or_else(|error| panic!("{path} {error}"));
    let text = String::from_utf8(read(decrypted)).unwrap();
    match tree.as_binary() {
        Some(leaf) => assert_eq!(bytes(leaf), text.as_bytes(), "{path}"),
        None => assert_eq!(told(&tree), expected(file.store(), &text, &tree), "{path}"),
    }
}

fn bytes(leaf: &Leaf) -> &[u8] {
    match &leaf.value {
        LeafValue::Text(text) => text.expose().as_bytes(),
        LeafValue::Bytes(bytes) => bytes,
        LeafValue::Closed => panic!("a closed value"),
    }
}

#[test]
fn every_recorded_file_decrypts_to_what_sops_gives() {
    let names = names_in("enc");
    assert!(names.len() > 15);
    for name in names.iter().filter(|name| *name != "ssh_ed25519.enc.yaml") {
        decrypts_to(&format!("enc/{name}"), &format!("dec/{name}"));
    }
    // sops 3.13.2 can not read this file of its own.
    decrypts_to("regress/seq_comment_3132.enc.yaml", "dec/secrets.enc.yaml");
}

#[test]
fn files_of_other_projects_decrypt_to_what_lies_beside_them() {
    let mut tried = 0;
    for name in names_in("third_party/rops") {
        if let Some(stem) = name.strip_suffix("_plaintext.yaml") {
            let path = |end| format!("third_party/rops/{stem}{end}.yaml");
            decrypts_to(&path(""), &path("_plaintext"));
            tried += 1;
        }
    }
    let pairs = [
        ("single_file/some-project-name.enc.json", "single_file/some-project-name.json"),
        ("single_file/some-project-name.enc.yaml", "single_file/some-project-name.yaml"),
        ("single_file/some-project-name.enc.ini", "single_file/some-project-name.ini"),
        (
            "directory/some-project-name/.env.production.enc",
            "directory/some-project-name/.env.production",
        ),
        (
            "directory/some-project-name/.env.development.enc",
            "directory/some-project-name/.env.development",
        ),
        (
            "directory/some-project-name/production.enc.json",
            "directory/some-project-name/production.json",
        ),
        (
            "directory/some-project-name/development.enc.json",
            "directory/some-project-name/development.json",
        ),
        (
            "directory/some-project-name/production/secrets.enc.json",
            "directory/some-project-name/production/secrets.json",
        ),
        (
            "directory/some-project-name/development/secrets.enc.json",
            "directory/some-project-name/development/secrets.json",
        ),
    ];
    for (encrypted, decrypted) in pairs {
        let path = |name| format!("third_party/secretspec/{name}");
        decrypts_to(&path(encrypted), &path(decrypted));
        tried += 1;
    }
    assert_eq!(tried, 16);
    let (_, tree) = decrypt("third_party/sops-nix/secrets.yaml").unwrap();
    assert_eq!(
        told(&tree).iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>(),
        ["test_key=test_value", "a_list/0=e1", "a_list/1=e3", "nested/test/file=another value"]
    );
}

#[test]
fn keys_of_other_kinds_are_not_verified_rather_than_wrong() {
    for path in [
        "third_party/rops/aws_kms_example.yaml",
        "third_party/sops-nix/secrets.bin",
        "third_party/sops-nix/secrets.env",
        "third_party/sops-nix/secrets.ini",
        "third_party/sops-nix/secrets.json",
        "enc/ssh_ed25519.enc.yaml",
    ] {
        let error = decrypt(path).err().unwrap();
        let unsupported = SopsErrorKind::Identity(DecryptErrorKind::UnsupportedRecipients);
        assert_eq!(error.kind(), unsupported, "{path}");
        assert!(error.is_unverifiable() && !error.is_tampering());
    }
}

#[test]
fn a_changed_file_is_refused_for_what_was_changed() {
    use SopsErrorKind as Kind;
    let cases = [
        ("bad_mac", Kind::WrongMac, "has a MAC that was changed after sops wrote it"),
        (
            "bad_tag_b64",
            Kind::MalformedValue,
            "has an encrypted value without a sound tag: `database.host`",
        ),
        ("conflict_markers", Kind::Conflict, "holds the two sides of a merge conflict"),
        (
            "edited_lastmodified",
            Kind::EditedLastModified,
            "has a `lastmodified` that was changed after sops wrote it",
        ),
        ("no_recipients", Kind::NoRecipients, "has no recipients: nobody can decrypt it"),
        (
            "plaintext_value",
            Kind::PlaintextValue,
            "has a value in clear where one should be encrypted: `database.token`",
        ),
        (
            "renamed_key",
            Kind::ChangedValue,
            "was changed after sops wrote it: `database.username` is not the value that had this \
             name",
        ),
        (
            "swapped_values",
            Kind::MovedValue,
            "was changed after sops wrote it: the value of `database.host` belongs to \
             `database.user`",
        ),
        (
            "two_crypt_rules",
            Kind::SelectionRules,
            "has more than one rule for what is encrypted; sops takes at most one",
        ),
        (
            "unknown_type",
            Kind::UnknownType,
            "has a value of a type that sops does not know: `database.host`",
        ),
    ];
    assert_eq!(cases.len(), names_in("bad").len());
    for (name, kind, text) in cases {
        let error = decrypt(&format!("bad/{name}.enc.yaml")).err().unwrap();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text), "{name}");
        assert!(!error.is_unverifiable());
        assert_eq!(error.span().is_some(), kind != Kind::NoRecipients, "{name}");
    }
}

#[test]
fn a_place_is_that_of_the_encrypted_value() {
    let (file, tree) = decrypt("enc/secrets.enc.yaml").unwrap();
    let host = tree.documents()[0].get("database").and_then(|node| node.get("host")).unwrap();
    let line = file.source().position(host.span.start).line;
    assert_eq!(line, 3);
    assert!(file.source().slice(host.span).starts_with("ENC["));
    let error = decrypt("bad/swapped_values.enc.yaml").err().unwrap();
    assert_eq!(file.source().position(error.span().unwrap().start).line, 3);
}

#[test]
fn without_an_identity_names_and_clear_values_are_known() {
    let nothing = Files::default();
    let file = SopsFile::parse(&source(&read("enc/secrets.enc.yaml"))).ok().unwrap();
    let error = file.decrypt(&nothing.identities()).err().unwrap();
    assert_eq!(error.kind(), SopsErrorKind::Identity(DecryptErrorKind::NoIdentity));
    assert_eq!(
        error.to_string(),
        "is encrypted for 2 X25519 recipients, and no identity was given"
    );
    assert!(error.is_unverifiable());

    let (outline, faults) = file.outline().ok().unwrap();
    assert!(faults.is_empty());
    let leaves = outline.leaves();
    let find = |name: &str| {
        let leaf = leaves.iter().find(|(names, ..)| names.join("/") == name);
        leaf.unwrap_or_else(|| panic!("{name} is there")).2
    };
    assert!(find("database/password").is_closed());
    assert_eq!(find("database/port").kind, ValueKind::Integer);
    assert_eq!(find("database/hosts_unencrypted/1").text().unwrap().expose(), "b.example.com");
    assert!(!find("debug_unencrypted").encrypted);
    // A comment in a list is no item of it.
    assert!(find("list/2/k").is_closed());
}

#[test]
fn metadata_is_told_without_a_key() {
    let parse = |path: &str| SopsFile::parse(&source(&read(path))).ok().unwrap();
    let file = parse("enc/old_2023.enc.yaml");
    let metadata = file.metadata();
    assert_eq!(metadata.last_modified.to_string(), "2023-01-15");
    assert_eq!(metadata.version.as_deref(), Some("3.13.1"));
    assert_eq!(metadata.selection.rule(), SelectionRule::UnencryptedSuffix);
    let recipients: Vec<&str> =
        metadata.recipients().map(|recipient| recipient.recipient.as_str()).collect();
    assert_eq!(recipients, ["age1wen522ftk3asfd6yvnrmg24qyzxt26sfv7kl9z6d2rl2sqedl3tqegpqfk"]);

    let files = Files::default().with("alice.txt");
    let own = |path: &str| parse(path).metadata().recipients_of(&files.identities()).len();
    assert_eq!(own("enc/old_2023.enc.yaml"), 1);
    assert_eq!(own("third_party/rops/age_example.yaml"), 0);

    let split = parse("enc/shamir_2of3.enc.ini");
    assert_eq!((split.metadata().groups.len(), split.metadata().threshold), (3, 2));
    assert!(parse("third_party/rops/age_mac_only_encrypted.yaml").metadata().mac_only_encrypted);
    assert_eq!(
        parse("enc/encrypted_comment_regex.enc.yaml").metadata().selection.text(),
        "section"
    );
}

#[test]
fn a_split_key_takes_as_many_groups_as_it_says() {
    let file = SopsFile::parse(&source(&read("enc/shamir_2of3.enc.yaml"))).ok().unwrap();
    for pair in [["alice.txt", "bob.txt"], ["alice.txt", "ops.txt"], ["bob.txt", "ops.txt"]] {
        let files = pair.into_iter().fold(Files::default(), Files::with);
        assert!(file.decrypt(&files.identities()).is_ok(), "{pair:?}");
    }
    let files = Files::default().with("bob.txt");
    let error = file.decrypt(&files.identities()).err().unwrap();
    assert_eq!(error.kind(), SopsErrorKind::TooFewGroups);
    assert_eq!(error.to_string(), "needs 2 of its 3 key groups, and the identities open 1");
    let error = file.decrypt(&Files::default().identities()).err().unwrap();
    assert_eq!(error.kind(), SopsErrorKind::Identity(DecryptErrorKind::NoIdentity));
}

#[test]
fn an_identity_of_nobody_is_told_apart_from_none() {
    let file = SopsFile::parse(&source(&read("enc/secrets.enc.json"))).ok().unwrap();
    let files = Files::default().with("ops.txt");
    let error = file.decrypt(&files.identities()).err().unwrap();
    assert_eq!(error.kind(), SopsErrorKind::Identity(DecryptErrorKind::NoIdentityFits));
    assert!(!error.is_unverifiable() && !error.is_tampering());
}

#[test]
fn a_format_is_told_by_its_metadata() {
    for (path, store) in [
        ("enc/secrets.enc.yaml", Some(Store::Yaml)),
        ("bad/conflict_markers.enc.yaml", Some(Store::Yaml)),
        ("enc/secrets.enc.json", Some(Store::Json)),
        ("enc/app.enc.env", Some(Store::Dotenv)),
        ("enc/v3131_app.enc.ini", Some(Store::Ini)),
        ("dec/secrets.enc.yaml", None),
        ("dec/secrets.enc.json", None),
        ("dec/app.enc.env", None),
        ("dec/app.enc.ini", None),
        ("creation-rules.yaml", None),
    ] {
        let text = String::from_utf8(read(path)).unwrap();
        assert_eq!(Store::detect(&text), store, "{path}");
    }
    let error = SopsFile::parse(&source(b"database: CANARY\n")).err().unwrap();
    assert_eq!(error.kind(), SopsErrorKind::NotSops);
}
