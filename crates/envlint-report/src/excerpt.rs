//! One line of a file as it may be shown.
//!
//! The line is painted from the spans that are proven public. Everything between them becomes
//! `***`, whatever it is: the value, a comment that quotes the old one, what stands beside it.
//! The caret is computed on what was painted, so that it says nothing about what was not.

use std::ops::Range;

use envlint_model::{SourceFile, Span};

use crate::shown::{columns_of, is_harmful};

/// What stands for everything that is not proven public, at whatever length.
const MASK: &str = "***";

/// The most columns of a line that are shown; the rest is cut off around what is marked.
const SHOWN_COLUMNS: usize = 96;

/// How far to both sides of a place its line is looked at, in bytes: what is further away would
/// be cut off anyway, and a file may be a single line of megabytes.
const REACH: usize = 1024;

/// Tabs are shown as blanks up to the next multiple of this.
const TAB: usize = 4;

/// A line of a file with everything masked that is not proven public.
///
/// Only [`locate`](crate::locate) makes one: what it holds can not be anything else than masked
/// text, whoever passes it on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    line: u32,
    text: String,
    caret: Range<usize>,
    cut_before: bool,
    cut_after: bool,
}

impl Excerpt {
    /// The line's number, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The masked text. It holds no tab and no control character.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is marked, in terminal columns of [`Excerpt::text`], counted from 0. Never empty; a
    /// place between two characters marks the one that follows.
    pub fn caret(&self) -> Range<usize> {
        self.caret.clone()
    }

    /// Whether the line goes on to the left of the text.
    pub fn is_cut_before(&self) -> bool {
        self.cut_before
    }

    /// Whether the line goes on to the right of the text.
    pub fn is_cut_after(&self) -> bool {
        self.cut_after
    }

    /// The line in which `place` starts, with only what `visible` names left readable; `None` if
    /// that is nothing.
    pub(crate) fn of(
        file: &SourceFile,
        line: u32,
        place: Span,
        visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
    ) -> Option<Self> {
        let window = Window::around(file, place.start);
        let public = public_ranges(file, window.span, visible(file, window.span));
        let mut painter = Painter::new(place);
        let mut at = window.span.start;
        for range in &public {
            painter.hidden(file, at..range.start, at == window.span.start && !window.cut_before);
            painter.shown(file, range.clone());
            at = range.end;
        }
        public.first()?;
        painter.hidden_end(file, at..window.span.end);
        Some(painter.finish(line, &window))
    }
}

/// The part of a line that is looked at.
struct Window {
    span: Span,
    cut_before: bool,
    cut_after: bool,
}

impl Window {
    fn around(file: &SourceFile, at: u32) -> Self {
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

/// The parts of the spans that lie in the window, sorted, without overlap and without those
/// that are no text of this file.
fn public_ranges(file: &SourceFile, window: Span, spans: Vec<Span>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = spans
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

/// Puts the pieces of a line one after the other and keeps the caret with them.
struct Painter {
    place: Span,
    text: String,
    column: usize,
    from: Option<usize>,
    to: usize,
}

impl Painter {
    fn new(place: Span) -> Self {
        Self { place, text: String::new(), column: 0, from: None, to: 0 }
    }

    /// Shows `text` for the bytes in `range`: what the place shares with it is marked.
    fn piece(&mut self, range: Range<u32>, text: &str) {
        if self.from.is_none() && self.place.start < range.end {
            self.from = Some(self.column);
        }
        for c in text.chars() {
            self.character(c);
        }
        if range.start < self.place.end {
            self.to = self.column;
        }
    }

    fn character(&mut self, c: char) {
        if c == '\t' {
            let blanks = TAB - self.column % TAB;
            self.text.extend(std::iter::repeat_n(' ', blanks));
            self.column += blanks;
        } else if is_harmful(c) {
            let escape = c.escape_default();
            self.column += escape.len();
            self.text.extend(escape);
        } else {
            self.text.push(c);
            self.column += columns_of(c);
        }
    }

    fn shown(&mut self, file: &SourceFile, range: Range<u32>) {
        let text = &file.text()[range.start as usize..range.end as usize];
        for (at, c) in text.char_indices() {
            let start = range.start + at as u32;
            self.piece(start..start + c.len_utf8() as u32, c.encode_utf8(&mut [0; 4]));
        }
    }

    /// What stands before a shown span. Blanks between two of them are layout and become one,
    /// whatever their number; the indentation stays.
    fn hidden(&mut self, file: &SourceFile, range: Range<u32>, indentation: bool) {
        let text = &file.text()[range.start as usize..range.end as usize];
        match is_blank(text) {
            _ if text.is_empty() => {}
            true if indentation => self.piece(range, text),
            true => self.piece(range, " "),
            false => self.piece(range, MASK),
        }
    }

    /// What stands after the last shown span. Blanks are left out unless they are marked.
    fn hidden_end(&mut self, file: &SourceFile, range: Range<u32>) {
        let text = &file.text()[range.start as usize..range.end as usize];
        if !is_blank(text) || self.place.end > range.start {
            self.hidden(file, range, false);
        }
    }

    fn finish(self, line: u32, window: &Window) -> Excerpt {
        let from = self.from.unwrap_or(self.column);
        let to = self.to.max(from + 1);
        let left = if to <= SHOWN_COLUMNS { 0 } else { from.saturating_sub(SHOWN_COLUMNS / 3) };
        let right = left + SHOWN_COLUMNS;
        Excerpt {
            line,
            text: cut(&self.text, left..right),
            caret: from - left..to.min(right) - left,
            cut_before: window.cut_before || left > 0,
            cut_after: window.cut_after || self.column > right,
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// The characters that stand in a range of columns. A wide one that lies across the left edge
/// leaves a blank, so that the columns stay what they were.
fn cut(text: &str, columns: Range<usize>) -> String {
    let mut kept = String::new();
    let mut column = 0;
    for c in text.chars() {
        let next = column + columns_of(c);
        if column >= columns.start && next <= columns.end {
            kept.push(c);
        } else if (column..next).contains(&columns.start) {
            kept.push(' ');
        }
        column = next;
    }
    kept
}
