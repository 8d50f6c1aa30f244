//! Compose's own reader, compose-go 2.13.0: strict, and free about where statements begin.
//!
//! It works on the file as one text. A statement begins wherever the last one ended, so
//! `A="1"B="2"` is two assignments and `A="1"x` leaves a stray name behind. The first mistake
//! refuses the whole file; here reading goes on with the next line.
//!
//! Time is linear: the text is passed once, a quoted value a second time to be unescaped. A
//! quote that is never closed is searched to the end of the file, but that can happen only once
//! for each kind of quote, because any later one would have closed it.

use std::borrow::Cow;
use std::ops::Range;

use super::letters::is_letter;
use super::problem::Problem;
use super::scan::{Head, Scan, Written};
use super::{Quotes, ValueText};
use crate::template::{Decoder, LocatedText};

/// Escapes in double quotes, each one character after the backslash. `\$` becomes `$$`, the
/// spelling of a plain dollar for the references that are expanded next. The reader's table
/// also has `\c`, which then stands for nothing and is kept.
const ESCAPES: [(u8, &str); 10] = [
    (b'a', "\u{7}"),
    (b'b', "\u{8}"),
    (b'f', "\u{c}"),
    (b'n', "\n"),
    (b'r', "\r"),
    (b't', "\t"),
    (b'v', "\u{b}"),
    (b'"', "\""),
    (b'\\', "\\"),
    (b'$', "$$"),
];

pub(super) fn scan(scan: &mut Scan<'_>) {
    if scan.peek() == Some('\u{feff}') {
        scan.go('\u{feff}'.len_utf8());
    }
    loop {
        scan.skip(char::is_whitespace);
        if scan.is_done() || scan.is_full() {
            return;
        }
        match scan.peek() {
            Some('#') => scan.comment_to(line_end(scan, scan.at())),
            _ => statement(scan),
        }
    }
}

fn statement(scan: &mut Scan<'_>) {
    let (export, start) = match scan.rest().strip_prefix("export") {
        Some(rest) if rest.starts_with(is_regex_space) => {
            let export = scan.at()..scan.len() - rest.len();
            let start = scan.end_of(is_blank, export.end);
            (Some(export), start)
        }
        _ => (None, scan.at()),
    };
    let stop = scan.next(|c| !is_blank(c) && !is_name_character(c), start);
    let name = start..start + scan.text()[start..stop].trim_end().len();
    let head = Head { name: name.clone(), export };
    let sign = scan.text()[stop..].chars().next();
    match sign {
        None if start == stop => scan.unread_to(stop, Problem::NothingToExport),
        None => name_at_end(scan, head),
        Some('=' | ':' | '\n') if scan.text()[name.clone()].contains(' ') => {
            scan.unread_at(name, line_end(scan, stop), Problem::NameSpace);
        }
        Some('=' | ':') => assignment(scan, head, stop),
        Some('\n') if name.is_empty() => scan.unread_to(stop, Problem::ExportAlone),
        Some('\n') => scan.name_alone(head, stop),
        Some(other) => {
            let blame = stop..stop + other.len_utf8();
            scan.unread_at(blame, line_end(scan, stop), Problem::NameCharacter);
        }
    }
}

/// A defect of the reader: at the end of the file it takes a name for the value of a variable
/// without a name.
fn name_at_end(scan: &mut Scan<'_>, head: Head) {
    let start = head.name.start;
    scan.problem(head.name.clone(), Problem::NameAtEnd);
    let nameless = Head { name: start..start, export: head.export };
    unquoted(scan, nameless, None, start);
}

fn assignment(scan: &mut Scan<'_>, head: Head, separator: usize) {
    let start = scan.end_of(is_blank, separator + 1);
    match scan.text().as_bytes().get(start) {
        Some(&quote @ (b'"' | b'\'')) => quoted(scan, head, separator, start, quote),
        _ => unquoted(scan, head, Some(separator), start),
    }
}

/// To the end of the line or to a `#` after a space. References are expanded, and a backslash
/// is a character like any other.
fn unquoted(scan: &mut Scan<'_>, head: Head, separator: Option<usize>, start: usize) {
    let stop = line_end(scan, start);
    let comment = scan.text()[start..stop].find(" #").map(|space| start + space + 1);
    let end = start + scan.text()[start..comment.unwrap_or(stop)].trim_end().len();
    let value = match separator {
        Some(separator) if end == start => separator + 1..separator + 1,
        _ => start..end,
    };
    let text = LocatedText::verbatim(scan.file(), scan.file().span(value.clone()));
    let text = scan.template(text);
    scan.assignment(head, Written { separator, value, quotes: Quotes::None }, text);
    if let Some(comment) = comment {
        scan.go(comment);
        scan.comment_to(stop);
    }
}

/// To the closing quote, over lines if need be. A backslash before the quote keeps it open; in
/// double quotes there are more escapes, and then references are expanded.
fn quoted(scan: &mut Scan<'_>, head: Head, separator: usize, start: usize, quote: u8) {
    let Some(close) = closing(scan.text(), start, quote) else {
        return scan.unread_at(start..start + 1, line_end(scan, start), Problem::UnclosedQuote);
    };
    let text = unescape(scan, start + 1..close, quote);
    let text = match quote {
        b'"' => scan.template(text),
        _ => ValueText::Literal(text),
    };
    let quotes = Quotes::of(Some(char::from(quote)));
    let written = Written { separator: Some(separator), value: start..close + 1, quotes };
    scan.assignment(head, written, text);
}

fn closing(text: &str, open: usize, quote: u8) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(open + 1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            _ if byte == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// The reader unescapes in two passes, first the quote, then the rest. Every backslash begins a
/// pair in both, so one pass over the pairs does the same.
fn unescape(scan: &Scan<'_>, range: Range<usize>, quote: u8) -> LocatedText {
    let bytes = scan.text().as_bytes();
    let mut decoder = Decoder::new(scan.file(), range.clone());
    let mut at = range.start;
    while let Some(found) = bytes[at..range.end].iter().position(|&byte| byte == b'\\') {
        let backslash = at + found;
        at = (backslash + 2).min(range.end);
        if let Some((length, decoded)) = escape(&bytes[backslash + 1..range.end], quote) {
            at = backslash + 1 + length;
            decoder.keep(backslash);
            decoder.replace(at, &decoded);
        }
    }
    decoder.finish()
}

/// How many bytes after a backslash belong to it, and what they stand for together; `None` for
/// a backslash that stands for itself.
fn escape(rest: &[u8], quote: u8) -> Option<(usize, Cow<'static, str>)> {
    let letter = *rest.first()?;
    match quote {
        b'"' if letter == b'0' => Some(octal(&rest[1..])),
        b'"' => {
            let (_, decoded) = ESCAPES.iter().find(|(known, _)| *known == letter)?;
            Some((1, Cow::Borrowed(decoded)))
        }
        _ => (letter == quote).then_some((1, Cow::Borrowed("'"))),
    }
}

/// `\0` and the digits after it: three octal digits are a character below U+0100; before
/// anything else, `\0` is a backslash.
fn octal(digits: &[u8]) -> (usize, Cow<'static, str>) {
    let code = digits.get(..3).and_then(|digits| {
        digits.iter().try_fold(0_u32, |code, digit| match digit {
            b'0'..=b'7' => Some(code * 8 + u32::from(digit - b'0')),
            _ => None,
        })
    });
    match code.and_then(|code| u8::try_from(code).ok()) {
        Some(code) => (4, Cow::Owned(char::from(code).to_string())),
        None => (1, Cow::Borrowed("\\")),
    }
}

fn line_end(scan: &Scan<'_>, from: usize) -> usize {
    scan.next(|c| c == '\n', from)
}

/// White space that does not end a line, as the reader lists it.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// `\s` of the regular expression that finds `export`.
fn is_regex_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

fn is_name_character(c: char) -> bool {
    matches!(c, '_' | '.' | '-' | '[' | ']') || is_letter(c) || c.is_numeric()
}
