/// The candidate that `written` was most likely meant to be, if one is close enough that a
/// careful reader would agree: at most a third of the letters changed.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let outline = Outline::of(written);
    let limit = (outline.letters / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            if candidate.eq_ignore_ascii_case(written) {
                return Some((0, candidate));
            }
            // Nearly all candidates are far away, and shown to be so without comparing them
            // letter by letter.
            if outline.changes_at_least(&Outline::of(candidate)) > limit {
                return None;
            }
            Some((strsim::osa_distance(written, candidate), candidate))
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What of a word is seen at a glance: how long it is, and which letters are in it.
struct Outline {
    letters: usize,
    /// One bit for each letter; letters that share a bit make words look closer, never farther.
    set: u64,
}

impl Outline {
    fn of(word: &str) -> Self {
        let outline = Self { letters: 0, set: 0 };
        word.chars().fold(outline, |seen, letter| Self {
            letters: seen.letters + 1,
            set: seen.set | 1 << (u32::from(letter) % u64::BITS),
        })
    }

    /// The fewest changes that could make one word of the other: each adds or removes one letter
    /// at most, and a replacement brings in one letter of either word.
    fn changes_at_least(&self, other: &Self) -> usize {
        let lengths = self.letters.abs_diff(other.letters);
        let only_here = (self.set & !other.set).count_ones() as usize;
        let only_there = (other.set & !self.set).count_ones() as usize;
        lengths.max(only_here).max(only_there)
    }
}

#[cfg(test)]
mod tests {
    use super::{Outline, did_you_mean};

    #[test]
    fn finds_what_was_meant_and_nothing_far_away() {
        let keys = ["services", "sources", "environments"];
        assert_eq!(did_you_mean("service", keys), Some("services"));
        assert_eq!(did_you_mean("enviroments", keys), Some("environments"));
        assert_eq!(did_you_mean("SOURCES", keys), Some("sources"));
        assert_eq!(did_you_mean("proxy", keys), None);
    }

    #[test]
    fn a_glance_never_puts_words_farther_apart_than_they_are() {
        let words =
            ["", "a", "ab", "ba", "abc", "PORT", "PROT", "AUTH_URL", "AUTH-URL", "é", "日本"];
        for (a, b) in words.iter().flat_map(|a| words.map(|b| (*a, b))) {
            let least = Outline::of(a).changes_at_least(&Outline::of(b));
            assert!(least <= strsim::osa_distance(a, b), "{a} and {b}");
        }
        assert_eq!(Outline::of("PORT").changes_at_least(&Outline::of("HOSTNAME")), 6);
    }
}
