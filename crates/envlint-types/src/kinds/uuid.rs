//! Universally unique identifiers, as RFC 9562, section 4, writes them: 32 hexadecimal digits of
//! either case in five groups. Version and variant are not looked at: identifiers of other
//! origins are stored in this form as well, and so is the one of zeros.

/// A regular expression (ECMA 262) for the texts that [`parse`] reads.
pub const PATTERN: &str = "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";

/// Why a text is no UUID.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UuidError {
    /// `{...}` or `urn:uuid:...`.
    #[error("a UUID is written without braces and without urn:uuid:")]
    Decorated,
    /// 32 digits in one group, which not every program reads.
    #[error("a UUID is written with hyphens, in groups of 8, 4, 4, 4 and 12 digits")]
    Hyphens,
    /// Anything else.
    #[error("not a UUID")]
    Form,
}

/// Where the hyphens stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Reads a UUID.
pub fn parse(text: &str) -> Result<[u8; 16], UuidError> {
    let mut uuid = [0; 16];
    let mut digits = 0;
    for (at, byte) in text.bytes().enumerate() {
        match char::from(byte).to_digit(16) {
            None if byte == b'-' && HYPHENS.contains(&at) => {}
            Some(digit) if digits < 32 && !HYPHENS.contains(&at) => {
                uuid[digits / 2] = uuid[digits / 2] << 4 | digit as u8;
                digits += 1;
            }
            _ => return Err(fault(text)),
        }
    }
    if digits == 32 { Ok(uuid) } else { Err(fault(text)) }
}

fn fault(text: &str) -> UuidError {
    let bare = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let decorated = text.starts_with('{')
        || text.get(..9).is_some_and(|prefix| prefix.eq_ignore_ascii_case("urn:uuid:"));
    match (bare, decorated) {
        (true, _) => UuidError::Hyphens,
        (_, true) => UuidError::Decorated,
        _ => UuidError::Form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form() {
        let uuid = parse("123e4567-E89B-12d3-a456-426614174000").unwrap();
        assert_eq!((uuid[0], uuid[4], uuid[15]), (0x12, 0xe8, 0));
        assert_eq!(parse("00000000-0000-0000-0000-000000000000"), Ok([0; 16]));
        for (text, error) in [
            ("123e4567e89b12d3a456426614174000", UuidError::Hyphens),
            ("{123e4567-e89b-12d3-a456-426614174000}", UuidError::Decorated),
            ("urn:uuid:123e4567-e89b-12d3-a456-426614174000", UuidError::Decorated),
            ("", UuidError::Form),
            ("123e4567-e89b-12d3-a456-42661417400", UuidError::Form),
            ("123e4567-e89b-12d3-a456-4266141740000", UuidError::Form),
            ("123e4567-e89b-12d3-a456-42661417400g", UuidError::Form),
            ("123e4567-e89b-12d3a-456-426614174000", UuidError::Form),
            ("ä23e4567-e89b-12d3-a456-42661417400", UuidError::Form),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
