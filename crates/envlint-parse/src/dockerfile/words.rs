//! The words of an instruction, with quotes and escapes taken off.

use std::sync::Arc;

use envlint_model::{Name, Secret, SourceFile, Span};
use zeroize::Zeroizing;

use super::lines::span;
use super::{Assigned, Port, Refers, Text};

/// Reads the words of a line.
pub(super) struct Words<'a> {
    file: &'a Arc<SourceFile>,
    characters: &'a [(usize, char)],
    escape: char,
}

/// A word.
pub(super) struct Word {
    file: Arc<SourceFile>,
    characters: Vec<(usize, char)>,
    escape: char,
    pub(super) span: Span,
    /// Whether a quote in it is not closed.
    pub(super) open: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(
        file: &'a Arc<SourceFile>,
        characters: &'a [(usize, char)],
        escape: char,
    ) -> Self {
        Self { file, characters, escape }
    }

    /// The words, separated by white space outside of quotes.
    pub(super) fn all(&self) -> Vec<Word> {
        let mut words = Vec::new();
        let mut rest = self.trimmed(self.characters);
        while !rest.is_empty() {
            let (length, open) = self.extent(rest);
            let (word, after) = rest.split_at(length.clamp(1, rest.len()));
            words.push(self.word(word, open));
            rest = self.trimmed(after);
        }
        words
    }

    /// Everything after the first word as one, if there is anything.
    pub(super) fn after_first(&self) -> Option<Word> {
        let rest = self.trimmed(self.characters);
        let (length, _) = self.extent(rest);
        let rest = self.trimmed(rest.get(length..)?);
        let end = rest.iter().rposition(|(_, c)| !c.is_whitespace())? + 1;
        Some(self.word(rest.get(..end)?, false))
    }

    fn trimmed(&self, characters: &'a [(usize, char)]) -> &'a [(usize, char)] {
        let start = characters.iter().position(|(_, c)| !c.is_whitespace());
        start.and_then(|start| characters.get(start..)).unwrap_or_default()
    }

    /// How many characters the word at the start has, and whether a quote stays open in it.
    fn extent(&self, characters: &[(usize, char)]) -> (usize, bool) {
        let mut quote = None;
        let mut escaped = false;
        for (at, (_, c)) in characters.iter().enumerate() {
            match (escaped, quote) {
                (true, _) => escaped = false,
                (false, Some('\'')) if *c == '\'' => quote = None,
                (false, Some('\'')) => {}
                _ if *c == self.escape => escaped = true,
                (false, Some(open)) if *c == open => quote = None,
                (false, Some(_)) => {}
                (false, None) if matches!(c, '"' | '\'') => quote = Some(*c),
                (false, None) if c.is_whitespace() => return (at, false),
                (false, None) => {}
            }
        }
        (characters.len(), quote.is_some())
    }

    fn word(&self, characters: &[(usize, char)], open: bool) -> Word {
        Word {
            file: Arc::clone(self.file),
            characters: characters.to_vec(),
            escape: self.escape,
            span: span(self.file, characters),
            open,
        }
    }
}

impl Word {
    fn equals(&self) -> Option<usize> {
        self.characters.iter().position(|(_, c)| *c == '=')
    }

    pub(super) fn has_equals(&self) -> bool {
        self.equals().is_some_and(|at| at > 0)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars().eq(self.characters.iter().map(|(_, c)| *c).take(text.chars().count()))
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.unquoted().eq_ignore_ascii_case(text)
    }

    /// The word as the name of something.
    pub(super) fn name(&self) -> Name {
        Name::new(&self.unquoted())
    }

    /// The word as `NAME` or `NAME=value`; `None` if it has no name.
    pub(super) fn assigned(&self) -> Option<Assigned> {
        let (name, value) = match self.equals() {
            None => (&*self.characters, None),
            Some(at) => {
                let (name, value) = self.characters.split_at(at);
                (name, value.split_first().map(|(equals, value)| (equals.0 + 1, value)))
            }
        };
        let name = self.part(name);
        let value = value.map(|(start, value)| match value {
            [] => Text {
                span: self.file.span(start..start),
                text: Secret::made(String::new()),
                refers: Refers::Nothing,
            },
            value => self.part(value).text(),
        });
        let is_name = !name.characters.is_empty() && name.refers() == Refers::Nothing;
        is_name.then(|| Assigned { name: name.name(), name_span: name.span, value })
    }

    /// The word as a value.
    pub(super) fn text(&self) -> Text {
        Text { span: self.span, text: Secret::made(self.unquoted()), refers: self.refers() }
    }

    /// What stands behind `flag`, as the name of something.
    pub(super) fn flag(&self, flag: &str) -> Option<Name> {
        self.unquoted().strip_prefix(flag).map(Name::new)
    }

    /// The word as a part of `["a","b"]`.
    pub(super) fn elements(&self) -> Vec<Text> {
        let text = self.unquoted();
        let inside = text.trim_start_matches('[').trim_end_matches(']').split(',');
        let elements = inside.filter(|element| !element.is_empty()).map(|element| Text {
            span: self.span,
            text: Secret::made(element.to_owned()),
            refers: self.refers(),
        });
        elements.collect()
    }

    /// The word as a port, perhaps with its protocol.
    pub(super) fn port(&self) -> Port {
        let text = self.unquoted();
        let number = text.split('/').next().and_then(|number| number.parse().ok());
        Port { number, span: self.span }
    }

    fn part(&self, characters: &[(usize, char)]) -> Word {
        Word {
            file: Arc::clone(&self.file),
            characters: characters.to_vec(),
            escape: self.escape,
            span: span(&self.file, characters),
            open: false,
        }
    }

    /// The text without quotes and escapes. In double quotes only the quote, the escape
    /// character and `$` can be escaped; in single quotes nothing can.
    fn unquoted(&self) -> Zeroizing<String> {
        let bytes = self.characters.iter().map(|(_, c)| c.len_utf8()).sum();
        let mut text = Zeroizing::new(String::with_capacity(bytes));
        self.meaning().filter(|(c, _)| c.is_some()).for_each(|(c, _)| text.extend(c));
        text
    }

    /// Each character that the word stands for, and whether it begins a reference.
    fn meaning(&self) -> impl Iterator<Item = (Option<char>, bool)> {
        let mut quote = None;
        let mut escaped = false;
        let escape = self.escape;
        self.characters.iter().enumerate().map(move |(at, (_, c))| {
            let c = *c;
            if escaped {
                escaped = false;
                return (Some(c), false);
            }
            match quote {
                Some('\'') if c == '\'' => quote = None,
                Some('\'') => return (Some(c), false),
                _ if c == escape && self.escapes(at, quote) => escaped = true,
                Some(open) if c == open => quote = None,
                None if matches!(c, '"' | '\'') => quote = Some(c),
                _ => return (Some(c), c == '$'),
            }
            (None, false)
        })
    }

    /// Whether the escape character at a place takes the meaning of the next one.
    fn escapes(&self, at: usize, quote: Option<char>) -> bool {
        let next = self.characters.get(at + 1).map(|(_, c)| *c);
        match quote {
            None => next.is_some(),
            Some(_) => next.is_some_and(|next| matches!(next, '"' | '$') || next == self.escape),
        }
    }

    pub(super) fn refers(&self) -> Refers {
        let references = self.meaning().filter(|(_, begins)| *begins).count();
        if references == 0 {
            return Refers::Nothing;
        }
        let text = self.unquoted();
        let name = text.strip_prefix('$').map(|name| {
            name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name)
        });
        let is_name = |name: &&str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        match name.filter(is_name) {
            Some(name) if references == 1 => Refers::To(Name::new(name)),
            _ => Refers::Mixed,
        }
    }
}
