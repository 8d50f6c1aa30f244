//! Reading a mapping the way YAML means it: aliases followed, merge keys applied, and for each
//! value the steps that led to it.

use std::collections::{HashMap, HashSet};

use envlint_model::{Span, Via, ViaKind};

use super::{Document, Entry, Format, Kind, Node, NodeId, Style};

/// A node with its alias followed.
#[derive(Clone)]
pub struct Resolved<'a> {
    /// What stands there in the end. Still an alias only if that refers to nothing.
    pub node: Node<'a>,
    /// The alias, if there was one.
    pub via: Vec<Via>,
}

/// An entry as a reader sees it: merge keys applied, the value's alias followed.
#[derive(Clone)]
pub struct Field<'a> {
    /// The key where it stands, which may be in another mapping.
    pub key: Node<'a>,
    /// The value. Still an alias only if that refers to nothing.
    pub value: Node<'a>,
    /// The steps between where the value stands and this mapping, innermost first. The span of
    /// an alias or merge is its `*name`; that of an inline merge is its `<<`.
    pub via: Vec<Via>,
}

impl<'a> Field<'a> {
    /// The key's text, if it is a scalar. Keys are names, and names are public.
    pub fn name(&self) -> Option<&'a str> {
        self.key.expose()
    }
}

/// A key that stands twice in one mapping.
#[derive(Clone, Copy)]
pub struct Duplicate<'a> {
    /// The first entry.
    pub first: Entry<'a>,
    /// A later one with the same key.
    pub again: Entry<'a>,
}

impl Document {
    /// Every key that stands twice in one mapping, in the order of the file.
    pub fn duplicates(&self) -> Vec<Duplicate<'_>> {
        let mut found: Vec<_> =
            (0..self.nodes.len()).flat_map(|at| self.at(NodeId(at as u32)).duplicates()).collect();
        found.sort_by_key(|duplicate| duplicate.again.key.span());
        found
    }
}

impl<'a> Node<'a> {
    /// The node that is meant: an alias followed, any other node itself.
    pub fn resolve(self) -> Resolved<'a> {
        match self.kind() {
            Kind::Alias(Some(target)) => {
                Resolved { node: target, via: vec![via(ViaKind::Alias, self.span())] }
            }
            _ => Resolved { node: self, via: Vec::new() },
        }
    }

    /// The entry with this key, merge keys applied and aliases followed. The mapping's own entry
    /// wins over a merged one, an earlier merged mapping over a later one; of duplicates the last
    /// one wins, as in most programs. A caller that wants another one takes
    /// [`Node::entries`]. Looks at every entry: for many names, [`Node::fields`] is faster.
    pub fn get(self, name: &str) -> Option<Field<'a>> {
        self.layers().find_map(|layer| {
            let own = |entry: &Entry<'a>| entry.name() == Some(name) && !entry.is_merge();
            layer.mapping.entries().filter(own).last().map(|entry| layer.field(entry))
        })
    }

    /// All entries with merge keys applied and aliases followed, each name once: the mapping's
    /// own in the order of the file, then what is merged into it.
    pub fn fields(self) -> Vec<Field<'a>> {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut places: HashMap<&str, (usize, NodeId)> = HashMap::new();
        for layer in self.layers() {
            for entry in layer.mapping.entries().filter(|entry| !entry.is_merge()) {
                let place = entry
                    .name()
                    .map(|name| *places.entry(name).or_insert((fields.len(), layer.mapping.id())));
                match place {
                    // A duplicate within one mapping: the later one takes the place.
                    Some((at, owner)) if at < fields.len() => {
                        if owner == layer.mapping.id() {
                            fields[at] = layer.field(entry);
                        }
                    }
                    _ => fields.push(layer.field(entry)),
                }
            }
        }
        fields
    }

    /// The items of a sequence with aliases followed; none for other nodes.
    pub fn elements(self) -> impl Iterator<Item = Resolved<'a>> {
        self.resolve().node.items().map(Node::resolve)
    }

    /// The keys that stand twice in this mapping, `<<` among them.
    pub fn duplicates(self) -> Vec<Duplicate<'a>> {
        let entries = self.entries();
        if entries.len() < 2 {
            return Vec::new();
        }
        let mut first: HashMap<&str, Entry<'a>> = HashMap::with_capacity(entries.len());
        let mut found = Vec::new();
        for again in entries {
            let Some(name) = again.name() else { continue };
            match first.get(name) {
                Some(&first) => found.push(Duplicate { first, again }),
                None => {
                    first.insert(name, again);
                }
            }
        }
        found
    }

    /// This mapping and all that are merged into it, strongest first.
    fn layers(self) -> Layers<'a> {
        let Resolved { node, via } = self.resolve();
        let layer = Layer { mapping: node, via };
        Layers { waiting: vec![layer], seen: HashSet::new() }
    }
}

impl Entry<'_> {
    /// Whether this is YAML's merge key: `<<` without quotes and without a tag of its own.
    pub fn is_merge(&self) -> bool {
        self.key.document.format == Format::Yaml
            && self.key.style() == Some(Style::Plain)
            && self.name() == Some("<<")
            && self.key.tag().is_none_or(|tag| tag == "!!merge")
    }
}

/// A mapping whose entries count, and the merges that lead to it.
struct Layer<'a> {
    mapping: Node<'a>,
    via: Vec<Via>,
}

impl<'a> Layer<'a> {
    fn field(&self, entry: Entry<'a>) -> Field<'a> {
        let Resolved { node, mut via } = entry.value.resolve();
        via.extend_from_slice(&self.via);
        Field { key: entry.key, value: node, via }
    }

    /// What the entry `<<: ...` merges: one mapping or a list of them.
    fn merged(&self, entry: Entry<'a>) -> Vec<Layer<'a>> {
        let value = entry.value.resolve().node;
        let sources = match value.kind() {
            Kind::Sequence(items) => items.collect(),
            _ => vec![entry.value],
        };
        sources
            .into_iter()
            .map(|source| {
                let alias = matches!(source.kind(), Kind::Alias(_));
                let span = if alias { source.span() } else { entry.key.span() };
                let mut steps = vec![via(ViaKind::MergeKey, span)];
                steps.extend_from_slice(&self.via);
                Layer { mapping: source.resolve().node, via: steps }
            })
            .collect()
    }
}

/// The layers of a mapping, by depth first. A mapping that was merged before adds nothing when it
/// is merged again with less weight, so each is looked at once, which also ends every cycle.
struct Layers<'a> {
    waiting: Vec<Layer<'a>>,
    seen: HashSet<NodeId>,
}

impl<'a> Iterator for Layers<'a> {
    type Item = Layer<'a>;

    fn next(&mut self) -> Option<Layer<'a>> {
        loop {
            let layer = self.waiting.pop()?;
            if self.seen.contains(&layer.mapping.id()) {
                continue;
            }
            let merges: Vec<_> = layer
                .mapping
                .entries()
                .filter(Entry::is_merge)
                .flat_map(|entry| layer.merged(entry))
                .collect();
            if !merges.is_empty() || !self.waiting.is_empty() {
                self.seen.insert(layer.mapping.id());
            }
            self.waiting.extend(merges.into_iter().rev());
            return Some(layer);
        }
    }
}

fn via(kind: ViaKind, span: Span) -> Via {
    Via { kind, span }
}
