//! A whole check of a small project, and what every format says about it.
//!
//! The input is a project in one text: the rest of a manifest, then further files, each after a
//! line `=== path`. Beside them lie files that the input can use and can not change; all their
//! values are secret, and none may come out, whatever the input makes of them.

use std::sync::{Arc, LazyLock};

use envlint::report::{Layout, github, json, sarif, write_text};
use envlint::{
    Date, FilePath, MemoryFiles, Options, ProcessEnvironment, Report, RuleDoc, Secret, check as run,
};
use envlint_secrets::{Identities, decrypt_text};

use super::FILE;

/// What every manifest of an input starts with: for each secret file a service that reads it, and
/// nothing over it, so that nothing which the input declares makes its values public.
const HEAD: &str = r#"version = 1
[sources.fixed-launch]
file = ".env"
[sources.fixed-dotenv]
file = "fixed.env"
[sources.fixed-vault]
file = "fixed.env.age"
[services.fixed-launch]
sources = ["fixed-launch"]
[services.fixed-dotenv]
sources = ["fixed-dotenv"]
[services.fixed-vault]
sources = ["fixed-vault"]
"#;

const DOTENV: &str = "\
AUTH_SECRET=CANARY-of-a-file-AUTH_SECRET
DATABASE_URL=postgresql://app:CANARY-of-a-file-DATABASE_URL@db:5432/app
PORT=CANARY-of-a-file-PORT
TRUST_PROXY=CANARY-of-a-file-TRUST_PROXY
CORS_ORIGINS=\"https://a.example,CANARY-of-a-file-CORS_ORIGINS\"
ENGINE_URL=http://CANARY-of-a-file-ENGINE_URL:4000
";

const VAULT: &[u8] =
    include_bytes!("../../../fixtures/polyant/hardened/secrets/production.env.age");
const IDENTITY: &[u8] = include_bytes!("../../../fixtures/polyant/identity.txt");

/// What may not come out: the values of both files, as far as nobody would guess them.
static CANARIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = MemoryFiles::new().with("identity.txt", IDENTITY);
    let environment = ProcessEnvironment::default();
    let root = FilePath::new("");
    let identities = Identities::new(&files, &environment).file("test", &root, "identity.txt");
    let vault = decrypt_text(VAULT, &identities).expect("the identity belongs to the vault");
    let mut canaries = vec!["CANARY-of-a-file".to_owned()];
    let values = vault.lines().filter_map(|line| line.split_once('='));
    let values = values.map(|(_, value)| value.trim_matches('"').to_owned());
    canaries.extend(values.filter(|value| value.len() >= 16));
    assert!(canaries.len() > 3, "the vault holds secrets");
    canaries
});

/// A project.
pub(super) fn check(bytes: &[u8]) {
    let Ok(input) = str::from_utf8(bytes) else { return };
    if CANARIES.iter().any(|canary| input.contains(canary)) {
        // What the input says itself is no secret.
        return;
    }
    let first = outputs(input);
    for output in &first {
        for canary in &*CANARIES {
            assert!(!output.contains(canary), "a secret comes out");
        }
    }
    assert_eq!(first, outputs(input), "the same input gives another report");
}

/// The report in every format, or the error in the place of all.
fn outputs(input: &str) -> Vec<String> {
    let process = [("ENVLINT_AGE_IDENTITY_FILE", "fixed-identity.txt")];
    let process: ProcessEnvironment = process
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Secret::made(value.to_owned())))
        .collect();
    let options = Options::new(Date::new(2027, 6, 30).expect("a day of the calendar"));
    match run(Arc::new(project(input)), &process, &options) {
        Ok(report) => formats(&report),
        Err(error) => vec![format!("{error} {error:?}")],
    }
}

fn formats(report: &Report) -> Vec<String> {
    let rules: Vec<RuleDoc> = envlint::rules().collect();
    let base = FilePath::new("");
    let text = |narrated| {
        let mut text = String::new();
        let layout = Layout { narrated, ..Layout::default() };
        write_text(report, layout, &mut text).expect("writing to a text can not fail");
        text
    };
    let documents = [json(report), sarif(report, &rules, &base)];
    for document in &documents {
        assert!(serde_json::from_str::<serde_json::Value>(document).is_ok(), "not JSON");
    }
    let [json, sarif] = documents;
    vec![text(false), text(true), json, sarif, github(report, &base)]
}

/// The files that an input describes, beside the fixed ones.
fn project(input: &str) -> MemoryFiles {
    let mut files = MemoryFiles::new().with(".env", DOTENV);
    let mut path = envlint::MANIFEST;
    let mut start = 0;
    let mut at = 0;
    let mut put = |path: &str, text: &str| {
        match path {
            // Without a manifest, envlint works with what it finds.
            envlint::MANIFEST if text.trim().is_empty() => {}
            envlint::MANIFEST => files.insert(path, format!("{HEAD}{text}")),
            path => files.insert(path, text),
        }
    };
    for line in input.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix(FILE) {
            put(path, &input[start..at]);
            (path, start) = (next.trim(), at + line.len());
        }
        at += line.len();
    }
    put(path, &input[start..]);
    files
        .with("fixed.env", DOTENV)
        .with("fixed.env.age", VAULT)
        .with("fixed-identity.txt", IDENTITY)
}
