//! TOML files, right and broken, as the shared tree holds them.

mod tree_support;

use envlint_parse::toml::{MAX_TOML_BYTES, parse};
use envlint_parse::tree::{MAX_NESTING, Style};
use tree_support::{check_invariants, show, shown, source, written};

#[test]
fn tables_stand_where_they_belong() {
    for (text, expected) in [
        ("", "{}"),
        ("a = 1\nb.c = 2\nb.d = 3\n", "{a: 1, b: {c: 2, d: 3}}"),
        ("[b.c]\nx = 1\n[a]\n[b]\ny = 2\n", "{b: {c: {x: 1}, y: 2}, a: {}}"),
        ("[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\nx = 3\n", "{a: [{x: 1, b: {y: 2}}, {x: 3}]}"),
        ("a = { b.c = 1, d = [{}, 2] }\n", "{a: {b: {c: 1}, d: [{}, 2]}}"),
        ("[a]\nb.c = 1\n[a.b.d]\nx = 1\n", "{a: {b: {c: 1, d: {x: 1}}}}"),
        ("\"a b\".'c' = ''\n", r#"{"a b": {"c": ""}}"#),
        ("a = [\n  1, # one\n  2,\n]\n", "{a: [1, 2]}"),
        ("\u{feff}a = 1\r\nb = 2\r\n", "{a: 1, b: 2}"),
    ] {
        let (document, errors) = parse(&source(text));
        assert_eq!(errors, [], "{text}");
        assert_eq!(show(document.root().unwrap()), expected, "{text}");
        check_invariants(&document, &errors);
    }
}

#[test]
fn scalars_are_typed_by_how_they_are_written() {
    let text = "v = [\"x\\ty\", 'x', \"\"\"\nx\"\"\", '''x''', 0x1F, 1_000, 1.5, inf, true, 2027-06-30, 07:32:00]";
    let (document, errors) = parse(&source(text));
    assert_eq!(errors, []);
    let found: Vec<_> = document
        .root()
        .unwrap()
        .get("v")
        .unwrap()
        .value
        .items()
        .map(|item| (item.style().unwrap(), item.expose().unwrap()))
        .collect();
    use Style::*;
    assert_eq!(
        found,
        [
            (DoubleQuoted, "x\ty"),
            (SingleQuoted, "x"),
            (DoubleQuoted, "x"),
            (SingleQuoted, "x"),
            (Integer, "0x1F"),
            (Integer, "1_000"),
            (Float, "1.5"),
            (Float, "inf"),
            (Boolean, "true"),
            (DateTime, "2027-06-30"),
            (DateTime, "07:32:00"),
        ]
    );
}

#[test]
fn spans_point_at_what_a_person_would_mend() {
    let text = "top = \"CANARY\" # why\n[services.engine]\nsources = [\"a\", \"\"]\n\"q.k\" = { x = 1 }\n[[allow]]\n";
    let (document, errors) = parse(&source(text));
    assert_eq!(errors, []);
    let root = document.root().unwrap();
    let top = root.get("top").unwrap().value;
    assert_eq!(written(top), "\"CANARY\"");
    assert_eq!(document.source().slice(top.text_span().unwrap()), "CANARY");
    let services = root.get("services").unwrap();
    assert_eq!((written(services.key), written(services.value)), ("services", "services"));
    let engine = services.value.get("engine").unwrap();
    assert_eq!((written(engine.key), written(engine.value)), ("engine", "[services.engine]"));
    let sources = engine.value.get("sources").unwrap().value;
    assert_eq!(written(sources), "[\"a\", \"\"]");
    let empty = sources.items().last().unwrap();
    assert_eq!((empty.expose(), written(empty)), (Some(""), "\"\""));
    let quoted = engine.value.get("q.k").unwrap();
    assert_eq!((written(quoted.key), written(quoted.value)), ("\"q.k\"", "{ x = 1 }"));
    assert_eq!(written(root.get("allow").unwrap().value), "[[allow]]");
    assert_eq!(document.source().slice(document.comments()[0]), "# why");
    assert_eq!(root.span().end, 0);
}

#[test]
fn what_can_be_read_around_errors_is_read() {
    for (text, tree, errors) in [
        ("a = 1\na = 2\nb = 3\n", "{a: 1, b: 3}", vec!["6: this name is set twice"]),
        (
            "[a]\nx = 1\n[a]\ny = 2\nx = 3\n",
            "{a: {x: 1, y: 2}}",
            vec!["11: this name is set twice"],
        ),
        ("a = 1\na.b = 2\n", "{a: 1}", vec!["6: this name already has a value that is no table"]),
        ("a = {}\na.b = 2\n", "{a: {}}", vec!["7: a table in braces can not be added to"]),
        ("[a]\n[a.b]\nx = 1\n[a]\n", "{a: {b: {x: 1}}}", vec!["17: this name is set twice"]),
        ("a = []\n[[a]]\n", "{a: []}", vec!["9: this name is set twice"]),
        ("a = CANARY\nb = 2\n", "{b: 2}", vec!["4: this is no value of TOML"]),
        ("a =\nb = 2\n", "{b: 2}", vec!["3: a value is missing here"]),
        (
            "a = \"CANARY\nb = 2\n",
            "{b: 2}",
            vec!["11: this text is never closed, or holds a control character"],
        ),
        ("a 1\nb = 2\n", "{b: 2}", vec!["2: a `=` and a value are missing here"]),
        ("a = 01\nb = 2\n", "{b: 2}", vec!["4: this is no number of TOML"]),
        ("a = [[] {}]\nb = 2\n", "{a: [[], {}], b: 2}", vec!["8: a comma is missing before this"]),
        (
            "a = \"x\" b = 2\nc = 3\n",
            "{a: \"x\", c: 3}",
            vec!["8: this stands behind the end of the value"],
        ),
        ("[a\nx = 1\n", "{a: {x: 1}}", vec!["2: this header is never closed"]),
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
fn nesting_is_bounded() {
    let path = vec!["a"; 79].join(".");
    let mut text = format!("[{path}]\n{path} = ");
    (0..100).for_each(|_| text += &format!("{{{path} = "));
    text.push('1');
    (0..100).for_each(|_| text.push('}'));
    text += "\nb = 1\n";
    let nested = format!("a = {}1{}\nb = 2\n", "[".repeat(5000), "]".repeat(5000));
    let dotted = format!("{}a = 1\n", "a.".repeat(100_000));
    for text in [text, nested, dotted] {
        let (document, errors) = parse(&source(&text));
        let [error] = &errors[..] else { panic!("a bound is told once: {}", errors.len()) };
        assert_eq!(error.message, format!("this nests deeper than {MAX_NESTING} levels"));
        check_invariants(&document, &errors);
    }
}

#[test]
fn the_length_is_bounded() {
    let (document, errors) = parse(&source(&"# a\n".repeat(MAX_TOML_BYTES / 4)));
    assert!(errors.is_empty() && document.root().is_some());
    let (document, errors) = parse(&source(&"# a\n".repeat(MAX_TOML_BYTES / 4 + 1)));
    assert_eq!(errors[0].message, "a TOML file of more than 1 MiB is not read");
    assert!(document.root().is_none());
}

#[test]
fn every_list_of_tables_goes_on_from_its_last_one() {
    let text = "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n";
    let (roots, errors) = shown(parse(&source(text)));
    assert_eq!(
        (roots.join(""), errors.len()),
        ("{a: [{b: [{x: 1}, {x: 2}]}, {b: [{x: 3}]}]}".to_owned(), 0)
    );
}
