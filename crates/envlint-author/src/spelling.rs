//! How a text is written in a dotenv file so that all readers take it for the same.
//!
//! Readers differ in escapes, in references, and in where a bare value ends. They agree on a
//! small middle ground, which the recordings in `fixtures/dialects` show: bare words of harmless
//! characters, single quotes around a text without quotes and backslashes, double quotes around
//! one without anything that could be expanded. A text beyond that has no portable spelling.

/// The spelling of a text behind `NAME=`; `None` if readers would differ about any.
pub fn spelling(text: &str) -> Option<String> {
    let has = |letters: &str| text.contains(|c: char| letters.contains(c));
    // What can not be seen can not be copied either: direction marks, spaces of no width.
    let seen = |c: char| c.is_ascii() && !c.is_ascii_control() || c.is_alphanumeric();
    if !text.chars().all(seen) || has("\\") {
        return None;
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || "_%+,./:@-".contains(c);
    match text {
        text if text.chars().all(bare) => Some(text.to_owned()),
        text if !has("'") => Some(format!("'{text}'")),
        text if !has("\"$`") => Some(format!("\"{text}\"")),
        _ => None,
    }
}

/// Whether every reader takes a text for the name of a variable, shells included.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
