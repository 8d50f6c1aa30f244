//! Lists of names that are set elsewhere: in a dashboard, in a platform's secret store.

use envlint_model::FilePath;
use envlint_model::{Name, Origin, ReadError, Reader, SyntaxError, Unknown, Value};
use envlint_parse::Documents;
use envlint_parse::tree::{Kind, Node};

use crate::deployment::Setting;

/// The names of a list, and what of it is no name.
pub(crate) type Names = (Vec<(Name, Setting)>, Vec<SyntaxError>);

/// Reads a JSON list of names, or an object whose fields are the names. Values that stand
/// beside the names are not looked at: they are not what the process will see.
pub(crate) fn read(documents: &Documents, path: &FilePath) -> Result<Names, ReadError> {
    let parsed = documents.json(path)?;
    let Some(root) = parsed.document.root() else { return Ok((Vec::new(), Vec::new())) };
    let mut shape = Vec::new();
    let nodes: Vec<Node<'_>> = match root.kind() {
        Kind::Sequence(items) => items.collect(),
        Kind::Mapping(entries) => entries.map(|entry| entry.key).collect(),
        _ => {
            let message = "a list of names is a JSON list of text, or an object";
            shape.push(SyntaxError::new(root.span(), message));
            Vec::new()
        }
    };
    let mut found = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node.expose().filter(|_| node.style().is_some_and(|style| style.is_text())) {
            Some(name) => found.push((Name::new(name), setting(node, name, path))),
            None => shape.push(SyntaxError::new(node.span(), "a name is text in quotes")),
        }
    }
    Ok((found, shape))
}

fn setting(node: Node<'_>, name: &str, path: &FilePath) -> Setting {
    let span = node.text_span().unwrap_or(node.span());
    let why = Unknown::NamesOnly { file: path.clone(), name: Name::new(name) };
    Setting {
        name_span: span,
        value: Value::unknown(why, Origin::new(span, Reader::Names)),
        references: Vec::new(),
        failures: Vec::new(),
        shadows: Vec::new(),
    }
}
