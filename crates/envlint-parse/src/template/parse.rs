//! From text to parts, in one pass per level of nesting.

use std::ops::Range;

use envlint_model::Name;

use super::{Action, Invalid, LocatedText, MAX_DEPTH, Operator, Part, Reference, Stretch};

/// The parts of a whole text.
pub(super) fn parts(text: &LocatedText, parts_left: &mut usize) -> Vec<Part> {
    let source = text.as_str();
    Parser { text, source, parts_left }.level(0..source.len(), 0)
}

struct Parser<'t> {
    text: &'t LocatedText,
    source: &'t str,
    parts_left: &'t mut usize,
}

impl Parser<'_> {
    /// The parts of a range: of the whole text, or of one alternative.
    fn level(&mut self, range: Range<usize>, depth: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut braces = LastBrace { line: 0..0, at: None };
        let mut literal = range.start;
        let mut at = range.start;
        while let Some(dollar) = self.find(b'$', at..range.end) {
            let Some(part) = self.dollar(dollar, range.end, &mut braces, depth) else {
                at = dollar + 1;
                continue;
            };
            if *self.parts_left < 2 {
                parts.push(Part::Invalid(self.stretch(literal..range.end), Invalid::TooMany));
                return parts;
            }
            self.literal(literal..dollar, &mut parts);
            at = part.stretch().end as usize;
            literal = at;
            parts.push(part);
            *self.parts_left -= 1;
        }
        self.literal(literal..range.end, &mut parts);
        parts
    }

    fn literal(&mut self, range: Range<usize>, parts: &mut Vec<Part>) {
        if !range.is_empty() {
            parts.push(Part::Literal(self.stretch(range)));
            *self.parts_left = self.parts_left.saturating_sub(1);
        }
    }

    /// What a `$` begins, if it begins anything.
    fn dollar(
        &mut self,
        dollar: usize,
        end: usize,
        braces: &mut LastBrace,
        depth: usize,
    ) -> Option<Part> {
        match self.byte(dollar + 1, end) {
            Some(b'$') => Some(Part::Dollar(self.stretch(dollar..dollar + 2))),
            Some(b'{') => Some(self.braced(dollar, end, braces, depth)),
            _ => {
                let name = self.name(dollar + 1, end);
                (!name.is_empty()).then(|| self.reference(dollar..name.end, name, None, Vec::new()))
            }
        }
    }

    fn braced(&mut self, dollar: usize, end: usize, braces: &mut LastBrace, depth: usize) -> Part {
        let name = self.name(dollar + 2, end);
        let invalid = Part::Invalid(self.stretch(dollar..name.end), Invalid::NotAReference);
        if name.is_empty() {
            return invalid;
        }
        if self.byte(name.end, end) == Some(b'}') {
            return self.reference(dollar..name.end + 1, name, None, Vec::new());
        }
        let Some((operator, inner)) = self.operator(name.end, end) else { return invalid };
        let Some(last) = braces.after(inner, self.source, end) else { return invalid };
        let close = self.balanced(dollar + 1..last + 1).unwrap_or(last);
        let alternative = match depth {
            MAX_DEPTH.. => {
                vec![Part::Invalid(self.stretch(inner..close), Invalid::TooDeep)]
            }
            _ => self.level(inner..close, depth + 1),
        };
        self.reference(dollar..close + 1, name, Some(operator), alternative)
    }

    fn reference(
        &self,
        whole: Range<usize>,
        name: Range<usize>,
        operator: Option<Operator>,
        alternative: Vec<Part>,
    ) -> Part {
        Part::Reference(Reference {
            braced: whole.end > name.end,
            whole: self.stretch(whole),
            name: Name::new(&self.source[name.clone()]),
            name_span: self.text.locate(name),
            operator,
            alternative,
        })
    }

    /// The longest name that begins at `start`; empty if none does.
    fn name(&self, start: usize, end: usize) -> Range<usize> {
        let rest = self.source.get(start..end).unwrap_or("");
        let length = match rest.chars().next() {
            Some(first) if !first.is_ascii_digit() => {
                rest.find(|c| !is_name_character(c)).unwrap_or(rest.len())
            }
            _ => 0,
        };
        start..start + length
    }

    /// The operator at `at`, and where its alternative begins.
    fn operator(&self, at: usize, end: usize) -> Option<(Operator, usize)> {
        let empty_is_unset = self.byte(at, end) == Some(b':');
        let sign = at + usize::from(empty_is_unset);
        let action = match self.byte(sign, end)? {
            b'-' => Action::Default,
            b'+' => Action::Replace,
            b'?' => Action::Guard,
            _ => return None,
        };
        Some((Operator { action, empty_is_unset }, sign + 1))
    }

    /// The brace that closes the one at the start of the range, by the reader's own count: each
    /// `{` hides the byte after it.
    fn balanced(&self, range: Range<usize>) -> Option<usize> {
        let mut open = 0_usize;
        let mut bytes = self.source.as_bytes()[range.clone()].iter().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'{' => {
                    open += 1;
                    bytes.next();
                }
                b'}' => {
                    open -= 1;
                    if open == 0 {
                        return Some(range.start + at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn find(&self, byte: u8, range: Range<usize>) -> Option<usize> {
        let at = self.source.get(range.clone())?.find(char::from(byte))?;
        Some(range.start + at)
    }

    fn byte(&self, at: usize, end: usize) -> Option<u8> {
        if at < end { self.source.as_bytes().get(at).copied() } else { None }
    }

    fn stretch(&self, range: Range<usize>) -> Stretch {
        let span = self.text.locate(range.clone());
        Stretch { start: range.start as u32, end: range.end as u32, span }
    }
}

/// The last `}` of the line that was asked about last, so that a line full of `${A:-` is
/// searched once and not once per reference.
struct LastBrace {
    line: Range<usize>,
    at: Option<usize>,
}

impl LastBrace {
    /// The last `}` on the line of `from`, if it stands at or after `from`.
    fn after(&mut self, from: usize, source: &str, end: usize) -> Option<usize> {
        if !(self.line.start..=self.line.end).contains(&from) || self.line.is_empty() {
            let rest = &source[from..end];
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            self.line = from..from + line.len();
            self.at = line.rfind('}').map(|at| from + at);
        }
        self.at.filter(|&at| at >= from)
    }
}

/// `[_a-z0-9]` regardless of case, by Unicode's simple folding.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '\u{17f}' | '\u{212a}')
}
