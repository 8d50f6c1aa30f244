//! One line of a file as it may be shown.

use std::ops::Range;

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
}
