//! Files with secrets, and what can not be told of how they are kept.

mod support;

use envlint::Report;
use envlint_model::{ExampleFile, InGit, Kept};
use support::check;

const MANIFEST: &str = "version = 1\n\n[environments]\nproduction = { identities = [\"key.txt\"] }\n\n\
    [sources.env]\nfile = \".env\"\nreader = \"dotenv\"\n\n\
    [services.api]\nsources = [\"env\"]\n\n\
    [services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n";

/// A service with a secret in `.env`, and an identity beside it; git makes `git` of all files.
fn report(rule: &str, git: InGit) -> Report {
    let kept = Kept { mode: Some(0o600), git: Some(git) };
    let file = |path, text| ExampleFile { path, text, kept };
    let files = [
        file("envlint.toml", MANIFEST),
        file(".env", "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n"),
        file("key.txt", "# CANARY: no identity that opens anything\n"),
    ];
    check(rule, &files).expect("the files can be checked").0
}

#[test]
fn an_index_that_is_not_understood_is_no_answer() {
    for (rule, file) in [("secret-file-tracked", ".env"), ("identity-exposed", "key.txt")] {
        let unknown = report(rule, InGit::Unknown);
        let open: Vec<(&str, &str)> = unknown
            .unverified
            .iter()
            .filter(|each| each.subject.name.as_str() == file)
            .map(|each| (each.subject.name.as_str(), each.reason.as_str()))
            .collect();
        let why = "is in a git repository whose index is not understood";
        assert_eq!((unknown.findings.len(), open.as_slice()), (0, &[(file, why)][..]), "{rule}");

        let ignored = report(rule, InGit::Ignored);
        let open = ignored.unverified.iter().any(|each| each.subject.name.as_str() == file);
        assert!(ignored.findings.is_empty() && !open, "{rule}");
    }
}
