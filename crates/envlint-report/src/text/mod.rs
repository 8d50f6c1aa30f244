//! Reports for a person at a terminal.
//!
//! One entry per mistake, told in the order in which a person asks: what is wrong, where, what
//! will happen because of it, what to write instead. Then what was looked at, always, because an
//! empty list of mistakes is also what a misplaced path gives.
//!
//! Everything is written to a [`fmt::Write`], so that the binary can wrap an [`Entry`] in
//! whatever its error handling wants, and tests need no terminal.

mod entry;
mod narrated;
mod summary;
mod wrap;

use std::fmt::{self, Write};

use envlint_model::Severity;

pub use self::entry::{Entry, entries};
pub use self::summary::write_summary;
use crate::Report;

/// How a report for a person looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Colours by ANSI escape sequences.
    pub colour: bool,
    /// Characters outside ASCII in what envlint itself draws. Names are shown as they are.
    pub unicode: bool,
    /// Columns of the terminal. Text is wrapped to it, lines of code are not.
    pub width: usize,
    /// Plain sentences in reading order without carets and columns, for screen readers.
    pub narrated: bool,
}

impl Default for Layout {
    /// What a pipe gets: 100 columns, no colours.
    fn default() -> Self {
        Self { colour: false, unicode: true, width: 100, narrated: false }
    }
}

/// Writes all findings and the closing summary.
pub fn write_text(report: &Report, layout: Layout, out: &mut dyn Write) -> fmt::Result {
    for entry in entries(&report.findings) {
        entry.write(layout, out)?;
        out.write_char('\n')?;
    }
    write_summary(report, layout, out)
}

impl Layout {
    /// The text in the colour of its role.
    fn paint<T: fmt::Display>(self, role: Role, text: T) -> Painted<T> {
        Painted { code: self.colour.then_some(role.ansi()), text }
    }

    /// What stands for the part of a line that was cut off.
    fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// Columns for text that starts in column `indent`; enough for a few words on any terminal.
    fn room(self, indent: usize) -> usize {
        const LEAST: usize = 24;
        self.width.saturating_sub(indent).max(LEAST)
    }
}

/// What a piece of text is, from which follows its colour.
#[derive(Clone, Copy)]
enum Role {
    Mistake(Severity),
    Headline,
    Frame,
    Note,
    Good,
}

impl Role {
    /// Parameters of the ANSI sequence "select graphic rendition" (ECMA-48, 8.3.117).
    fn ansi(self) -> &'static str {
        match self {
            Role::Mistake(Severity::Error) => "1;31",
            Role::Mistake(Severity::Warning) => "1;33",
            Role::Mistake(Severity::Info) => "1;36",
            Role::Headline => "1",
            Role::Frame => "34",
            Role::Note => "36",
            Role::Good => "32",
        }
    }
}

struct Painted<T> {
    code: Option<&'static str>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "\x1b[{code}m{}\x1b[0m", self.text),
            None => self.text.fmt(f),
        }
    }
}

/// `one thing`, `2 things`.
fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
