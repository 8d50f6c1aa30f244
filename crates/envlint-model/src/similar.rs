/// The candidate that `written` was most likely meant to be, if one is close enough that a
/// careful reader would agree: at most a third of the letters changed. Of several the closest,
/// and of these the first.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let outline = Outline::of(written);
    let mut limit = (outline.letters / 3).max(1);
    let mut closest = None;
    for candidate in candidates {
        if candidate.eq_ignore_ascii_case(written) {
            return Some(candidate);
        }
        // Nearly all candidates are far away, and shown to be so without comparing them letter
        // by letter.
        if outline.changes_at_least(&Outline::of(candidate)) > limit {
            continue;
        }
        let changes = strsim::osa_distance(written, candidate);
        if changes <= limit {
            closest = Some(candidate);
            match changes.checked_sub(1) {
                Some(closer) => limit = closer,
                None => break,
            }
        }
    }
    closest
}

/// What of a word is seen at a glance: how often each letter is in it.
struct Outline {
    letters: usize,
    /// Letters that share a place make words look closer, never farther, and so does a letter
    /// that stands there more often than can be counted.
    often: [u8; 32],
}

impl Outline {
    fn of(word: &str) -> Self {
        let mut outline = Self { letters: 0, often: [0; 32] };
        for letter in word.chars() {
            outline.letters += 1;
            let often = &mut outline.often[u32::from(letter) as usize % 32];
            *often = often.saturating_add(1);
        }
        outline
    }

    /// The fewest changes that could make one word of the other: each adds or removes one letter
    /// at most, and a replacement brings in one letter of either word.
    fn changes_at_least(&self, other: &Self) -> usize {
        let more = |one: &Self, other: &Self| -> usize {
            let pairs = one.often.iter().zip(&other.often);
            pairs.map(|(one, other)| usize::from(one.saturating_sub(*other))).sum()
        };
        let lengths = self.letters.abs_diff(other.letters);
        lengths.max(more(self, other)).max(more(other, self))
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
        assert_eq!(did_you_mean("PORTS", ["PORT_A", "PORT", "SPORTS"]), Some("PORT"));
        assert_eq!(did_you_mean("", keys), None);
    }

    #[test]
    fn a_glance_never_puts_words_farther_apart_than_they_are() {
        let words = [
            "", "a", "ab", "ba", "abc", "PORT", "PROT", "TORR", "AUTH_URL", "AUTH-URL", "é", "日本",
        ];
        for (a, b) in words.iter().flat_map(|a| words.map(|b| (*a, b))) {
            let least = Outline::of(a).changes_at_least(&Outline::of(b));
            assert!(least <= strsim::osa_distance(a, b), "{a} and {b}");
        }
        assert_eq!(Outline::of("PORT").changes_at_least(&Outline::of("HOSTNAME")), 6);
    }
}
