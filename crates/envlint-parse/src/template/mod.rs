//! Compose's interpolation grammar: `$NAME`, `${NAME:-default}` and their kin.
//!
//! Compose expands the same grammar in two places: in the strings of its YAML file and in the
//! values of a dotenv file. So it stands here once, and works on text whose bytes may stand
//! elsewhere than where they are read, because a quoted value is unescaped first
//! ([`LocatedText`]).
//!
//! Parsing and expanding are apart. What is written does not depend on any environment: rules
//! look for unguarded references without expanding anything, and one parse is expanded once per
//! launch environment. The other way round, an alternative that is not taken is never expanded,
//! as in Compose, so `${A:-${}}` is an error only where `A` is empty or unset.
//!
//! # The grammar, as compose-go 2.13.0 reads it
//!
//! | written | means |
//! |---|---|
//! | `$$` | one `$` |
//! | `$NAME`, `${NAME}` | the value, empty if unset |
//! | `${NAME:-alternative}`, `${NAME-alternative}` | the alternative if empty or unset; if unset |
//! | `${NAME:+alternative}`, `${NAME+alternative}` | the alternative if not empty; if set |
//! | `${NAME:?message}`, `${NAME?message}` | refused if empty or unset; if unset |
//! | `${` before anything else | refused: "invalid template" |
//! | `$` before anything else | itself |
//!
//! A name is an ASCII letter or `_`, then letters, digits and `_`; the reader matches letters
//! regardless of case, which by Unicode's folding admits `ſ` and the Kelvin sign too. An
//! alternative holds references of its own. Where it ends is counted in an odd way, kept here
//! to the letter: every `{` opens, a `{` also hides the character after it from the count, and
//! if the count never closes, the last `}` of the line ends the reference. An alternative can
//! not span lines.
//!
//! # Bounds
//!
//! References nest at most [`MAX_DEPTH`] deep, a template has at most [`MAX_PARTS`] parts, and
//! an expansion stops at [`MAX_EXPANDED_BYTES`]; what goes beyond is refused like an invalid
//! template. Parsing takes time linear in the text for each level of nesting.

mod expand;
mod parse;
mod text;

use envlint_model::{Name, Span, SyntaxError};

pub use expand::{Budget, Expansion, Failure, Found, Lookup, MAX_EXPANDED_BYTES, Taken, Use};
pub(crate) use text::Decoder;
pub use text::LocatedText;

/// How deep references nest. Compose has no bound of its own; nobody writes more than three.
pub const MAX_DEPTH: usize = 16;

/// How many parts a template has at most, those in alternatives included.
pub const MAX_PARTS: usize = 65_536;

/// How many mistakes are told of one template at most.
pub const MAX_ERRORS: usize = 100;

/// A parsed template: its text, and the parts that the text consists of.
#[derive(Clone)]
pub struct Template {
    text: LocatedText,
    parts: Vec<Part>,
}

/// One stretch of a template. The parts of a template, one after the other, are its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Text that stands for itself.
    Literal(Stretch),
    /// `$$`, which stands for one `$`.
    Dollar(Stretch),
    /// A reference to a variable.
    Reference(Reference),
    /// Something that no expansion survives.
    Invalid(Stretch, Invalid),
}

/// A stretch of a template's text and the place in the file where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    start: u32,
    end: u32,
    /// Where it stands in the file; wider than the stretch where the text was decoded.
    pub span: Span,
}

impl Stretch {
    /// The bytes of the template's text that it covers.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A reference to a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// The variable.
    pub name: Name,
    /// Where its name stands.
    pub name_span: Span,
    /// All of it, from the `$` to the closing brace.
    pub whole: Stretch,
    /// Whether it is written with braces.
    pub braced: bool,
    /// The operator after the name.
    pub operator: Option<Operator>,
    /// What follows the operator: the alternative, or the message of a guard.
    pub alternative: Vec<Part>,
}

impl Reference {
    /// Whether an unset variable makes the program refuse instead of reading an empty text.
    pub fn is_guarded(&self) -> bool {
        self.operator.is_some_and(|operator| operator.action == Action::Guard)
    }
}

/// An operator between a name and an alternative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operator {
    /// What it does.
    pub action: Action,
    /// Whether an empty value counts as unset: the colon of `:-`.
    pub empty_is_unset: bool,
}

/// What an operator does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// `-`: the alternative stands in for a missing value.
    Default,
    /// `+`: the alternative replaces a value that is there.
    Replace,
    /// `?`: a missing value is refused, with the alternative as message.
    Guard,
}

impl Operator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match (self.action, self.empty_is_unset) {
            (Action::Default, true) => ":-",
            (Action::Default, false) => "-",
            (Action::Replace, true) => ":+",
            (Action::Replace, false) => "+",
            (Action::Guard, true) => ":?",
            (Action::Guard, false) => "?",
        }
    }
}

/// Why a part can not be expanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invalid {
    /// `${` that does not begin a reference.
    NotAReference,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// After [`MAX_PARTS`] parts.
    TooMany,
}

impl Invalid {
    /// What is wrong, and what to write instead.
    pub fn explain(self) -> (&'static str, &'static str) {
        match self {
            Invalid::NotAReference => (
                "invalid template: `${` does not begin a reference that compose can read",
                "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a plain $",
            ),
            Invalid::TooDeep => (
                "references are nested more than 16 deep",
                "set the inner part in a variable of its own",
            ),
            Invalid::TooMany => (
                "there are more references here than envlint reads",
                "split the file, or the value",
            ),
        }
    }
}

impl Part {
    /// The stretch of text that this part covers.
    pub fn stretch(&self) -> Stretch {
        match self {
            Part::Literal(stretch) | Part::Dollar(stretch) | Part::Invalid(stretch, _) => *stretch,
            Part::Reference(reference) => reference.whole,
        }
    }
}

impl Template {
    /// Parses a text. Never fails: what can not be read is a part of its own.
    pub fn parse(text: LocatedText) -> Self {
        let mut parts_left = MAX_PARTS;
        Self::parse_within(text, &mut parts_left)
    }

    /// The same, taking parts from an allowance that many templates share.
    pub(crate) fn parse_within(text: LocatedText, parts_left: &mut usize) -> Self {
        let parts = parse::parts(&text, parts_left);
        Self { text, parts }
    }

    /// The text that was parsed.
    pub fn text(&self) -> &LocatedText {
        &self.text
    }

    /// Its parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// All references, those in alternatives after the one that they belong to.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        visit(&self.parts, &mut |part| {
            if let Part::Reference(reference) = part {
                found.push(reference);
            }
        });
        found
    }

    /// What can not be read, also where no expansion may come to it; the first [`MAX_ERRORS`].
    pub fn errors(&self) -> Vec<SyntaxError> {
        let mut errors = Vec::new();
        visit(&self.parts, &mut |part| {
            if let Part::Invalid(stretch, why) = part
                && errors.len() < MAX_ERRORS
            {
                let (message, help) = why.explain();
                errors.push(SyntaxError::new(stretch.span, message).with_help(help));
            }
        });
        errors
    }
}

/// Calls `see` for every part, outer ones first. As deep as parsing allows, so at most
/// [`MAX_DEPTH`] calls are open at once.
fn visit<'p>(parts: &'p [Part], see: &mut impl FnMut(&'p Part)) {
    for part in parts {
        see(part);
        if let Part::Reference(reference) = part {
            visit(&reference.alternative, see);
        }
    }
}

#[cfg(test)]
mod tests;
