//! JSON texts, by the grammar of RFC 8259.
//!
//! Only the form is checked, in one pass and without recursion: a text of a million brackets
//! costs a byte each and no stack. Nothing is decoded, so nothing of the value is copied.

/// Why a text is no JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text ends within a value; a quotation mark or a bracket may be missing, or a reader
    /// of the file took it for its own.
    #[error("the JSON ends before it is complete")]
    Incomplete,
    /// One value, and then more.
    #[error("something follows the JSON")]
    Trailing,
    /// `'a'` or `{a: 1}`: JavaScript, and no JSON.
    #[error("JSON writes names and texts in double quotation marks")]
    Quotes,
    /// `[1,]`.
    #[error("JSON has no comma before a closing bracket")]
    Comma,
    /// Anything else.
    #[error("not JSON")]
    Form,
}

/// A part of a JSON text, as it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// The name of a member, in its quotation marks.
    Name(&'a str),
    /// A text, in its quotation marks.
    Text(&'a str),
    /// The beginning of an object.
    Object,
    /// A number, `true`, `false`, `null`, or the beginning of an array.
    Other,
}

/// Checks a JSON text of any kind: an object, an array, or a single value.
pub fn check(text: &str) -> Result<(), JsonError> {
    walk(text, |_, _| {})
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    /// The value after a comma.
    Item,
    /// The name after a comma.
    Name,
    NameOrEnd,
    SeparatorOrEnd,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

/// Checks a JSON text and tells of its parts, each with the number of containers around it.
pub(super) fn walk<'a>(
    text: &'a str,
    mut tell: impl FnMut(usize, Token<'a>),
) -> Result<(), JsonError> {
    let mut scanner = Scanner { text, at: 0 };
    let mut around: Vec<Container> = Vec::new();
    let mut next = Next::Value;
    loop {
        scanner.skip_white_space();
        if next == Next::SeparatorOrEnd && around.is_empty() {
            return scanner.peek().map_or(Ok(()), |_| Err(JsonError::Trailing));
        }
        let depth = around.len();
        let byte = scanner.peek().ok_or(JsonError::Incomplete)?;
        next = match (next, byte) {
            (Next::Value | Next::ValueOrEnd | Next::Item, b'{' | b'[') => {
                scanner.at += 1;
                let object = byte == b'{';
                tell(depth, if object { Token::Object } else { Token::Other });
                around.push(if object { Container::Object } else { Container::Array });
                if object { Next::NameOrEnd } else { Next::ValueOrEnd }
            }
            (Next::Value | Next::ValueOrEnd | Next::Item, b'"') => {
                tell(depth, Token::Text(scanner.string()?));
                Next::SeparatorOrEnd
            }
            (Next::Name | Next::NameOrEnd, b'"') => {
                tell(depth, Token::Name(scanner.string()?));
                scanner.skip_white_space();
                scanner.expect(b':')?;
                Next::Value
            }
            (Next::ValueOrEnd | Next::NameOrEnd | Next::SeparatorOrEnd, b'}' | b']') => {
                scanner.at += 1;
                let closed = if byte == b'}' { Container::Object } else { Container::Array };
                if around.pop() != Some(closed) {
                    return Err(JsonError::Form);
                }
                Next::SeparatorOrEnd
            }
            (Next::SeparatorOrEnd, b',') => {
                scanner.at += 1;
                match around.last() {
                    Some(Container::Object) => Next::Name,
                    _ => Next::Item,
                }
            }
            (Next::Item | Next::Name, b'}' | b']') => return Err(JsonError::Comma),
            (Next::Name | Next::NameOrEnd, _) | (_, b'\'') => return Err(JsonError::Quotes),
            (Next::Value | Next::ValueOrEnd | Next::Item, _) => {
                scanner.scalar()?;
                tell(depth, Token::Other);
                Next::SeparatorOrEnd
            }
            (Next::SeparatorOrEnd, _) => return Err(JsonError::Form),
        };
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn skip_white_space(&mut self) {
        self.at += self.rest().iter().take_while(|b| b" \t\n\r".contains(b)).count();
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(JsonError::Form),
            None => Err(JsonError::Incomplete),
        }
    }

    /// A text, from its first quotation mark to its last.
    fn string(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        self.at += 1;
        loop {
            let byte = self.peek().ok_or(JsonError::Incomplete)?;
            self.at += 1;
            match byte {
                b'"' => return Ok(self.text.get(start..self.at).unwrap_or_default()),
                b'\\' => self.escape()?,
                0..=0x1f => return Err(JsonError::Form),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let byte = self.peek().ok_or(JsonError::Incomplete)?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => (0..4).try_for_each(|_| {
                let digit = self.peek().ok_or(JsonError::Incomplete)?;
                self.at += 1;
                if digit.is_ascii_hexdigit() { Ok(()) } else { Err(JsonError::Form) }
            }),
            _ => Err(JsonError::Form),
        }
    }

    /// `true`, `false`, `null` or a number.
    fn scalar(&mut self) -> Result<(), JsonError> {
        let rest = self.rest();
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
        let word = &rest[..rest.iter().take_while(is_part).count()];
        self.at += word.len();
        match word {
            b"true" | b"false" | b"null" => Ok(()),
            _ if is_number(word) => Ok(()),
            _ => Err(JsonError::Form),
        }
    }
}

/// The number of RFC 8259, section 6: no sign but `-`, no leading zero, digits around the point.
fn is_number(word: &[u8]) -> bool {
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = take_digits(&mut rest);
    if whole.is_empty() || whole.len() > 1 && whole[0] == b'0' {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        rest = fraction;
        if take_digits(&mut rest).is_empty() {
            return false;
        }
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        rest = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        if take_digits(&mut rest).is_empty() {
            return false;
        }
    }
    rest.is_empty()
}

fn take_digits<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_json_and_what_is_mistaken_for_one() {
        for good in [
            "{}",
            "[]",
            " { \"a\" : [ 1 , -0.5e+3 , true , null ] }\n",
            "\"\\u00e4\\n\\\"\"",
            "0",
            "{\"a\":{\"a\":[[]]},\"b\":\"}\"}",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("", JsonError::Incomplete),
            ("  ", JsonError::Incomplete),
            ("{", JsonError::Incomplete),
            ("[1,", JsonError::Incomplete),
            ("\"a", JsonError::Incomplete),
            ("\"a\\", JsonError::Incomplete),
            ("{\"a\"", JsonError::Incomplete),
            ("{} {}", JsonError::Trailing),
            ("1 2", JsonError::Trailing),
            ("]", JsonError::Form),
            ("{'a':1}", JsonError::Quotes),
            ("['a']", JsonError::Quotes),
            ("{a:1}", JsonError::Quotes),
            ("[1,]", JsonError::Comma),
            ("{\"a\":1,}", JsonError::Comma),
            ("{\"a\"}", JsonError::Form),
            ("{\"a\":}", JsonError::Form),
            ("[1}", JsonError::Form),
            ("[}", JsonError::Form),
            ("[1 2]", JsonError::Form),
            ("01", JsonError::Form),
            ("1.", JsonError::Form),
            (".5", JsonError::Form),
            ("+1", JsonError::Form),
            ("1e", JsonError::Form),
            ("NaN", JsonError::Form),
            ("True", JsonError::Form),
            ("\"\\x\"", JsonError::Form),
            ("\"\\u12g4\"", JsonError::Form),
            ("\"a\tb\"", JsonError::Form),
            ("\u{feff}{}", JsonError::Form),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = 1_000_000;
        assert_eq!(check(&("[".repeat(deep) + &"]".repeat(deep))), Ok(()));
        assert_eq!(check(&"[".repeat(deep)), Err(JsonError::Incomplete));
    }
}
