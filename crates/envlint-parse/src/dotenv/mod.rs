//! Dotenv files, as the program that opens them reads them.
//!
//! There is no dotenv format. Two readers of the same bytes disagree about where a value ends,
//! what a `#` means, which escapes there are, and even where a statement begins: for npm's
//! `dotenv` a value may stand on the line after its name, for Compose a new statement may begin
//! after a closing quote. So nothing here parses "dotenv": a file is parsed *by a reader*, and
//! the answer is what that reader makes of it, down to its oddities. Each reader was measured
//! against the real program; the recordings are in `fixtures/dialects`.
//!
//! # Three layers
//!
//! 1. **Bytes.** `Scan` is a cursor over the file that lays down [`Token`]s. Whatever a reader
//!    leaves out is filled in, so the tokens of a document, one after the other, are the file.
//! 2. **Statements.** A reader is a function that drives the cursor, together with a row of
//!    `Semantics`. It finds its own statements and hands over assignments, names that stand
//!    alone, comments, and whatever it can not read. It never stops: where the real program
//!    gives up, the [`Refusal`] is noted and reading goes on with the next line, because a
//!    person wants all mistakes at once.
//! 3. **Values.** [`evaluate`] plays the program: it expands references against the environment
//!    and the lines before, and yields each variable with the origin of every piece.
//!
//! # Adding a reader
//!
//! A module with a `scan` function and a row in `semantics`; the cursor and the decoder of
//! escapes are shared. Record what the real program does first.
//!
//! # Bounds
//!
//! Every reader takes linear time: where a regular expression of the original would backtrack,
//! the candidates are found in one pass (each module says how). A document has at most
//! [`MAX_STATEMENTS`] statements, comments and unreadable lines of each kind, and at most
//! [`MAX_REFERENCES`] parts of templates; it tells of at most [`MAX_ERRORS`] mistakes of lines,
//! and as many of templates. Evaluating it is bounded by
//! [`template::Budget`](crate::template::Budget).

mod commented;
mod compose;
mod evaluate;
mod letters;
mod npm;
mod problem;
mod scan;
mod stray;

use std::sync::Arc;

use envlint_model::{Name, Reader, SourceFile, Span, SyntaxError};

use crate::template::{LocatedText, Reference, Template};

pub use commented::Commented;
pub use evaluate::{Evaluation, Variable, evaluate};
pub use stray::{Stray, StrayKind};

/// The most statements that are read from one file; as many comments, and as many lines that can
/// not be read.
pub const MAX_STATEMENTS: usize = 100_000;

/// The most parts that the templates of one file have together.
pub const MAX_REFERENCES: usize = 1 << 18;

/// The most mistakes that are told of one file.
pub const MAX_ERRORS: usize = 100;

/// A file as one reader reads it.
#[derive(Clone)]
pub struct Document {
    file: Arc<SourceFile>,
    reader: Reader,
    tokens: Vec<Token>,
    statements: Vec<Statement>,
    comments: Vec<Span>,
    refusal: Option<Refusal>,
}

/// A stretch of the file and what the reader takes it for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands. Tokens follow each other without a gap.
    pub span: Span,
}

/// What a stretch of the file is to its reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// White space, line breaks, a byte order mark.
    Space,
    /// From a `#` to the end of its line.
    Comment,
    /// The word `export`.
    Export,
    /// The name of a variable.
    Name,
    /// `=` or `:`.
    Separator,
    /// A value, with its quotes.
    Value,
    /// Text that the reader skips or refuses.
    Unread,
}

/// One statement.
#[derive(Clone)]
pub struct Statement {
    /// The variable.
    pub name: Name,
    /// Where its name stands.
    pub name_span: Span,
    /// Whether `export` stands before it.
    pub export: bool,
    /// What is assigned; `None` for a name that stands alone.
    pub value: Option<Assigned>,
    /// The comment after it, on the line on which it ends.
    pub comment: Option<Span>,
    /// Whether this looks like a line from the middle of a key that was pasted over several
    /// lines without quotes. The name may then be a part of a secret: it must not be shown.
    pub torn: bool,
}

/// The right side of an assignment.
#[derive(Clone)]
pub struct Assigned {
    /// The value as it is written, quotes included; empty, after the separator, if there is
    /// none.
    pub span: Span,
    /// The quotes that the reader takes off.
    pub quotes: Quotes,
    /// What the reader takes it for.
    pub text: ValueText,
    /// Characters that end up in the value and were hardly meant to.
    pub strays: Vec<Stray>,
}

/// A value before it is evaluated.
#[derive(Clone)]
pub enum ValueText {
    /// Text in which `$` means nothing.
    Literal(LocatedText),
    /// Text whose references the reader expands.
    Template(Template),
}

/// How a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quotes {
    /// Not at all, or not so that this reader would see it.
    None,
    /// `'value'`
    Single,
    /// `"value"`
    Double,
    /// `` `value` ``
    Backtick,
}

/// The reader does not take the file: nothing in it has an effect, and the program stops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The first place that it does not take.
    pub span: Span,
    /// What is wrong there, lower case, without a final stop; never text of the file.
    pub reason: String,
}

impl Statement {
    /// All of the statement, from its name to the end of its value.
    pub fn span(&self) -> Span {
        self.value.as_ref().map_or(self.name_span, |value| self.name_span.to(value.span))
    }
}

impl Quotes {
    /// The kind of a quote character.
    fn of(quote: Option<char>) -> Self {
        match quote {
            Some('\'') => Quotes::Single,
            Some('"') => Quotes::Double,
            Some('`') => Quotes::Backtick,
            _ => Quotes::None,
        }
    }
}

impl ValueText {
    /// The text before references are expanded.
    pub fn text(&self) -> &LocatedText {
        match self {
            ValueText::Literal(text) => text,
            ValueText::Template(template) => template.text(),
        }
    }

    /// The references that the reader would follow.
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            ValueText::Literal(_) => Vec::new(),
            ValueText::Template(template) => template.references(),
        }
    }
}

impl Document {
    /// The file.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// Who reads it.
    pub fn reader(&self) -> Reader {
        self.reader
    }

    /// The whole file in tokens: their texts, one after the other, are its text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// What the reader makes of the file, in order, also from what follows a refusal.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Every comment, from its `#` to the end of the line without the line break, in order.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// Why the reader does not take the file, as far as that can be told without an
    /// environment.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}

/// Reads a file as `reader` does. Never fails: what the reader skips or refuses is told as
/// errors, several at once, and the rest is read all the same.
///
/// A reader that opens no dotenv files at all takes everything for text that it can not read.
pub fn parse(file: &Arc<SourceFile>, reader: Reader) -> (Document, Vec<SyntaxError>) {
    let semantics = semantics(reader);
    let mut scan = scan::Scan::new(file, reader);
    (semantics.scan)(&mut scan);
    scan.finish(semantics.refuses)
}

/// What tells readers apart, beside how they scan.
struct Semantics {
    /// Finds the statements of a file.
    scan: fn(&mut scan::Scan<'_>),
    /// Whether one mistake makes the reader refuse the whole file.
    refuses: bool,
    /// Whether a name that stands alone takes its value from the environment.
    passes_names_through: bool,
    /// Names under which nothing can be stored.
    lost_names: &'static [&'static str],
}

fn semantics(reader: Reader) -> &'static Semantics {
    match reader {
        Reader::Compose => &Semantics {
            scan: compose::scan,
            refuses: true,
            passes_names_through: true,
            lost_names: &[],
        },
        Reader::Dotenv => &Semantics {
            scan: npm::scan,
            refuses: false,
            passes_names_through: false,
            // Assigning a string to the prototype of a JavaScript object does nothing.
            lost_names: &["__proto__"],
        },
        Reader::ComposeFile | Reader::Names | Reader::Sops => &Semantics {
            scan: |scan| scan.unread_to(scan.len(), problem::Problem::NoDotenvReader),
            refuses: true,
            passes_names_through: false,
            lost_names: &[],
        },
    }
}

#[cfg(test)]
mod tests;
