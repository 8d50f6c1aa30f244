//! Regular expressions, whatever engine reads them.
//!
//! Engines differ in what they know (look-around, back references, named classes), hardly in what
//! holds an expression together. So this looks at the structure alone: groups and classes that
//! are closed, quantifiers with something to repeat, no `\` at the end. Where engines take the
//! structure itself apart differently, an expression is refused only if it is broken in all of
//! these readings.
//!
//! What it does not see: a class whose range runs backwards (`[z-a]`), a quantifier whose bounds
//! do (`a{2,1}`), escapes, properties and group names that an engine does not know, references to
//! groups that do not exist, and whatever a single engine forbids on top.

/// Why a text is no regular expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegexError {
    /// A `(` without its `)`, or the reverse.
    #[error("a group of the regular expression is not closed, or was not opened")]
    Group,
    /// A `[` without its `]`.
    #[error("a class of the regular expression is not closed")]
    Class,
    /// `*`, `+` or `?` with nothing before it, as in the pattern of a shell.
    #[error("a quantifier of the regular expression has nothing to repeat")]
    Quantifier,
    /// A `\` with nothing after it.
    #[error("the regular expression ends in a backslash")]
    Escape,
}

/// In what engines differ about where a part ends.
#[derive(Clone, Copy)]
struct Reading {
    /// `]` right after `[` or `[^` stands for itself (Perl, Python, Go), or ends an empty class
    /// (JavaScript).
    bracket_first: bool,
    /// `[` within a class opens another one (Rust, Java, JavaScript's `v` flag), or stands for
    /// itself.
    nested_classes: bool,
    /// `\Q...\E` quotes (Perl, Java, Go), or `\Q` is an escape like others.
    quotes: bool,
}

/// Every combination: no engine has all of them, but some engine has each.
fn readings() -> impl Iterator<Item = Reading> {
    (0..8u8).map(|bits| Reading {
        bracket_first: bits & 1 != 0,
        nested_classes: bits & 2 != 0,
        quotes: bits & 4 != 0,
    })
}

/// Checks that a regular expression holds together in at least one reading. The error is that of
/// the plainest reading.
pub fn check(text: &str) -> Result<(), RegexError> {
    let mut first = None;
    for reading in readings() {
        match (Scanner { rest: text, reading, verbose: false }).check() {
            Ok(()) => return Ok(()),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), Err)
}

struct Scanner<'a> {
    rest: &'a str,
    reading: Reading,
    /// Since `(?x)`, `#` begins a comment.
    verbose: bool,
}

impl Scanner<'_> {
    fn check(mut self) -> Result<(), RegexError> {
        let mut open = 0_usize;
        // Whether there is something that a quantifier could repeat.
        let mut operand = false;
        while let Some(c) = self.next() {
            operand = match c {
                '\\' => {
                    self.escape()?;
                    true
                }
                '[' => {
                    self.class()?;
                    true
                }
                '(' => {
                    if self.skip_comment() {
                        operand
                    } else {
                        open += 1;
                        self.opening()
                    }
                }
                ')' => {
                    open = open.checked_sub(1).ok_or(RegexError::Group)?;
                    true
                }
                '|' => false,
                '*' | '+' | '?' if !operand => return Err(RegexError::Quantifier),
                '#' if self.verbose => {
                    self.skip_past("\n");
                    operand
                }
                _ if self.verbose && c.is_ascii_whitespace() => operand,
                _ => true,
            };
        }
        if open == 0 { Ok(()) } else { Err(RegexError::Group) }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn skip(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Skips to after `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
    }

    fn escape(&mut self) -> Result<(), RegexError> {
        match self.next() {
            None => return Err(RegexError::Escape),
            Some('Q') if self.reading.quotes => self.skip_past("\\E"),
            Some(_) => {}
        }
        Ok(())
    }

    /// From after the first `[` to after its `]`.
    fn class(&mut self) -> Result<(), RegexError> {
        let mut open = 1_usize;
        self.skip_first_of_class();
        while open > 0 {
            match self.next().ok_or(RegexError::Class)? {
                '\\' => self.escape()?,
                '[' if self.reading.nested_classes => {
                    open += 1;
                    self.skip_first_of_class();
                }
                ']' => open -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn skip_first_of_class(&mut self) {
        self.skip("^");
        if self.reading.bracket_first {
            self.skip("]");
        }
    }

    /// `(?#...)`, after its `(`.
    fn skip_comment(&mut self) -> bool {
        let comment = self.skip("?#");
        if comment {
            self.skip_past(")");
        }
        comment
    }

    /// What follows a `(`; tells whether a quantifier may come next, which is not looked into
    /// where the group has a name or flags.
    fn opening(&mut self) -> bool {
        // A verb of Perl: `(*UTF)`.
        let verb = |rest: &str| {
            rest.strip_prefix('*').is_some_and(|verb| verb.starts_with(|c: char| c.is_alphabetic()))
        };
        if verb(self.rest) {
            return self.skip("*");
        }
        if !self.skip("?") {
            return false;
        }
        if [":", "=", "!", ">", "|", "<=", "<!"].iter().any(|kind| self.skip(kind)) {
            return false;
        }
        let is_flag = |c: char| c.is_ascii_alphabetic() || c == '^' || c == '-';
        let flags = &self.rest[..self.rest.find(|c| !is_flag(c)).unwrap_or(self.rest.len())];
        let ends = self.rest[flags.len()..].starts_with([':', ')']);
        let switched_on = flags.split('-').next().unwrap_or("");
        self.verbose |= ends && switched_on.contains('x');
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_many_engines_and_broken_ones() {
        for good in [
            "",
            "^a+?b*+c{2,3}$",
            "(?<!a)b(?=c)\\1",
            "(?P<name>a)(?P=name)(?P>name)(?'n'x)",
            "(?i-s:a)(?>b)(?|c)",
            "(*UTF)a",
            "(?(1)a|b)(?R)",
            "[]a]",
            "[^]]",
            "[](]",
            "[]",
            "[a[(]b)]",
            "[[:alpha:]]",
            "a|",
            "(|a)",
            "()",
            "\\(\\[",
            "\\Q(\\E",
            "(\\Q)",
            "(?x)a # (\n b",
            "(?#()a",
            "{",
            "a]",
            "^*",
            "ä+",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("(", RegexError::Group),
            ("a)", RegexError::Group),
            ("(?:a", RegexError::Group),
            ("(?<n>a", RegexError::Group),
            ("[a", RegexError::Class),
            ("[a\\]", RegexError::Class),
            ("*.example.com", RegexError::Quantifier),
            ("a|+", RegexError::Quantifier),
            ("(?:*)", RegexError::Quantifier),
            ("(?", RegexError::Group),
            ("a\\", RegexError::Escape),
            ("[\\", RegexError::Escape),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}
