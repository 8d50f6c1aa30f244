//! YAML files, real and broken, as the shared tree holds them.

mod tree_support;

use envlint_model::ViaKind;
use envlint_parse::tree::{Kind, MAX_ALIAS_NODES, MAX_NESTING, MAX_NODES, Node, Style};
use envlint_parse::yaml::parse;
use tree_support::{check_invariants, show, shown, source, written};

fn tree(text: &str) -> String {
    let (roots, errors) = shown(parse(&source(text)));
    assert_eq!(errors, [""; 0], "{text}");
    roots.join(" --- ")
}

#[test]
fn keeps_what_stands_there() {
    for (text, expected) in [
        ("a: 1\nb: \"x\\ny\"\nc: 'it''s'\n", r#"{a: 1, b: "x\ny", c: "it's"}"#),
        ("a: 0777\nb: yes\nc: ~\nd: 1e3\n", "{a: 0777, b: yes, c: ~, d: 1e3}"),
        ("- a\n- [b, {c: d}]\n-\n", "[a, [b, {c: d}], -]"),
        ("a: |\n  one\n  two\nb: >-\n  one\n  two\n", r#"{a: "one\ntwo\n", b: "one two"}"#),
        ("a: !reset null\nb: !override\n", "{a: !reset null, b: !override -}"),
        ("a: 1\na: 2\n", "{a: 1, a: 2}"),
        ("? complex\n: v\n? [a]\n: w\n", "{complex: v, [a]: w}"),
        ("plain: one\n  two\n", "{plain: one two}"),
        ("a: {b, c: , \"d\":e}", r#"{a: {b: -, c: -, "d": e}}"#),
        ("list:\n- a\n- b\n", "{list: [a, b]}"),
        ("just text", "just text"),
    ] {
        assert_eq!(tree(text), expected, "{text}");
    }
}

#[test]
fn an_empty_file_has_no_root() {
    for text in ["", "\n\n", "# only a comment\n", "\u{feff}"] {
        assert_eq!(tree(text), "", "{text:?}");
    }
}

#[test]
fn several_documents_are_several_roots() {
    assert_eq!(tree("a: 1\n---\nb: 2\n...\n---\n- c\n"), "{a: 1} --- {b: 2} --- [c]");
}

#[test]
fn a_byte_order_mark_and_crlf_change_spans_only() {
    let (document, errors) = parse(&source("\u{feff}a: 1\r\nb: \"q\"\r\nc: |\r\n  x\r\n"));
    assert!(errors.is_empty());
    let root = document.root().unwrap();
    assert_eq!(show(root), r#"{a: 1, b: "q", c: "x\n"}"#);
    assert_eq!(written(root.entries().next().unwrap().key), "a");
    assert_eq!(written(root.get("b").unwrap().value), "\"q\"");
}

#[test]
fn spans_hold_the_node_and_nothing_else() {
    let text = "svc:\n  env: &e\n    A: 'x'\n    B: plain # note\n  ports: [1, 2]\n  nil:\n";
    let (document, _) = parse(&source(text));
    let service = document.root().unwrap().get("svc").unwrap().value;
    assert_eq!(written(service.get("env").unwrap().value), "A: 'x'\n    B: plain");
    assert_eq!(written(service.get("ports").unwrap().value), "[1, 2]");
    let single = service.get("env").unwrap().value.get("A").unwrap().value;
    assert_eq!((written(single), single.style()), ("'x'", Some(Style::SingleQuoted)));
    assert_eq!(document.source().slice(single.text_span().unwrap()), "x");
    let absent = service.get("nil").unwrap().value;
    assert!(absent.is_absent() && absent.span().is_empty());
    assert_eq!(absent.span().start as usize, text.find("nil").unwrap() + "nil".len());
    assert_eq!(document.comments().len(), 1);
    assert_eq!(document.source().slice(document.comments()[0]), "# note");
}

#[test]
fn a_tilde_that_is_written_is_not_absent() {
    let (document, _) = parse(&source("a: ~\nb:\nc: \"\"\n"));
    let absent = |name| document.root().unwrap().get(name).unwrap().value.is_absent();
    assert_eq!((absent("a"), absent("b"), absent("c")), (false, true, false));
}

const COMPOSE: &str = "\
x-common: &common
  restart: unless-stopped
  environment: &env
    LOG: info
    DB: &db postgres://app:CANARY@db/app
x-extra: &extra { LOG: debug, EXTRA: '1' }
services:
  engine:
    <<: *common
    environment:
      <<: [*extra, *env]
      LOG: warn
  web:
    <<: *common
    url: *db
";

#[test]
fn merge_keys_and_aliases_are_resolved_on_lookup() {
    let (document, errors) = parse(&source(COMPOSE));
    assert!(errors.is_empty() && document.duplicates().is_empty());
    let services = document.root().unwrap().get("services").unwrap().value;
    let engine = services.get("engine").unwrap().value;
    assert_eq!(engine.entries().next().unwrap().name(), Some("<<"));

    let environment = engine.get("environment").unwrap().value;
    let fields = environment.fields();
    let names: Vec<_> = fields.iter().map(|field| field.name().unwrap()).collect();
    assert_eq!(names, ["LOG", "EXTRA", "DB"]);
    assert_eq!(fields[0].value.expose(), Some("warn"));
    assert!(fields[0].via.is_empty());
    let via: Vec<_> = fields[2].via.iter().map(|via| via.kind).collect();
    assert_eq!(via, [ViaKind::MergeKey]);
    assert_eq!(document.source().slice(fields[2].via[0].span), "*env");

    let inherited = services.get("web").unwrap().value.get("environment").unwrap();
    assert_eq!(document.source().slice(inherited.via[0].span), "*common");
    assert_eq!(inherited.value.get("LOG").unwrap().value.expose(), Some("info"));
    let url = services.get("web").unwrap().value.get("url").unwrap();
    assert_eq!((url.via[0].kind, url.via.len()), (ViaKind::Alias, 1));
    assert_eq!(written(url.value), "postgres://app:CANARY@db/app");
}

#[test]
fn the_steps_of_a_merge_are_told_innermost_first() {
    let text = "v: &v 1\na: &a { K: *v }\nb: &b { <<: *a }\nc: { <<: *b }\n";
    let (document, _) = parse(&source(text));
    let field = document.root().unwrap().get("c").unwrap().value.get("K").unwrap();
    let steps: Vec<_> = field.via.iter().map(|via| document.source().slice(via.span)).collect();
    assert_eq!(steps, ["*v", "*a", "*b"]);
}

#[test]
fn an_inline_merge_points_at_its_key_and_quotes_make_no_merge() {
    let (document, _) = parse(&source("a: { <<: { K: 1 }, '<<': 2 }\n"));
    let a = document.root().unwrap().get("a").unwrap().value;
    assert_eq!(document.source().slice(a.get("K").unwrap().via[0].span), "<<");
    assert_eq!(a.get("<<").unwrap().value.expose(), Some("2"));
}

#[test]
fn duplicates_stay_and_are_listed() {
    let (document, errors) = parse(&source("a: 1\nb: { c: 1, c: 2, c: 3 }\na: 2\n"));
    assert!(errors.is_empty());
    let again: Vec<_> = document.duplicates().iter().map(|d| show(d.again.value)).collect();
    assert_eq!(again, ["2", "3", "2"]);
    assert!(document.duplicates().iter().all(|d| show(d.first.value).starts_with(['1', '{'])));
    assert_eq!(document.root().unwrap().get("a").unwrap().value.expose(), Some("2"));
    assert_eq!(document.root().unwrap().fields().len(), 2);
    let (document, _) = parse(&source("x: &x {}\na: { <<: *x, <<: *x }"));
    assert_eq!(document.duplicates()[0].again.name(), Some("<<"));
}

#[test]
fn an_alias_in_its_own_anchor_refers_to_nothing() {
    let (roots, errors) = shown(parse(&source("a: &a\n  b: *a\n  <<: *a\nc: *a\n")));
    assert_eq!(roots, ["{a: {b: *?, <<: *?}, c: *{b: *?, <<: *?}}"]);
    assert_eq!(
        errors,
        [
            "11: this alias stands inside of what it refers to",
            "20: this alias stands inside of what it refers to",
        ]
    );
}

#[test]
fn an_unknown_alias_is_told_and_the_rest_is_read() {
    let (roots, errors) = shown(parse(&source("a: *nope\nb: 1\n")));
    assert_eq!(roots, ["{a: *?, b: 1}"]);
    assert_eq!(errors, ["3: no anchor has this name"]);
}

#[test]
fn what_stands_before_an_error_is_kept() {
    for (text, tree, error) in [
        ("a: 1\nb: x: y\n", "{a: 1, b: x}", "9: a `:` stands where it can not"),
        ("a: 1\nb: [1, 2\n", "{a: 1, b: [1]}", "8: a `[` is never closed"),
        ("a:\n\t- x\n", "{}", "4: a tab indents this line"),
        ("a: 1\nb: \"CANARY\n", "{a: 1}", "8: a quote is opened here and not closed"),
        ("a: 1\nb: 'CANARY\nc: 2\n", "{a: 1}", "8: a quote is opened here and not closed"),
        ("a: @CANARY\n", "{}", "3: a value can not start with this character"),
        ("a: 1\n b: 2\n", "{a: 1 b}", "7: a `:` stands where it can not"),
    ] {
        let (roots, errors) = shown(parse(&source(text)));
        assert_eq!(
            (roots.join(""), errors.join("")),
            (tree.to_owned(), error.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn reading_goes_on_with_the_next_document() {
    let (roots, errors) = shown(parse(&source("a: 1\n---\nb: [\n---\nc: 2\n---\nd: }\n")));
    assert_eq!(roots, ["{a: 1}", "{b: []}", "{c: 2}", "{}"]);
    assert_eq!(errors.len(), 2);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&source(&nested(MAX_NESTING))).1.is_empty());
    for text in
        [nested(MAX_NESTING + 1), nested(100_000), "- ".repeat(100_000), "{a: ".repeat(5000)]
    {
        let (document, errors) = parse(&source(&text));
        assert_eq!(errors[0].message, "this nests deeper than 128 levels");
        check_invariants(&document, &errors);
    }
    let mixed = format!("{}a: {}", "- ".repeat(100), nested(100));
    let (document, errors) = parse(&source(&mixed));
    assert_eq!(errors.len(), 1);
    check_invariants(&document, &errors);
}

#[test]
fn reads_on_behind_what_nests_too_deep() {
    let deep = MAX_NESTING + 5;
    let text = format!("a: {}1{}\nb: 2\n", "[".repeat(deep), "]".repeat(deep));
    let (document, errors) = parse(&source(&text));
    assert_eq!(errors.len(), 1);
    assert_eq!(document.root().unwrap().get("b").unwrap().value.expose(), Some("2"));
}

#[test]
fn a_bomb_stays_small() {
    let mut text = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..60 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{items}]\n");
    }
    let (document, errors) = parse(&source(&text));
    let [error] = &errors[..] else { panic!("a bomb is told once: {}", errors.len()) };
    assert!(error.message.contains("aliases repeat more than"));
    let mut visited = 0;
    count(document.root().unwrap(), &mut visited);
    assert!(visited <= MAX_ALIAS_NODES + text.len(), "{visited}");
}

fn count(node: Node<'_>, visited: &mut usize) {
    *visited += usize::from(!matches!(node.kind(), Kind::Alias(Some(_))));
    match node.kind() {
        Kind::Scalar(_) | Kind::Alias(None) => {}
        Kind::Sequence(items) => items.for_each(|item| count(item, visited)),
        Kind::Mapping(entries) => entries.for_each(|entry| count(entry.value, visited)),
        Kind::Alias(Some(target)) => count(target, visited),
    }
}

#[test]
fn a_chain_of_merges_is_bounded_by_nesting() {
    let mut text = "a0: &a0 { k0: 1 }\n".to_owned();
    for level in 1..1000 {
        text += &format!("a{level}: &a{level} {{ <<: *a{}, k{level}: 1 }}\n", level - 1);
    }
    let (document, errors) = parse(&source(&text));
    let [error] = &errors[..] else { panic!("a bound is told once: {}", errors.len()) };
    assert!(error.message.starts_with("this alias nests deeper than"));
    check_invariants(&document, &errors);
}

#[test]
fn the_number_of_nodes_is_bounded() {
    let (document, errors) = parse(&source(&"- \n".repeat(MAX_NODES + 10)));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.contains("the rest was not read"));
    assert!(document.root().unwrap().items().len() < MAX_NODES);
    let (document, errors) = parse(&source(&"#\n".repeat(MAX_NODES + 10)));
    assert!(errors.len() == 1 && errors[0].message.contains("comments; the rest was not read"));
    assert_eq!(document.comments().len(), MAX_NODES);
}

#[test]
fn many_comment_lines_in_a_row_are_read() {
    let text = format!("a:\n{}  b: 1\n", "# note\n".repeat(500));
    let (document, errors) = parse(&source(&text));
    assert!(errors.is_empty());
    assert_eq!(document.comments().len(), 500);
}
