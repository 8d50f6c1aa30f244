//! What the tests of the located tree share.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use envlint_model::{Form, SourceFile, Sources, Span, SyntaxError};
use envlint_parse::tree::{Document, Kind, MAX_NESTING, Node, Style};
use zeroize::Zeroizing;

/// A file of its own.
pub(crate) fn source(text: &str) -> Arc<SourceFile> {
    let text = Zeroizing::new(text.to_owned().into_boxed_str());
    Sources::default().add("file".into(), Form::Plain, text)
}

/// A tree in one line: `{a: 1, b: ["x", *"x"]}`. Texts are quoted, aliases are followed and
/// marked, what is absent is `-`.
pub(crate) fn show(node: Node<'_>) -> String {
    let tag = node.tag().map(|tag| format!("{tag} ")).unwrap_or_default();
    tag + &match node.kind() {
        Kind::Scalar(_) if node.is_absent() => "-".to_owned(),
        Kind::Scalar(style) if style.is_text() => format!("{:?}", node.expose().unwrap()),
        Kind::Scalar(_) => node.expose().unwrap().to_owned(),
        Kind::Sequence(items) => format!("[{}]", items.map(show).collect::<Vec<_>>().join(", ")),
        Kind::Mapping(entries) => {
            let entries = entries.map(|e| format!("{}: {}", show(e.key), show(e.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Kind::Alias(Some(target)) => format!("*{}", show(target)),
        Kind::Alias(None) => "*?".to_owned(),
    }
}

/// All documents of a file, and its errors as `offset: message`.
pub(crate) fn shown(
    (document, errors): (Document, Vec<SyntaxError>),
) -> (Vec<String>, Vec<String>) {
    let errors = errors.iter().map(|e| format!("{}: {}", e.span.start, e.message)).collect();
    (document.roots().map(show).collect(), errors)
}

/// The file's own text of a node.
pub(crate) fn written(node: Node<'_>) -> &str {
    node.document().source().slice(node.span())
}

/// What holds of every document, however broken its file.
pub(crate) fn check_invariants(document: &Document, errors: &[SyntaxError]) {
    let file = document.source();
    let within = |span: Span| {
        assert_eq!(span, file.span(span.start as usize..span.end as usize));
    };
    errors.iter().for_each(|error| within(error.span));
    for &comment in document.comments() {
        within(comment);
        assert!(file.slice(comment).starts_with(['#', '/']));
    }
    document.duplicates();
    for root in document.roots() {
        check_node(root, &within);
        check_nesting(root, 0);
    }
}

fn check_node(node: Node<'_>, within: &dyn Fn(Span)) {
    within(node.span());
    if let Some(span) = node.text_span() {
        within(span);
        assert_eq!(Some(node.document().source().slice(span)), node.expose());
        assert!(node.span().contains(span));
        if node.style() == Some(Style::Plain) {
            assert_eq!(span, node.span());
        }
    }
    node.fields();
    node.items().for_each(|item| check_node(item, within));
    for entry in node.entries() {
        check_node(entry.key, within);
        check_node(entry.value, within);
    }
}

fn check_nesting(node: Node<'_>, depth: usize) {
    assert!(depth <= MAX_NESTING, "nests deeper than promised");
    match node.kind() {
        Kind::Scalar(_) | Kind::Alias(None) => {}
        Kind::Sequence(items) => items.for_each(|item| check_nesting(item, depth + 1)),
        Kind::Mapping(entries) => entries.for_each(|entry| {
            check_nesting(entry.key, depth + 1);
            check_nesting(entry.value, depth + 1);
        }),
        Kind::Alias(Some(target)) => check_nesting(target, depth),
    }
}
