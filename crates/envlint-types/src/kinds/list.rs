//! Lists in one variable, separated by commas.

use std::ops::Range;

/// A regular expression (ECMA 262) for a list whose items match `item`, which has no anchors.
pub fn pattern(item: &str) -> String {
    format!("^\\s*(?:{item})?\\s*(?:,\\s*(?:{item})?\\s*)*$")
}

/// The byte ranges of the items of a comma-separated list, without the white space around them.
/// Items without text are left out: a comma at the end is a habit, not a mistake.
pub fn items(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.split(',')
        .scan(0, |next, raw| {
            let start = *next;
            *next += raw.len() + 1;
            Some((start, raw))
        })
        .map(|(start, raw)| {
            let start = start + (raw.len() - raw.trim_start_matches(is_space).len());
            start..start + raw.trim_matches(is_space).len()
        })
        .filter(|range| !range.is_empty())
}

/// White space as ECMA 262 has it (`\s`, `trim`): with U+FEFF, without U+0085.
fn is_space(c: char) -> bool {
    c == '\u{feff}' || c.is_whitespace() && c != '\u{85}'
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn items_keep_their_place() {
        let text = "a, b ,,ä,";
        let found: Vec<_> = items(text).map(|range| (range.start, &text[range])).collect();
        assert_eq!(found, [(0, "a"), (3, "b"), (7, "ä")]);
        assert_eq!(items("").count() + items(" , ").count(), 0);
    }
}
