//! The armor of age files: strict PEM (RFC 7468) around the binary form.
//!
//! Decoded here and not in the age library, so that its errors name a line, so that white
//! space around it is taken as the format says, and so that one path leads on from both forms.

use crate::encoding::{self, Alphabet};
use crate::error::Problem;

const BEGIN: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
const END: &[u8] = b"-----END AGE ENCRYPTED FILE-----";

/// Characters of a full line.
const COLUMNS: usize = 64;

/// Whether `file` is armored: nothing but white space stands before the first marker.
pub(crate) fn is_armored(file: &[u8]) -> bool {
    file.trim_ascii_start().starts_with(BEGIN)
}

/// The binary form of an armored file.
pub(crate) fn decode(file: &[u8]) -> Result<Vec<u8>, Problem> {
    let text = file.trim_ascii_start();
    let skipped = file[..file.len() - text.len()].iter().filter(|&&byte| byte == b'\n').count();
    let text = text.trim_ascii_end();
    let lines = || text.split(|&byte| byte == b'\n').map(without_return).zip(skipped + 1..);

    if !lines().any(|(text, _)| text == END) {
        let line = lines().count() + skipped;
        return Err(Problem::Armor { line, what: "the file ends without the last marker" });
    }
    let mut binary = Vec::with_capacity(text.len() / 4 * 3);
    let mut expected = Expected::Begin;
    for (text, line) in lines() {
        let next = match expected {
            Expected::Begin if text == BEGIN => Ok(Expected::Line),
            Expected::Begin => Err("something follows the first marker"),
            Expected::Line | Expected::End if text == END => Ok(Expected::Nothing),
            Expected::Line => body_line(&mut binary, text),
            Expected::End => Err("more text after a line that must be the last"),
            Expected::Nothing => Err("something follows the last marker"),
        };
        expected = next.map_err(|what| Problem::Armor { line, what })?;
    }
    Ok(binary)
}

/// What the next line has to be.
enum Expected {
    Begin,
    /// A line of the body, or the last marker.
    Line,
    End,
    Nothing,
}

fn body_line(binary: &mut Vec<u8>, text: &[u8]) -> Result<Expected, &'static str> {
    match text.len() {
        0 => return Err("an empty line"),
        1..=COLUMNS => {}
        _ => return Err("more than 64 characters"),
    }
    encoding::without_padding(text)
        .and_then(|digits| encoding::base64_onto(binary, digits, Alphabet::Standard))
        .ok_or("text that is not base64")?;
    // Only the last line may be shorter, or padded.
    let full = text.len() == COLUMNS && !text.ends_with(b"=");
    Ok(if full { Expected::Line } else { Expected::End })
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "Zm9v";

    fn armored(body: &str) -> Result<Vec<u8>, Problem> {
        let file = format!(
            "-----BEGIN AGE ENCRYPTED FILE-----\n{body}\n-----END AGE ENCRYPTED FILE-----\n"
        );
        decode(file.as_bytes())
    }

    #[test]
    fn lines_are_full_until_the_last() {
        let full = "Zm9v".repeat(16);
        assert_eq!(armored(BODY), Ok(b"foo".to_vec()));
        assert_eq!(armored(&full), Ok(b"foo".repeat(16)));
        assert_eq!(armored(&format!("{full}\n{BODY}")), Ok(b"foo".repeat(17)));
        assert_eq!(armored("Zg=="), Ok(b"f".to_vec()));
    }

    #[test]
    fn an_error_names_the_line() {
        let line = |body: &str| match armored(body) {
            Err(Problem::Armor { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("Zm9v\nZm9v"), 3);
        assert_eq!(line("Zm9"), 2);
        assert_eq!(line(""), 2);
        assert_eq!(line("Zm9v\nHeader: no"), 3);
        assert_eq!(line(&"Zm9v".repeat(17)), 2);
    }

    #[test]
    fn white_space_may_stand_around() {
        let file =
            b"\n \r\n-----BEGIN AGE ENCRYPTED FILE-----\r\nZg==\r\n-----END AGE ENCRYPTED FILE----- \t\n\n ";
        assert!(is_armored(file));
        assert_eq!(decode(file), Ok(b"f".to_vec()));
        assert!(decode(&[file, &b"x"[..]].concat()).is_err());
    }

    #[test]
    fn a_missing_end_is_seen() {
        let file = b"-----BEGIN AGE ENCRYPTED FILE-----\nZm9v\n";
        assert_eq!(
            decode(file),
            Err(Problem::Armor { line: 2, what: "the file ends without the last marker" })
        );
    }
}
