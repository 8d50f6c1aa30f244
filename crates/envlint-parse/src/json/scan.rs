use std::ops::Range;

use zeroize::Zeroizing;

use crate::tree::Style;

/// Reads the smallest parts of JSON. It never moves past the end of the text and never leaves a
/// position inside of a character.
pub(super) struct Scanner<'s> {
    text: &'s str,
    at: usize,
}

/// The text between two quotes.
pub(super) enum Text {
    /// Without escapes.
    AsItStands,
    /// With its escapes decoded.
    Decoded(Zeroizing<String>),
}

/// Where a text could not be read, why, and what to write instead.
pub(super) type BadText = (Range<usize>, &'static str, &'static str);

impl<'s> Scanner<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn slice(&self, at: Range<usize>) -> &'s str {
        &self.text[at]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The character here; empty at the end of the text.
    pub(super) fn here(&self) -> Range<usize> {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at..self.at + length
    }

    /// Moves over one character.
    pub(super) fn bump(&mut self) -> Range<usize> {
        let here = self.here();
        self.at = here.end;
        here
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn white_space(&mut self) {
        self.pass_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// A comment, if one starts here, and whether it is closed.
    pub(super) fn comment(&mut self) -> Option<(Range<usize>, bool)> {
        let start = self.at;
        let (length, closed) = match self.rest().get(..2)? {
            "//" => (self.rest().find(['\r', '\n']), true),
            "/*" => {
                let end = self.rest()[2..].find("*/").map(|at| at + 4);
                (end, end.is_some())
            }
            _ => return None,
        };
        self.at = start + length.unwrap_or(self.rest().len());
        Some((start..self.at, closed))
    }

    /// The letters, digits and signs from here on: a number, a word, or what was meant as one.
    pub(super) fn run(&mut self) -> Range<usize> {
        let start = self.at;
        self.pass_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
        });
        start..self.at
    }

    /// The text that starts with the quote here. After an error the position is behind what was
    /// most likely meant as the text: its closing quote, or the end of the line.
    pub(super) fn text(&mut self) -> Result<(Range<usize>, Text), BadText> {
        let start = self.at;
        self.at += 1;
        self.pass_while(is_ordinary);
        if self.eat(b'"') {
            return Ok((start..self.at, Text::AsItStands));
        }
        // Decoded text is never longer than what stands in the file: with room for that, it does
        // not grow and leaves no copy behind that nobody wipes.
        let mut end = Scanner { ..*self };
        end.pass_over_text();
        let mut text = Zeroizing::new(String::with_capacity(end.at - start));
        text.push_str(&self.text[start + 1..self.at]);
        loop {
            let from = self.at;
            self.pass_while(is_ordinary);
            text.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok((start..self.at, Text::Decoded(text)));
                }
                Some(b'\\') => {
                    let escape = self.at;
                    match self.escape() {
                        Some(character) => text.push(character),
                        None => {
                            self.pass_over_text();
                            return Err((
                                escape..escape + 1,
                                "JSON knows no such escape",
                                "write `\\\\` for a backslash",
                            ));
                        }
                    }
                }
                None | Some(b'\r' | b'\n') => {
                    return Err((
                        start..self.at,
                        "this text is never closed",
                        "close it with a double quote; a line break in a text is `\\n`",
                    ));
                }
                Some(_) => {
                    let at = self.here();
                    self.pass_over_text();
                    return Err((
                        at,
                        "a control character stands in this text",
                        "write it as an escape, such as `\\t`",
                    ));
                }
            }
        }
    }

    /// The character that the escape here stands for. The position is behind what was read.
    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let letter = self.peek()?;
        let character = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.code_point();
            }
            _ => return None,
        };
        self.at += 1;
        Some(character)
    }

    /// The character of `XXXX` or of the surrogate pair `XXXX\uXXXX`.
    fn code_point(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if !(self.eat(b'\\') && self.eat(b'u')) {
            return None;
        }
        let second = self.four_digits().filter(|second| (0xdc00..0xe000).contains(second))?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| valid)?;
        self.at += 4;
        Some(number)
    }

    /// Moves to the comma or bracket that ends the item here.
    pub(super) fn pass_over_item(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b',' | b'}' | b']' if depth == 0 => return,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    self.at += 1;
                    self.pass_over_text();
                    continue;
                }
                _ => {}
            }
            self.bump();
        }
    }

    /// Moves behind the bracket that closes the one just passed.
    pub(super) fn pass_over_nested(&mut self) {
        loop {
            self.pass_over_item();
            match self.peek() {
                Some(b',') => self.bump(),
                _ => {
                    self.bump();
                    return;
                }
            };
        }
    }

    /// Moves behind the quote that closes this text, or to the end of the line.
    fn pass_over_text(&mut self) {
        loop {
            self.pass_while(is_ordinary);
            match self.peek() {
                None | Some(b'\r' | b'\n') => return,
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => {
                    self.at += 1;
                    if !matches!(self.peek(), Some(b'\r' | b'\n')) {
                        self.bump();
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    fn pass_while(&mut self, belongs: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|&byte| !belongs(byte)).unwrap_or(rest.len());
    }
}

/// Whether a byte in quotes stands for itself. All bytes of a character beyond ASCII do.
fn is_ordinary(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// Whether this is a number of JSON, and which kind.
pub(super) fn number(text: &str) -> Option<Style> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return None;
    }
    let mut rest = &unsigned[whole..];
    let mut style = Style::Integer;
    if let Some(fraction) = rest.strip_prefix('.') {
        style = Style::Float;
        let count = Some(digits(fraction)).filter(|&count| count > 0)?;
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        style = Style::Float;
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = Some(digits(exponent)).filter(|&count| count > 0)?;
        rest = &exponent[count..];
    }
    rest.is_empty().then_some(style)
}
