//! YAML, JSON and TOML: one tree, three parsers.

use std::sync::Arc;

use envlint_model::{SourceFile, SyntaxError};
use envlint_parse::tree::{Document, Kind, MAX_NESTING, MAX_SYNTAX_ERRORS, Node, Style};
use envlint_parse::{json, toml, yaml};

use super::{assert_within, source};

type Parser = fn(&Arc<SourceFile>) -> (Document, Vec<SyntaxError>);

/// A YAML file.
pub(super) fn yaml(bytes: &[u8]) {
    holds(bytes, yaml::parse);
}

/// A JSON file, without comments and with them.
pub(super) fn json(bytes: &[u8]) {
    holds(bytes, json::parse);
    holds(bytes, json::parse_with_comments);
}

/// A TOML file.
pub(super) fn toml(bytes: &[u8]) {
    holds(bytes, toml::parse);
}

fn holds(bytes: &[u8], parse: Parser) {
    let Some(file) = source(bytes) else { return };
    let (document, errors) = parse(&file);
    assert!(errors.len() <= MAX_SYNTAX_ERRORS + 1, "more errors than anybody reads");
    errors.iter().for_each(|error| assert_within(&file, error.span));
    for &comment in document.comments() {
        assert_within(&file, comment);
        assert!(file.slice(comment).starts_with(['#', '/']));
    }
    document.duplicates();
    for root in document.roots() {
        written(root);
        followed(root, 0);
    }
}

/// What stands in the file, each node once.
fn written(node: Node<'_>) {
    let file = node.document().source();
    assert_within(file, node.span());
    if let Some(span) = node.text_span() {
        assert!(node.span().contains(span));
        assert_eq!(Some(file.slice(span)), node.expose());
        assert!(node.style() != Some(Style::Plain) || span == node.span());
    }
    node.fields();
    node.items().for_each(written);
    for entry in node.entries() {
        written(entry.key);
        written(entry.value);
    }
}

/// What a program sees, every alias followed: that ends, and nests as deep as was promised.
fn followed(node: Node<'_>, depth: usize) {
    assert!(depth <= MAX_NESTING, "nests deeper than promised");
    match node.kind() {
        Kind::Scalar(_) | Kind::Alias(None) => {}
        Kind::Sequence(items) => items.for_each(|item| followed(item, depth + 1)),
        Kind::Mapping(entries) => entries.for_each(|entry| {
            followed(entry.key, depth + 1);
            followed(entry.value, depth + 1);
        }),
        Kind::Alias(Some(target)) => followed(target, depth),
    }
}
