//! From a file to its instructions: continuations are joined, comments dropped, heredocs passed
//! over.

use std::sync::Arc;

use envlint_model::{SourceFile, Span, SyntaxError};

use super::carries_heredocs;

/// An instruction: its keyword, and the characters after it, each with its place in the file.
pub(super) struct Line {
    pub(super) keyword: String,
    pub(super) keyword_span: Span,
    pub(super) rest: Vec<(usize, char)>,
}

/// The escape character of a file, and its instructions.
pub(super) fn lines(file: &Arc<SourceFile>, errors: &mut Vec<SyntaxError>) -> (char, Vec<Line>) {
    let mut physical = Physical::of(file.text());
    let escape = directives(file, &mut physical, errors);
    let mut lines = Vec::new();
    while let Some(line) = logical(file, &mut physical, escape) {
        if carries_heredocs(&line.keyword) {
            for delimiter in heredocs(&line.rest) {
                if !physical.skip_heredoc(&delimiter) {
                    let message = "a heredoc that begins here does not end";
                    errors.push(SyntaxError::new(line.keyword_span, message));
                }
            }
        }
        lines.push(line);
    }
    (escape, lines)
}

/// The lines of a file as they stand, without their ends, each with where it begins.
struct Physical<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Physical<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 } }
    }

    fn peek(&self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = rest.split('\n').next().unwrap_or(rest);
        Some((self.at, line.strip_suffix('\r').unwrap_or(line)))
    }

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = self.peek()?;
        let length = self.text.get(self.at..)?.find('\n').map_or(self.text.len(), |end| end + 1);
        self.at = self.at.saturating_add(length).min(self.text.len());
        Some(line)
    }

    /// Passes over the lines of a heredoc; whether it ends.
    fn skip_heredoc(&mut self, heredoc: &Heredoc) -> bool {
        while let Some((_, line)) = self.next() {
            let line = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
            if line == heredoc.delimiter {
                return true;
            }
        }
        false
    }
}

/// Reads the directives at the start of a file, and finds its escape character.
fn directives(
    file: &Arc<SourceFile>,
    physical: &mut Physical<'_>,
    errors: &mut Vec<SyntaxError>,
) -> char {
    let mut escape = '\\';
    while let Some((start, line)) = physical.peek() {
        let directive = line.trim().strip_prefix('#').and_then(|inside| inside.split_once('='));
        let Some((key, value)) = directive else { return escape };
        let key = key.trim().to_ascii_lowercase();
        if !matches!(key.as_str(), "syntax" | "escape" | "check") {
            return escape;
        }
        if key == "escape" {
            match value.trim() {
                "`" => escape = '`',
                "\\" => escape = '\\',
                _ => errors.push(SyntaxError::new(
                    file.span(start..start + line.len()),
                    "the escape character is a backslash or a backtick",
                )),
            }
        }
        physical.next();
    }
    escape
}

/// The next instruction, with all lines that it goes on in.
fn logical(file: &Arc<SourceFile>, physical: &mut Physical<'_>, escape: char) -> Option<Line> {
    let mut characters: Vec<(usize, char)> = Vec::new();
    let mut begun = false;
    while let Some((start, line)) = physical.next() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        begun = true;
        let (line, goes_on) = continued(line, escape);
        characters.extend(line.char_indices().map(|(at, c)| (start + at, c)));
        if !goes_on {
            break;
        }
    }
    if !begun {
        return None;
    }
    let from = characters.iter().position(|(_, c)| !c.is_whitespace()).unwrap_or(characters.len());
    let mut rest = characters.split_off(from);
    let length = rest.iter().position(|(_, c)| c.is_whitespace()).unwrap_or(rest.len());
    let after = rest.split_off(length);
    let keyword: String = rest.iter().map(|(_, c)| c).collect();
    let keyword_span = span(file, &rest);
    Some(Line { keyword, keyword_span, rest: after })
}

/// A line without the escape character at its end, and whether it goes on. One that is escaped
/// itself does not continue.
fn continued(line: &str, escape: char) -> (&str, bool) {
    let without = line.trim_end_matches([' ', '\t']);
    match without.strip_suffix(escape) {
        Some(before) if !before.ends_with(escape) => (before, true),
        _ => (line, false),
    }
}

/// The place of characters that follow one another, perhaps over several lines.
pub(super) fn span(file: &Arc<SourceFile>, characters: &[(usize, char)]) -> Span {
    match (characters.first(), characters.last()) {
        (Some((start, _)), Some((last, c))) => file.span(*start..last + c.len_utf8()),
        _ => file.span(0..0),
    }
}

struct Heredoc {
    delimiter: String,
    strips_tabs: bool,
}

/// The heredocs that an instruction begins: `<<EOF`, `<<-"EOF"`, `3<<EOF`. A `<<` in quotes or
/// in the middle of a word, or one that no word follows, begins none.
fn heredocs(rest: &[(usize, char)]) -> Vec<Heredoc> {
    let mut found = Vec::new();
    let mut characters = rest.iter().map(|(_, c)| *c).peekable();
    let mut quote = None;
    // Whether nothing but digits stands before, since the last white space.
    let mut starts_word = true;
    while let Some(c) = characters.next() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if starts_word && c == '<' && characters.peek() == Some(&'<') => {
                characters.next();
                let strips_tabs = characters.next_if_eq(&'-').is_some();
                let quoted = characters.next_if(|c| matches!(c, '"' | '\''));
                let mut delimiter = String::new();
                let in_word = |c: &char| c.is_alphanumeric() || *c == '_';
                while let Some(c) = characters.next_if(in_word) {
                    delimiter.push(c);
                }
                if quoted.is_some() {
                    characters.next_if(|c| Some(*c) == quoted);
                }
                let starts_well = !delimiter.starts_with(|c: char| c.is_ascii_digit());
                if !delimiter.is_empty() && starts_well {
                    found.push(Heredoc { delimiter, strips_tabs });
                }
            }
            None => {}
        }
        starts_word = c.is_whitespace() || starts_word && c.is_ascii_digit();
    }
    found
}
