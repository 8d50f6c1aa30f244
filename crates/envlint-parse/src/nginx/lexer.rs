//! Bytes to tokens, after nginx's own rules (`ngx_conf_read_token`).
//!
//! The rules are few and unlike those of other languages: a quote opens a string only at the
//! start of a word, `}` and `#` inside a word are plain characters, `{` ends a word unless it
//! follows `$`, and a backslash keeps the next character from meaning anything. Where nginx
//! gives up, this lexer says so and goes on at the next place that makes sense.

/// The longest word that nginx reads, in bytes, an opening quote included: its buffer is one
/// more (`NGX_CONF_BUFFER`; measured with nginx 1.22.1).
pub(super) const MAX_WORD_BYTES: usize = 4095;

/// One token: a range of bytes. Between tokens there is only white space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A name or an argument; quotes belong to its range.
    Word(Word),
    /// `;`
    Semicolon,
    /// `{`
    Open,
    /// `}` where a word could begin.
    Close,
    /// `#` to the end of the line.
    Comment,
    /// `{{` or `{%`: the file is a template, and what follows is not nginx's language.
    Template,
}

/// What kind of word, and what nginx would not have accepted about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word {
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
    /// What is wrong with it.
    pub(super) fault: Option<Fault>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The quote at its start has no counterpart.
    Unterminated,
    /// The next character follows the closing quote directly.
    Attached,
    /// Longer than [`MAX_WORD_BYTES`].
    TooLong,
}

/// Reads tokens one by one.
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text: text.as_bytes(), at }
    }

    /// The next token, or `None` at the end of the text.
    pub(super) fn next(&mut self) -> Option<Token> {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        let start = self.at;
        let kind = match self.peek()? {
            b';' => self.single(TokenKind::Semicolon),
            b'{' if matches!(self.text.get(start + 1), Some(b'{' | b'%')) => {
                self.at += 2;
                TokenKind::Template
            }
            b'{' => self.single(TokenKind::Open),
            b'}' => self.single(TokenKind::Close),
            b'#' => {
                self.at = self.line_end(start);
                TokenKind::Comment
            }
            quote @ (b'"' | b'\'') => self.quoted(quote),
            _ => self.bare(),
        };
        Some(Token { kind, start, end: self.at })
    }

    /// Where the next token is looked for.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Skips a block of another language (Lua) after its `{`, and its `}` if there is one.
    /// Braces in Lua's strings and comments do not count.
    pub(super) fn skip_raw_block(&mut self) -> bool {
        let mut depth = 1usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return true;
                    }
                }
                b'"' | b'\'' => self.skip_lua_string(byte),
                b'[' => self.skip_lua_long_bracket(),
                b'-' if self.peek() == Some(b'-') => {
                    self.at += 1;
                    let before = self.at;
                    if self.peek() == Some(b'[') {
                        self.at += 1;
                        self.skip_lua_long_bracket();
                    }
                    if self.at <= before + 1 {
                        self.at = self.line_end(before);
                    }
                }
                _ => {}
            }
        }
        false
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        rest.iter().position(|&b| b == b'\n').map_or(self.text.len(), |at| from + at)
    }

    /// A word without quotes: ends before white space, `;` and a `{` that does not follow `$`.
    fn bare(&mut self) -> TokenKind {
        let start = self.at;
        let mut variable = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' if variable => {}
                b';' | b'{' => break,
                _ if is_space(byte) => break,
                b'\\' => {
                    variable = false;
                    self.at += 1;
                }
                _ => variable = byte == b'$',
            }
            self.at = (self.at + 1).min(self.text.len());
        }
        let fault = (self.at - start > MAX_WORD_BYTES).then_some(Fault::TooLong);
        TokenKind::Word(Word { quoted: false, fault })
    }

    fn quoted(&mut self, quote: u8) -> TokenKind {
        let start = self.at;
        self.at += 1;
        let mut closed = false;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.text.len()),
                _ if byte == quote => {
                    closed = true;
                    break;
                }
                _ => {}
            }
        }
        let attached = closed
            && self.peek().is_some_and(|b| !is_space(b) && !matches!(b, b';' | b'{' | b')' | b'}'));
        let too_long = self.at - start > MAX_WORD_BYTES + usize::from(closed);
        // A quote that runs over lines and ends where another string begins was never closed.
        let runaway = (attached || too_long) && self.text[start..self.at].contains(&b'\n');
        let fault = if !closed || runaway {
            self.at = self.end_of_runaway(start);
            Some(Fault::Unterminated)
        } else if too_long {
            Some(Fault::TooLong)
        } else {
            attached.then_some(Fault::Attached)
        };
        TokenKind::Word(Word { quoted: true, fault })
    }

    /// Where a word with an unclosed quote most likely ends: at the `;` or `{` that ends its
    /// line, otherwise at the end of the line.
    fn end_of_runaway(&self, start: usize) -> usize {
        let mut end = self.line_end(start);
        while end > start + 1 && is_space(self.text[end - 1]) {
            end -= 1;
        }
        if end > start + 1 && matches!(self.text[end - 1], b';' | b'{') {
            end -= 1;
        }
        end
    }

    fn skip_lua_string(&mut self, quote: u8) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.text.len()),
                b'\n' => return,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    /// After `[`: skips `[[...]]`, `[=[...]=]`, if it is one; otherwise nothing.
    fn skip_lua_long_bracket(&mut self) {
        let level = self.text[self.at..].iter().take_while(|&&b| b == b'=').count();
        if self.text.get(self.at + level) != Some(&b'[') {
            return;
        }
        let mut closing = vec![b']'];
        closing.resize(level + 1, b'=');
        closing.push(b']');
        let body = self.at + level + 1;
        self.at = self.text[body..]
            .windows(closing.len())
            .position(|window| window == closing)
            .map_or(self.text.len(), |at| body + at + closing.len());
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What a word means: quotes gone, nginx's escapes replaced. `None` if it stands for itself.
pub(super) fn decode(raw: &str, word: Word) -> Option<String> {
    let inner = match (word.quoted, word.fault) {
        (false, _) => raw,
        (true, Some(Fault::Unterminated)) => &raw[1..],
        (true, _) => &raw[1..raw.len() - 1],
    };
    if !inner.contains('\\') {
        return word.quoted.then(|| inner.to_owned());
    }
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(char) = chars.next() {
        let replaced = match (char, chars.peek()) {
            ('\\', Some(&next @ ('"' | '\'' | '\\'))) => Some(next),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('r')) => Some('\r'),
            ('\\', Some('n')) => Some('\n'),
            _ => None,
        };
        if replaced.is_some() {
            chars.next();
        }
        text.push(replaced.unwrap_or(char));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut lexer = Lexer::new(text, 0);
        std::iter::from_fn(|| lexer.next()).collect()
    }

    fn words(text: &str) -> Vec<String> {
        let word = |token: Token| match token.kind {
            TokenKind::Word(word) => {
                let raw = &text[token.start..token.end];
                Some(decode(raw, word).unwrap_or_else(|| raw.to_owned()))
            }
            _ => None,
        };
        tokens(text).into_iter().filter_map(word).collect()
    }

    #[test]
    fn splits_as_nginx_does() {
        for (text, expected) in [
            ("listen 80;", vec!["listen", "80"]),
            ("a ${host}x{", vec!["a", "${host}x"]),
            ("a $ {", vec!["a", "$"]),
            ("a b}c#d e", vec!["a", "b}c#d", "e"]),
            (r#"a "x \" y" 'it'"#, vec!["a", "x \" y", "it"]),
            (r"a b\ c\;d \d\n", vec!["a", r"b\ c\;d", "\\d\n"]),
            (r#"if ("$a" = b)"#, vec!["if", r#"("$a""#, "=", "b)"]),
            ("a # c ;\nb", vec!["a", "b"]),
            ("", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn an_unclosed_quote_ends_with_its_line() {
        let text = "a \"b;\nc \"d\";\n";
        assert_eq!(words(text), ["a", "b", "c", "d"]);
        let faults = tokens(text).into_iter().filter_map(|token| match token.kind {
            TokenKind::Word(word) => word.fault,
            _ => None,
        });
        assert_eq!(faults.collect::<Vec<_>>(), [Fault::Unterminated]);
    }

    #[test]
    fn words_are_as_long_as_the_buffer_of_nginx() {
        let fault = |text: String| match tokens(&text)[0].kind {
            TokenKind::Word(word) => word.fault,
            _ => None,
        };
        assert_eq!(fault("a".repeat(4095)), None);
        assert_eq!(fault("a".repeat(4096)), Some(Fault::TooLong));
        assert_eq!(fault(format!("'{}'", "a".repeat(4094))), None);
        assert_eq!(fault(format!("'{}'", "a".repeat(4095))), Some(Fault::TooLong));
    }

    #[test]
    fn braces_in_lua_strings_and_comments_do_not_count() {
        let text = "{ s = \"}\" -- }\n t = { [[ } ]], '}' } --[=[ } ]=] } rest";
        let mut lexer = Lexer::new(text, 1);
        assert!(lexer.skip_raw_block());
        assert_eq!(&text[lexer.at..], " rest");
    }

    proptest! {
        #[test]
        fn loses_no_byte(text in "[a-z\"'\\\\ \n;{}#$(=)é\u{a0}%\\[\\]-]{0,80}") {
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert!(text[at..token.start].bytes().all(is_space));
                prop_assert!(token.start < token.end);
                at = token.end;
            }
            prop_assert!(text[at..].bytes().all(is_space));
            let mut lexer = Lexer::new(&text, 0);
            lexer.skip_raw_block();
        }
    }
}
