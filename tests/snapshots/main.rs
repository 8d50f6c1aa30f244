//! What a person sees, end to end, as committed files in `expected/`. `ENVLINT_UPDATE=1 cargo
//! test --test snapshots` writes them: read the difference as a user would.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary, and compare what it says with committed files"
)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use support::{Repository, Told};

const BROKEN: &str = "fixtures/polyant/broken";
const HARDENED: &str = "fixtures/polyant/hardened";
const PRODGY_BROKEN: &str = "fixtures/prodgy/broken";
const PRODGY_HARDENED: &str = "fixtures/prodgy/hardened";
const PROFY_BROKEN: &str = "fixtures/profy/broken";
const PROFY_HARDENED: &str = "fixtures/profy/hardened";
const PROTEA_BROKEN: &str = "fixtures/protea/broken";
const PROTEA_HARDENED: &str = "fixtures/protea/hardened";

/// A day for everything that expires.
const DAY: [&str; 2] = ["--as-of", "2027-01-01"];

/// The one who may decrypt the hardened fixture. Where it is, is told from where the process
/// runs.
const IDENTITY: (&str, &str) = ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/polyant/identity.txt");
const PRODGY_IDENTITY: (&str, &str) = ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/prodgy/identity.txt");
const PROFY_IDENTITY: (&str, &str) = ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/profy/identity.txt");
const PROTEA_IDENTITY: (&str, &str) = ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/protea/identity.txt");

/// A check: the file of its output, the fixture, further arguments, who decrypts, the exit code.
type Check = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    i32,
);

const CHECKS: [Check; 26] = [
    ("broken.txt", BROKEN, &["--env", "production"], &[], 1),
    ("broken-everywhere.txt", BROKEN, &[], &[], 1),
    ("broken-web.txt", BROKEN, &["--env", "production", "--service", "web"], &[], 1),
    ("broken-weak-secret.txt", BROKEN, &["--select", "weak-secret,placeholder-secret"], &[], 1),
    ("broken-narrated.txt", BROKEN, &["--env", "production", "--format", "narrated"], &[], 1),
    ("broken-github.txt", BROKEN, &["--env", "production", "--format", "github"], &[], 1),
    ("broken.json", BROKEN, &["--env", "production", "--format", "json"], &[], 1),
    ("broken.sarif", BROKEN, &["--env", "production", "--format", "sarif"], &[], 1),
    ("hardened-locked.txt", HARDENED, &[], &[], 0),
    ("hardened-locked-narrated.txt", HARDENED, &["--format", "narrated"], &[], 0),
    ("hardened-locked-github.txt", HARDENED, &["--format", "github"], &[], 0),
    ("hardened-locked.json", HARDENED, &["--format", "json"], &[], 0),
    ("hardened.txt", HARDENED, &[], &[IDENTITY], 0),
    ("hardened-narrated.txt", HARDENED, &["--format", "narrated"], &[IDENTITY], 0),
    ("hardened.json", HARDENED, &["--format", "json"], &[IDENTITY], 0),
    ("hardened.sarif", HARDENED, &["--format", "sarif"], &[IDENTITY], 0),
    ("prodgy-broken.txt", PRODGY_BROKEN, &[], &[], 1),
    ("prodgy-hardened-locked.txt", PRODGY_HARDENED, &[], &[], 0),
    ("prodgy-hardened.txt", PRODGY_HARDENED, &[], &[PRODGY_IDENTITY], 0),
    ("profy-broken.txt", PROFY_BROKEN, &[], &[], 1),
    ("profy-broken-pedantic.txt", PROFY_BROKEN, &["--pedantic"], &[], 1),
    ("profy-hardened-locked.txt", PROFY_HARDENED, &[], &[], 0),
    ("profy-hardened.txt", PROFY_HARDENED, &[], &[PROFY_IDENTITY], 0),
    ("protea-broken.txt", PROTEA_BROKEN, &[], &[], 1),
    ("protea-hardened-locked.txt", PROTEA_HARDENED, &[], &[], 0),
    ("protea-hardened.txt", PROTEA_HARDENED, &[], &[PROTEA_IDENTITY], 0),
];

/// What judges nothing: the file of its output, the arguments.
const TEXTS: [(&str, &[&str]); 22] = [
    ("docs-polyant.md", &["docs", BROKEN]),
    ("docs-protea-workers.md", &["docs", PROTEA_HARDENED, "--service", "workers"]),
    ("example-polyant.env", &["example", BROKEN]),
    ("example-protea-workers.env", &["example", PROTEA_HARDENED, "--service", "workers"]),
    ("help.txt", &["--help"]),
    ("help-check.txt", &["check", "--help"]),
    ("help-docs.txt", &["docs", "--help"]),
    ("help-example.txt", &["example", "--help"]),
    ("help-explain.txt", &["explain", "--help"]),
    ("help-generate.txt", &["generate", "--help"]),
    ("help-init.txt", &["init", "--help"]),
    ("help-rules.txt", &["rules", "--help"]),
    ("help-schema.txt", &["schema", "--help"]),
    ("init-polyant.toml", &["init", BROKEN, "--dry-run"]),
    ("init-protea.toml", &["init", PROTEA_BROKEN, "--dry-run"]),
    ("rules.txt", &["rules"]),
    ("rules.json", &["rules", "--format", "json"]),
    ("explain-weak-secret.txt", &["explain", "weak-secret"]),
    ("schema.txt", &["schema"]),
    ("service-full.json", &["schema", PROFY_HARDENED, "--service", "web"]),
    ("service-text.json", &["schema", PROFY_HARDENED, "--as", "text"]),
    ("service-typed.json", &["schema", PROFY_HARDENED, "--service", "web", "--as", "typed"]),
];

#[test]
fn checks_say_what_they_said() {
    let repository = Repository::new();
    let mut faults = Vec::new();
    for (file, fixture, arguments, variables, code) in CHECKS {
        let told = repository.run(&[&["check", fixture], &DAY[..], arguments].concat(), variables);
        faults.extend(compare(file, &told, code));
    }
    none(&faults);
}

#[test]
fn help_and_lists_say_what_they_said() {
    let repository = Repository::new();
    let told =
        |(file, arguments): &(&str, &[&str])| compare(file, &repository.run(arguments, &[]), 0);
    none(&TEXTS.iter().filter_map(told).collect::<Vec<_>>());
}

#[test]
fn every_committed_file_is_compared() {
    let compared = CHECKS.iter().map(|check| check.0).chain(TEXTS.iter().map(|text| text.0));
    let compared: BTreeSet<String> = compared.map(str::to_owned).collect();
    let files = fs::read_dir(expected("")).unwrap().map(|entry| entry.unwrap().file_name());
    let committed: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(committed, compared);
}

fn expected(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/expected").join(file)
}

/// What differs from a committed file; which is written first if `ENVLINT_UPDATE` is set to 1.
fn compare(file: &str, told: &Told, code: i32) -> Option<String> {
    if (told.code, told.complaint.as_str()) != (Some(code), "") {
        return Some(format!("{file}: exit {:?} instead of {code}: {}", told.code, told.complaint));
    }
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        fs::write(expected(file), &told.output).unwrap();
    }
    let committed = fs::read_to_string(expected(file)).unwrap_or_default();
    let mut lines = told.output.lines().zip(committed.lines()).enumerate();
    let (at, now, before) = match lines.find(|(_, (now, before))| now != before) {
        Some((at, (now, before))) => (at, now, before),
        None if told.output == committed => return None,
        None => (committed.lines().count().min(told.output.lines().count()), "", ""),
    };
    Some(format!("{file}:{}:\n  now:    {now}\n  before: {before}", at + 1))
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "ENVLINT_UPDATE=1 writes these:\n{}", faults.join("\n"));
}
