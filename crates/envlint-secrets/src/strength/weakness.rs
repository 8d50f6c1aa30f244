//! Whether a secret could be guessed, and what makes it so.

use std::fmt;

use zeroize::Zeroizing;

use super::guesses::{Cover, Pattern, few_characters};
use super::{is_one_character, placeholder, secret_part};
use crate::encoding::{self, Alphabet};

/// A secret that fewer than two to the power of this many guesses find is weak.
///
/// One graphics card computes some 10^10 SHA-256 hashes in a second, and so tries 2^50 secrets
/// in a day and a half. Nine random letters and digits, or five random words, are above it.
pub const MIN_GUESS_BITS: f64 = 50.0;

/// What makes a secret easy to guess. The texts continue "AUTH_SECRET is ...".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Weakness {
    /// `aaaaaaaa`
    OneCharacter,
    /// `abcabcabc`
    RepeatedPattern,
    /// `12345678`
    Sequence,
    /// `qwertyuiop`
    KeyboardWalk,
    /// `P4ssw0rd!`
    CommonPassword,
    /// `2024-11-20`
    Date,
    /// `Summer2024qwerty`
    CommonParts,
    /// `aabbabab`
    FewCharacters,
    /// Nothing but too short.
    Short,
    /// A key whose bytes count up or down, once decoded.
    CountingBytes,
    /// A key whose bytes are a few over and over, once decoded.
    RepeatedBytes,
    /// A key whose bytes are a text that a person wrote, once decoded.
    EncodedText,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weakness::OneCharacter => "one character repeated",
            Weakness::RepeatedPattern => "a repeated pattern",
            Weakness::Sequence => "a sequence",
            Weakness::KeyboardWalk => "a keyboard walk",
            Weakness::CommonPassword => "a common password",
            Weakness::Date => "a date",
            Weakness::CommonParts => "made of common words and patterns",
            Weakness::FewCharacters => "made of few different characters",
            Weakness::Short => "short enough to be guessed",
            Weakness::CountingBytes => "a sequence of bytes, once decoded",
            Weakness::RepeatedBytes => "a few bytes repeated, once decoded",
            Weakness::EncodedText => "a text and not random bytes, once decoded",
        })
    }
}

/// What makes a secret weak, if it is. A key in hexadecimal digits or base64 is judged by its
/// bytes too; of a URL, the password is judged. The empty text is not weak but missing.
pub fn weakness(text: &str) -> Option<Weakness> {
    let text = secret_part(text)?;
    if text.is_empty() {
        return None;
    }
    let decoded = || decoded(text).and_then(|bytes| of_bytes(&bytes));
    of_text(text).or_else(decoded)
}

fn of_text(text: &str) -> Option<Weakness> {
    let cover = Cover::of(text);
    (cover.bits < MIN_GUESS_BITS).then(|| reason(text, &cover))
}

/// The most telling reason why a text is weak.
fn reason(text: &str, cover: &Cover) -> Weakness {
    if is_one_character(text.trim_end_matches('=')) {
        return Weakness::OneCharacter;
    }
    let longest = cover.matches.iter().max_by_key(|found| found.end - found.start);
    if let Some(found) = longest
        && (found.end - found.start) * 3 >= cover.length * 2
    {
        return match found.pattern {
            Pattern::Word => Weakness::CommonPassword,
            Pattern::Keyboard => Weakness::KeyboardWalk,
            Pattern::Sequence => Weakness::Sequence,
            Pattern::Repetition => Weakness::RepeatedPattern,
            Pattern::Date => Weakness::Date,
        };
    }
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
    if cover.covered() * 2 >= cover.length {
        Weakness::CommonParts
    } else if few_characters(&characters).is_some() {
        Weakness::FewCharacters
    } else {
        Weakness::Short
    }
}

/// The fewest bytes that are judged as such. Shorter ones are passwords that happen to be
/// spelled in the digits of an encoding.
const MIN_KEY_BYTES: usize = 8;

/// The fewest bytes of base64 that are: its alphabet is that of ordinary passwords.
const MIN_BASE64_BYTES: usize = 16;

/// The fewest bytes that are taken for a text: so many random ones are never all printable.
const MIN_TEXT_BYTES: usize = 16;

/// The most bytes of a key that are looked at.
const MAX_KEY_BYTES: usize = 1024;

fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.as_bytes();
    if text.len() > 2 * MAX_KEY_BYTES {
        return None;
    }
    if let Some(bytes) = encoding::hex(text).filter(|bytes| bytes.len() >= MIN_KEY_BYTES) {
        return Some(bytes);
    }
    let digits = encoding::without_padding(text).unwrap_or(text);
    [Alphabet::Standard, Alphabet::Url]
        .into_iter()
        .find_map(|alphabet| encoding::base64(digits, alphabet))
        .filter(|bytes| bytes.len() >= MIN_BASE64_BYTES)
}

/// The longest unit, in bytes, whose repetition is weak: with one more it has 2^56 values.
const MAX_WEAK_UNIT: usize = 6;

fn of_bytes(bytes: &[u8]) -> Option<Weakness> {
    let repeats = |unit: &usize| bytes[*unit..] == bytes[..bytes.len() - unit];
    let unit = (1..=bytes.len() / 2).find(repeats).unwrap_or(bytes.len());
    let mut steps = bytes[..unit].windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first = steps.next();
    if unit <= MAX_WEAK_UNIT {
        Some(Weakness::RepeatedBytes)
    } else if steps.all(|step| Some(step) == first) {
        Some(Weakness::CountingBytes)
    } else {
        let printable = |&byte: &u8| byte == b' ' || byte.is_ascii_graphic();
        let long = bytes.len() >= MIN_TEXT_BYTES && bytes.iter().all(printable);
        let text = str::from_utf8(bytes).ok().filter(|_| long)?;
        is_written(text).then_some(Weakness::EncodedText)
    }
}

/// Whether a person wrote this, rather than a generator whose output was then encoded again.
fn is_written(text: &str) -> bool {
    text.split_whitespace().count() >= 3 || placeholder(text).is_some() || of_text(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Weakness::*;

    #[test]
    fn weak_secrets_are_told_why() {
        for (text, why) in [
            ("a", Short),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", OneCharacter),
            ("00000000-0000-0000-0000-000000000000", OneCharacter),
            ("abcabcabcabcabcabcabcabcabcabcabc", RepeatedPattern),
            ("passwordpasswordpasswordpassword", RepeatedPattern),
            ("0123456789abcdef0123456789abcdef", RepeatedPattern),
            ("deadbeefdeadbeefdeadbeefdeadbeef", RepeatedPattern),
            ("123456", Sequence),
            ("abcdefghijklmnop", Sequence),
            ("0123456789abcdefghijklmnopqrstuv", Sequence),
            ("qwertyuiop", KeyboardWalk),
            ("qwertyuiop[]", KeyboardWalk),
            ("1q2w3e4r5t", KeyboardWalk),
            ("password", CommonPassword),
            ("P4ssw0rd!", CommonPassword),
            ("postgres", CommonPassword),
            ("admin123", CommonParts),
            ("20241120", Date),
            ("20.11.2024", Date),
            ("Summer2024!", CommonParts),
            ("secret-key-2024", CommonParts),
            ("qwerty-password-123456", CommonParts),
            ("aabbababbaabbbab", FewCharacters),
            ("hX7k", Short),
            ("kT9vLx2m", Short),
            ("48151623", Short),
            ("postgresql://app:letmein@db/app", CommonPassword),
        ] {
            assert_eq!(weakness(text), Some(why), "{text}");
        }
    }

    #[test]
    fn keys_are_judged_by_their_bytes() {
        for (text, why) in [
            ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", CountingBytes),
            ("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", CountingBytes),
            ("a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6", RepeatedBytes),
            ("00112233445566778899aabbccddeeff", CountingBytes),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", CountingBytes),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", OneCharacter),
            ("/////////////////////////////////////////w==", RepeatedPattern),
            ("w1oR55LDWhHnksNaEeeSw1oR55LDWhHnksNaEeeSw1o=", RepeatedBytes),
            ("3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8=", RepeatedBytes),
            // "this is my very secret key 32 by"
            ("dGhpcyBpcyBteSB2ZXJ5IHNlY3JldCBrZXkgMzIgYnk=", EncodedText),
            // "passwordpasswordpasswordpassword"
            ("cGFzc3dvcmRwYXNzd29yZHBhc3N3b3JkcGFzc3dvcmQ", EncodedText),
            // "changeme-changeme-now-now-please"
            ("Y2hhbmdlbWUtY2hhbmdlbWUtbm93LW5vdy1wbGVhc2U=", EncodedText),
            // "super-secret-key-for-development"
            ("73757065722d7365637265742d6b65792d666f722d646576656c6f706d656e74", EncodedText),
        ] {
            assert_eq!(weakness(text), Some(why), "{text}");
        }
    }

    #[test]
    fn strong_secrets_are_left_alone() {
        for text in [
            "3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a",
            "9b74c9897bac770ffc029102a200c5de",
            "550e8400-e29b-41d4-a716-446655440000",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=",
            "kT9vLx2mQp7Zr4Wn8Bd3",
            "8Kd02mXq7ZtR",
            "v@9!Lx2#Qp",
            "orbit-velvet-cactus-ladder-monsoon",
            "orbitvelvetcactusladdermonsoon",
            "dragon orbit velvet cactus ladder",
            // base64 of 32 hexadecimal digits: odd, but nobody guesses it
            "OWI3NGM5ODk3YmFjNzcwZmZjMDI5MTAyYTIwMGM1ZGU=",
            "https://hooks.example.com/aaaa",
            "https://u@host/",
            "",
        ] {
            assert_eq!(weakness(text), None, "{text}");
        }
    }
}
