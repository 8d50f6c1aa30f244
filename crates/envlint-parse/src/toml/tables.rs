//! The tables of a TOML file, put together from lines that may stand anywhere in it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::tree::Style;

/// All tables of a file, in one vector, so that a deep nest of them is neither built nor dropped
/// by recursion.
pub(super) struct Tables<'s> {
    tables: Vec<Table<'s>>,
    /// What breaks the rules of the language: where, and why.
    pub(super) errors: Vec<(Range<usize>, &'static str)>,
}

/// A table by its number. Only [`Tables::add`] makes one, and no table is ever taken away, so it
/// is an index of [`Tables::tables`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TableId(usize);

impl TableId {
    /// The table of the lines before any header.
    pub(super) const ROOT: TableId = TableId(0);
}

/// One part of a dotted name.
pub(super) struct Key<'s> {
    pub(super) at: Range<usize>,
    pub(super) style: Style,
    pub(super) name: Cow<'s, str>,
    pub(super) text: Text,
}

/// A value.
pub(super) enum Item {
    Scalar {
        at: Range<usize>,
        style: Style,
        text: Text,
    },
    /// Written as `[...]`, or made by the headers `[[...]]`.
    List {
        at: Range<usize>,
        items: Vec<Item>,
        of_tables: bool,
    },
    Table(TableId),
}

/// The text of a scalar.
pub(super) enum Text {
    /// Stands here as it is.
    Source(Range<usize>),
    Decoded(Zeroizing<String>),
}

impl Text {
    /// The text that was decoded from `at`.
    pub(super) fn new(file: &str, at: &Range<usize>, decoded: Cow<'_, str>) -> Self {
        if decoded.is_empty() {
            // Between the quotes, of which there may be one or three on either side.
            let middle = usize::midpoint(at.start, at.end);
            return Text::Source(middle..middle);
        }
        if let Cow::Borrowed(part) = decoded {
            let start = (part.as_ptr() as usize).wrapping_sub(file.as_ptr() as usize);
            let inner = start..start.wrapping_add(part.len());
            if file.get(inner.clone()) == Some(part) {
                return Text::Source(inner);
            }
        }
        Text::Decoded(Zeroizing::new(decoded.into_owned()))
    }
}

struct Table<'s> {
    at: Range<usize>,
    origin: Origin,
    /// Whether its header was said to stand twice: a name in it that does so as well is no
    /// mistake of its own.
    repeated: bool,
    entries: Vec<(Key<'s>, Item)>,
    places: HashMap<Cow<'s, str>, usize>,
}

/// How a table came to be, which decides who may still add to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Named on the way to another one: `[a.b]` makes an `a`.
    Passed,
    /// By a dotted name: `a.b = 1` makes an `a`.
    Dotted,
    /// By its own header, or the top of the file.
    Header,
    /// Written as `{...}`, which is all of it.
    Inline,
}

const TWICE: &str = "this name is set twice";
const NO_TABLE: &str = "this name already has a value that is no table";
const SEALED: &str = "a table in braces can not be added to";

impl Default for Tables<'_> {
    fn default() -> Self {
        Self { tables: vec![Table::new(0..0, Origin::Header)], errors: Vec::new() }
    }
}

impl<'s> Tables<'s> {
    /// Where a table is opened, and what stands in it.
    pub(super) fn get(&self, id: TableId) -> (&Range<usize>, &[(Key<'s>, Item)]) {
        let table = &self.tables[id.0];
        (&table.at, &table.entries)
    }

    /// The table of `[path]`. After an error, one that holds the lines but belongs nowhere, or
    /// for a repeated header the first one.
    pub(super) fn open(&mut self, path: Vec<Key<'s>>, at: Range<usize>) -> TableId {
        let Some((parent, key)) = self.parent(TableId::ROOT, path, Origin::Passed) else {
            return self.add(at, Origin::Header);
        };
        match self.find(parent, &key) {
            None => {
                let table = self.add(at, Origin::Header);
                self.insert(parent, key, Item::Table(table));
                table
            }
            Some(&Item::Table(table)) if self.origin(table) == Origin::Passed => {
                self.tables[table.0].origin = Origin::Header;
                self.tables[table.0].at = at;
                table
            }
            Some(&Item::Table(table)) if self.origin(table) != Origin::Inline => {
                self.errors.push((key.at, TWICE));
                self.tables[table.0].repeated = true;
                table
            }
            Some(_) => {
                self.errors.push((key.at, TWICE));
                self.add(at, Origin::Header)
            }
        }
    }

    /// The new table that `[[path]]` appends to its list.
    pub(super) fn open_in_list(&mut self, path: Vec<Key<'s>>, at: Range<usize>) -> TableId {
        let table = self.add(at.clone(), Origin::Header);
        let Some((parent, key)) = self.parent(TableId::ROOT, path, Origin::Passed) else {
            return table;
        };
        match self.find_mut(parent, &key) {
            None => {
                let items = vec![Item::Table(table)];
                self.insert(parent, key, Item::List { at, items, of_tables: true });
            }
            Some(Item::List { items, of_tables: true, .. }) => items.push(Item::Table(table)),
            Some(_) => self.errors.push((key.at, TWICE)),
        }
        table
    }

    /// A new table in braces.
    pub(super) fn inline(&mut self, at: Range<usize>) -> TableId {
        // As long as it is open, its own lines may add to it.
        self.add(at, Origin::Header)
    }

    /// Seals a table in braces, of which the end is known now.
    pub(super) fn close_inline(&mut self, id: TableId, at: Range<usize>) {
        self.tables[id.0].at = at;
        self.tables[id.0].origin = Origin::Inline;
    }

    /// `path = value` in a table.
    pub(super) fn set(&mut self, table: TableId, path: Vec<Key<'s>>, value: Item) {
        let dotted = path.len() > 1;
        let Some((parent, key)) = self.parent(table, path, Origin::Dotted) else { return };
        let closed = dotted && self.origin(parent) == Origin::Header;
        if closed || self.find(parent, &key).is_some() {
            if !self.tables[parent.0].repeated {
                self.errors.push((key.at, TWICE));
            }
        } else {
            self.insert(parent, key, value);
        }
    }

    /// Walks along all but the last name of a path, making tables of the given origin where
    /// there are none. `None` if there is no name, or a value is in the way.
    fn parent(
        &mut self,
        from: TableId,
        mut path: Vec<Key<'s>>,
        origin: Origin,
    ) -> Option<(TableId, Key<'s>)> {
        let last = path.pop()?;
        let mut table = from;
        for key in path {
            table = self.step(table, key, origin)?;
        }
        Some((table, last))
    }

    fn step(&mut self, from: TableId, key: Key<'s>, origin: Origin) -> Option<TableId> {
        let next = match self.find(from, &key) {
            None => {
                let table = self.add(key.at.clone(), origin);
                self.insert(from, key, Item::Table(table));
                return Some(table);
            }
            Some(&Item::Table(table)) => table,
            Some(Item::List { items, of_tables: true, .. }) => match items.last() {
                Some(&Item::Table(table)) => table,
                _ => return None,
            },
            Some(_) => {
                self.errors.push((key.at, NO_TABLE));
                return None;
            }
        };
        match (self.origin(next), origin) {
            (Origin::Inline, _) => {
                self.errors.push((key.at, SEALED));
                None
            }
            (Origin::Header, Origin::Dotted) => {
                self.errors.push((key.at, TWICE));
                None
            }
            (Origin::Passed, Origin::Dotted) => {
                self.tables[next.0].origin = Origin::Dotted;
                Some(next)
            }
            _ => Some(next),
        }
    }

    fn find(&self, table: TableId, key: &Key<'s>) -> Option<&Item> {
        let table = &self.tables[table.0];
        table.places.get(&key.name).map(|&at| &table.entries[at].1)
    }

    fn find_mut(&mut self, table: TableId, key: &Key<'s>) -> Option<&mut Item> {
        let table = &mut self.tables[table.0];
        table.places.get(&key.name).map(|&at| &mut table.entries[at].1)
    }

    fn insert(&mut self, table: TableId, key: Key<'s>, value: Item) {
        let table = &mut self.tables[table.0];
        table.places.insert(key.name.clone(), table.entries.len());
        table.entries.push((key, value));
    }

    fn add(&mut self, at: Range<usize>, origin: Origin) -> TableId {
        self.tables.push(Table::new(at, origin));
        TableId(self.tables.len() - 1)
    }

    fn origin(&self, table: TableId) -> Origin {
        self.tables[table.0].origin
    }
}

impl Table<'_> {
    fn new(at: Range<usize>, origin: Origin) -> Self {
        Self { at, origin, repeated: false, entries: Vec::new(), places: HashMap::new() }
    }
}
