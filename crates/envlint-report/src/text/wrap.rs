//! Breaking text into lines without breaking what a person is to copy.

use crate::shown::columns_of;

/// The lines of a text, each at most `width` columns wide where it can be broken: at blanks, but
/// never between two backticks, where a line to write or a command stands. Line feeds of the
/// text stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<&str> {
    text.split('\n').flat_map(|line| wrap_line(line, width)).collect()
}

fn wrap_line(line: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut column) = (0, 0);
    let mut blank: Option<(usize, usize)> = None;
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        column += columns_of(c);
        match c {
            '`' => quoted = !quoted,
            ' ' if !quoted => blank = Some((at, column)),
            _ => {}
        }
        if let (true, Some((break_at, before))) = (column > width, blank) {
            lines.push(line[start..break_at].trim_end_matches(' '));
            (start, column, blank) = (break_at + 1, column - before, None);
        }
    }
    lines.push(&line[start..]);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shown::columns;

    #[test]
    fn breaks_at_blanks_and_not_in_code() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("set `A B C D` here", 8), ["set", "`A B C D`", "here"]);
        assert_eq!(wrap("incomprehensible it is", 8), ["incomprehensible", "it is"]);
        assert_eq!(wrap("A='***'   (so)\nb", 80), ["A='***'   (so)", "b"]);
        assert_eq!(wrap("", 8), [""]);
    }

    proptest! {
        #[test]
        fn loses_nothing_but_blanks(text in "[a-z` 日]{0,60}", width in 1usize..30) {
            let lines = wrap(&text, width);
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for line in lines.iter().filter(|_| !text.contains('`')) {
                prop_assert!(columns(line.trim_end()) <= width || !line.trim().contains(' '));
            }
        }
    }
}
