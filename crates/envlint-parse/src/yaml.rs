//! YAML, from the events of `granit-parser`.
//!
//! That parser was chosen because it knows the byte span of everything, comments and aliases
//! among them, never expands an alias, and reads real Compose files that others refuse. Measured
//! with its version 2.1.0, and taken care of here:
//!
//! - A value that is not written (`KEY:`) arrives as the text `~` with an empty span. In the tree
//!   it is what stands in the file: nothing.
//! - The span of a block scalar starts after its header, that of a block mapping is empty.
//! - It stops at the first error of a document, but can go on with the next one.
//! - Its errors name the character that it did not expect, which may be one of a password.

mod errors;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use envlint_model::{SourceFile, SyntaxError};
use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle,
};
use zeroize::Zeroizing;

use crate::tree::{Builder, Collection, Document, Format, MAX_NESTING, NodeId, Style};

/// The most comment lines in a row where the parser has to look past them to go on. Its own
/// default of 96 is less than what the head of a real file may have.
const MAX_COMMENT_LINES: usize = 100_000;

/// How deep the parser itself may nest: more than the tree may, since it looks ahead, and what it
/// refuses it can not pass over.
const MAX_PARSER_NESTING: usize = 100 * MAX_NESTING;

/// Reads a YAML file of any number of documents. What could be read before an error is kept, and
/// reading goes on with the next document of the file.
pub fn parse(source: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    let mut reading = Reading {
        text: source.text(),
        builder: Builder::new(source, Format::Yaml),
        anchors: Vec::new(),
        passing_over: 0,
        read_to: 0,
    };
    let mut parser = Parser::new_from_str_with_options(source.text(), options());
    while let Some(event) = parser.next_event() {
        let readable = match event {
            Ok((event, span)) => {
                reading.event(event, span);
                true
            }
            Err(error) => {
                reading.broken_off(&error);
                matches!(parser.proceed_next_document(), Ok(true))
            }
        };
        if !readable || reading.builder.is_full() {
            break;
        }
    }
    reading.builder.finish()
}

fn options() -> Options {
    granit_parser::options! {
        emit_unresolved_aliases: true,
        max_buffered_comment_events: MAX_COMMENT_LINES,
        flow_nesting_limit: MAX_PARSER_NESTING,
        block_nesting_limit: MAX_PARSER_NESTING,
    }
}

struct Reading<'s> {
    text: &'s str,
    builder: Builder,
    /// The nodes with an anchor, by the number that the parser gives it: from 1, over the whole
    /// file.
    anchors: Vec<Option<NodeId>>,
    /// How many collections are open that the builder refused.
    passing_over: usize,
    /// Where the last event ended.
    read_to: usize,
}

impl Reading<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        let at = bytes(&span);
        self.read_to = at.end;
        match event {
            Event::Comment(..) => self.builder.comment(at),
            Event::DocumentEnd => self.builder.close_all(),
            Event::SequenceStart(..) | Event::MappingStart(..) if self.passing_over > 0 => {
                self.passing_over += 1;
            }
            Event::SequenceEnd | Event::MappingEnd if self.passing_over > 0 => {
                self.passing_over -= 1;
            }
            _ if self.passing_over > 0 => {}
            Event::Scalar(text, style, anchor, _) => {
                self.scalar(at, text, style);
                self.properties(anchor, &span);
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(at, Collection::Sequence, style, anchor, &span);
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(at, Collection::Mapping, style, anchor, &span);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // The end of a block is the start of what follows it, so its last child's end
                // tells more.
                self.builder.close((!at.is_empty()).then_some(at.end));
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(anchor).copied().flatten();
                self.builder.alias(at, target);
            }
            Event::UnresolvedAlias(_) => {
                let help = "an anchor (`&name`) stands before its aliases, in the same document";
                self.builder.error(at.clone(), "no anchor has this name", Some(help));
                self.builder.alias(at, None);
            }
            _ => {}
        }
    }

    fn open(
        &mut self,
        at: Range<usize>,
        collection: Collection,
        style: StructureStyle,
        anchor: usize,
        span: &Span,
    ) {
        let start = if style == StructureStyle::Block { at.start..at.start } else { at };
        // A collection that is refused is passed over up to its end.
        self.passing_over = usize::from(!self.builder.open(start, collection));
        self.properties(anchor, span);
    }

    fn scalar(&mut self, at: Range<usize>, text: Cow<'_, str>, style: ScalarStyle) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        if style == Style::Plain && at.is_empty() {
            return self.builder.scalar(at.clone(), style, at);
        }
        let quoted = matches!(style, Style::SingleQuoted | Style::DoubleQuoted);
        let inner = if quoted { at.start + 1..at.end.saturating_sub(1) } else { at.clone() };
        // The text of a block may end before its last line break, the span does not.
        let inner = inner.start..inner.end.min(inner.start + text.len());
        if self.text.get(inner.clone()) == Some(&*text) {
            self.builder.scalar(at, style, inner);
        } else {
            self.builder.decoded(at, style, Zeroizing::new(text.into_owned()));
        }
    }

    /// The anchor and the tag of the node that was added last.
    fn properties(&mut self, anchor: usize, span: &Span) {
        if anchor > 0 {
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, None);
            }
            self.anchors[anchor] = self.builder.last();
        }
        if let Some(tag) = span.tag_span() {
            self.builder.tag(bytes(&tag));
        }
    }

    fn broken_off(&mut self, error: &ScanError) {
        let mut at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        if matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent) {
            // It is noticed lines later; what there is to mend is the quote.
            at = opening_quote(self.text, self.read_to..at).unwrap_or(at);
        }
        let end = match self.text.get(at..).and_then(|rest| rest.chars().next()) {
            Some('\r' | '\n') | None => at,
            Some(character) => at + character.len_utf8(),
        };
        if self.passing_over == 0 {
            let (message, help) = errors::explain(error.kind());
            self.builder.error(at..end, message, help);
        }
        self.builder.close_all();
        self.passing_over = 0;
    }
}

/// The first quote between two offsets that can open a text.
fn opening_quote(text: &str, between: Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes();
    between.into_iter().find(|&at| {
        let opens = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'[' | b'{' | b',');
        opens && matches!(bytes[at], b'"' | b'\'')
    })
}

fn bytes(span: &Span) -> Range<usize> {
    // Offsets are always known when the whole text is parsed from one `str`.
    let start = span.start.byte_offset().unwrap_or(0);
    let end = span.end.byte_offset().unwrap_or(start);
    start..end.max(start)
}
