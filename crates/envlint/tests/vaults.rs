//! What a check makes of an encrypted file that it can open, and of one that it can not.

use std::sync::Arc;

use envlint::{Date, MemoryFiles, Options, ProcessEnvironment, Report, Secret};

const MANIFEST: &str = "
version = 1

[environments]
production = {}

[sources.vault]
file = \"production.env.age\"

[services.api]
sources = [\"vault\"]

[services.api.variables]
API_TOKEN = { type = \"token\", min-length = 16, required = true }
";

/// What can be said of a file, and of what is or is not in it.
const RULES: [&str; 3] = ["decryption-failed", "missing-required", "syntax-error"];

const BINARY: &[u8] = include_bytes!("../../../fixtures/age/binary.age");
const ARMORED: &[u8] = include_bytes!("../../../fixtures/age/armored.age");
const IDENTITY: &[u8] = include_bytes!("../../../fixtures/age/identity.txt");

fn check(vault: &[u8], variables: &[(&str, &str)]) -> Report {
    let files = MemoryFiles::new()
        .with("envlint.toml", MANIFEST)
        .with("production.env.age", vault)
        .with("identity.txt", IDENTITY);
    let process: ProcessEnvironment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::made((*value).to_owned())))
        .collect();
    let day = Date::new(2027, 6, 30).unwrap();
    let options = Options { select: RULES.map(str::to_owned).to_vec(), ..Options::new(day) };
    envlint::check(Arc::new(files), &process, &options).unwrap()
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// An encrypted file is no text, and must not be called one that can not be read.
#[test]
fn a_closed_vault_is_unverified_whether_binary_or_armored() {
    for vault in [BINARY, ARMORED] {
        let report = check(vault, &[]);
        assert_eq!(rules(&report), [""; 0]);
        let subjects: Vec<&str> =
            report.unverified.iter().map(|open| open.subject.name.as_str()).collect();
        assert!(subjects.contains(&"production.env.age"), "{subjects:?}");
        assert!(subjects.contains(&"API_TOKEN"), "{subjects:?}");
    }
}

#[test]
fn an_open_vault_is_checked() {
    for vault in [BINARY, ARMORED] {
        let report = check(vault, &[("ENVLINT_AGE_IDENTITY_FILE", "identity.txt")]);
        assert_eq!(rules(&report), ["missing-required"]);
        assert!(report.unverified.is_empty(), "{:?}", report.unverified);
    }
}
