//! `.sops.yaml`: which rule is for which file, whom it names, and what they are called.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads the recorded files, and nothing else"
)]

#[path = "common/sops.rs"]
mod common;

use common::{read, source};
use envlint_parse::yaml;
use envlint_secrets::sops::{CreationRule, CreationRules, SelectionRule, SopsFile};
use proptest::prelude::*;

fn rules(text: &str) -> (CreationRules, usize) {
    let (document, errors) = yaml::parse(&source(text.as_bytes()));
    assert!(errors.is_empty());
    let (rules, errors) = CreationRules::parse(&document);
    (rules, errors.len())
}

fn recipients(rule: &CreationRule) -> Vec<&str> {
    rule.recipients().map(|recipient| recipient.recipient.as_str()).collect()
}

#[test]
fn the_recorded_rules_are_those_that_the_files_were_made_by() {
    let (rules, errors) = rules(&String::from_utf8(read("creation-rules.yaml")).unwrap());
    assert_eq!((rules.all().len(), errors), (2, 0));
    for (plain, encrypted) in [
        ("plain/secrets.json", "enc/via_rules.enc.json"),
        ("plain/app.env", "enc/via_rules_groups.enc.env"),
    ] {
        let rule = rules.for_path(plain).unwrap();
        let file = SopsFile::parse(&source(&read(encrypted))).ok().unwrap();
        let metadata = file.metadata();
        let in_file: Vec<&str> =
            metadata.recipients().map(|recipient| recipient.recipient.as_str()).collect();
        assert_eq!(recipients(rule), in_file, "{plain}");
        assert_eq!(rule.groups.len(), metadata.groups.len());
        assert_eq!(rule.threshold.unwrap_or(1), metadata.threshold);
        for (kind, text) in &rule.selection {
            assert_eq!(
                (*kind, text.as_str()),
                (metadata.selection.rule(), metadata.selection.text())
            );
        }
    }
    assert!(rules.for_path("elsewhere.txt").is_none());
}

#[test]
fn the_first_rule_that_fits_counts() {
    let (rules, _) = rules(
        "creation_rules:
  - path_regex: ^secrets/prod
    age: age1prod
    encrypted_suffix: _enc
    mac_only_encrypted: true
  - path_regex: prod
    pgp: 0123
  - age: [age1rest, 'age1a, age1b,']
  - path_regex: never
    age: age1never
",
    );
    let prod = rules.for_path("secrets/prod.yaml").unwrap();
    assert_eq!(recipients(prod), ["age1prod"]);
    assert_eq!(prod.selection, [(SelectionRule::EncryptedSuffix, "_enc".to_owned())]);
    assert!(prod.mac_only_encrypted && !prod.has_other_keys);
    let pgp = rules.for_path("other/prod.yaml").unwrap();
    assert!(recipients(pgp).is_empty() && pgp.has_other_keys);
    assert_eq!(recipients(rules.for_path("never").unwrap()), ["age1rest", "age1a", "age1b"]);
}

#[test]
fn sops_stops_at_a_pattern_that_is_none() {
    let (rules, errors) = rules(
        "creation_rules:\n  - {path_regex: 'a$', age: age1a}\n  - {path_regex: '(', age: age1b}\n  \
         - {age: age1c}\n",
    );
    assert_eq!(errors, 1);
    assert!(rules.for_path("a").is_some());
    assert!(rules.for_path("b").is_none());
}

#[test]
fn a_recipient_is_called_what_stands_beside_it() {
    let (rules, _) = rules(
        "keys:
  - &anchored age1anchored
creation_rules:
  - age:
      - *anchored
      - age1behind # The Server
      # The Laptop
      - age1above
      - age1nobody

      # far away

      - age1far
  - age: age1single # build
  - key_groups:
      - merge:
          - age: [*anchored]
        age:
          - age1group # another
",
    );
    for (recipient, name) in [
        ("age1anchored", Some("anchored")),
        ("age1behind", Some("The Server")),
        ("age1above", Some("The Laptop")),
        ("age1nobody", None),
        ("age1far", None),
        ("age1single", Some("build")),
        ("age1group", Some("another")),
        ("age1stranger", None),
    ] {
        assert_eq!(rules.name_of(recipient), name, "{recipient}");
    }
    assert_eq!(recipients(&rules.all()[2]), ["age1anchored", "age1group"]);
}

#[test]
fn what_is_no_file_of_rules_has_none() {
    for text in ["", "creation_rules:\n", "creation_rules: CANARY\n", "- a\n", "stores: {}\n"] {
        let (rules, errors) = rules(text);
        assert!(rules.for_path("any").is_none() && errors == 0, "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", at: prop::sample::Index) {
        let mut whole = String::from_utf8(read("creation-rules.yaml")).unwrap();
        whole.insert_str(whole.floor_char_boundary(at.index(whole.len())), &text);
        let (document, _) = yaml::parse(&source(whole.as_bytes()));
        let (rules, _) = CreationRules::parse(&document);
        let _ = rules.for_path("plain/secrets.json");
    }
}
