//! JSON files, right and broken, as the shared tree holds them.

mod tree_support;

use envlint_parse::json::{parse, parse_with_comments};
use envlint_parse::tree::{MAX_NESTING, Style};
use tree_support::{check_invariants, show, shown, source, written};

#[test]
fn keeps_what_stands_there() {
    for (text, expected) in [
        (
            r#"{"a": 1, "b": [true, null, -0.5e+3], "c": {}}"#,
            r#"{"a": 1, "b": [true, null, -0.5e+3], "c": {}}"#,
        ),
        (r#"{"a": 1, "a": 2}"#, r#"{"a": 1, "a": 2}"#),
        (r#" "\u00e4\ud83d\ude00\/\n" "#, r#""ä😀/\n""#),
        ("[]", "[]"),
        ("\u{feff}{}\r\n", "{}"),
        (r#"{"<<": {"a": 1}}"#, r#"{"<<": {"a": 1}}"#),
    ] {
        let (document, errors) = parse(&source(text));
        assert!(errors.is_empty(), "{text}");
        assert_eq!(show(document.root().unwrap()), expected);
        check_invariants(&document, &errors);
    }
}

#[test]
fn styles_are_the_types_of_the_language() {
    let (document, _) = parse(&source(r#"["x", 1, 1.0, 1e3, true, null]"#));
    let styles: Vec<_> = document.root().unwrap().items().map(|i| i.style().unwrap()).collect();
    use Style::*;
    assert_eq!(styles, [DoubleQuoted, Integer, Float, Float, Boolean, Null]);
}

#[test]
fn spans_hold_the_quotes_and_text_spans_do_not() {
    let (document, _) = parse(&source(r#"{ "name": "CANARY", "made": "a\tb" }"#));
    let root = document.root().unwrap();
    assert_eq!(written(root), r#"{ "name": "CANARY", "made": "a\tb" }"#);
    let name = root.get("name").unwrap();
    assert_eq!((written(name.key), written(name.value)), ("\"name\"", "\"CANARY\""));
    assert_eq!(document.source().slice(name.value.text_span().unwrap()), "CANARY");
    let made = root.get("made").unwrap().value;
    assert_eq!((made.text_span(), made.expose()), (None, Some("a\tb")));
    assert_eq!(made.text().unwrap().expose(), "a\tb");
}

#[test]
fn what_can_be_read_around_errors_is_read() {
    for (text, tree, errors) in [
        ("", "", vec!["0: the file is empty, JSON needs a value"]),
        ("{", "{}", vec!["0: this bracket is never closed"]),
        ("{\"a\": 1", "{\"a\": 1}", vec!["0: this bracket is never closed"]),
        ("[1 2]", "[1, 2]", vec!["3: a comma is missing before this"]),
        ("[1,]", "[1]", vec!["2: a comma stands after the last item"]),
        ("[,1]", "[1]", vec!["1: a value is missing here"]),
        ("[1}", "[1]", vec!["2: this bracket closes one of the other kind"]),
        ("{} {}", "{}", vec!["3: text follows after the end of the value"]),
        ("{a: 1, \"b\": 2}", "{\"b\": 2}", vec!["1: a name in double quotes is missing here"]),
        ("{\"a\" 1, \"b\": 2}", "{\"b\": 2}", vec!["5: a `:` is missing after this name"]),
        ("{\"a\": 'x', \"b\": 2}", "{\"b\": 2}", vec!["6: text in single quotes is not JSON"]),
        (
            "[01, 1., .5, +1, 1]",
            "[1]",
            vec![
                "1: this is no number of JSON",
                "5: this is no number of JSON",
                "9: no value of JSON starts like this",
                "13: no value of JSON starts like this",
            ],
        ),
        (
            "[True, nil]",
            "[]",
            vec![
                "1: only `true`, `false` and `null` stand without quotes",
                "7: only `true`, `false` and `null` stand without quotes",
            ],
        ),
        (
            r#"["\x", "\ud800", "ok"]"#,
            r#"["ok"]"#,
            vec!["2: JSON knows no such escape", "8: JSON knows no such escape"],
        ),
        (
            "{\"a\": \"CANARY,\n\"b\": 2, \"c\": 3}",
            "{\"c\": 3}",
            vec!["6: this text is never closed"],
        ),
        ("[\"a\tb\", 1]", "[1]", vec!["3: a control character stands in this text"]),
        ("// note\n{}", "{}", vec!["0: JSON has no comments"]),
    ] {
        let (roots, found) = shown(parse(&source(text)));
        assert_eq!(
            (roots.join(" "), found),
            (tree.to_owned(), errors.iter().map(|e| e.to_string()).collect()),
            "{text}"
        );
    }
}

#[test]
fn comments_are_an_option_and_are_kept() {
    let text = "// head\n{ \"a\": 1, /* in */ \"b\": [1, 2,], } // tail";
    let (document, errors) = parse_with_comments(&source(text));
    assert!(errors.is_empty());
    assert_eq!(show(document.root().unwrap()), "{\"a\": 1, \"b\": [1, 2]}");
    let comments: Vec<_> =
        document.comments().iter().map(|&span| document.source().slice(span)).collect();
    assert_eq!(comments, ["// head", "/* in */", "// tail"]);
    let (_, errors) = parse_with_comments(&source("[1] /* open"));
    assert_eq!(errors[0].message, "this comment is never closed");
    let (_, errors) = parse_with_comments(&source("[,]"));
    assert_eq!(errors.len(), 1);
}

#[test]
fn nesting_is_bounded_and_passed_over() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&source(&nested(MAX_NESTING))).1.is_empty());
    let text = format!("{{\"a\": {}, \"b\": 2}}", nested(1000));
    let (document, errors) = parse(&source(&text));
    assert_eq!(errors.len(), 1);
    assert_eq!(document.root().unwrap().get("b").unwrap().value.expose(), Some("2"));
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(200_000)] {
        let (document, errors) = parse(&source(&text));
        assert_eq!(errors.len(), 50);
        check_invariants(&document, &errors);
    }
}
