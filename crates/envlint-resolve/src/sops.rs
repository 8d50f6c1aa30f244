//! What a SOPS file sets: the values of its tree, under the names that the manifest gives them.
//!
//! A value keeps the place of its encrypted text, so a finding points at a line that a person
//! can open. Without an identity the names are known all the same, and what stands in clear is.

use envlint_model::{FilePath, Name, Origin, Reader, Span, Unknown, Value};
use envlint_project::Nesting;
use envlint_secrets::sops::{Content, Leaf, LeafValue, Node, Tree, ValueKind};

use crate::deployment::Setting;

/// What a file sets, and what of it sets nothing.
#[derive(Default)]
pub(crate) struct Set {
    pub(crate) settings: Vec<(Name, Setting)>,
    pub(crate) unread: Vec<(Span, String)>,
}

/// The variables of a SOPS file. `nested` says how nested names become names of variables.
pub(crate) fn settings(tree: &Tree, path: &FilePath, nested: Option<&Nesting>) -> Set {
    let mut reading = Reading { path, nested, names: Vec::new(), set: Set::default() };
    let start = |document: &Node| Span { end: document.span.start, ..document.span };
    tree.documents().iter().for_each(|document| reading.node(document, start(document)));
    reading.set
}

struct Reading<'a> {
    path: &'a FilePath,
    nested: Option<&'a Nesting>,
    names: Vec<String>,
    set: Set,
}

impl Reading<'_> {
    fn node(&mut self, node: &Node, name_span: Span) {
        match &node.content {
            Content::Leaf(leaf) => self.leaf(leaf, node.span, name_span),
            _ if self.nested.is_none() && !self.names.is_empty() => {
                let what = "nested values set no variable: the source says nothing of `nested`";
                self.set.unread.push((name_span, what.to_owned()));
            }
            Content::Map(entries) => {
                for entry in entries {
                    self.names.push(entry.name.clone());
                    self.node(&entry.value, entry.name_span);
                    self.names.pop();
                }
            }
            Content::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.names.push(at.to_string());
                    // An item has no name; a value's own place must not be shown as one.
                    self.node(item, name_span);
                    self.names.pop();
                }
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf, span: Span, name_span: Span) {
        if leaf.kind == ValueKind::Null {
            return;
        }
        let names = self.names.iter().map(String::as_str);
        let name = Name::new(&match self.nested {
            Some(nested) => nested.name(names),
            None => names.collect::<Vec<_>>().join("."),
        });
        let origin = Origin::new(span, Reader::Sops);
        let (file, known) = (self.path.clone(), Some(name.clone()));
        let value = match &leaf.value {
            LeafValue::Text(text) if text.is_empty() => Value::empty(origin),
            LeafValue::Text(text) => Value::literal(text.clone(), origin),
            LeafValue::Closed => Value::unknown(Unknown::Encrypted { file, name: known }, origin),
            // No environment holds bytes that are no text.
            LeafValue::Bytes(_) => {
                Value::unknown(Unknown::Unreadable { file, name: known }, origin)
            }
        };
        let setting = Setting {
            name_span,
            value,
            references: Vec::new(),
            failures: Vec::new(),
            shadows: Vec::new(),
        };
        self.set.settings.push((name, setting));
    }
}
