//! The npm package `dotenv`, 17.4.2 (16.x and 18.x read the same): one regular expression,
//! looked for again and again; what does not match is skipped without a word.
//!
//! The expression is, in parts: white space from the start of a line on, over line breaks;
//! `export` if white space follows it; a name of `[A-Za-z0-9_.-]`; white space and `=`, or `:`
//! and white space; perhaps a value; white space; perhaps a comment; the end of a line. A value
//! is tried as `'..'`, `".."`, `` `..` `` (each after white space, each over any number of
//! lines), then as a run without `#` and line break. Carriage returns count as line breaks, for
//! they are replaced before anything else.
//!
//! What makes it odd is backtracking. A quoted value must be followed by a comment or the end
//! of its line; if it is not, the match falls back, first to a quote that a backslash had
//! protected, then to the unquoted run with its quotes in it, of which a pair at both ends is
//! then taken off again. Here the candidates are met in one pass from left to right, in which
//! the last good one is remembered ([`closing`]), so that time is linear: two searches for the
//! end of a quote overlap only if their quotes differ, and there are three kinds.

use std::ops::Range;

use super::problem::Problem;
use super::scan::{Head, Scan, Written};
use super::{Quotes, ValueText};
use crate::template::{Decoder, LocatedText};

const QUOTES: [char; 3] = ['\'', '"', '`'];

pub(super) fn scan(scan: &mut Scan<'_>) {
    loop {
        // Here a line begins, or there is only white space before the next one.
        scan.skip(is_space);
        if scan.is_done() || scan.is_full() {
            return;
        }
        let line_end = scan.next(is_line_break, scan.at());
        if scan.peek() == Some('#') {
            scan.comment_to(line_end);
        } else if let Some((head, separator, from)) = head(scan) {
            assignment(scan, head, separator, from);
        } else if let Some(head) = name_alone(scan) {
            let end = head.name.end;
            scan.name_alone(head, end);
        } else {
            scan.unread_to(line_end, Problem::SkippedLine);
        }
    }
}

/// A name and its separator, and where the value may begin. `export` is taken for a name if
/// that is the only way to read the line.
fn head(scan: &Scan<'_>) -> Option<(Head, usize, usize)> {
    let start = scan.at();
    let exported = export(scan).and_then(|(export, start)| {
        let (name, separator, from) = name_and_separator(scan, start)?;
        Some((Head { name, export: Some(export) }, separator, from))
    });
    exported.or_else(|| {
        let (name, separator, from) = name_and_separator(scan, start)?;
        Some((Head { name, export: None }, separator, from))
    })
}

fn export(scan: &Scan<'_>) -> Option<(Range<usize>, usize)> {
    let rest = scan.rest().strip_prefix("export").filter(|rest| rest.starts_with(is_space))?;
    let export = scan.at()..scan.len() - rest.len();
    let start = scan.end_of(is_space, export.end);
    Some((export, start))
}

fn name_and_separator(scan: &Scan<'_>, start: usize) -> Option<(Range<usize>, usize, usize)> {
    let name = start..scan.end_of(is_name_character, start);
    if name.is_empty() {
        return None;
    }
    let text = scan.text();
    let equals = scan.end_of(is_space, name.end);
    if text[equals..].starts_with('=') {
        return Some((name, equals, equals + 1));
    }
    // `:` takes one character of white space with it, and a line break is one character.
    let after = text[name.end..].strip_prefix(':')?;
    let space = after.chars().next().filter(|c| is_space(*c))?;
    let space = if after.starts_with("\r\n") { 2 } else { space.len_utf8() };
    Some((name.clone(), name.end, name.end + 1 + space))
}

/// A name with nothing but a comment behind it.
fn name_alone(scan: &Scan<'_>) -> Option<Head> {
    let (export, start) = match export(scan) {
        Some((export, start)) => (Some(export), start),
        None => (None, scan.at()),
    };
    let name = start..scan.end_of(is_name_character, start);
    (!name.is_empty() && ends_line(scan.text(), name.end)).then_some(Head { name, export })
}

fn assignment(scan: &mut Scan<'_>, head: Head, separator: usize, from: usize) {
    let text = scan.text();
    let start = scan.end_of(is_space, from);
    let quote = text[start..].chars().next().filter(|c| QUOTES.contains(c));
    let close = quote.and_then(|quote| closing(text, start, quote));
    if let Some(close) = close {
        let decoded = decode(scan, start + 1..close, &[], quote == Some('"'));
        let quotes = Quotes::of(quote);
        let written = Written { separator: Some(separator), value: start..close + 1, quotes };
        return scan.assignment(head, written, ValueText::Literal(decoded));
    }
    let run = &text[from..scan.next(|c| matches!(c, '#' | '\n' | '\r'), from)];
    let begin = from + (run.len() - run.trim_start_matches(is_space).len());
    let value = match run.trim_matches(is_space) {
        "" => separator + 1..separator + 1,
        trimmed => begin..begin + trimmed.len(),
    };
    unquoted(scan, head, separator, value);
}

/// A value that is not quoted as a whole, from which a pair of outer quotes is taken off all
/// the same: `"a" b "c"` is `a" b "c`.
fn unquoted(scan: &mut Scan<'_>, head: Head, separator: usize, value: Range<usize>) {
    let written = &scan.text()[value.clone()];
    let first = written.chars().next();
    let outer = outer_quotes(written);
    let quotes = if outer.first() == Some(&0) { Quotes::of(first) } else { Quotes::None };
    let lone = |quote: char| QUOTES.contains(&quote) && !written[1..].contains(quote);
    if first.is_some_and(lone) {
        scan.problem(value.start..value.start + 1, Problem::QuoteTakenLiterally);
    }
    let double = first == Some('"');
    let decoded = match outer.as_slice() {
        [0, last] if last + 1 == written.len() => {
            decode(scan, value.start + 1..value.end - 1, &[], double)
        }
        outer => {
            let outer: Vec<usize> = outer.iter().map(|at| value.start + at).collect();
            decode(scan, value.clone(), &outer, double)
        }
    };
    let written = Written { separator: Some(separator), value, quotes };
    scan.assignment(head, written, ValueText::Literal(decoded));
}

/// Where the quote that opens at `open` closes: at the next one that no backslash stands
/// before, if that ends the line; else at the last one before it that does.
fn closing(text: &str, open: usize, quote: char) -> Option<usize> {
    let mut fallback = None;
    let mut from = open + 1;
    while let Some(at) = text[from..].find(quote).map(|at| from + at) {
        let ends = ends_line(text, at + 1);
        let protected = at > open + 1 && text.as_bytes()[at - 1] == b'\\';
        match (protected, ends) {
            (false, true) => return Some(at),
            (false, false) => return fallback,
            (true, true) => fallback = Some(at),
            (true, false) => {}
        }
        from = at + 1;
    }
    fallback
}

/// Whether nothing but white space and a comment is left of the line.
fn ends_line(text: &str, from: usize) -> bool {
    let mut rest = text[from..].chars();
    let end = rest.find(|c| !is_space(*c) || is_line_break(*c));
    end.is_none_or(|c| c == '#' || is_line_break(c))
}

/// The quotes that are taken off an unquoted run: from the first quote to the last of its kind,
/// if that stands at the end. The expression does so for each line, and two characters of
/// Unicode end lines that `dotenv` does not.
fn outer_quotes(value: &str) -> Vec<usize> {
    let ends_line = |at: usize| value[at..].chars().next().is_none_or(is_line_break);
    let last = QUOTES
        .map(|quote| value.rmatch_indices(quote).map(|(at, _)| at).find(|at| ends_line(at + 1)));
    let mut outer = Vec::new();
    let mut line = 0;
    while let Some(first) = value[line..].chars().next() {
        let kind = QUOTES.iter().position(|quote| *quote == first);
        let close = kind.and_then(|kind| last[kind]).filter(|close| *close > line);
        if let Some(close) = close {
            outer.extend([line, close]);
        }
        let rest = close.unwrap_or(line);
        let Some((at, end)) = value[rest..].char_indices().find(|(_, c)| is_line_break(*c)) else {
            break;
        };
        line = rest + at + end.len_utf8();
    }
    outer
}

/// Replaces line breaks by LF, takes off `outer` quotes, and in a value that began with a
/// double quote reads `\n` and `\r`, wherever they stand.
fn decode(scan: &Scan<'_>, range: Range<usize>, outer: &[usize], double: bool) -> LocatedText {
    let bytes = &scan.text().as_bytes()[..range.end];
    let mut decoder = Decoder::new(scan.file(), range.clone());
    for (at, byte) in bytes.iter().enumerate().skip(range.start) {
        let (length, decoded) = match (byte, bytes.get(at + 1)) {
            (b'\r', Some(b'\n')) => (2, "\n"),
            (b'\r', _) => (1, "\n"),
            (b'\\', Some(b'n')) if double => (2, "\n"),
            (b'\\', Some(b'r')) if double => (2, "\r"),
            _ if outer.contains(&at) => (1, ""),
            _ => continue,
        };
        decoder.keep(at);
        decoder.replace(at + length, decoded);
    }
    decoder.finish()
}

/// `\s` of JavaScript.
fn is_space(c: char) -> bool {
    match c {
        '\u{feff}' => true,
        '\u{85}' => false,
        _ => c.is_whitespace(),
    }
}

/// What ends a line for `^` and `$` of JavaScript.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}
