//! What text from files may do to a terminal: nothing.
//!
//! Names, paths and public values come from files that somebody else may have written. A line
//! feed in a path forges a finding, an escape sequence recolours or hides the next one, and a
//! bidirectional mark makes a line read differently from what it is (CVE-2021-42574). Everything
//! that is not a visible character is therefore written as its Rust escape.

use std::borrow::Cow;

/// Characters that are invisible or change how their neighbours are shown, beside the controls
/// of Unicode's category Cc. First and last of each range.
const INVISIBLE: [(char, char); 12] = [
    ('\u{ad}', '\u{ad}'),       // soft hyphen
    ('\u{61c}', '\u{61c}'),     // Arabic letter mark
    ('\u{115f}', '\u{1160}'),   // Hangul fillers
    ('\u{180e}', '\u{180e}'),   // Mongolian vowel separator
    ('\u{200b}', '\u{200f}'),   // zero-width characters and direction marks
    ('\u{2028}', '\u{202e}'),   // line separators, embeddings and overrides
    ('\u{2060}', '\u{206f}'),   // word joiner, invisible operators, isolates
    ('\u{3164}', '\u{3164}'),   // Hangul filler
    ('\u{feff}', '\u{feff}'),   // byte order mark
    ('\u{ffa0}', '\u{ffa0}'),   // half-width Hangul filler
    ('\u{fff0}', '\u{fffb}'),   // interlinear annotation
    ('\u{e0000}', '\u{e0fff}'), // tags and supplementary variation selectors
];

/// Characters that stand over the one before them and take no column.
const COMBINING: [(char, char); 5] = [
    ('\u{300}', '\u{36f}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{20d0}', '\u{20ff}'),
    ('\u{fe00}', '\u{fe0f}'),
];

/// Characters that take two columns: the blocks that are wide throughout in Unicode's UAX #11.
const WIDE: [(char, char); 9] = [
    ('\u{1100}', '\u{115e}'),
    ('\u{2e80}', '\u{303e}'),
    ('\u{3041}', '\u{a4cf}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{1f300}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// Whether a character does something else than to be seen.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control() || !c.is_ascii() && is_in(&INVISIBLE, c)
}

/// The text with every character escaped that does something else than to be seen.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_harmful(c) {
            true => safe.extend(c.escape_default()),
            false => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// The columns of a terminal that a visible character takes.
pub(crate) fn columns_of(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        _ if is_in(&COMBINING, c) => 0,
        _ if is_in(&WIDE, c) => 2,
        _ => 1,
    }
}

/// The columns of a terminal that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn is_in(ranges: &[(char, char)], c: char) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_visible_characters() {
        assert_eq!(harmless("a\x1b[31m\nb\u{9b}c"), r"a\u{1b}[31m\nb\u{9b}c");
        assert_eq!(harmless("a\u{202e}b\u{2066}\u{feff}"), r"a\u{202e}b\u{2066}\u{feff}");
        assert!(matches!(harmless("schlüssel/日本.env"), Cow::Borrowed(_)));
    }

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!((columns("abc"), columns("e\u{301}"), columns("日本")), (3, 1, 4));
    }
}
