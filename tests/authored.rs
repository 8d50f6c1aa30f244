//! What is written from schemas: a check takes it, and whoever wrote a schema can do nothing
//! with it to the person who reads.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary on directories that they build"
)]

mod support;

use std::fs;

use support::{FIXTURES, Repository};

#[test]
fn a_check_finds_nothing_wrong_with_a_template() {
    let repository = Repository::new();
    let mut looked_at = 0;
    for fixture in FIXTURES {
        let example = repository.run(&["example", fixture], &[]);
        assert_eq!((example.code, example.complaint.as_str()), (Some(0), ""), "{fixture}");
        let path = repository.path().join(fixture).join(".env.example");
        fs::write(&path, &example.output).unwrap();
        let told = repository.run(&["check", fixture, "--pedantic"], &[]);
        assert!(!told.output.contains(".env.example"), "{fixture}: {}", told.output);
        // The rule looks at it: of what is required, something would be missed.
        let required = |line: &&str| !line.starts_with('#') && line.contains('=');
        let without: Vec<&str> = example.output.lines().filter(|line| !required(line)).collect();
        fs::write(&path, without.join("\n") + "\n").unwrap();
        let told = repository.run(&["check", fixture, "--select", "template-drift"], &[]);
        looked_at += usize::from(told.output.contains(".env.example"));
    }
    assert!(looked_at >= FIXTURES.len() / 2, "{looked_at}");
}

/// A manifest whose texts try to be something else.
const HOSTILE: &str = r#"
version = 1

[environments]
"prod" = {}

[sources.env]
file = ".env"

[services."a\u001b[2J\n## b"]
sources = ["env"]

[services."a\u001b[2J\n## b".variables]
"X\nY=1" = { type = "string", docs = "One.\n\nY=1\u001b]0;title\u0007 \u202e | pipe" }
Z        = { type = "enum", values = ["`", "a|b", "\r\n"], default = "a|b", required = true, docs = "Y=1 \u202e" }
"#;

#[test]
fn a_schema_can_do_nothing_to_a_terminal_or_a_shell() {
    let repository = Repository::new();
    let case = repository.path().join("case");
    fs::create_dir(&case).unwrap();
    fs::write(case.join("envlint.toml"), HOSTILE).unwrap();
    fs::write(case.join(".env"), "Z=a|b\n").unwrap();
    for command in ["docs", "example", "schema"] {
        let told = repository.run(&[command, "case"], &[]);
        assert_eq!((told.code, told.complaint.as_str()), (Some(0), ""), "{command}");
        let harmless = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
        assert!(command == "schema" || told.output.chars().all(harmless), "{}", told.output);
        assert!(!told.output.contains('\x1b') && !told.output.contains("\n## b"));
    }
    let docs = repository.run(&["docs", "case"], &[]).output;
    assert!(docs.contains(r"| `Z` | one of `` ` ``, `a\|b` or `\r\n` |"), "{docs}");
    let example = repository.run(&["example", "case"], &[]).output;
    let assigned: Vec<&str> =
        example.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(assigned, ["Z='a|b'"], "{example}");
}
