//! Cryptographic keys written as text: so many bytes, in hexadecimal digits or Base64.
//!
//! What a key decodes to is public knowledge about it: how many bytes and digits. The digits
//! are not.

use zeroize::Zeroizing;

/// How a key's bytes are written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Encoding {
    /// Two hexadecimal digits a byte, either case, no prefix.
    Hex,
    /// RFC 4648, either alphabet, padded or not.
    Base64,
}

impl Encoding {
    /// The word in schemas.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
        }
    }

    /// How many characters a key of so many bytes has, without padding.
    pub fn characters(self, bytes: usize) -> usize {
        match self {
            Encoding::Hex => bytes.saturating_mul(2),
            Encoding::Base64 => bytes.saturating_mul(4).div_ceil(3),
        }
    }
}

/// Why a text is not the key that is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no text.
    #[error("the key is empty, {needed} bytes are needed")]
    Empty {
        /// Bytes that are needed.
        needed: usize,
    },
    /// Decodes, but to another number of bytes.
    #[error("the key decodes to {bytes} bytes, {needed} are needed")]
    WrongLength {
        /// Bytes that it decodes to.
        bytes: usize,
        /// Bytes that are needed.
        needed: usize,
        /// Characters that encode them.
        digits: usize,
    },
    /// An odd number of hexadecimal digits: one was lost or added.
    #[error("the key has {digits} hexadecimal digits, {} are needed", needed * 2)]
    OddDigits {
        /// Digits that are there.
        digits: usize,
        /// Bytes that are needed.
        needed: usize,
    },
    /// Some character does not belong to the encoding.
    #[error("the key is not written in {}", encoding.as_str())]
    NotEncoded {
        /// The encoding that is needed.
        encoding: Encoding,
        /// Bytes that are needed.
        needed: usize,
    },
    /// The right number of bytes in another encoding.
    #[error("the key is written in {}, {} is needed", found.as_str(), needed.as_str())]
    OtherEncoding {
        /// The encoding that fits.
        found: Encoding,
        /// The encoding that is needed.
        needed: Encoding,
    },
}

/// A regular expression (ECMA 262) for the texts that [`decode`] accepts.
pub fn pattern(encoding: Encoding, bytes: usize) -> String {
    let digits = encoding.characters(bytes);
    match encoding {
        Encoding::Hex => format!("^[0-9a-fA-F]{{{digits}}}$"),
        Encoding::Base64 => {
            let padding = match bytes % 3 {
                0 => "",
                1 => "(?:==)?",
                _ => "=?",
            };
            format!("^(?:[A-Za-z0-9+/]{{{digits}}}|[A-Za-z0-9_-]{{{digits}}}){padding}$")
        }
    }
}

/// Decodes a key of exactly `needed` bytes.
pub fn decode(
    text: &str,
    encoding: Encoding,
    needed: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty { needed });
    }
    let other = match encoding {
        Encoding::Hex => Encoding::Base64,
        Encoding::Base64 => Encoding::Hex,
    };
    let fits_other = || raw(text, other).is_some_and(|bytes| bytes.len() == needed);
    match raw(text, encoding) {
        Some(bytes) if bytes.len() == needed => Ok(bytes),
        _ if fits_other() => Err(KeyError::OtherEncoding { found: other, needed: encoding }),
        Some(bytes) => {
            Err(KeyError::WrongLength { bytes: bytes.len(), needed, digits: text.len() })
        }
        None if encoding == Encoding::Hex && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Err(KeyError::OddDigits { digits: text.len(), needed })
        }
        None => Err(KeyError::NotEncoded { encoding, needed }),
    }
}

/// Whether every character of a part of a key could belong to one: what is known of a key that
/// is put together from several pieces can be wrong already.
pub fn could_belong(part: &str, encoding: Encoding) -> bool {
    part.bytes().all(|byte| match encoding {
        Encoding::Hex => byte.is_ascii_hexdigit(),
        Encoding::Base64 => sextet(byte).is_some() || byte == b'=',
    })
}

/// The bytes of a text that is wholly in the encoding, whatever their number.
fn raw(text: &str, encoding: Encoding) -> Option<Zeroizing<Vec<u8>>> {
    match encoding {
        Encoding::Hex => hex(text),
        Encoding::Base64 => base64(text),
    }
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    for pair in pairs {
        bytes.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(bytes)
}

/// Base64 as keys are found in the wild: either alphabet, but not both, padding optional, and
/// correct where there is any.
pub(super) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let mixed = body.contains(['+', '/']) && body.contains(['-', '_']);
    let padded = padding == 0 || padding <= 2 && text.len().is_multiple_of(4);
    if mixed || !padded || body.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(body.len() / 4 * 3 + 2));
    let mut bits: u32 = 0;
    for (at, byte) in body.bytes().enumerate() {
        bits = bits << 6 | u32::from(sextet(byte)?);
        match at % 4 {
            0 => {}
            1 => bytes.push((bits >> 4) as u8),
            2 => bytes.push((bits >> 2) as u8),
            _ => bytes.push(bits as u8),
        }
    }
    Some(bytes)
}

/// What a character of either alphabet stands for.
pub(super) fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

    #[test]
    fn says_what_a_wrong_key_decodes_to() {
        let hex = |text: &str| decode(text, Encoding::Hex, 32).err();
        assert_eq!(hex(ZEROS), None);
        assert_eq!(hex(""), Some(KeyError::Empty { needed: 32 }));
        let short = KeyError::WrongLength { bytes: 31, needed: 32, digits: 62 };
        assert_eq!(hex(&ZEROS[2..]), Some(short));
        assert_eq!(hex(&ZEROS[1..]), Some(KeyError::OddDigits { digits: 63, needed: 32 }));
        let junk = KeyError::NotEncoded { encoding: Encoding::Hex, needed: 32 };
        assert_eq!(hex(&ZEROS.replacen("00", "0x", 1)), Some(junk));
    }

    #[test]
    fn recognises_the_other_encoding() {
        let as_base64 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(decode(as_base64, Encoding::Base64, 32).map(|key| key.len()), Ok(32));
        assert_eq!(
            decode(as_base64, Encoding::Hex, 32).err(),
            Some(KeyError::OtherEncoding { found: Encoding::Base64, needed: Encoding::Hex })
        );
    }

    #[test]
    fn decodes_base64_as_rfc_4648_lists_it() {
        for (text, bytes) in
            [("Zg==", "f"), ("Zg", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE", "fooba")]
        {
            assert_eq!(base64(text).as_ref().map(|b| b.as_slice()), Some(bytes.as_bytes()));
        }
        for wrong in ["Zg=", "Z", "Zg===", "Zm9v=", "+_aa", "Zm 9"] {
            assert!(base64(wrong).is_none(), "{wrong}");
        }
    }
}
