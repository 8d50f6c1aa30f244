//! One line of a file as it may be shown.
//!
//! The line is painted from the spans that are proven public. Everything between them becomes
//! `***`, whatever it is: the value, a comment that quotes the old one, what stands beside it.
//! The caret is computed on what was painted, so that it says nothing about what was not.

use std::ops::Range;

use envlint_model::{SourceFile, Span};

use crate::line::{Visible, Window, is_blank, public_ranges};
use crate::shown::{columns_of, is_harmful};

/// What stands for everything that is not proven public, at whatever length.
const MASK: &str = "***";

/// The most columns of a line that are shown; the rest is cut off around what is marked.
const SHOWN_COLUMNS: usize = 96;

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
        visible: Visible<'_>,
    ) -> Option<Self> {
        let window = Window::around(file, place.start);
        let public = public_ranges(file, window.span, visible);
        let first = public.first()?.start;
        let mut painter = Painter::new(place);
        let mut at = window.span.start;
        for range in &public {
            painter.hidden(file, at..range.start, at == window.span.start && !window.cut_before);
            painter.shown(file, range.clone());
            at = range.end;
        }
        painter.hidden_end(file, at..window.span.end);
        // A mask at an edge stands for all that is hidden there: an ellipsis beside it would tell
        // that it is long.
        let cut_before = window.cut_before && first == window.span.start;
        let cut_after = window.cut_after && at == window.span.end;
        Some(painter.finish(line, cut_before, cut_after))
    }
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

    fn finish(self, line: u32, cut_before: bool, cut_after: bool) -> Excerpt {
        let from = self.from.unwrap_or(self.column);
        let to = self.to.max(from + 1);
        let left = if to <= SHOWN_COLUMNS { 0 } else { from.saturating_sub(SHOWN_COLUMNS / 3) };
        let right = left + SHOWN_COLUMNS;
        Excerpt {
            line,
            text: cut(&self.text, left..right),
            caret: from - left..to.min(right) - left,
            cut_before: cut_before || left > 0,
            cut_after: cut_after || self.column > right,
        }
    }
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
