use envlint_model::Zeroizing;
use envlint_schema::{Encoding, Format, Kind, TextRules, Variable};

use super::{Chance, NoChance, Refused};
use crate::prose::{default, kind, plain};

/// The most bytes of chance that a command of a schema may ask for.
const MOST_BYTES: usize = 1024;

/// Bits of chance below which a text can be guessed with enough machines.
const LEAST_BITS: f64 = 96.0;

/// Bits of chance that nobody needs more of.
const ENOUGH_BITS: f64 = 256.0;

/// How a value is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recipe {
    /// So many bytes, as hexadecimal digits.
    Hex(usize),
    /// So many bytes in Base64 (RFC 4648, section 4), padded.
    Base64(usize),
    /// So many bytes in the alphabet for URLs (RFC 4648, section 5), not padded.
    Base64Url(usize),
    /// So many of these letters.
    Letters(&'static str, usize),
    /// A UUID of version 4 (RFC 9562, section 5.4).
    Uuid,
}

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The alphabets that a text with limits is tried in, the most usual first.
const ALPHABETS: [&str; 4] = [
    "0123456789abcdef",
    LETTERS,
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789",
];

/// The ways to make a value for a variable, the best first.
///
/// # Errors
///
/// When its value is not a matter of chance.
pub fn recipes(variable: &Variable) -> Result<Vec<Recipe>, Refused> {
    if let Some(retired) = &variable.retired {
        let help = retired
            .replacement
            .as_deref()
            .map_or_else(|| "remove it".to_owned(), |new| format!("{} took its place", plain(new)));
        return Err(Refused::new("it is no longer read", help));
    }
    if let Some(command) = &variable.generate {
        return read(command).map(|recipe| vec![recipe]).ok_or_else(|| {
            let why = "its schema names a command for it, and envlint runs none";
            Refused::new(why, format!("run it yourself: {}", plain(command)))
        });
    }
    if variable.is_public() {
        let why = "it is no secret, so its value is decided and not left to chance";
        let without = default(variable)
            .map_or_else(String::new, |default| format!("; without it, it is {}", plain(default)));
        return Err(Refused::new(why, format!("{}{without}", expected(variable))));
    }
    if let Kind::Connection { .. } = variable.kind {
        let why = "the server that it leads to decides about user and password";
        return Err(Refused::new(why, expected(variable)));
    }
    if let Some(issuer) = variable.issuer() {
        return Err(Refused::new(format!("{issuer} issues it"), expected(variable)));
    }
    match &variable.kind {
        Kind::Key { bytes, encoding } => Ok(vec![encoded(*encoding, *bytes)]),
        // As `Kind::command` has it: two digits a byte, and no less than 32 bytes.
        Kind::Token { min_length } => Ok(vec![Recipe::Hex(min_length.div_ceil(2).max(32))]),
        Kind::Format(Format::Uuid) => Ok(vec![Recipe::Uuid]),
        Kind::Text(rules) if variable.is_secret() && variable.is_random() => Ok(texts(rules)),
        Kind::Text(_) => Err(Refused::new(
            "neither its schema nor its name says that any random text would do",
            "say so in the schema: type = \"token\", or generate = \"openssl rand -hex 32\"",
        )),
        _ => Err(Refused::new("it is made together with something else", expected(variable))),
    }
}

fn expected(variable: &Variable) -> String {
    let example = variable
        .example
        .as_deref()
        .map_or_else(String::new, |example| format!(", for example {}", plain(example)));
    format!("it must be {}{example}", kind(variable, plain))
}

fn encoded(encoding: Encoding, bytes: usize) -> Recipe {
    match encoding.as_str() {
        "hex" => Recipe::Hex(bytes),
        "base64url" => Recipe::Base64Url(bytes),
        _ => Recipe::Base64(bytes),
    }
}

/// The commands that are known well enough to be read.
fn read(command: &str) -> Option<Recipe> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let bytes = |text: &str| text.parse().ok().filter(|bytes| (1..=MOST_BYTES).contains(bytes));
    match words.as_slice() {
        ["openssl", "rand", "-hex", count] => bytes(count).map(Recipe::Hex),
        ["openssl", "rand", "-base64", count] => bytes(count).map(Recipe::Base64),
        ["uuidgen"] => Some(Recipe::Uuid),
        _ => None,
    }
}

/// Ways to fill a text within its limits with enough chance.
fn texts(rules: &TextRules) -> Vec<Recipe> {
    let (least, most) = (rules.min_length.unwrap_or(0), rules.max_length.unwrap_or(usize::MAX));
    let recipe = |alphabet: &'static str| {
        let bits = (alphabet.len() as f64).log2();
        let count = ((ENOUGH_BITS / bits).ceil() as usize).max(least).min(most);
        (count as f64 * bits >= LEAST_BITS && count <= MOST_BYTES)
            .then_some(Recipe::Letters(alphabet, count))
    };
    ALPHABETS.into_iter().filter_map(recipe).collect()
}

impl Recipe {
    /// Makes a value.
    pub(crate) fn follow(self, chance: &mut Chance<'_>) -> Result<Zeroizing<String>, NoChance> {
        match self {
            Recipe::Hex(count) => Ok(hex(&bytes(count, chance)?)),
            Recipe::Base64(count) => Ok(base64(&bytes(count, chance)?, b"+/", true)),
            Recipe::Base64Url(count) => Ok(base64(&bytes(count, chance)?, b"-_", false)),
            Recipe::Letters(alphabet, count) => letters(alphabet.as_bytes(), count, chance),
            Recipe::Uuid => {
                let mut bytes = bytes(16, chance)?;
                bytes[6] = bytes[6] & 0x0f | 0x40;
                bytes[8] = bytes[8] & 0x3f | 0x80;
                let digits = hex(&bytes);
                let mut uuid = Zeroizing::new(String::with_capacity(36));
                for (at, digit) in digits.char_indices() {
                    if [8, 12, 16, 20].contains(&at) {
                        uuid.push('-');
                    }
                    uuid.push(digit);
                }
                Ok(uuid)
            }
        }
    }
}

fn bytes(count: usize, chance: &mut Chance<'_>) -> Result<Zeroizing<Vec<u8>>, NoChance> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    chance(&mut bytes)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

fn base64(bytes: &[u8], last_two: &[u8; 2], padded: bool) -> Zeroizing<String> {
    let letter = |sextet: u32| match sextet & 63 {
        ordinary @ 0..62 => char::from(LETTERS.as_bytes()[ordinary as usize]),
        last => char::from(last_two[last as usize - 62]),
    };
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    for three in bytes.chunks(3) {
        let mut joined = 0_u32;
        for at in 0..3 {
            joined = joined << 8 | u32::from(three.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            match at <= three.len() {
                true => text.push(letter(joined >> (18 - 6 * at))),
                false if padded => text.push('='),
                false => {}
            }
        }
    }
    text
}

/// Letters that are all equally likely: bytes beyond the last whole round of the alphabet are
/// thrown away.
fn letters(
    alphabet: &[u8],
    count: usize,
    chance: &mut Chance<'_>,
) -> Result<Zeroizing<String>, NoChance> {
    let rounds = 256 / alphabet.len() * alphabet.len();
    let mut text = Zeroizing::new(String::with_capacity(count));
    while text.len() < count {
        for byte in bytes(64, chance)?.iter().map(|byte| usize::from(*byte)) {
            if byte < rounds && text.len() < count {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10, and bytes that need the last two letters.
        for (bytes, padded, url) in [
            (&b"f"[..], "Zg==", "Zg"),
            (b"fo", "Zm8=", "Zm8"),
            (b"foo", "Zm9v", "Zm9v"),
            (b"foobar", "Zm9vYmFy", "Zm9vYmFy"),
            (&[0xfb, 0xff], "+/8=", "-_8"),
        ] {
            assert_eq!(base64(bytes, b"+/", true).as_str(), padded);
            assert_eq!(base64(bytes, b"-_", false).as_str(), url);
        }
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let mut next = 0_u8;
        let mut all = |bytes: &mut [u8]| {
            bytes.iter_mut().for_each(|byte| {
                *byte = next;
                next = next.wrapping_add(1);
            });
            Ok(())
        };
        // One round of all bytes is four of the alphabet.
        let text = letters(LETTERS.as_bytes(), 62 * 4, &mut all).unwrap();
        for letter in LETTERS.chars() {
            assert_eq!(text.matches(letter).count(), 4, "{letter}");
        }
    }
}
