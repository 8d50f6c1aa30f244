//! JSON (RFC 8259), by hand.
//!
//! The grammar fits on a page, and the parsers at hand give up at the first error and return
//! nothing of what they had read, or take what no JSON program takes (line breaks in texts,
//! single quotes). This one passes over what it can not read and goes on after the next comma,
//! so that one forgotten quote does not hide the rest of a file. `serde_json` is the oracle of
//! its tests.
//!
//! Duplicate keys are legal JSON and stay in the tree.

mod scan;

use std::ops::Range;
use std::sync::Arc;

use envlint_model::{SourceFile, SyntaxError};

use crate::tree::{Builder, Collection, Document, Format, Style};
use scan::{Scanner, Text};

/// Reads a JSON file as RFC 8259 has it. A byte order mark is passed over.
pub fn parse(source: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    read(source, false)
}

/// Reads JSON with `//` and `/* */` comments and commas after the last item, as editors and
/// .NET's `appsettings.json` have it.
pub fn parse_with_comments(source: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    read(source, true)
}

fn read(source: &Arc<SourceFile>, lenient: bool) -> (Document, Vec<SyntaxError>) {
    let builder = Builder::new(source, Format::Json);
    let mut reading = Reading { scanner: Scanner::new(source.text()), builder, lenient };
    reading.document();
    reading.builder.finish()
}

/// A value could not be read; why is already told.
struct Unread;

struct Reading<'s> {
    scanner: Scanner<'s>,
    builder: Builder,
    /// Whether comments and commas after the last item are allowed.
    lenient: bool,
}

impl Reading<'_> {
    fn document(&mut self) {
        self.space();
        if self.scanner.peek().is_none() {
            return self.error(0..0, "the file is empty, JSON needs a value", None);
        }
        if self.value().is_err() {
            return;
        }
        self.space();
        if self.scanner.peek().is_some() {
            let at = self.scanner.here();
            self.error(at, "text follows after the end of the value", None);
        }
    }

    fn value(&mut self) -> Result<(), Unread> {
        match self.scanner.peek() {
            Some(b'{') => self.collection(Collection::Mapping, b'}', Self::member),
            Some(b'[') => self.collection(Collection::Sequence, b']', Self::value),
            Some(b'"') => self.text(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => self.word(),
            Some(b'\'') => {
                self.unread("text in single quotes is not JSON", Some("write double quotes"))
            }
            Some(b',' | b'}' | b']') | None => self.unread("a value is missing here", None),
            Some(_) => self.unread("no value of JSON starts like this", None),
        }
    }

    /// `"name": value`.
    fn member(&mut self) -> Result<(), Unread> {
        if self.scanner.peek() != Some(b'"') {
            let help = Some("write the name in double quotes");
            return self.unread("a name in double quotes is missing here", help);
        }
        self.text()?;
        self.space();
        let read = if self.scanner.eat(b':') {
            self.space();
            self.value()
        } else {
            self.unread("a `:` is missing after this name", None)
        };
        read.inspect_err(|_| self.builder.forget_key())
    }

    /// What stands between two brackets, parted by commas.
    fn collection(
        &mut self,
        collection: Collection,
        closer: u8,
        item: fn(&mut Self) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let opener = self.scanner.bump();
        if !self.builder.open(opener.clone(), collection) {
            self.scanner.pass_over_nested();
            return Ok(());
        }
        let mut last_comma = None;
        loop {
            self.space();
            match self.scanner.peek() {
                None => {
                    self.error(opener, "this bracket is never closed", None);
                    self.builder.close(Some(self.scanner.at()));
                    return Ok(());
                }
                Some(byte) if byte == closer => {
                    if let Some(comma) = last_comma.filter(|_| !self.lenient) {
                        self.error(comma, "a comma stands after the last item", Some("remove it"));
                    }
                    break;
                }
                Some(_) => {}
            }
            if item(self).is_err() {
                self.scanner.pass_over_item();
            }
            self.space();
            match self.scanner.peek() {
                Some(b',') => last_comma = Some(self.scanner.bump()),
                Some(byte @ (b'}' | b']')) if byte != closer => {
                    let at = self.scanner.here();
                    self.error(at, "this bracket closes one of the other kind", None);
                    break;
                }
                Some(byte) if byte != closer => {
                    let at = self.scanner.here();
                    self.error(at.start..at.start, "a comma is missing before this", None);
                    last_comma = None;
                }
                _ => last_comma = None,
            }
        }
        let end = self.scanner.bump().end;
        self.builder.close(Some(end));
        Ok(())
    }

    fn text(&mut self) -> Result<(), Unread> {
        match self.scanner.text() {
            Ok((at, Text::AsItStands)) => {
                let inner = at.start + 1..at.end - 1;
                self.builder.scalar(at, Style::DoubleQuoted, inner);
            }
            Ok((at, Text::Decoded(text))) => {
                self.builder.decoded(at, Style::DoubleQuoted, text);
            }
            Err((at, message, help)) => {
                self.error(at, message, Some(help));
                return Err(Unread);
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Unread> {
        let at = self.scanner.run();
        let style = match scan::number(self.scanner.slice(at.clone())) {
            Some(style) => style,
            None => {
                self.error(
                    at,
                    "this is no number of JSON",
                    Some("text is written in double quotes"),
                );
                return Err(Unread);
            }
        };
        self.builder.scalar(at.clone(), style, at);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Unread> {
        let at = self.scanner.run();
        let style = match self.scanner.slice(at.clone()) {
            "true" | "false" => Style::Boolean,
            "null" => Style::Null,
            _ => {
                let help = Some("text is written in double quotes");
                self.error(at, "only `true`, `false` and `null` stand without quotes", help);
                return Err(Unread);
            }
        };
        self.builder.scalar(at.clone(), style, at);
        Ok(())
    }

    /// Passes over white space, and over comments, which are an error in plain JSON.
    fn space(&mut self) {
        loop {
            self.scanner.white_space();
            let Some((at, closed)) = self.scanner.comment() else { return };
            if !self.lenient {
                self.error(at.clone(), "JSON has no comments", Some("remove it"));
            } else if !closed {
                self.error(at.clone(), "this comment is never closed", Some("close it with `*/`"));
            }
            self.builder.comment(at);
        }
    }

    fn unread(&mut self, message: &str, help: Option<&str>) -> Result<(), Unread> {
        let at = self.scanner.here();
        self.error(at, message, help);
        Err(Unread)
    }

    fn error(&mut self, at: Range<usize>, message: &str, help: Option<&str>) {
        self.builder.error(at, message, help);
    }
}
