//! Tokens to a tree, with recovery.
//!
//! The parser keeps its open blocks on a stack of its own, so that nesting costs no call depth.

use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span, SyntaxError};

use super::lexer::{self, Fault, Lexer, Token, TokenKind};
use super::{Block, Directive, MAX_DEPTH, MAX_ERRORS, MAX_TOKENS, Word, table};

/// Directives with more words than this are not searched for a missing `;`, nor for variables
/// that are torn in two.
const MAX_RUN_ON: usize = 200;

/// What the parser makes of a file.
pub(super) struct Parsed {
    pub(super) directives: Vec<Directive>,
    pub(super) comments: Vec<Span>,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether every brace has its counterpart: only then is it certain what stands where.
    pub(super) balanced: bool,
}

pub(super) fn parse(source: &Arc<SourceFile>) -> Parsed {
    let mut parser = Parser {
        source,
        lexer: Lexer::new(source.text(), 0),
        line: Line::first(source.text()),
        frames: vec![Frame::default()],
        words: Vec::new(),
        comments: Vec::new(),
        errors: Vec::new(),
        suspect: None,
        balanced: true,
    };
    parser.skip_byte_order_mark();
    parser.run();
    let Frame { directives, .. } = parser.frames.pop().unwrap_or_default();
    let Parser { comments, errors, balanced, .. } = parser;
    Parsed { directives, comments, errors, balanced }
}

struct Parser<'a> {
    source: &'a Arc<SourceFile>,
    lexer: Lexer<'a>,
    line: Line,
    /// The file itself, then every block that is open.
    frames: Vec<Frame>,
    /// The words of the directive being read.
    words: Vec<Word>,
    comments: Vec<Span>,
    errors: Vec<SyntaxError>,
    /// The first block whose `}` stands further left than the line that opened it: if a `}` is
    /// missing at the end, it is probably this block's.
    suspect: Option<Span>,
    balanced: bool,
}

#[derive(Default)]
struct Frame {
    /// The directive that opened the block, without the block; none for the file itself.
    opener: Option<Directive>,
    open: usize,
    /// How far the line of its `{` is indented.
    indent: usize,
    directives: Vec<Directive>,
    /// Whether lines are data (`map`, `types`): their first words are not directive names.
    data: bool,
}

/// How far the line at hand is indented. Kept while tokens go by: a file of one long line would
/// be searched again for every block.
struct Line {
    /// Up to where the text was looked through.
    passed: usize,
    /// Spaces and tabs at the start of the line, in bytes.
    indent: usize,
}

impl Line {
    fn first(text: &str) -> Self {
        Self { passed: 0, indent: blanks(text.as_bytes()) }
    }

    /// Goes on to the line of the token at `at`.
    fn advance(&mut self, text: &str, at: usize) {
        let text = text.as_bytes();
        let passed = text.get(self.passed..at).unwrap_or_default();
        if let Some(end) = passed.iter().rposition(|&byte| byte == b'\n') {
            self.indent = blanks(&text[self.passed + end + 1..]);
        }
        self.passed = at;
    }
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

impl Parser<'_> {
    fn skip_byte_order_mark(&mut self) {
        if self.source.text().starts_with('\u{feff}') {
            self.lexer = Lexer::new(self.source.text(), 3);
            self.error(0, 3, "nginx takes the byte order mark for a part of the first name").help =
                Some("save the file as UTF-8 without a byte order mark".into());
        }
    }

    fn run(&mut self) {
        let mut tokens = 0;
        while let Some(token) = self.lexer.next() {
            tokens += 1;
            if tokens > MAX_TOKENS || self.errors.len() >= MAX_ERRORS {
                self.error(token.start, token.end, "from here on the file was not read").help =
                    Some(format!("it has more than {MAX_TOKENS} words or {MAX_ERRORS} mistakes"));
                return self.stop(token.start);
            }
            self.line.advance(self.source.text(), token.start);
            match token.kind {
                TokenKind::Word(word) => self.word(token, word),
                TokenKind::Comment => self.comments.push(self.span(token.start, token.end)),
                TokenKind::Semicolon => self.end_directive(token),
                TokenKind::Open => self.open_block(token),
                TokenKind::Close => self.close_block(token),
                TokenKind::Template => return self.stop_at_template(token),
            }
        }
        self.end_of_file();
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.source.span(start..end)
    }

    fn error(&mut self, start: usize, end: usize, message: &str) -> &mut SyntaxError {
        let at = self.errors.len();
        self.errors.push(SyntaxError::new(self.span(start, end), message));
        &mut self.errors[at]
    }

    fn word(&mut self, token: Token, word: lexer::Word) {
        match word.fault {
            None => {}
            Some(Fault::Unterminated) => {
                self.error(token.start, token.start + 1, "this quote is not closed").help =
                    Some("close it on the same line, or write a backslash before it".into());
            }
            Some(Fault::Attached) => {
                self.error(token.end, token.end + 1, "text directly after a closing quote").help =
                    Some("put a space between them, or the whole word in quotes".into());
            }
            Some(Fault::TooLong) => {
                self.error(token.start, token.start + 1, "nginx reads no word above 4095 bytes")
                    .help = Some("look for a quote that is not closed".into());
            }
        }
        let span = self.span(token.start, token.end);
        let text = match lexer::decode(self.source.slice(span), word) {
            Some(decoded) => Secret::made(decoded),
            None => Secret::slice(self.source, span),
        };
        self.words.push(Word { text, span, quoted: word.quoted });
    }

    /// `;`
    fn end_directive(&mut self, token: Token) {
        match self.take_directive(false, token.end) {
            Some(directive) => self.push(directive),
            None => {
                self.error(token.start, token.end, "this `;` ends nothing").help =
                    Some("remove it".into());
            }
        }
    }

    /// `{`
    fn open_block(&mut self, token: Token) {
        let opener = self.take_directive(true, token.end);
        if opener.is_none() {
            self.error(token.start, token.end, "a block without a directive before it");
        }
        if opener.as_ref().is_some_and(|opener| opener.name().ends_with("_by_lua_block")) {
            return self.raw_block(token, opener);
        }
        if self.frames.len() > MAX_DEPTH {
            self.error(token.start, token.end, "blocks are nested more than 64 deep").help =
                Some("what stands in this block was not read".into());
            return self.raw_block(token, opener);
        }
        let data = opener.as_ref().is_some_and(|opener| table::holds_data(opener.name()));
        let (open, indent) = (token.start, self.line.indent);
        self.frames.push(Frame { opener, open, indent, directives: Vec::new(), data });
    }

    /// A block in another language, or one that lies too deep: only its end matters.
    fn raw_block(&mut self, token: Token, opener: Option<Directive>) {
        if !self.lexer.skip_raw_block() {
            self.error(token.start, token.end, "this block is not closed");
        }
        let end = self.lexer.position();
        if let Some(mut directive) = opener {
            directive.block =
                Some(Block { directives: Vec::new(), span: self.span(token.start, end) });
            directive.span = directive.span.to(self.span(token.start, end));
            self.push(directive);
        }
    }

    /// `}`
    fn close_block(&mut self, token: Token) {
        self.finish_unterminated("missing `;` before `}`");
        if self.frames.len() == 1 {
            self.balanced = false;
            self.error(token.start, token.end, "this `}` closes nothing").help =
                Some("remove it, or look for a `}` too many above".into());
            return;
        }
        let (open, indent) = self.frames.last().map_or((0, 0), |frame| (frame.open, frame.indent));
        if self.suspect.is_none() && self.line.indent < indent {
            self.suspect = Some(self.span(open, open + 1));
        }
        self.pop_frame(token.end);
    }

    fn pop_frame(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let block = self.span(frame.open, end);
        match frame.opener {
            Some(mut directive) => {
                directive.span = directive.span.to(block);
                directive.block = Some(Block { directives: frame.directives, span: block });
                self.push(directive);
            }
            // A block without a name: what stands in it is kept, one level up.
            None => frame.directives.into_iter().for_each(|directive| self.push(directive)),
        }
    }

    fn end_of_file(&mut self) {
        self.finish_unterminated("missing `;`");
        let end = self.source.text().len();
        let unclosed = self.frames.len() - 1;
        if unclosed > 0 {
            self.balanced = false;
            let innermost = self.frames.last().map_or(0, |frame| frame.open);
            let open = self.suspect.unwrap_or(self.span(innermost, innermost + 1));
            let message = match unclosed {
                1 => "a `}` is missing: this block is not closed".to_owned(),
                n => format!("{n} closing braces are missing: this block is not closed"),
            };
            self.errors.push(
                SyntaxError::new(open, message)
                    .with_help("close the block where its last directive ends"),
            );
        }
        while self.frames.len() > 1 {
            self.pop_frame(end);
        }
    }

    /// Reads nothing from `at` on. What the rest would have ended or closed is no mistake, and a
    /// directive that it cuts in two is not read.
    fn stop(&mut self, at: usize) {
        self.words.clear();
        while self.frames.len() > 1 {
            self.pop_frame(at);
        }
    }

    fn stop_at_template(&mut self, token: Token) {
        self.stop(token.start);
        self.errors.retain(|error| error.span.end as usize <= token.start);
        self.error(
            token.start,
            token.end,
            "this file is a template; from here on it was not read",
        )
        .help = Some("check the file that the template engine makes of it".into());
    }

    /// Words that no `;` ends.
    fn finish_unterminated(&mut self, message: &str) {
        let Some(last) = self.words.last() else { return };
        let (start, end) = (last.span.start as usize, last.span.end as usize);
        self.error(start, end, message).help = Some("end the directive with `;`".into());
        if let Some(directive) = self.take_directive(false, end) {
            self.push(directive);
        }
    }

    /// The directive that the collected words make, ending at `end`; several, if a `;` between
    /// them is missing: then all but the last are stored.
    fn take_directive(&mut self, opens_block: bool, end: usize) -> Option<Directive> {
        let mut words = std::mem::take(&mut self.words);
        if !self.frames.last().is_some_and(|frame| frame.data) {
            words = self.join_lone_dollars(words);
            while let Some(at) = self.missing_semicolon(&words, opens_block) {
                let rest = words.split_off(at);
                let cut = words.last().map_or(0, |word| word.span.end as usize);
                self.error(cut.saturating_sub(1), cut, "missing `;`").help =
                    Some("end the directive with `;`".into());
                if let Some(directive) = self.make(words, cut) {
                    self.push(directive);
                }
                words = rest;
            }
        }
        self.make(words, end)
    }

    fn make(&self, mut words: Vec<Word>, end: usize) -> Option<Directive> {
        if words.is_empty() {
            return None;
        }
        let args = words.split_off(1);
        let name = words.pop()?;
        let span = name.span.to(self.span(end.saturating_sub(1), end));
        Some(Directive { name, args, block: None, span })
    }

    fn push(&mut self, directive: Directive) {
        if let Some(frame) = self.frames.last_mut() {
            frame.directives.push(directive);
        }
    }

    /// Where the next directive begins among `words`: a known name at the start of a line, in a
    /// place where nginx would refuse it as an argument and accept the words before it.
    fn missing_semicolon(&self, words: &[Word], opens_block: bool) -> Option<usize> {
        let usage = table::usage(words.first()?.text())?;
        if words.len() > MAX_RUN_ON || usage.accepts(words.len() - 1, opens_block) {
            return None;
        }
        (1..words.len()).find(|&at| {
            let word = &words[at];
            !word.quoted
                && self.starts_line(word.span.start as usize)
                && table::usage(word.text()).is_some()
                && usage.accepts(at - 1, false)
        })
    }

    /// `$ host` is what remains of `$host` when text is taken from a page or a document. nginx
    /// refuses it; here it is reported and read as what it was.
    fn join_lone_dollars(&mut self, words: Vec<Word>) -> Vec<Word> {
        let takes = words.first().is_some_and(|name| table::takes_variables(name.text()));
        if !takes || words.len() > MAX_RUN_ON {
            return words;
        }
        let mut joined: Vec<Word> = Vec::with_capacity(words.len());
        for word in words {
            match joined.last_mut() {
                Some(dollar) if self.is_torn_variable(dollar, &word) => {
                    let span = dollar.span.to(word.span);
                    let text = format!("{}{}", dollar.text(), word.text());
                    *dollar = Word { text: Secret::made(text), span, quoted: false };
                    self.errors.push(
                        SyntaxError::new(span, "a space separates `$` from its variable's name")
                            .with_help("remove the space after `$`"),
                    );
                }
                _ => joined.push(word),
            }
        }
        joined
    }

    fn is_torn_variable(&self, dollar: &Word, name: &Word) -> bool {
        let between = self.span(dollar.span.end as usize, name.span.start as usize);
        dollar.text().ends_with('$')
            && !dollar.quoted
            && !name.quoted
            && !self.source.slice(between).contains('\n')
            && name.text().starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    }

    fn starts_line(&self, at: usize) -> bool {
        let before = self.source.text().get(..at).unwrap_or("");
        before.trim_end_matches([' ', '\t']).ends_with('\n')
    }
}
