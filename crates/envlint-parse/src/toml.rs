//! TOML, from the events of `toml_parser`, which is what the crate `toml` itself stands on.
//!
//! That crate's own document was not taken: its drop overflows the stack on a file of 13 kB
//! (measured with 1.2.1: dotted names inside of nested inline tables, 40 levels of 79 names),
//! which aborts the process; it loses comments; and each of its errors owns a copy of the whole
//! file. It is the oracle of the tests instead.
//!
//! TOML is the one format whose tables do not stand where they belong: `[a.b]` may come long
//! after `[a]`. So the tables are collected first (`tables`) and put into the tree in the order
//! in which their names first appear. A name that is set twice is an error of the language, and
//! the first value counts.

mod errors;
mod tables;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use envlint_model::{SourceFile, SyntaxError};
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{Event, EventKind, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ParseError, Source};

use crate::tree::{Builder, Collection, Document, Format, MAX_NESTING, Style};
use tables::{Item, Key, TableId, Tables, Text};

/// The longest TOML text that is read, in bytes. TOML is written by hand and stays below a tenth
/// of it; the parser needs a hundred times as much memory as the text.
pub const MAX_TOML_BYTES: usize = 1024 * 1024;

/// Reads a TOML file. What could be read beside an error is kept. A text of more than
/// [`MAX_TOML_BYTES`] is an error and has no root; any other file has one.
pub fn parse(source: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    let text = Source::new(source.text());
    let mut builder = Builder::new(source, Format::Toml);
    if text.input().len() > MAX_TOML_BYTES {
        builder.error(0..0, "a TOML file of more than 1 MiB is not read", None);
        return builder.finish();
    }
    let mut errors = Vec::new();
    let events = events(text, &mut errors);
    for event in events.iter().filter(|event| event.kind() == EventKind::Comment) {
        builder.comment(bytes(event.span()));
    }
    let mut reading = Reading { text, events: &events, next: 0, errors, tables: Tables::default() };
    reading.document();
    let Reading { errors, tables, .. } = reading;

    write_table(&mut builder, &tables, TableId::ROOT);
    for (at, message) in &tables.errors {
        builder.error(at.clone(), *message, None);
    }
    for error in errors.iter().filter(|error| error.description() != errors::TOO_DEEP) {
        let at = error.unexpected().map_or(0..0, bytes);
        let (message, help) = errors::explain(error.description(), at.is_empty());
        builder.error(at, message, help);
    }
    builder.finish()
}

fn events(text: Source<'_>, errors: &mut Vec<ParseError>) -> Vec<Event> {
    let tokens = text.lex().into_vec();
    let mut events = Vec::with_capacity(tokens.len());
    let mut collect = |event: Event| events.push(event);
    let mut white_space = ValidateWhitespace::new(&mut collect, text);
    let mut receiver = RecursionGuard::new(&mut white_space, MAX_NESTING as u32);
    parse_document(&tokens, &mut receiver, errors);
    events
}

/// Walks over the events of a file and collects its tables.
struct Reading<'s, 'e> {
    text: Source<'s>,
    events: &'e [Event],
    next: usize,
    errors: Vec<ParseError>,
    tables: Tables<'s>,
}

impl<'s> Reading<'s, '_> {
    fn document(&mut self) {
        let mut table = TableId::ROOT;
        while let Some(event) = self.peek() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => table = self.header(),
                EventKind::SimpleKey => self.assignment(table),
                _ => self.next += 1,
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`: the table that the lines after it belong to.
    fn header(&mut self) -> TableId {
        let Some(open) = self.bump() else { return TableId::ROOT };
        self.spaces();
        let path = self.path();
        let mut at = bytes(open.span());
        while let Some(event) = self.peek() {
            match event.kind() {
                EventKind::StdTableClose | EventKind::ArrayTableClose => {
                    at.end = event.span().end();
                    self.next += 1;
                    break;
                }
                EventKind::Whitespace | EventKind::Error => self.next += 1,
                _ => break,
            }
        }
        match open.kind() {
            EventKind::ArrayTableOpen => self.tables.open_in_list(path, at),
            _ => self.tables.open(path, at),
        }
    }

    /// `a.b = value`.
    fn assignment(&mut self, table: TableId) {
        let path = self.path();
        self.spaces();
        if self.peek().is_none_or(|event| event.kind() != EventKind::KeyValSep) {
            return;
        }
        self.next += 1;
        self.spaces();
        if let Some(value) = self.value() {
            self.tables.set(table, path, value);
        }
    }

    fn path(&mut self) -> Vec<Key<'s>> {
        let mut path = Vec::new();
        while let Some(event) = self.peek() {
            match event.kind() {
                EventKind::SimpleKey => path.extend(self.key(event)),
                EventKind::KeySep | EventKind::Whitespace => {}
                _ => break,
            }
            self.next += 1;
        }
        path
    }

    fn key(&mut self, event: Event) -> Option<Key<'s>> {
        let mut name = Cow::Borrowed("");
        self.text.get(event)?.decode_key(&mut name, &mut self.errors);
        let style = match event.encoding() {
            Some(Encoding::BasicString | Encoding::MlBasicString) => Style::DoubleQuoted,
            Some(Encoding::LiteralString | Encoding::MlLiteralString) => Style::SingleQuoted,
            None => Style::Plain,
        };
        let at = bytes(event.span());
        let text = Text::new(self.text.input(), &at, name.clone());
        Some(Key { at, style, name, text })
    }

    /// The value here; `None` if none could be read, which is already told.
    fn value(&mut self) -> Option<Item> {
        let event = self.peek()?;
        match event.kind() {
            EventKind::Scalar => {
                self.next += 1;
                self.scalar(event)
            }
            EventKind::ArrayOpen => Some(self.array()),
            EventKind::InlineTableOpen => Some(self.inline_table()),
            _ => None,
        }
    }

    fn scalar(&mut self, event: Event) -> Option<Item> {
        let told = self.errors.len();
        let at = bytes(event.span());
        let mut decoded = Cow::Borrowed("");
        let kind = self.text.get(event)?.decode_scalar(&mut decoded, &mut self.errors);
        if self.errors.len() > told {
            return None;
        }
        let style = match (kind, event.encoding()) {
            (ScalarKind::String, Some(Encoding::BasicString | Encoding::MlBasicString)) => {
                Style::DoubleQuoted
            }
            (ScalarKind::String, _) => Style::SingleQuoted,
            (ScalarKind::Boolean(_), _) => Style::Boolean,
            (ScalarKind::DateTime, _) => Style::DateTime,
            (ScalarKind::Float, _) => Style::Float,
            (ScalarKind::Integer(_), _) => Style::Integer,
        };
        let text = match style.is_text() {
            true => Text::new(self.text.input(), &at, decoded),
            // Numbers are decoded without their `0x` and `_`; the tree holds what is written.
            false => Text::Source(at.clone()),
        };
        Some(Item::Scalar { at, style, text })
    }

    fn array(&mut self) -> Item {
        let mut at = self.bump().map_or(0..0, |open| bytes(open.span()));
        let mut items = Vec::new();
        while let Some(event) = self.peek() {
            at.end = at.end.max(event.span().end());
            match event.kind() {
                EventKind::ArrayClose => {
                    self.next += 1;
                    break;
                }
                EventKind::Scalar | EventKind::ArrayOpen | EventKind::InlineTableOpen => {
                    items.extend(self.value());
                }
                _ => self.next += 1,
            }
        }
        Item::List { at, items, of_tables: false }
    }

    fn inline_table(&mut self) -> Item {
        let mut at = self.bump().map_or(0..0, |open| bytes(open.span()));
        let table = self.tables.inline(at.clone());
        while let Some(event) = self.peek() {
            at.end = at.end.max(event.span().end());
            match event.kind() {
                EventKind::InlineTableClose => {
                    self.next += 1;
                    break;
                }
                EventKind::SimpleKey => self.assignment(table),
                _ => self.next += 1,
            }
        }
        self.tables.close_inline(table, at);
        Item::Table(table)
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(|event| event.kind() == EventKind::Whitespace) {
            self.next += 1;
        }
    }

    fn peek(&self) -> Option<Event> {
        self.events.get(self.next).copied()
    }

    fn bump(&mut self) -> Option<Event> {
        let event = self.peek()?;
        self.next += 1;
        Some(event)
    }
}

/// Puts a table into the tree. The recursion is as deep as the builder lets the tree be.
fn write_table(builder: &mut Builder, tables: &Tables<'_>, id: TableId) {
    let (at, entries) = tables.get(id);
    if !builder.open(at.clone(), Collection::Mapping) {
        return;
    }
    for (key, value) in entries {
        write_text(builder, &key.at, key.style, &key.text);
        write(builder, tables, value);
    }
    builder.close(Some(at.end));
}

fn write(builder: &mut Builder, tables: &Tables<'_>, item: &Item) {
    match item {
        Item::Scalar { at, style, text } => write_text(builder, at, *style, text),
        Item::List { at, items, .. } => {
            if builder.open(at.clone(), Collection::Sequence) {
                items.iter().for_each(|item| write(builder, tables, item));
                builder.close(Some(at.end));
            }
        }
        Item::Table(id) => write_table(builder, tables, *id),
    }
}

fn write_text(builder: &mut Builder, at: &Range<usize>, style: Style, text: &Text) {
    match text {
        Text::Source(inner) => builder.scalar(at.clone(), style, inner.clone()),
        Text::Decoded(text) => builder.decoded(at.clone(), style, text.clone()),
    }
}

fn bytes(span: toml_parser::Span) -> Range<usize> {
    span.start()..span.end().max(span.start())
}
