//! `docs/facts.md` is what the tests and the rules say: every fact stands there once, with the
//! tests that bear its number, and with rules that exist.
#![allow(clippy::disallowed_methods, reason = "the test reads the repository that it is about")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The guides, and how many facts each of them states.
const GUIDES: [(&str, usize); 5] =
    [("S000", 39), ("S001", 19), ("S002", 39), ("S003", 45), ("S004", 35)];

/// A line of the tables.
struct Row {
    fact: String,
    held_by: Vec<String>,
    missing: String,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(repository().join("docs/facts.md")).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| S"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{line}");
        Row { fact: cells[0].to_owned(), held_by: quoted(cells[2]), missing: cells[3].to_owned() }
    };
    lines.map(row).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The tests of this crate whose names begin with the number of a fact, by that number.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for name in text.lines().filter_map(|line| line.strip_prefix("fn s0")?.split('(').next()) {
            let name = format!("s0{name}");
            let fact = name[..7].to_uppercase().replace('_', "-");
            tests.entry(fact).or_default().insert(name);
        }
    }
    tests
}

fn is_rule(name: &str) -> bool {
    repository().join(format!("docs/rules/{name}.md")).is_file()
}

#[test]
fn every_fact_stands_there_once() {
    let facts = GUIDES
        .iter()
        .flat_map(|(guide, facts)| (1..=*facts).map(move |number| format!("{guide}-{number:02}")));
    let documented: Vec<String> = rows().into_iter().map(|row| row.fact).collect();
    assert_eq!(documented, facts.collect::<Vec<_>>());
}

#[test]
fn every_fact_is_held_or_says_why_not() {
    for row in rows() {
        assert!(!row.held_by.is_empty() || !row.missing.is_empty(), "{}", row.fact);
    }
}

#[test]
fn the_tests_of_a_fact_stand_beside_it() {
    let mut tests = tests();
    for row in rows() {
        let own = tests.remove(&row.fact).unwrap_or_default();
        let named = row.held_by.iter().filter(|name| name.starts_with("s0"));
        let prefix = row.fact.to_lowercase().replace('-', "_");
        let named: BTreeSet<String> = named.filter(|n| n.starts_with(&prefix)).cloned().collect();
        assert_eq!(named, own, "{}", row.fact);
    }
    assert!(tests.is_empty(), "these tests are of no fact: {tests:?}");
}

#[test]
fn what_holds_a_fact_is_there() {
    let tests: BTreeSet<String> = tests().into_values().flatten().collect();
    for row in rows() {
        for name in &row.held_by {
            let exists = tests.contains(name) || is_rule(name) || repository().join(name).is_dir();
            assert!(exists, "{}: {name}", row.fact);
        }
    }
}

#[test]
fn a_rule_that_is_missing_does_not_exist() {
    for row in rows() {
        for name in quoted(&row.missing) {
            assert!(!is_rule(&name), "{}: {name} is a rule by now", row.fact);
        }
    }
}
