use std::sync::Arc;

use envlint_model::{Secret, Span, Zeroizing};

/// What a SOPS file holds: its values in the form that they were encrypted from, each with the
/// place of the scalar that it came from.
///
/// Names and places are public, values are not: there is no `Debug`.
pub struct Tree {
    pub(super) documents: Vec<Node>,
}

/// One place in a [`Tree`].
pub struct Node {
    /// Where it stands in the encrypted file.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a [`Node`] is.
pub enum Content {
    /// Names with values, in the order of the file. A name that stands twice is here twice.
    Map(Vec<Entry>),
    /// A list.
    List(Vec<Node>),
    /// A single value.
    Leaf(Leaf),
}

/// A name and its value.
pub struct Entry {
    /// The name, which sops leaves readable.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Node,
}

/// A single value.
pub struct Leaf {
    /// Its type. Of a closed value it is what the file claims, which nothing vouches for.
    pub kind: ValueKind,
    /// Whether it stands in the file encrypted.
    pub encrypted: bool,
    /// What is known of it.
    pub value: LeafValue,
}

/// What is known of a value.
pub enum LeafValue {
    /// This text: decimal for numbers, `true` or `false`, RFC 3339 for times, empty for null.
    Text(Secret),
    /// Bytes that are not UTF-8.
    Bytes(Arc<Zeroizing<Vec<u8>>>),
    /// Encrypted, and not decrypted.
    Closed,
}

/// The types that sops gives values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ValueKind {
    /// Nothing; never encrypted.
    Null,
    /// `str`.
    Text,
    /// `int`.
    Integer,
    /// `float`. Every number of a JSON file is one.
    Float,
    /// `bool`.
    Boolean,
    /// `time`, since sops 3.10.
    Time,
    /// `bytes`.
    Bytes,
}

impl Tree {
    /// The documents of the file: one, but for YAML.
    pub fn documents(&self) -> &[Node] {
        &self.documents
    }

    /// Every value, with the names that lead to it; an item of a list goes by its number, from 0.
    pub fn leaves(&self) -> Vec<(Vec<String>, Span, &Leaf)> {
        let mut leaves = Vec::new();
        for document in &self.documents {
            document.collect(&mut Vec::new(), &mut leaves);
        }
        leaves
    }

    /// What the whole file was if it was encrypted as one piece (sops's `binary`): the value of
    /// `data`, when that is all there is.
    pub fn as_binary(&self) -> Option<&Leaf> {
        let [document] = self.documents.as_slice() else { return None };
        match &document.content {
            Content::Map(entries) => match entries.as_slice() {
                [Entry { name, value: Node { content: Content::Leaf(leaf), .. }, .. }]
                    if name == "data" =>
                {
                    Some(leaf)
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl Node {
    /// The value under a name, the last one if the name stands twice.
    pub fn get(&self, name: &str) -> Option<&Node> {
        match &self.content {
            Content::Map(entries) => {
                entries.iter().rev().find(|entry| entry.name == name).map(|entry| &entry.value)
            }
            _ => None,
        }
    }

    /// The single value that stands here.
    pub fn leaf(&self) -> Option<&Leaf> {
        match &self.content {
            Content::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    fn collect<'a>(
        &'a self,
        path: &mut Vec<String>,
        leaves: &mut Vec<(Vec<String>, Span, &'a Leaf)>,
    ) {
        match &self.content {
            Content::Leaf(leaf) => leaves.push((path.clone(), self.span, leaf)),
            Content::Map(entries) => {
                for entry in entries {
                    path.push(entry.name.clone());
                    entry.value.collect(path, leaves);
                    path.pop();
                }
            }
            Content::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    path.push(at.to_string());
                    item.collect(path, leaves);
                    path.pop();
                }
            }
        }
    }
}

impl Leaf {
    /// The text, if it is known and is text.
    pub fn text(&self) -> Option<&Secret> {
        match &self.value {
            LeafValue::Text(text) => Some(text),
            LeafValue::Bytes(_) | LeafValue::Closed => None,
        }
    }

    /// Whether the value is encrypted and was not decrypted.
    pub fn is_closed(&self) -> bool {
        matches!(self.value, LeafValue::Closed)
    }
}

impl ValueKind {
    /// The word in machine formats.
    pub fn as_str(self) -> &'static str {
        match self {
            ValueKind::Null => "null",
            ValueKind::Text => "text",
            ValueKind::Integer => "integer",
            ValueKind::Float => "float",
            ValueKind::Boolean => "boolean",
            ValueKind::Time => "time",
            ValueKind::Bytes => "bytes",
        }
    }
}
