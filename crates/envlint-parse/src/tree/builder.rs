use std::ops::Range;
use std::sync::Arc;

use envlint_model::{Secret, SourceFile, SyntaxError};
use zeroize::Zeroizing;

use super::{Bytes, Children, Data, Document, Format, NodeData, NodeId, Style, Text};

/// The deepest nesting of lists and mappings, counted with every alias followed. What nests
/// deeper is reported and left out. Real configuration stays below a dozen.
pub const MAX_NESTING: usize = 128;

/// The most nodes that one file may hold, and the most comments; the rest of a larger one is
/// reported and not read.
pub const MAX_NODES: usize = 300_000;

/// The most nodes that aliases may add to those that stand in the file, if every alias is
/// followed. An alias that would add more is reported and refers to nothing.
pub const MAX_ALIAS_NODES: usize = 1_000_000;

/// The most syntax errors that are told of one file; after that, reading it ends.
pub const MAX_SYNTAX_ERRORS: usize = 50;

/// Makes a tree from what a parser meets, in the order of the file, and keeps the bounds.
///
/// A parser calls [`Builder::open`] and [`Builder::close`] around the children of a collection,
/// keys and values of a mapping by turns; what it calls outside of any collection is a root.
pub(crate) struct Builder {
    document: Document,
    errors: Vec<SyntaxError>,
    open: Vec<Open>,
    /// Children of all open collections, each collection's after those of the one around it.
    pending: Vec<NodeId>,
    /// What each node becomes when aliases are followed; `None` while it is open.
    sizes: Vec<Option<Size>>,
    alias_nodes: usize,
    full: bool,
}

/// What the builder opens.
#[derive(Clone, Copy)]
pub(crate) enum Collection {
    Sequence,
    Mapping,
}

struct Open {
    id: NodeId,
    collection: Collection,
    /// Where its children start in [`Builder::pending`].
    first: usize,
}

/// A node with all aliases in it followed: how many nodes, how many levels.
#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    height: usize,
}

impl Size {
    const LEAF: Size = Size { nodes: 1, height: 0 };

    fn with_child(self, child: Size) -> Size {
        Size { nodes: self.nodes + child.nodes, height: self.height.max(child.height + 1) }
    }
}

impl Builder {
    pub(crate) fn new(source: &Arc<SourceFile>, format: Format) -> Self {
        let document = Document {
            source: Arc::clone(source),
            format,
            nodes: Vec::new(),
            children: Vec::new(),
            made: Vec::new(),
            tags: Vec::new(),
            roots: Vec::new(),
            comments: Vec::new(),
        };
        Self {
            document,
            errors: Vec::new(),
            open: Vec::new(),
            pending: Vec::new(),
            sizes: Vec::new(),
            alias_nodes: 0,
            full: false,
        }
    }

    /// Whether reading on is of no use: a bound on the whole file was hit.
    pub(crate) fn is_full(&self) -> bool {
        self.full || self.errors.len() >= MAX_SYNTAX_ERRORS
    }

    /// A scalar whose text stands at `text` as it is.
    pub(crate) fn scalar(&mut self, at: Range<usize>, style: Style, text: Range<usize>) {
        let text = Text::Source(self.bytes(text));
        self.leaf(at, Data::Scalar { style, text });
    }

    /// A scalar whose text had to be decoded.
    pub(crate) fn decoded(&mut self, at: Range<usize>, style: Style, text: Zeroizing<String>) {
        let index = self.document.made.len() as u32;
        if self.leaf(at, Data::Scalar { style, text: Text::Made(index) }).is_some() {
            self.document.made.push(Secret::made(text));
        }
    }

    /// Opens a list or mapping. `false` if it would nest too deep: then it stays empty and is
    /// already closed, and the caller passes over what stands in it.
    pub(crate) fn open(&mut self, at: Range<usize>, collection: Collection) -> bool {
        let nothing = Children { start: 0, end: 0 };
        let data = match collection {
            Collection::Sequence => Data::Sequence(nothing),
            Collection::Mapping => Data::Mapping(nothing),
        };
        let Some(id) = self.leaf(at.clone(), data) else { return false };
        if self.open.len() >= MAX_NESTING {
            self.bound(at, format!("this nests deeper than {MAX_NESTING} levels"));
            return false;
        }
        self.sizes[id.0 as usize] = None;
        self.open.push(Open { id, collection, first: self.pending.len() });
        true
    }

    /// Closes the collection that was opened last. It ends at `end`, or with its last child.
    pub(crate) fn close(&mut self, end: Option<usize>) {
        let Some(open) = self.open.pop() else { return };
        let mut own = self.pending.split_off(open.first);
        if matches!(open.collection, Collection::Mapping) && own.len() % 2 == 1 {
            // The file broke off between a key and its value.
            own.pop();
        }
        let size = own
            .iter()
            .filter_map(|id| self.sizes[id.0 as usize])
            .fold(Size::LEAF, Size::with_child);
        self.sizes[open.id.0 as usize] = Some(size);

        let last = own.last().map(|id| self.document.nodes[id.0 as usize].bytes.end);
        let start = self.document.children.len() as u32;
        self.document.children.append(&mut own);
        let children = Children { start, end: self.document.children.len() as u32 };

        let node = &mut self.document.nodes[open.id.0 as usize];
        let end = end.map(|end| end as u32).or(last);
        node.bytes.end = end.unwrap_or(node.bytes.end).max(node.bytes.start);
        node.data = match open.collection {
            Collection::Sequence => Data::Sequence(children),
            Collection::Mapping => Data::Mapping(children),
        };
    }

    /// Closes everything that is still open, where a document ends or breaks off.
    pub(crate) fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close(None);
        }
    }

    /// An alias. One that would break a bound refers to nothing, and an error says why.
    pub(crate) fn alias(&mut self, at: Range<usize>, target: Option<NodeId>) {
        let target = target.filter(|target| self.may_refer(&at, *target));
        if let Some(id) = self.leaf(at, Data::Alias(target))
            && let Some(target) = target
        {
            self.sizes[id.0 as usize] = self.sizes[target.0 as usize];
        }
    }

    fn may_refer(&mut self, at: &Range<usize>, target: NodeId) -> bool {
        let Some(size) = self.sizes[target.0 as usize] else {
            self.error(at.clone(), "this alias stands inside of what it refers to", None);
            return false;
        };
        if self.open.len() + size.height > MAX_NESTING {
            self.bound(at.clone(), format!("this alias nests deeper than {MAX_NESTING} levels"));
            return false;
        }
        if self.alias_nodes + size.nodes > MAX_ALIAS_NODES {
            let message = "with this alias, aliases repeat more than";
            self.bound(at.clone(), format!("{message} {MAX_ALIAS_NODES} values"));
            return false;
        }
        self.alias_nodes += size.nodes;
        true
    }

    /// The tag of the node that was added last.
    pub(crate) fn tag(&mut self, at: Range<usize>) {
        let bytes = self.bytes(at);
        if let Some(id) = self.last() {
            self.document.tags.push((id, bytes));
        }
    }

    pub(crate) fn comment(&mut self, at: Range<usize>) {
        if self.document.comments.len() >= MAX_NODES {
            self.overflow(at, "comments");
            return;
        }
        let span = self.document.source.span(at);
        self.document.comments.push(span);
    }

    /// Takes a key back whose value could not be read.
    pub(crate) fn forget_key(&mut self) {
        if !self.full {
            self.pending.pop();
        }
    }

    pub(crate) fn error(
        &mut self,
        at: Range<usize>,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        if self.errors.len() < MAX_SYNTAX_ERRORS {
            let error = SyntaxError::new(self.document.source.span(at), message);
            self.errors.push(match help {
                Some(help) => error.with_help(help),
                None => error,
            });
        }
    }

    /// The node that was added last.
    pub(crate) fn last(&self) -> Option<NodeId> {
        self.document.nodes.len().checked_sub(1).map(|index| NodeId(index as u32))
    }

    /// The tree and everything that was wrong, in the order of the file.
    pub(crate) fn finish(mut self) -> (Document, Vec<SyntaxError>) {
        self.close_all();
        self.document.comments.sort();
        self.errors.sort_by_key(|error| error.span);
        (self.document, self.errors)
    }

    fn leaf(&mut self, at: Range<usize>, data: Data) -> Option<NodeId> {
        if self.full {
            return None;
        }
        if self.document.nodes.len() >= MAX_NODES {
            self.overflow(at, "values");
            return None;
        }
        let id = NodeId(self.document.nodes.len() as u32);
        let bytes = self.bytes(at);
        self.document.nodes.push(NodeData { bytes, data });
        self.sizes.push(Some(Size::LEAF));
        match self.open.is_empty() {
            true => self.document.roots.push(id),
            false => self.pending.push(id),
        }
        Some(id)
    }

    fn overflow(&mut self, at: Range<usize>, what: &str) {
        if !self.full {
            self.full = true;
            let message =
                format!("the file holds more than {MAX_NODES} {what}; the rest was not read");
            self.bound(at, message);
        }
    }

    /// Tells that a bound was hit, where it was hit first: a file that breaks one breaks it again
    /// and again, and a person has to look at it as a whole.
    fn bound(&mut self, at: Range<usize>, message: String) {
        if self.errors.iter().all(|error| error.message != message) {
            self.error(at, message, None);
        }
    }

    fn bytes(&self, at: Range<usize>) -> Bytes {
        let span = self.document.source.span(at);
        Bytes { start: span.start, end: span.end }
    }
}
