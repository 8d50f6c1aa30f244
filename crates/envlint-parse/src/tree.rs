//! One located tree for YAML, JSON and TOML.
//!
//! The three formats say the same things, so what reads them should be written once. What they
//! differ in is kept, not decided: duplicate keys stay where they stand, an alias stays an alias,
//! `<<` stays a key, and whether `0777` is a number is the reader's business. Compose, Kubernetes
//! and the rest of the world each decide that differently, and a linter that decided for them
//! would lint a file that nobody runs.
//!
//! The nodes lie in one vector and refer to each other by number. That makes a document cheap
//! (no text is copied, a scalar is a range of its file), makes an alias a number instead of a
//! copy, and makes dropping one a plain loop, however deep it nests.
//!
//! Two bounds hold for every document, because the builder lets nothing else come into being:
//!
//! - Nothing nests deeper than [`MAX_NESTING`], also when aliases are followed.
//! - Following every alias visits at most [`MAX_ALIAS_NODES`] nodes more than stand in the file.
//!
//! So whoever walks a tree may recurse and may follow aliases, without a budget of his own: a
//! "billion laughs" file was already cut, with a syntax error that says where.

mod builder;
mod lookup;

use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span};

pub(crate) use builder::{Builder, Collection};
pub use builder::{MAX_ALIAS_NODES, MAX_NESTING, MAX_NODES, MAX_SYNTAX_ERRORS};
pub use lookup::{Duplicate, Field, Resolved};

/// What was read from one YAML, JSON or TOML file: as much of it as could be read.
pub struct Document {
    source: Arc<SourceFile>,
    format: Format,
    nodes: Vec<NodeData>,
    /// The children of all collections, each collection's in one run; a mapping's are its keys
    /// and values by turns.
    children: Vec<NodeId>,
    /// Texts that stand nowhere in the file as they are, because an escape or a line break had
    /// to be decoded.
    made: Vec<Secret>,
    /// Tags, by the node that they stand before; sorted.
    tags: Vec<(NodeId, Bytes)>,
    roots: Vec<NodeId>,
    comments: Vec<Span>,
}

/// The language of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// YAML 1.2, with the leniences of its usual readers.
    Yaml,
    /// JSON, with or without comments.
    Json,
    /// TOML 1.1.
    Toml,
}

/// A node's number in its document, which only the document's builder makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

/// One place in a document; as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: NodeId,
}

/// What a node is.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// A single value.
    Scalar(Style),
    /// A list.
    Sequence(Items<'a>),
    /// Keys with values: a YAML mapping, a JSON object, a TOML table.
    Mapping(Entries<'a>),
    /// A YAML alias, and what it refers to. `None` where that is not known or would break a
    /// bound; a syntax error says so.
    Alias(Option<Node<'a>>),
}

/// How a scalar is written, which is all that the file itself says about its type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// YAML without quotes. Its type depends on who reads the file.
    Plain,
    /// `'...'`, in TOML also over several lines.
    SingleQuoted,
    /// `"..."`, in TOML also over several lines.
    DoubleQuoted,
    /// A YAML block after `|`.
    Literal,
    /// A YAML block after `>`.
    Folded,
    /// A whole number of JSON or TOML.
    Integer,
    /// A JSON number with a fraction or an exponent, a TOML float.
    Float,
    /// `true` or `false` of JSON or TOML.
    Boolean,
    /// `null` of JSON.
    Null,
    /// A TOML date, time, or both.
    DateTime,
}

impl Style {
    /// Whether the scalar is text whoever reads it.
    pub fn is_text(self) -> bool {
        use Style::{DoubleQuoted, Folded, Literal, SingleQuoted};
        matches!(self, SingleQuoted | DoubleQuoted | Literal | Folded)
    }
}

/// A key and its value, as they stand in the file.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The key. YAML allows any node; nearly always it is a scalar.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
}

/// A range of bytes of the document's file. Always within the text and on character boundaries.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bytes {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy)]
struct NodeData {
    bytes: Bytes,
    data: Data,
}

#[derive(Clone, Copy)]
enum Data {
    Scalar { style: Style, text: Text },
    Sequence(Children),
    Mapping(Children),
    Alias(Option<NodeId>),
}

#[derive(Clone, Copy)]
enum Text {
    /// Stands in the file as it is.
    Source(Bytes),
    /// Was decoded: an index into [`Document::made`].
    Made(u32),
}

/// A run of [`Document::children`].
#[derive(Clone, Copy)]
struct Children {
    start: u32,
    end: u32,
}

impl Document {
    /// The file that was read.
    pub fn source(&self) -> &Arc<SourceFile> {
        &self.source
    }

    /// The language that it is written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The document's top node, the first of several. `None` if nothing but comments stands in
    /// the file.
    pub fn root(&self) -> Option<Node<'_>> {
        self.roots().next()
    }

    /// All top nodes: a YAML file may hold several documents, one after the other.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = Node<'_>> + Clone {
        self.roots.iter().map(|&id| self.at(id))
    }

    /// The comments in the order of the file, each with its marker and without its line break.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// A node by its number; `None` if this document has none such.
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        ((id.0 as usize) < self.nodes.len()).then_some(self.at(id))
    }

    fn at(&self, id: NodeId) -> Node<'_> {
        Node { document: self, id }
    }

    fn span(&self, bytes: Bytes) -> Span {
        self.source.span(bytes.start as usize..bytes.end as usize)
    }

    fn children(&self, run: Children) -> &[NodeId] {
        &self.children[run.start as usize..run.end as usize]
    }
}

impl<'a> Node<'a> {
    /// The document that the node belongs to.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// The node's number in its document.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Where the node stands, with its quotes or brackets.
    ///
    /// A YAML block ends with its last line's text. A TOML table is where it is opened: its
    /// `[header]`, or the part of the dotted key that made it; the top table is the empty span
    /// at the start. A value that is not written at all (`KEY:`) is an empty span.
    pub fn span(self) -> Span {
        self.document.span(self.data().bytes)
    }

    /// What the node is, aliases and merge keys left as they stand.
    pub fn kind(self) -> Kind<'a> {
        let document = self.document;
        match self.data().data {
            Data::Scalar { style, .. } => Kind::Scalar(style),
            Data::Sequence(run) => Kind::Sequence(Items { document, ids: document.children(run) }),
            Data::Mapping(run) => Kind::Mapping(Entries { document, ids: document.children(run) }),
            Data::Alias(target) => Kind::Alias(target.map(|id| document.at(id))),
        }
    }

    /// How a scalar is written; `None` if the node is none.
    pub fn style(self) -> Option<Style> {
        match self.data().data {
            Data::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }

    /// The text of a scalar: unquoted and unescaped, and otherwise as it is written (`0x1F`
    /// stays `0x1F`). `None` if the node is no scalar.
    pub fn text(self) -> Option<Secret> {
        match self.scalar()? {
            Text::Source(bytes) => {
                Some(Secret::slice(&self.document.source, self.document.span(bytes)))
            }
            Text::Made(index) => self.document.made.get(index as usize).cloned(),
        }
    }

    /// The text of a scalar, borrowed. Subject to the same care as [`Secret::expose`].
    pub fn expose(self) -> Option<&'a str> {
        match self.scalar()? {
            Text::Source(bytes) => Some(self.document.source.slice(self.document.span(bytes))),
            Text::Made(index) => self.document.made.get(index as usize).map(Secret::expose),
        }
    }

    /// Where the text of a scalar stands, without its quotes; `None` if it had to be decoded, so
    /// that its bytes are not those of the file.
    pub fn text_span(self) -> Option<Span> {
        match self.scalar()? {
            Text::Source(bytes) => Some(self.document.span(bytes)),
            Text::Made(_) => None,
        }
    }

    /// Whether nothing is written here: the value of `KEY:`, which YAML reads as null.
    pub fn is_absent(self) -> bool {
        self.style() == Some(Style::Plain) && self.expose() == Some("")
    }

    /// The tag before a YAML node as it is written: `!reset`, `!!str`. Tags are public.
    pub fn tag(self) -> Option<&'a str> {
        let tags = &self.document.tags;
        let at = tags.binary_search_by_key(&self.id, |&(id, _)| id).ok()?;
        Some(self.document.source.slice(self.document.span(tags[at].1)))
    }

    /// The entries of a mapping as they stand, with duplicates and `<<`; none for other nodes.
    pub fn entries(self) -> Entries<'a> {
        match self.kind() {
            Kind::Mapping(entries) => entries,
            _ => Entries { document: self.document, ids: &[] },
        }
    }

    /// The items of a sequence as they stand; none for other nodes.
    pub fn items(self) -> Items<'a> {
        match self.kind() {
            Kind::Sequence(items) => items,
            _ => Items { document: self.document, ids: &[] },
        }
    }

    fn data(self) -> &'a NodeData {
        &self.document.nodes[self.id.0 as usize]
    }

    fn scalar(self) -> Option<Text> {
        match self.data().data {
            Data::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}

impl<'a> Entry<'a> {
    /// The key's text, if it is a scalar. Keys are names, and names are public.
    pub fn name(self) -> Option<&'a str> {
        self.key.expose()
    }
}

/// The items of a sequence.
#[derive(Clone, Copy)]
pub struct Items<'a> {
    document: &'a Document,
    ids: &'a [NodeId],
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let (&id, rest) = self.ids.split_first()?;
        self.ids = rest;
        Some(self.document.at(id))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ids.len(), Some(self.ids.len()))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The entries of a mapping.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    document: &'a Document,
    ids: &'a [NodeId],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let (&[key, value], rest) = self.ids.split_first_chunk()?;
        self.ids = rest;
        Some(Entry { key: self.document.at(key), value: self.document.at(value) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ids.len() / 2, Some(self.ids.len() / 2))
    }
}

impl ExactSizeIterator for Entries<'_> {}
