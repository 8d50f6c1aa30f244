//! nginx configuration: text to a tree of directives.
//!
//! The grammar is nginx's own, down to its odd corners, because a reader that is stricter or
//! laxer than nginx describes another proxy than the one that will run. What nginx would refuse
//! is reported, all of it at once, and read as it was most likely meant: a missing `;` does not
//! hide the rest of a file.
//!
//! A file may be a whole configuration, a file for `conf.d`, or a snippet for a location. Which
//! it is follows from the directives at its top, by a table of where nginx 1.22.1 allows each
//! ([`Contexts`]); only what is wrong in every possible reading is reported.
//!
//! Arguments may be secrets (`proxy_set_header Authorization ...`): no message repeats one.

mod check;
mod context;
mod lexer;
mod parser;
mod table;

use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span, SyntaxError};

use self::parser::Parsed;

pub use self::context::{Context, Contexts};

/// The deepest nesting of blocks that is read; what lies deeper is reported and skipped.
/// Real configurations stay below ten.
pub const MAX_DEPTH: usize = 64;

/// The most words, braces and semicolons that are read from one file; the rest is reported and
/// skipped. A configuration of 5000 lines has some thirty thousand.
pub const MAX_TOKENS: usize = 250_000;

/// After this many mistakes a file is not read on: it is something else than a configuration.
pub const MAX_ERRORS: usize = 200;

/// A parsed file. Clones share what was read.
#[derive(Clone)]
pub struct Document {
    source: Arc<SourceFile>,
    directives: Arc<[Directive]>,
    comments: Arc<[Span]>,
    contexts: Contexts,
}

/// `name argument ... ;` or `name argument ... { ... }`.
#[derive(Clone)]
pub struct Directive {
    /// The first word.
    pub name: Word,
    /// The words after it.
    pub args: Vec<Word>,
    /// What stands in its braces, if it has any.
    pub block: Option<Block>,
    /// From the name to the `;` or `}` at its end.
    pub span: Span,
}

/// What stands between braces.
#[derive(Clone)]
pub struct Block {
    /// The directives, in order. A block in another language (`content_by_lua_block`) has none.
    pub directives: Vec<Directive>,
    /// From `{` to `}`.
    pub span: Span,
}

/// A name or an argument: its text as nginx sees it, without quotes and escapes.
#[derive(Clone)]
pub struct Word {
    text: Secret,
    /// Where it is written, quotes included.
    pub span: Span,
    /// Whether it is written in quotes.
    pub quoted: bool,
}

/// Reads a file. Never fails: what could not be read is listed, everything else is in the
/// document. Errors are in the order of the text.
pub fn parse(source: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    let Parsed { directives, comments, mut errors, balanced } = parser::parse(source);
    let contexts = check::contexts_of(&directives);
    let document = Document {
        source: Arc::clone(source),
        directives: directives.into(),
        comments: comments.into(),
        contexts,
    };
    if balanced {
        check::check(&document, &mut errors);
    }
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    (document, errors)
}

impl Document {
    /// The file.
    pub fn source(&self) -> &Arc<SourceFile> {
        &self.source
    }

    /// The directives at the top of the file.
    pub fn directives(&self) -> &[Directive] {
        &self.directives
    }

    /// Every comment, from `#` to the end of its line.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// Where this file can stand: the contexts that allow every directive at its top.
    pub fn contexts(&self) -> Contexts {
        self.contexts
    }

    /// All directives, each before those in its block.
    pub fn walk(&self) -> impl Iterator<Item = &Directive> {
        let mut pending: Vec<&Directive> = self.directives.iter().rev().collect();
        std::iter::from_fn(move || {
            let directive = pending.pop()?;
            pending.extend(directive.children().iter().rev());
            Some(directive)
        })
    }
}

impl Directive {
    /// The name's text.
    pub fn name(&self) -> &str {
        self.name.text()
    }

    /// Whether it has this name. nginx's names are all lower case and compared exactly.
    pub fn is(&self, name: &str) -> bool {
        self.name() == name
    }

    /// Whether nginx itself, without modules, has a directive of this name. The first word of
    /// a line of data, as in a `map`, may be anything.
    pub fn is_known(&self) -> bool {
        table::usage(self.name()).is_some()
    }

    /// The text of the argument at `index`, counted from 0.
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(Word::text)
    }

    /// The directives in its block; none if it has no block.
    pub fn children(&self) -> &[Directive] {
        self.block.as_ref().map_or(&[], |block| &block.directives)
    }

    /// From the name to the last argument, without the block: what a label points at.
    pub fn head(&self) -> Span {
        self.args.last().map_or(self.name.span, |last| self.name.span.to(last.span))
    }
}

impl Word {
    /// The text. It may be a secret: it is for deciding, not for showing.
    pub fn text(&self) -> &str {
        self.text.expose()
    }
}
