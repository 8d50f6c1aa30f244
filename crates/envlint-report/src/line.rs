//! What of a line may be shown, and how far positions may be counted in it.
//!
//! A mask of fixed length is worth nothing if the columns around it tell where the secret starts
//! and where it ends. So columns are counted up to the first character that is not proven public
//! and not beyond: whatever stands behind it has its column. Lines are told as they are.

use std::ops::Range;

use envlint_model::{SourceFile, Span};

/// Names the spans within a line, or the part of one, that are proven public.
pub(crate) type Visible<'a> = &'a dyn Fn(&SourceFile, Span) -> Vec<Span>;

/// How much of a line is looked at, in bytes, from its start and to both sides of a place: a file
/// may be a single line of megabytes, and thousands of findings may stand on it.
const REACH: usize = 1024;

/// The part of a line around a place.
pub(crate) struct Window {
    pub(crate) span: Span,
    pub(crate) cut_before: bool,
    pub(crate) cut_after: bool,
}

impl Window {
    pub(crate) fn around(file: &SourceFile, at: u32) -> Self {
        let text = file.text();
        let at = text.floor_char_boundary((at as usize).min(text.len()));
        let low = text.floor_char_boundary(at.saturating_sub(REACH));
        let high = text.ceil_char_boundary((at + REACH).min(text.len()));
        let before = text[low..at].rfind('\n');
        let after = text[at..high].find('\n');
        let start = before.map_or(low, |found| low + found + 1);
        let line = &text[start..after.map_or(high, |found| at + found)];
        let end = start + line.strip_suffix('\r').unwrap_or(line).len();
        Self {
            span: file.span(start..end),
            cut_before: before.is_none() && low > 0,
            cut_after: after.is_none() && high < text.len(),
        }
    }
}

/// The parts of the public spans that lie in the window, sorted, without overlap and without
/// those that are no text of this file.
pub(crate) fn public_ranges(
    file: &SourceFile,
    window: Span,
    visible: Visible<'_>,
) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = visible(file, window)
        .into_iter()
        .filter(|span| span.file == file.id())
        .filter(|span| file.text().get(span.start as usize..span.end as usize).is_some())
        .map(|span| span.start.max(window.start)..span.end.min(window.end))
        .filter(|range| range.start < range.end)
        .collect();
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether there is nothing but layout.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// The start of a line, as far as positions may be counted in it.
pub(crate) struct Countable<'a> {
    text: &'a str,
    start: u32,
    /// Whether the line ends where counting does.
    pub(crate) whole: bool,
}

impl<'a> Countable<'a> {
    /// The line that starts at this offset.
    pub(crate) fn of(file: &'a SourceFile, start: u32, visible: Visible<'_>) -> Self {
        let window = Window::around(file, start);
        let text = |range: Range<u32>| &file.text()[range.start as usize..range.end as usize];
        let indentation = text(start..window.span.end);
        let indentation = indentation.len() - indentation.trim_start_matches([' ', '\t']).len();
        let mut end = start + indentation as u32;
        for public in public_ranges(file, window.span, visible) {
            if public.start > end && !is_blank(text(end..public.start)) {
                break;
            }
            end = end.max(public.end);
        }
        let whole = is_blank(text(end..window.span.end)) && !window.cut_after;
        let end = if whole { window.span.end } else { end };
        Self { text: text(start..end), start, whole }
    }

    /// The column of an offset, from 1; that of the first hidden character if it stands behind.
    pub(crate) fn column(&self, offset: u32) -> u32 {
        let before = (offset.saturating_sub(self.start) as usize).min(self.text.len());
        self.text[..self.text.floor_char_boundary(before)].chars().count() as u32 + 1
    }
}
