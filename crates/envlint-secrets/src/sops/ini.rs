//! INI as sops reads it: with the Go library `ini.v1` in its own settings.
//!
//! Values before the first section are in a section called `DEFAULT`. A section that is opened
//! twice is one, and of two values of one name the last wins in the place of the first. Values
//! may stand in quotes, in backticks or in three double quotes, the latter two over several
//! lines; sops 3.13.0 and 3.13.1 wrote metadata so. Outside of those, `#` and `;` start a
//! comment wherever they stand, and a `\` at the end joins the next line.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span};

use super::dotenv::with_line_breaks;
use super::error::{Problem, SopsError};
use super::raw::{Flat, Parts, Raw, RawContent, RawEntry};
use super::scalar::Scalar;
use super::{MAX_VALUES, METADATA};

/// The section of what stands before all sections.
const DEFAULT: &str = "DEFAULT";

/// Takes an INI file apart.
pub(super) fn parts(source: &Arc<SourceFile>) -> Result<Parts, SopsError> {
    let mut reading = Reading {
        source,
        text: source.text(),
        at: if source.text().starts_with('\u{feff}') { 3 } else { 0 },
        comments: Vec::new(),
        sections: vec![Section::new(DEFAULT, source.span(0..0))],
        current: 0,
        known: HashMap::from([(DEFAULT, 0)]),
        known_values: HashMap::new(),
        left: MAX_VALUES,
    };
    while reading.at < reading.text.len() {
        reading.line()?;
    }
    let mut sections = reading.sections;
    let at = sections.iter().position(|section| section.name == METADATA);
    let own = sections.remove(at.ok_or(Problem::NotSops)?);
    let metadata = own.values.into_iter().map(|value| {
        let text = value.decoded.unwrap_or_else(|| with_line_breaks(source, value.span));
        Flat { name: value.name, text, span: value.span }
    });
    let place = own.name_span;
    let metadata = metadata.collect();
    let whole = source.span(0..source.text().len());
    let entries = sections.into_iter().map(|section| section.entry(source)).collect();
    Ok(Parts {
        documents: vec![Raw { span: whole, content: RawContent::Map(entries) }],
        metadata,
        place,
    })
}

struct Section {
    name: String,
    name_span: Span,
    comments: Vec<Span>,
    values: Vec<Value>,
}

struct Value {
    name: String,
    name_span: Span,
    span: Span,
    /// The text, if it does not stand at `span` as it is.
    decoded: Option<Secret>,
    /// The comments above and beside it, which sops counts to the value that follows.
    comments: Vec<Span>,
}

impl Section {
    fn new(name: &str, name_span: Span) -> Self {
        Self { name: name.to_owned(), name_span, comments: Vec::new(), values: Vec::new() }
    }

    fn entry(self, source: &Arc<SourceFile>) -> RawEntry {
        let mut comments = self.comments;
        let mut entries = Vec::with_capacity(self.values.len());
        for value in self.values {
            let text = value.decoded.unwrap_or_else(|| Secret::slice(source, value.span));
            entries.push(RawEntry {
                comments: std::mem::replace(&mut comments, value.comments),
                name: value.name,
                name_span: value.name_span,
                value: Raw { span: value.span, content: RawContent::Scalar(Scalar::text(text)) },
            });
        }
        RawEntry {
            comments: Vec::new(),
            name: self.name,
            name_span: self.name_span,
            value: Raw { span: self.name_span, content: RawContent::Map(entries) },
        }
    }
}

struct Reading<'a> {
    source: &'a Arc<SourceFile>,
    text: &'a str,
    at: usize,
    /// Comments that belong to what comes next.
    comments: Vec<Span>,
    sections: Vec<Section>,
    current: usize,
    /// The sections and the values of each, by name.
    known: HashMap<&'a str, usize>,
    known_values: HashMap<(usize, &'a str), usize>,
    left: usize,
}

impl<'a> Reading<'a> {
    fn line(&mut self) -> Result<(), SopsError> {
        let line = self.take_line();
        let text = self.source.slice(line);
        match text.as_bytes().first() {
            None => {}
            Some(b'#' | b';') => {
                let comment = text.trim_start_matches([text.as_bytes()[0] as char, ' ']);
                let start = line.end as usize - comment.len();
                self.comments.push(self.source.span(start..line.end as usize));
            }
            Some(b'[') => self.section(line)?,
            Some(_) => self.value(line)?,
        }
        Ok(())
    }

    /// The rest of the line that is read at, without white space around it; reading goes on
    /// after it.
    fn take_line(&mut self) -> Span {
        let rest = &self.text[self.at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let start = self.at;
        self.at = (start + length + 1).min(self.text.len());
        self.trimmed(start, start + length)
    }

    fn trimmed(&self, start: usize, end: usize) -> Span {
        let text = &self.text[start..end];
        let from = end - text.trim_start().len();
        let to = from.max(start + text.trim_end().len());
        self.source.span(from..to)
    }

    fn fault(&self, at: Span, what: &'static str) -> SopsError {
        SopsError::at(at, Problem::Shape(what))
    }

    fn section(&mut self, line: Span) -> Result<(), SopsError> {
        let Some(end) = self.source.slice(line).rfind(']') else {
            return Err(self.fault(line, "a section without a closing bracket"));
        };
        let span = self.trimmed(line.start as usize + 1, line.start as usize + end);
        let name = self.source.slice(span);
        self.left = self.left.checked_sub(1).ok_or(Problem::Values)?;
        self.current = match self.known.get(name) {
            Some(known) => *known,
            None => {
                self.sections.push(Section::new(name, span));
                self.known.insert(name, self.sections.len() - 1);
                self.sections.len() - 1
            }
        };
        self.sections[self.current].comments.append(&mut self.comments);
        Ok(())
    }

    fn value(&mut self, line: Span) -> Result<(), SopsError> {
        let text = self.source.slice(line);
        let (name, after) = self.name(line, text)?;
        let mut comments = std::mem::take(&mut self.comments);
        let (span, decoded) = self.read_value(line.start as usize + after, line, &mut comments)?;
        self.left = self.left.checked_sub(1).ok_or(Problem::Values)?;
        let value = Value {
            name: self.source.slice(name).to_owned(),
            name_span: name,
            span,
            decoded,
            comments,
        };
        let values = &mut self.sections[self.current].values;
        match self.known_values.entry((self.current, self.source.slice(name))) {
            Entry::Occupied(known) => values[*known.get()] = value,
            Entry::Vacant(new) => {
                new.insert(values.len());
                values.push(value);
            }
        }
        Ok(())
    }

    /// The name of a value and where, from the start of the line, the text after the `=` is.
    fn name(&self, line: Span, text: &str) -> Result<(Span, usize), SopsError> {
        let quote = ["\"\"\"", "\"", "`"].into_iter().find(|quote| text.starts_with(*quote));
        let (from, to) = match quote {
            Some(quote) => {
                let inner = &text[quote.len()..];
                let length = inner
                    .find(quote)
                    .ok_or_else(|| self.fault(line, "a name whose quote is never closed"))?;
                (quote.len(), quote.len() + length)
            }
            None => (0, 0),
        };
        let Some(delimiter) = text[to..].find(['=', ':']) else {
            return Err(self.fault(line, "a line without `=`"));
        };
        let start = line.start as usize;
        let name = match quote {
            Some(_) => self.source.span(start + from..start + to),
            None => self.trimmed(start, start + delimiter),
        };
        Ok((name, to + delimiter + 1))
    }

    fn read_value(
        &mut self,
        start: usize,
        line: Span,
        comments: &mut Vec<Span>,
    ) -> Result<(Span, Option<Secret>), SopsError> {
        let span = self.trimmed(start, line.end as usize);
        let text = self.source.slice(span);
        let start = span.start as usize;
        for quote in ["\"\"\"", "`"] {
            if text.starts_with(quote) {
                let inner = start + quote.len();
                let Some(length) = self.text[inner..].find(quote) else {
                    return Err(self.fault(span, "a value whose quote is never closed"));
                };
                let end = inner + length;
                let rest = &self.text[end..];
                self.at = end + rest.find('\n').map_or(rest.len(), |at| at + 1);
                return Ok((self.source.span(inner..end), None));
            }
        }
        if text.ends_with('\\') {
            return Ok((span, Some(self.joined(text))));
        }
        let span = match text.find(['#', ';']) {
            Some(at) => {
                comments.push(self.source.span(start + at + 1..line.end as usize));
                self.trimmed(start, start + at)
            }
            None => span,
        };
        Ok((self.unquoted(span), None))
    }

    /// A value that goes on in the next lines.
    fn joined(&mut self, first: &str) -> Secret {
        let mut joined = String::new();
        let mut line = first;
        while let Some(part) = line.strip_suffix('\\') {
            joined.push_str(part);
            let next = self.take_line();
            line = self.source.slice(next);
        }
        joined.push_str(line);
        Secret::made(joined)
    }

    /// A value without the quotes around it.
    fn unquoted(&self, span: Span) -> Span {
        let text = self.source.slice(span);
        let is_quoted = |quote: char| {
            text.len() > 1
                && text.starts_with(quote)
                && text.ends_with(quote)
                && !text[1..text.len() - 1].contains(quote)
        };
        match is_quoted('"') || is_quoted('\'') {
            true => self.source.span(span.start as usize + 1..span.end as usize - 1),
            false => span,
        }
    }
}

#[cfg(test)]
mod tests {
    use envlint_model::{FilePath, Form, Sources};

    use super::*;

    fn parsed(text: &str) -> Result<Parts, SopsError> {
        let text: Box<str> = text.into();
        parts(&Sources::default().add(FilePath::new("a.ini"), Form::Plain, text.into()))
    }

    fn values(text: &str) -> Vec<String> {
        let parts = parsed(&format!("{text}\n[sops]\nmac = a\\nb\n")).unwrap();
        assert_eq!(parts.metadata[0].text.expose(), "a\nb");
        let RawContent::Map(sections) = &parts.documents[0].content else { panic!() };
        let mut told = Vec::new();
        for section in sections {
            let RawContent::Map(values) = &section.value.content else { panic!() };
            for value in values {
                let RawContent::Scalar(scalar) = &value.value.content else { panic!() };
                told.push(format!("{}/{}={}", section.name, value.name, scalar.text.expose()));
            }
        }
        told
    }

    /// The rules of `ini.v1` that sops leaves on.
    #[test]
    fn values_are_what_the_library_of_sops_takes_them_for() {
        assert_eq!(values("top = 1\n[a]\nb=2\n"), ["DEFAULT/top=1", "a/b=2"]);
        assert_eq!(values("[a]\nb : 2 = 3\r\n"), ["a/b=2 = 3"]);
        assert_eq!(values("[a]\nb = 'x'\nc = \"y\"\nd = \"z"), ["a/b=x", "a/c=y", "a/d=\"z"]);
        assert_eq!(values("[a]\nb = x # y\nc = x;y\n"), ["a/b=x", "a/c=x"]);
        assert_eq!(values("[a]\nb = `x;y`\n`c=d` = 1\n"), ["a/b=x;y", "a/c=d=1"]);
        assert_eq!(values("[a]\nb = \"\"\"x\n y\n\"\"\"\nc = 1\n"), ["a/b=x\n y\n", "a/c=1"]);
        assert_eq!(values("[a]\nb = x\\\n  y\nc = 1\n"), ["a/b=xy", "a/c=1"]);
        assert_eq!(values("[a]\nb = 1\n[c]\n[a]\nb = 2\nd = 3\n"), ["a/b=2", "a/d=3"]);
        assert_eq!(values("\u{feff}[ a ]\nb =\n"), ["a/b="]);
    }

    #[test]
    fn what_is_no_ini_is_told() {
        for text in ["[a\n", "[a]\nb\n", "[a]\nb = `c\n", "[a]\n\"b = c\n"] {
            assert!(parsed(&format!("{text}\n[sops]\n")).is_err(), "{text:?}");
        }
        assert!(parsed("[a]\nb = c\n").is_err());
    }

    #[test]
    fn a_comment_counts_to_the_value_after_the_one_that_it_stands_at() {
        let parts = parsed("; s\n[a]\n; b\nb = 1\nc = 2\n[sops]\n").unwrap();
        let RawContent::Map(sections) = &parts.documents[0].content else { panic!() };
        let RawContent::Map(values) = &sections[1].value.content else { panic!() };
        let counts: Vec<usize> = values.iter().map(|value| value.comments.len()).collect();
        assert_eq!(counts, [1, 1]);
        assert_eq!(values[0].comments[0].start, 2);
    }
}
