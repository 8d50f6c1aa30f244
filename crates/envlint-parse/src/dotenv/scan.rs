//! The cursor that readers drive, and the document that it lays down on the way.

use std::ops::Range;
use std::sync::Arc;

use envlint_model::{Name, Reader, SourceFile, Span, SyntaxError};

use super::problem::Problem;
use super::{
    Assigned, Document, MAX_ERRORS, MAX_REFERENCES, MAX_STATEMENTS, Quotes, Refusal, Statement,
    Token, TokenKind, ValueText, stray,
};
use crate::template::{Invalid, LocatedText, Part, Template};

/// A class of characters, as readers tell them apart.
pub(super) type Class = fn(char) -> bool;

/// A position in a file, and what was found before it.
pub(super) struct Scan<'f> {
    file: &'f Arc<SourceFile>,
    at: usize,
    document: Document,
    errors: Vec<SyntaxError>,
    /// The mistake that the last error tells of, if there is room for another.
    last: Option<Problem>,
    parts_left: usize,
    /// How many times text could not be read.
    unread: usize,
    /// Whether an armored key began without quotes, and its end has not come yet.
    torn: bool,
}

/// What a reader found of a statement before its value.
pub(super) struct Head {
    /// The name.
    pub(super) name: Range<usize>,
    /// The word `export`.
    pub(super) export: Option<Range<usize>>,
}

/// Where a reader found a value.
pub(super) struct Written {
    /// The `=` or `:` before it.
    pub(super) separator: Option<usize>,
    /// The value with its quotes.
    pub(super) value: Range<usize>,
    /// The quotes that are taken off.
    pub(super) quotes: Quotes,
}

impl<'f> Scan<'f> {
    pub(super) fn new(file: &'f Arc<SourceFile>, reader: Reader) -> Self {
        let document = Document {
            file: Arc::clone(file),
            reader,
            tokens: Vec::new(),
            statements: Vec::new(),
            comments: Vec::new(),
            refusal: None,
        };
        Self {
            file,
            at: 0,
            document,
            errors: Vec::new(),
            last: None,
            parts_left: MAX_REFERENCES,
            unread: 0,
            torn: false,
        }
    }

    // Looking.

    pub(super) fn file(&self) -> &'f Arc<SourceFile> {
        self.file
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'f str {
        self.file.text()
    }

    pub(super) fn len(&self) -> usize {
        self.text().len()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'f str {
        &self.text()[self.at..]
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Where the first character from `from` on stands that is not of a class.
    pub(super) fn end_of(&self, class: Class, from: usize) -> usize {
        let rest = &self.text()[from..];
        rest.find(|c| !class(c)).map_or(self.len(), |at| from + at)
    }

    /// Where the first character from `from` on stands that is of a class.
    pub(super) fn next(&self, class: Class, from: usize) -> usize {
        self.text()[from..].find(class).map_or(self.len(), |at| from + at)
    }

    // Moving.

    pub(super) fn go(&mut self, to: usize) {
        self.at = to;
    }

    pub(super) fn skip(&mut self, class: Class) {
        self.at = self.end_of(class, self.at);
    }

    // Laying down.

    /// Whether the document holds as much as it may. What follows is left unread.
    pub(super) fn is_full(&mut self) -> bool {
        let most = self.document.statements.len().max(self.document.comments.len());
        if most.max(self.unread) < MAX_STATEMENTS {
            return false;
        }
        self.torn = false;
        self.unread_to(self.len(), Problem::TooManyStatements);
        true
    }

    /// A comment from here to `end`. It belongs to the last statement if that ends on this line.
    pub(super) fn comment_to(&mut self, end: usize) {
        let text = self.text()[self.at..end].trim_end_matches('\r');
        let span = self.token(TokenKind::Comment, self.at..self.at + text.len());
        if let Some(last) = self.document.statements.last_mut() {
            let between = last.span().end as usize..span.start as usize;
            if self.file.text().get(between).is_some_and(|text| !text.contains(['\n', '\r'])) {
                last.comment = Some(span);
            }
        }
        self.document.comments.push(span);
        self.torn = false;
        self.at = end;
    }

    /// A name that stands alone.
    pub(super) fn name_alone(&mut self, head: Head, end: usize) {
        self.head(&head);
        self.statement(head, None);
        self.at = end;
    }

    /// An assignment. `written` is the value with its quotes, and what it says is decoded
    /// already. Reading goes on at the end of the value.
    pub(super) fn assignment(&mut self, head: Head, written: Written, text: ValueText) {
        self.head(&head);
        if let Some(separator) = written.separator {
            self.token(TokenKind::Separator, separator..separator + 1);
        }
        let end = written.value.end;
        let span = match written.value.is_empty() {
            true => self.file.span(written.value),
            false => self.token(TokenKind::Value, written.value),
        };
        self.templates(&text);
        let quotes = written.quotes;
        let strays = stray::find(&text);
        self.statement(head, Some(Assigned { span, quotes, text, strays }));
        self.at = end.max(self.at);
    }

    /// A template at the cost of this document's share.
    pub(super) fn template(&mut self, text: LocatedText) -> ValueText {
        ValueText::Template(Template::parse_within(text, &mut self.parts_left))
    }

    /// Text from here to `end` that the reader can not read, whatever is in it.
    pub(super) fn unread_to(&mut self, end: usize, problem: Problem) {
        self.unread_at(self.at..end, end, problem);
    }

    /// The same, where `blame` is the part to point at.
    pub(super) fn unread_at(&mut self, blame: Range<usize>, end: usize, problem: Problem) {
        self.unread += 1;
        self.mend_at(self.at);
        self.problem(blame, problem);
        if end > self.at {
            let span = self.token(TokenKind::Unread, self.at..end);
            self.torn &= !self.file.slice(span).contains("-----END ");
        }
        self.at = end;
    }

    /// Notes a mistake. Neighbouring lines with the same one are told once, and so is a key that
    /// is torn over many lines.
    pub(super) fn problem(&mut self, blame: Range<usize>, problem: Problem) {
        let span = self.file.span(blame);
        if problem.is_refused() {
            self.refuse(span, problem.message());
        }
        if self.torn || self.repeats(span, problem) {
            return;
        }
        self.error(SyntaxError::new(span, problem.message()).with_help(problem.help()));
        self.last = (self.errors.len() < MAX_ERRORS).then_some(problem);
    }

    /// Whether the last error tells of the same mistake on the lines before; if so, it then
    /// tells of these too.
    fn repeats(&mut self, span: Span, problem: Problem) -> bool {
        let Some(last) = self.errors.last_mut() else { return false };
        let between = last.span.end as usize..span.start as usize;
        let repeats = problem == Problem::SkippedLine
            && self.last == Some(problem)
            && self.file.text().get(between).is_some_and(|gap| gap.trim().is_empty());
        if repeats {
            last.span = last.span.to(span);
        }
        repeats
    }

    /// Everything that was found. A reader that never refuses has no refusal.
    pub(super) fn finish(mut self, refuses: bool) -> (Document, Vec<SyntaxError>) {
        self.fill(self.len());
        if !refuses {
            self.document.refusal = None;
        }
        (self.document, self.errors)
    }

    fn head(&mut self, head: &Head) {
        self.mend_at(head.name.start);
        if let Some(export) = head.export.clone() {
            self.token(TokenKind::Export, export);
        }
        if !head.name.is_empty() {
            self.token(TokenKind::Name, head.name.clone());
        }
    }

    fn statement(&mut self, head: Head, value: Option<Assigned>) {
        let torn = self.torn;
        if let Some(value) = &value
            && value.quotes == Quotes::None
            && begins_torn_key(value.text.text().as_str())
        {
            self.problem(value.span.start as usize..value.span.end as usize, Problem::TornKey);
            self.torn = true;
        }
        self.document.statements.push(Statement {
            name: Name::new(&self.file.text()[head.name.clone()]),
            name_span: self.file.span(head.name),
            export: head.export.is_some(),
            value,
            comment: None,
            torn,
        });
    }

    /// A blank line ends a torn key, so that one without an end does not hide the whole file.
    fn mend_at(&mut self, start: usize) {
        if self.torn {
            let from = self.document.tokens.last().map_or(0, |token| token.span.end as usize);
            let gap = self.text().get(from..start).unwrap_or("");
            self.torn = gap.matches('\n').count() < 2;
        }
    }

    /// Notes what can not be expanded. Only what stands outside of alternatives is refused for
    /// certain; the rest is refused when it is come to.
    fn templates(&mut self, text: &ValueText) {
        let ValueText::Template(template) = text else { return };
        template.errors().into_iter().for_each(|error| self.error(error));
        for part in template.parts() {
            if let Part::Invalid(stretch, why) = part {
                self.refuse(stretch.span, Invalid::explain(*why).0);
            }
        }
    }

    fn error(&mut self, error: SyntaxError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
            self.last = None;
        }
    }

    fn refuse(&mut self, span: Span, reason: &str) {
        let refusal = || Refusal { span, reason: reason.to_owned() };
        self.document.refusal.get_or_insert_with(refusal);
    }

    /// Lays down a token, after whatever was left out before it. Lines that can not be read are
    /// one token together, so that a file of nothing else does not become millions of them.
    fn token(&mut self, kind: TokenKind, range: Range<usize>) -> Span {
        let span = self.file.span(range.clone());
        let tokens = &mut self.document.tokens;
        if let Some(last) = tokens.last_mut().filter(|last| last.kind == kind)
            && kind == TokenKind::Unread
            && is_space(&self.file.text()[last.span.end as usize..range.start])
        {
            last.span = last.span.to(span);
            return span;
        }
        self.fill(range.start);
        if !span.is_empty() {
            self.document.tokens.push(Token { kind, span });
        }
        span
    }

    fn fill(&mut self, until: usize) {
        let from = self.document.tokens.last().map_or(0, |token| token.span.end as usize);
        if from < until {
            let blank = is_space(&self.text()[from..until]);
            let kind = if blank { TokenKind::Space } else { TokenKind::Unread };
            self.document.tokens.push(Token { kind, span: self.file.span(from..until) });
        }
    }
}

fn is_space(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

/// Whether a value is the first line of an armored key and its end is missing.
fn begins_torn_key(value: &str) -> bool {
    value.starts_with("-----BEGIN ") && !value.contains("-----END ")
}
