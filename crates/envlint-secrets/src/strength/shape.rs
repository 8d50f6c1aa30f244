//! Exact forms of text, as data: a list of pieces that must follow one another to the end.

/// A piece of a form.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    /// This text.
    Text(&'static str),
    /// One of these texts.
    One(&'static [&'static str]),
    /// As many characters of an alphabet as there are, from a least number to a greatest.
    Some(Alphabet, usize, usize),
}

/// A set of bytes.
pub(super) type Alphabet = fn(u8) -> bool;

pub(super) fn digits(byte: u8) -> bool {
    byte.is_ascii_digit()
}

pub(super) fn hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

pub(super) fn base32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

/// The alphabet of Bech32 (BIP 173), in capitals.
pub(super) fn bech32(byte: u8) -> bool {
    b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(&byte)
}

pub(super) fn letters_and_digits(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

pub(super) fn base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether `text` is exactly these pieces. A piece takes all characters of its alphabet, so the
/// text of the next one must start with a character outside it.
pub(super) fn has_form(text: &str, pieces: &[Piece]) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let after = match *first {
        Piece::Text(wanted) => text.strip_prefix(wanted),
        Piece::One(choices) => choices.iter().find_map(|choice| text.strip_prefix(choice)),
        Piece::Some(alphabet, least, most) => {
            let count = text.bytes().take_while(|&byte| alphabet(byte)).count();
            (least..=most).contains(&count).then(|| &text[count..])
        }
    };
    after.is_some_and(|after| has_form(after, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_to_the_end() {
        let form = [Piece::Text("sk_"), Piece::One(&["live", "test"]), Piece::Some(digits, 2, 3)];
        for (text, holds) in [
            ("sk_live12", true),
            ("sk_test123", true),
            ("sk_live1", false),
            ("sk_live1234", false),
            ("sk_live12x", false),
            ("sk_demo12", false),
            ("", false),
            ("sk_liveé", false),
        ] {
            assert_eq!(has_form(text, &form), holds, "{text}");
        }
    }
}
