//! `environment:` of a service, and the types of unquoted YAML.

use crate::support::{Stack, hold};

/// A service `app` with one line about its variables, and a `.env` beside it.
fn app(line: &str) -> String {
    format!("services:\n  app:\n    image: app\n    {line}\n")
}

#[test]
fn forms_of_environment() {
    const ENV: &str = "SET=from-dotenv\nEMPTY=\n";
    for (line, seen) in [
        ("environment: { A: one, B: two }", "A=one B=two"),
        ("environment: [A=one, B=two]", "A=one B=two"),
        ("environment: [A=a=b]", "A=a=b"),
        ("environment: [A=]", "A="),
        ("environment: { A: '' }", "A="),
        // A name alone takes the value of the project's environment, or removes the variable.
        ("environment: [SET, EMPTY, UNSET]", "EMPTY= SET=from-dotenv"),
        ("environment: { SET: , EMPTY: ~, UNSET: null }", "EMPTY= SET=from-dotenv"),
        // A reference is a value: what it does not find is the empty text.
        ("environment: { SET: '${SET}', UNSET: '${UNSET}' }", "SET=from-dotenv UNSET="),
        // The same name twice in a list: the last one.
        ("environment: [A=one, A=two]", "A=two"),
        ("environment:", ""),
        ("environment: {}", ""),
        ("environment: []", ""),
        ("environment: &variables { A: one }", "A=one"),
    ] {
        let stack = Stack::of(&[("compose.yaml", &app(line)), (".env", ENV)]);
        assert_eq!(stack.run("app"), seen, "{line}");
        assert_eq!(stack.remarks(), [""; 0], "{line}");
    }
}

/// go-yaml types what is not quoted, and Go prints it.
#[test]
fn types_of_scalars() {
    for (written, seen) in [
        ("text", "text"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("off", "off"),
        ("true", "true"),
        ("True", "true"),
        ("TRUE", "true"),
        ("FALSE", "false"),
        ("0777", "511"),
        ("0o17", "15"),
        ("08", "8"),
        ("012345", "5349"),
        ("1_000", "1000"),
        ("0x1F", "31"),
        ("0b101", "5"),
        ("1.10", "1.1"),
        ("1.0", "1"),
        ("1e3", "1000"),
        ("100000000.0", "1e+08"),
        ("12345678901234567890123", "1.2345678901234568e+22"),
        ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
        ("22:22", "22:22"),
    ] {
        let value = |written: &str| {
            let line = format!("environment: {{ A: {written} }}");
            let stack = Stack::of(&[("compose.yaml", &app(&line))]);
            stack.run("app")
        };
        assert_eq!(value(written), format!("A={seen}"), "{written}");
        // Quotes, a block and the tag of text keep what is written; so does a list.
        for text in [format!("'{written}'"), format!("\"{written}\""), format!("!!str {written}")] {
            assert_eq!(value(&text), format!("A={written}"), "{text}");
        }
        let listed = app(&format!("environment: [ 'A={written}', B={written} ]"));
        let expected = format!("A={written} B={written}");
        assert_eq!(Stack::of(&[("compose.yaml", &listed)]).run("app"), expected);
        // An alias is typed where it is defined, not where it is used.
        for (defined, seen) in [(written.to_owned(), seen), (format!("'{written}'"), written)] {
            let aliased =
                format!("x-value: &value {defined}\n{}", app("environment: { A: *value }"));
            let expected = format!("A={seen}");
            assert_eq!(Stack::of(&[("compose.yaml", &aliased)]).run("app"), expected, "{defined}");
        }
    }
}

/// A tag says the type, whatever the quotes say. Measured with `docker stack config` 28.2, whose
/// go-yaml resolves tags as Compose's does.
#[test]
fn tags_of_scalars() {
    for (written, seen) in [
        ("!!str 0777", "A=0777"),
        ("!!str TRUE", "A=TRUE"),
        ("!!str ~", "A=~"),
        ("!!str", "A="),
        ("!!int \"0777\"", "A=511"),
        ("!!float 1", "A=1"),
        ("!custom 0777", "A=0777"),
    ] {
        let line = format!("environment:\n      A: {written}");
        assert_eq!(Stack::of(&[("compose.yaml", &app(&line))]).run("app"), seen, "{written}");
    }
}

#[test]
fn what_compose_refuses_is_said() {
    const NAME: &str = "compose refuses a name that YAML reads as a number, true, false or null";
    for (entry, remark) in [
        ("TRUE: a", Some(NAME)),
        ("1: a", Some(NAME)),
        ("null: a", Some(NAME)),
        ("3.10: a", Some(NAME)),
        ("NO: a", None),
        ("'1': a", None),
        ("A: .inf", Some("compose refuses infinity and what is no number")),
        ("A: '.inf'", None),
        ("A: [a]", Some("a variable's value is text, a number, true, false or null")),
        ("A: !!binary YQ==", Some("`!!binary` is not decoded")),
    ] {
        let stack = Stack::of(&[("compose.yaml", &app(&format!("environment:\n      {entry}")))]);
        let said: Vec<String> = stack
            .remarks()
            .iter()
            .filter_map(|said| Some(said.split_once(": ")?.1.to_owned()))
            .collect();
        assert_eq!(said, Vec::from_iter(remark.map(str::to_owned)), "{entry}");
    }
}

#[test]
fn blocks_are_text() {
    hold(&[
        ("a literal keeps its line breaks", &[("compose.yaml", LITERAL)], "A=0777\nB=1\n"),
        ("a folded one joins its lines", &[("compose.yaml", FOLDED)], "A=0777 TRUE"),
    ]);
}

const LITERAL: &str = "\
services:
  app:
    environment:
      A: |
        0777
        B=1
";

const FOLDED: &str = "\
services:
  app:
    environment:
      A: >-
        0777
        TRUE
";
