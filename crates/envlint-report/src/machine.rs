//! What the formats for programs have in common.

use envlint_model::{FilePath, Severity};
use serde::Serialize;

use crate::shown::is_harmful;
use crate::{Located, Place};

/// Pretty JSON with a line feed at the end. Characters that would do something to a terminal are
/// written as `\u` escapes: the same text to a program, nothing to a person who looks at it.
#[expect(clippy::expect_used, reason = "the formats are structs of texts, numbers and lists")]
pub(crate) fn to_json(document: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(document)
        .expect("texts, numbers, lists and maps by text always have a form in JSON");
    json.push('\n');
    let needs_escape = |c: char| c != '\n' && is_harmful(c);
    if !json.contains(needs_escape) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match needs_escape(c) {
            false => escaped.push(c),
            true => {
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    escaped
}

/// A place as formats see it that speak of files on the disk.
pub(crate) struct OnDisk {
    /// The path from the root of the repository.
    pub(crate) path: FilePath,
    /// First line, first column, last line, column behind the last character.
    pub(crate) region: [u32; 4],
    /// What is to be seen, with the position in the plaintext if the file is encrypted.
    pub(crate) text: String,
}

impl OnDisk {
    /// `base` is the checked directory as seen from the root of the repository. An encrypted
    /// file has no such lines on the disk: its start is shown, and the text tells the position.
    pub(crate) fn new(place: &Place, base: &FilePath) -> Self {
        let Place { start, end, .. } = place;
        let path = base.join(place.path.as_str());
        if !place.decrypted {
            let region = [start.line, start.column, end.line, end.column];
            return Self { path, region, text: place.text.clone() };
        }
        let position =
            format!("line {}, column {} of the decrypted text", start.line, start.column);
        let text = match place.text.is_empty() {
            true => position,
            false => format!("{} ({position})", place.text),
        };
        Self { path, region: [1, 1, 1, 1], text }
    }
}

/// The findings, the most severe first, otherwise in the order of the report.
pub(crate) fn by_severity(findings: &[Located]) -> Vec<&Located> {
    let mut sorted: Vec<&Located> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse::<Severity>(finding.severity));
    sorted
}

/// What is said of the finding, a line for each, without its further places.
pub(crate) fn told(finding: &Located, base: &FilePath) -> Vec<String> {
    let seen = finding.places.first().map(|place| OnDisk::new(place, base).text);
    let parts = [
        ("", Some(&finding.message)),
        ("", seen.as_ref().filter(|text| !text.is_empty())),
        ("What happens: ", finding.happens.as_ref()),
        ("What to write: ", finding.write.as_ref()),
        ("To see more: ", finding.see.as_ref()),
    ];
    let told = parts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    told.map(|(name, text)| format!("{name}{text}")).collect()
}

/// The text with a full stop, unless it ends with a mark already.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{stop}")
}

/// A path as a relative reference or, if it is absolute, as a `file` URI (RFC 3986): everything
/// but letters, digits, `-._~` and `/` is percent-encoded.
pub(crate) fn uri(path: &FilePath) -> String {
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "" });
    for byte in path.as_str().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(uri(&"a b/ü:1%.env".into()), "a%20b/%C3%BC%3A1%25.env");
        assert_eq!(uri(&"/etc/x".into()), "file:///etc/x");
    }

    #[test]
    fn json_does_nothing_to_a_terminal_and_stays_the_same_text() {
        let text = "a\u{9b}31m\u{202e}\u{e0001}\x1b\n";
        let json = to_json(&text);
        assert_eq!(json, "\"a\\u009b31m\\u202e\\udb40\\udc01\\u001b\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
