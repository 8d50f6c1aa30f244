//! A SOPS file before anything is decrypted: the same shape for all formats.

use envlint_model::{Secret, SourceFile, Span};
use envlint_parse::tree::{Document, Kind, Node};

use super::error::{Problem, SopsError};
use super::scalar::Scalar;
use super::{MAX_VALUES, METADATA};

/// A value as it stands in the file.
pub(super) struct Raw {
    pub(super) span: Span,
    pub(super) content: RawContent,
}

pub(super) enum RawContent {
    Map(Vec<RawEntry>),
    List(Vec<RawItem>),
    Scalar(Scalar),
}

pub(super) struct RawEntry {
    /// The comments that sops counts to this entry, without their markers.
    pub(super) comments: Vec<Span>,
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) value: Raw,
}

pub(super) struct RawItem {
    pub(super) comments: Vec<Span>,
    pub(super) value: Raw,
}

/// A SOPS file in parts: its documents, and its metadata in sops's own flat form.
pub(super) struct Parts {
    pub(super) documents: Vec<Raw>,
    pub(super) metadata: Vec<Flat>,
    /// Where the metadata stands.
    pub(super) place: Span,
}

/// An entry of the metadata under its flat name: `age__list_0__map_recipient`.
pub(super) struct Flat {
    pub(super) name: String,
    pub(super) text: Secret,
    pub(super) span: Span,
}

/// The longest flat name in the metadata, in bytes. sops's own have less than 70.
const METADATA_NAME: usize = 256;

/// The most entries of the metadata. One for each field of as many keys as there may be is less.
const METADATA_ENTRIES: usize = 1000;

/// Takes a YAML or JSON file apart.
pub(super) fn parts(document: &Document) -> Result<Parts, SopsError> {
    let mut reading = Reading::new(document);
    let mut documents = Vec::new();
    let mut metadata = None;
    for root in document.roots() {
        let root = root.resolve().node;
        match root.kind() {
            Kind::Mapping(_) => {}
            Kind::Scalar(_) if root.expose() == Some("") || root.is_absent() => continue,
            _ => {
                let what = "a document that is neither a mapping nor empty";
                return Err(SopsError::at(root.span(), Problem::Shape(what)));
            }
        }
        let own = root.entries().find(|entry| entry.name() == Some(METADATA));
        if let Some(own) = own.filter(|_| metadata.is_none()) {
            let mut flat = Vec::new();
            flatten(own.value.resolve().node, String::new(), &mut flat)?;
            metadata = Some((flat, own.key.span()));
        }
        documents.push(Raw { span: root.span(), content: reading.mapping(root, 0, true)? });
    }
    let (metadata, place) = metadata.ok_or(Problem::NotSops)?;
    Ok(Parts { documents, metadata, place })
}

/// Flattens metadata as sops does for formats without nesting.
fn flatten(node: Node<'_>, name: String, flat: &mut Vec<Flat>) -> Result<(), SopsError> {
    let node = node.resolve().node;
    if name.len() > METADATA_NAME || flat.len() > METADATA_ENTRIES {
        return Err(SopsError::at(node.span(), Problem::MetadataSize));
    }
    match node.kind() {
        Kind::Mapping(entries) => {
            for entry in entries {
                let inner = entry.name().unwrap_or_default();
                let separator = if name.is_empty() { "" } else { "__map_" };
                flatten(entry.value, format!("{name}{separator}{inner}"), flat)?;
            }
        }
        Kind::Sequence(items) => {
            for (at, item) in items.enumerate() {
                flatten(item, format!("{name}__list_{at}"), flat)?;
            }
        }
        Kind::Scalar(_) | Kind::Alias(_) => {
            if let Some(text) = node.text() {
                flat.push(Flat { name, text, span: node.span() });
            }
        }
    }
    Ok(())
}

/// Reads the values of a YAML or JSON file, with the comments that belong to them.
struct Reading<'a> {
    comments: Comments<'a>,
    left: usize,
}

impl<'a> Reading<'a> {
    fn new(document: &'a Document) -> Self {
        Self { comments: Comments::new(document), left: MAX_VALUES }
    }

    fn value(&mut self, node: Node<'_>, after: u32) -> Result<Raw, SopsError> {
        self.left = self.left.checked_sub(1).ok_or(Problem::Values)?;
        let span = node.span();
        let node = node.resolve().node;
        let content = match node.kind() {
            Kind::Mapping(_) => self.mapping(node, after, false)?,
            Kind::Sequence(_) => self.sequence(node, after)?,
            Kind::Scalar(_) | Kind::Alias(_) => RawContent::Scalar(
                Scalar::of(node)
                    .ok_or_else(|| SopsError::at(span, Problem::Shape("an alias of nothing")))?,
            ),
        };
        Ok(Raw { span, content })
    }

    fn mapping(
        &mut self,
        node: Node<'_>,
        mut after: u32,
        is_document: bool,
    ) -> Result<RawContent, SopsError> {
        let mut read = Vec::new();
        for entry in node.entries() {
            let (key, value) = (entry.key.span(), entry.value.span());
            let name = entry.name().unwrap_or_default();
            let is_metadata = is_document && name == METADATA;
            if !is_metadata {
                let is_single = entry.value.style().is_some();
                let comments = self.comments.of(after, key.start, value.end, is_single);
                read.push(RawEntry {
                    comments,
                    name: name.to_owned(),
                    name_span: key,
                    value: self.value(entry.value, key.end)?,
                });
            }
            after = self.comments.line_end(value.end);
        }
        Ok(RawContent::Map(read))
    }

    fn sequence(&mut self, node: Node<'_>, mut after: u32) -> Result<RawContent, SopsError> {
        let mut read = Vec::new();
        for item in node.items() {
            let span = item.span();
            let is_single = item.style().is_some();
            let comments = self.comments.of(after, span.start, span.end, is_single);
            read.push(RawItem { comments, value: self.value(item, span.start)? });
            after = self.comments.line_end(span.end);
        }
        Ok(RawContent::List(read))
    }
}

/// Which comments stand before and beside what, in logarithmic time.
///
/// sops counts to a value all comments since the value before it on the same level, and the one
/// on its own line. A comment that is indented deeper than what follows belongs to what came
/// before.
struct Comments<'a> {
    source: &'a SourceFile,
    spans: &'a [Span],
    /// Where each line starts but the first.
    lines: Vec<u32>,
}

impl<'a> Comments<'a> {
    fn new(document: &'a Document) -> Self {
        let source = document.source();
        let spans = document.comments();
        let breaks = || source.text().match_indices('\n').map(|(at, _)| at as u32 + 1);
        let lines = if spans.is_empty() { Vec::new() } else { breaks().collect() };
        Self { source, spans, lines }
    }

    fn of(&self, after: u32, start: u32, end: u32, is_single: bool) -> Vec<Span> {
        if self.spans.is_empty() {
            return Vec::new();
        }
        let column = self.column(start);
        let above =
            self.between(after, start).iter().filter(|span| self.column(span.start) <= column);
        let beside: &[Span] = match is_single {
            true => self.between(end, self.line_end(end)),
            false => &[],
        };
        above.chain(beside).map(|span| self.without_marker(*span)).collect()
    }

    fn between(&self, start: u32, end: u32) -> &'a [Span] {
        let from = self.spans.partition_point(|span| span.start < start);
        let to = self.spans.partition_point(|span| span.start < end);
        &self.spans[from..to.max(from)]
    }

    fn line_end(&self, at: u32) -> u32 {
        let next = self.lines.partition_point(|start| *start <= at);
        self.lines.get(next).map_or(u32::MAX, |start| start - 1)
    }

    fn column(&self, at: u32) -> u32 {
        let next = self.lines.partition_point(|start| *start <= at);
        at - next.checked_sub(1).map_or(0, |line| self.lines[line])
    }

    fn without_marker(&self, span: Span) -> Span {
        self.source.span(span.start as usize + 1..span.end as usize)
    }
}
