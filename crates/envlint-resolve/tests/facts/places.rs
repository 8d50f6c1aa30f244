//! Where each piece of a value stands: line and column of the text itself, both from 1.

use crate::support::Stack;

const ENV: &str = "HOST=db\nURL=http://${HOST}:5432\n";

/// A line under `environment:`, which stands in line 4, and the pieces of `A`.
const LINES: &[(&str, &[&str])] = &[
    ("      A: one", &["one at compose.yaml:4:10"]),
    ("      A: 'one'", &["one at compose.yaml:4:11"]),
    ("      A: 0777", &["511 at compose.yaml:4:10"]),
    ("      - A=one", &["one at compose.yaml:4:11"]),
    ("      - 'A=one'", &["one at compose.yaml:4:12"]),
    (
        "      A: http://${HOST}/x",
        &[
            "http:// at compose.yaml:4:10",
            "db at .env:1:6 through ${} at compose.yaml:4:17",
            "/x at compose.yaml:4:24",
        ],
    ),
    (
        "      A: 'http://${HOST}/x'",
        &[
            "http:// at compose.yaml:4:11",
            "db at .env:1:6 through ${} at compose.yaml:4:18",
            "/x at compose.yaml:4:25",
        ],
    ),
    (
        "      - A=http://${HOST}/x",
        &[
            "http:// at compose.yaml:4:11",
            "db at .env:1:6 through ${} at compose.yaml:4:18",
            "/x at compose.yaml:4:25",
        ],
    ),
    // An alternative stands after its operator, and comes through no reference.
    (
        "      A: http://${UNSET:-localhost}/x",
        &[
            "http:// at compose.yaml:4:10",
            "localhost at compose.yaml:4:26",
            "/x at compose.yaml:4:36",
        ],
    ),
    (
        "      A: \"http://${UNSET-localhost}\"",
        &["http:// at compose.yaml:4:11", "localhost at compose.yaml:4:26"],
    ),
    ("      A: ${UNSET:-${HOST:-localhost}}", &["db at .env:1:6 through ${} at compose.yaml:4:19"]),
    ("      A: ${HOST:+there}", &["there at compose.yaml:4:18"]),
    (
        "      A: a$$b",
        &["a at compose.yaml:4:10", "$ at compose.yaml:4:11", "b at compose.yaml:4:13"],
    ),
    // A chain of references keeps every step, innermost first.
    (
        "      A: ${URL}",
        &[
            "http:// at .env:2:5 through ${} at compose.yaml:4:10",
            "db at .env:1:6 through ${} at .env:2:12 through ${} at compose.yaml:4:10",
            ":5432 at .env:2:19 through ${} at compose.yaml:4:10",
        ],
    ),
    // Text that had to be unescaped stands at the whole scalar.
    (
        "      A: \"a\\tb${HOST}\"",
        &["a\tb at compose.yaml:4:10", "db at .env:1:6 through ${} at compose.yaml:4:10"],
    ),
    // Columns count characters.
    (
        "      A: ä€${HOST}x",
        &[
            "ä€ at compose.yaml:4:10",
            "db at .env:1:6 through ${} at compose.yaml:4:12",
            "x at compose.yaml:4:19",
        ],
    ),
];

#[test]
fn every_piece_has_its_place() {
    for (line, pieces) in LINES {
        let compose = format!("services:\n  app:\n    environment:\n{line}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), (".env", ENV)]);
        assert_eq!(stack.pieces("A"), *pieces, "{line}");
    }
}

#[test]
fn a_value_that_is_passed_on_keeps_its_place() {
    for (line, step) in [("      HOST:", "4:7"), ("      - HOST", "4:9")] {
        let compose = format!("services:\n  app:\n    environment:\n{line}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), (".env", ENV)]);
        let host = stack.setting("HOST");
        let whole = stack.origin(host.value.origin());
        assert_eq!(whole, format!(".env:1:6 through null at compose.yaml:{step}"));
        assert_eq!(stack.slice(host.name_span), "HOST");
        assert_eq!(stack.place(host.name_span), format!("compose.yaml:{step}"));
    }
}

#[test]
fn values_of_files_stand_in_them() {
    let compose = "services: { app: { env_file: app.env } }";
    let file = "A='one'\nB=\"x ${A:-y} z\"\nC=${HOST:-other}\nD=${UNSET:-other}\n";
    let stack = Stack::of(&[("compose.yaml", compose), (".env", ENV), ("app.env", file)]);
    assert_eq!(stack.pieces("A"), ["one at app.env:1:4"]);
    assert_eq!(
        stack.pieces("B"),
        [
            "x  at app.env:2:4",
            "one at app.env:1:4 through ${} at app.env:2:6",
            " z at app.env:2:13"
        ]
    );
    assert_eq!(stack.pieces("C"), ["db at .env:1:6 through ${} at app.env:3:3"]);
    assert_eq!(stack.pieces("D"), ["other at app.env:4:12"]);
}
