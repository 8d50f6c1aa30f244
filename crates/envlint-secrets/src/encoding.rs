//! Base64 and hexadecimal digits, decoded strictly into memory that is wiped.
//!
//! The age format wants exactly one spelling of each byte string (RFC 4648, section 3.5), and a
//! decoder that is strict about it is shorter than the settings of a general one.

use zeroize::Zeroizing;

/// The two alphabets of RFC 4648.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `+` and `/`.
    Standard,
    /// `-` and `_`, as in JSON Web Tokens.
    Url,
}

impl Alphabet {
    fn value(self, digit: u8) -> Option<u32> {
        let value = match (digit, self) {
            (b'A'..=b'Z', _) => digit - b'A',
            (b'a'..=b'z', _) => digit - b'a' + 26,
            (b'0'..=b'9', _) => digit - b'0' + 52,
            (b'+', Alphabet::Standard) | (b'-', Alphabet::Url) => 62,
            (b'/', Alphabet::Standard) | (b'_', Alphabet::Url) => 63,
            _ => return None,
        };
        Some(u32::from(value))
    }
}

/// Decodes base64 without padding; `None` unless `text` is the one canonical spelling.
pub(crate) fn base64(text: &[u8], alphabet: Alphabet) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 2));
    base64_onto(&mut bytes, text, alphabet)?;
    Some(bytes)
}

/// Appends what `text` decodes to. On `None`, `bytes` may have grown by a part of it.
pub(crate) fn base64_onto(bytes: &mut Vec<u8>, text: &[u8], alphabet: Alphabet) -> Option<()> {
    for digits in text.chunks(4) {
        let mut group = 0;
        for &digit in digits {
            group = group << 6 | alphabet.value(digit)?;
        }
        // Left-aligned in 24 bits: two digits hold one byte, three hold two.
        group <<= 6 * (4 - digits.len());
        let [_, quad @ ..] = group.to_be_bytes();
        let (known, rest) = quad.split_at(digits.len() - 1);
        if digits.len() == 1 || rest.iter().any(|&bits| bits != 0) {
            return None;
        }
        bytes.extend_from_slice(known);
    }
    Some(())
}

/// `text` without its base64 padding; `None` if the padding is not what its length asks for.
pub(crate) fn without_padding(text: &[u8]) -> Option<&[u8]> {
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    (text.len().is_multiple_of(4) && padding <= 2).then(|| &text[..text.len() - padding])
}

/// Decodes pairs of hexadecimal digits, of either case.
pub(crate) fn hex(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_chunks::<2>() else { return None };
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        bytes.push((digit(*high)? << 4 | digit(*low)?) as u8);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard(text: &str) -> Option<Vec<u8>> {
        base64(text.as_bytes(), Alphabet::Standard).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn one_spelling_per_byte_string() {
        for (text, bytes) in [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo")] {
            assert_eq!(standard(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        for text in ["Z", "Zh", "Zm9", "Zg==", "Zm9vY", "Zm 9v", "Zm9-", "Zm9v\n"] {
            assert_eq!(standard(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_alphabets_differ_in_two_digits() {
        assert_eq!(standard("+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
        assert_eq!(standard("-_-_"), None);
        assert_eq!(*base64(b"-_-_", Alphabet::Url).unwrap(), [0xfb, 0xff, 0xbf]);
    }

    #[test]
    fn padding_is_as_long_as_the_length_asks() {
        assert_eq!(without_padding(b"Zg=="), Some(&b"Zg"[..]));
        assert_eq!(without_padding(b"Zm9v"), Some(&b"Zm9v"[..]));
        for wrong in [&b"Zg="[..], b"Zg", b"Z===", b"===="] {
            assert_eq!(without_padding(wrong), None);
        }
    }

    #[test]
    fn hex_takes_either_case_and_whole_bytes() {
        assert_eq!(*hex(b"00fFaA").unwrap(), [0, 0xff, 0xaa]);
        assert!(hex(b"0").is_none() && hex(b"0g").is_none());
    }
}
