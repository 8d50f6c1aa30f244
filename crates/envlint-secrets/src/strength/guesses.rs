//! How many guesses a text withstands.
//!
//! Who guesses well tries patterns before characters. So the text is covered with the patterns
//! that it holds (common words, walks over the keyboard, sequences, repetitions, dates) and
//! with single characters between them, in the cheapest way, and the cost of that cover is the
//! estimate. The idea is zxcvbn's (USENIX Security 2016). Two things differ, because
//! here most texts come from a random generator and not from a person: a character between
//! patterns costs what its alphabet says instead of a flat ten guesses, and the word list is a
//! few hundred long, so that a random token is never dragged down by rare words inside it.

use zeroize::Zeroizing;

use super::words::{COMMON, common_with_initial};

/// Characters that are looked at; what follows only adds to the strength.
const MAX_CHARACTERS: usize = 256;

/// The longest unit of a repetition inside a text.
const MAX_UNIT: usize = 8;

/// The number of guesses that find `text`, as its base-2 logarithm.
///
/// 64 random hexadecimal digits give 256, `password` gives about 1. The time is bounded: only
/// the first 256 characters count.
pub fn guess_bits(text: &str) -> f64 {
    Cover::of(text).bits
}

/// The kinds of patterns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pattern {
    Word,
    Keyboard,
    Sequence,
    Repetition,
    Date,
}

/// A pattern in a text: the characters from `start` to `end` are found in 2^`bits` guesses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    bits: f64,
    pub(super) pattern: Pattern,
}

/// The cheapest way to put a text together.
pub(super) struct Cover {
    pub(super) bits: f64,
    pub(super) matches: Vec<Match>,
    /// Characters of the text, up to the bound.
    pub(super) length: usize,
}

/// Telling that a pattern follows, and not a character, is itself a guess.
const SWITCH: f64 = 1.0;

impl Cover {
    pub(super) fn of(text: &str) -> Self {
        let text: Zeroizing<Vec<char>> =
            Zeroizing::new(text.chars().take(MAX_CHARACTERS).collect());
        match period(&text) {
            Some(unit) => Self::repeated(&text, unit),
            None => Self::cheapest(&text),
        }
    }

    /// The text is its first `unit` characters over and over.
    fn repeated(text: &[char], unit: usize) -> Self {
        let once = Self::cheapest(&text[..unit]);
        let bits = once.bits + log2(text.len().div_ceil(unit));
        let whole = Match { start: 0, end: text.len(), bits, pattern: Pattern::Repetition };
        Self { bits, matches: vec![whole], length: text.len() }
    }

    fn cheapest(text: &[char]) -> Self {
        let character = character_bits(text);
        let mut ending_at: Vec<Vec<Match>> = vec![Vec::new(); text.len() + 1];
        for found in matches(text, character) {
            ending_at[found.end].push(found);
        }
        // best[end]: the cost of the first `end` characters, and the pattern that comes last.
        let mut best: Vec<(f64, Option<Match>)> = vec![(0.0, None)];
        for (end, candidates) in ending_at.iter().enumerate().skip(1) {
            let mut cheapest = (best[end - 1].0 + character, None);
            for found in candidates {
                let bits = best[found.start].0 + found.bits + SWITCH;
                if bits < cheapest.0 {
                    cheapest = (bits, Some(*found));
                }
            }
            best.push(cheapest);
        }

        let mut matches = Vec::new();
        let mut end = text.len();
        while end > 0 {
            match best[end].1 {
                Some(found) => {
                    matches.push(found);
                    end = found.start;
                }
                None => end -= 1,
            }
        }
        matches.reverse();
        Self { bits: best[text.len()].0, matches, length: text.len() }
    }

    /// How many characters lie in patterns.
    pub(super) fn covered(&self) -> usize {
        self.matches.iter().map(|found| found.end - found.start).sum()
    }
}

fn log2(count: usize) -> f64 {
    (count.max(1) as f64).log2()
}

/// The shortest unit that the whole text repeats, at least twice.
fn period(text: &[char]) -> Option<usize> {
    (1..=text.len() / 2).find(|&unit| text[unit..] == text[..text.len() - unit])
}

/// What one character of this text costs: the size of the alphabet that it seems to be drawn
/// from, or of the few characters that it does with.
fn character_bits(text: &[char]) -> f64 {
    type Class = fn(&char) -> bool;
    const CLASSES: &[(Class, usize)] = &[
        (|c| c.is_ascii_lowercase(), 26),
        (|c| c.is_ascii_uppercase(), 26),
        (|c| c.is_ascii_digit(), 10),
        (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33),
        (|c| !c.is_ascii(), 100),
    ];
    let classes = CLASSES.iter().filter(|(class, _)| text.iter().any(class));
    let alphabet: usize = classes.map(|(_, size)| size).sum();
    let hex = text.len() >= 8 && text.iter().all(char::is_ascii_hexdigit);
    let alphabet = if hex { alphabet.min(16) } else { alphabet };
    match few_characters(text) {
        Some(count) => log2(count.min(alphabet)),
        None => log2(alphabet),
    }
}

/// How many different characters the text does with, if they are conspicuously few.
pub(super) fn few_characters(text: &[char]) -> Option<usize> {
    let mut different = Zeroizing::new(text.to_vec());
    different.sort_unstable();
    different.dedup();
    (different.len() <= 6 && text.len() >= 3 * different.len()).then_some(different.len())
}

fn matches(text: &[char], character: f64) -> Vec<Match> {
    let meant: Zeroizing<Vec<u64>> = Zeroizing::new(text.iter().map(|&c| letters(c)).collect());
    let mut found = Vec::new();
    for start in 0..text.len() {
        let rest = &text[start..];
        let mut add = |pattern, (length, bits): (usize, f64)| {
            found.push(Match { start, end: start + length, bits, pattern });
        };
        words(rest, &meant[start..]).for_each(|word| add(Pattern::Word, word));
        keyboard(rest).into_iter().for_each(|walk| add(Pattern::Keyboard, walk));
        sequence(rest).into_iter().for_each(|run| add(Pattern::Sequence, run));
        dates(rest).for_each(|date| add(Pattern::Date, date));
        for unit in 1..=MAX_UNIT.min(rest.len() / 2) {
            let run = repetition(rest, unit, character);
            run.into_iter().for_each(|run| add(Pattern::Repetition, run));
        }
    }
    found
}

/// A pattern at the start of a text: its length and its cost.
type Found = (usize, f64);

/// The common words here, also with capitals and with digits for letters. `meant` has the
/// [`letters`] of each character of the text.
fn words(text: &[char], meant: &[u64]) -> impl Iterator<Item = Found> {
    readings(text[0]).flat_map(common_with_initial).filter_map(move |at| {
        let word = COMMON[at];
        let text = text.get(..word.len())?;
        let fits = meant.iter().zip(word.bytes()).all(|(letters, byte)| letters & bit(byte) != 0);
        fits.then(|| {
            let written = text.iter().zip(word.chars());
            let substitutes = written.filter(|(c, letter)| !c.eq_ignore_ascii_case(letter)).count();
            (word.len(), log2(at + 1) + capital_bits(text) + 2.0 * substitutes as f64)
        })
    })
}

/// What it costs to guess which letters are capitals.
fn capital_bits(word: &[char]) -> f64 {
    match word.iter().filter(|c| c.is_ascii_uppercase()).count() {
        0 => 0.0,
        1 if word[0].is_ascii_uppercase() => 1.0,
        all if all == word.len() => 1.0,
        _ => word.len() as f64,
    }
}

/// The letters that a character can stand for; a digit also for itself.
fn readings(c: char) -> impl Iterator<Item = u8> {
    let others =
        LOOKS_LIKE.iter().find(|(written, _)| *written == c).map_or("", |(_, meant)| meant);
    u8::try_from(c.to_ascii_lowercase()).into_iter().chain(others.bytes())
}

/// The same, each letter as its bit.
fn letters(c: char) -> u64 {
    readings(c).fold(0, |bits, byte| bits | bit(byte))
}

/// A bit for each of the characters that common words are made of.
fn bit(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << (26 + byte - b'0'),
        _ => 0,
    }
}

/// What people write for letters.
const LOOKS_LIKE: &[(char, &str)] = &[
    ('0', "o"),
    ('1', "il"),
    ('2', "z"),
    ('3', "e"),
    ('4', "a"),
    ('5', "s"),
    ('6', "g"),
    ('7', "t"),
    ('8', "b"),
    ('9', "g"),
    ('@', "a"),
    ('$', "s"),
    ('!', "i"),
    ('|', "il"),
    ('+', "t"),
    ('€', "e"),
];

/// Rows of an English keyboard as they lie, plain and shifted; in each, a key touches the one
/// below it and the one below and to the left.
const ROWS: [[&[u8]; 2]; 4] = [
    [b"`1234567890-=", b"~!@#$%^&*()_+"],
    [b"\0qwertyuiop[]", b"\0QWERTYUIOP{}"],
    [b"\0asdfghjkl;'", b"\0ASDFGHJKL:\""],
    [b"\0zxcvbnm,./", b"\0ZXCVBNM<>?"],
];

/// Keys that a walk can start at.
const KEYS: usize = 47;

/// Row and column of each ASCII character.
const PLACES: [Option<(i8, i8)>; 128] = {
    let mut places = [None; 128];
    let mut row = 0;
    while row < ROWS.len() {
        let mut column = 0;
        while column < ROWS[row][0].len() {
            places[ROWS[row][0][column] as usize] = Some((row as i8, column as i8));
            places[ROWS[row][1][column] as usize] = Some((row as i8, column as i8));
            column += 1;
        }
        row += 1;
    }
    places[0] = None;
    places
};

fn key(c: char) -> Option<(i8, i8)> {
    PLACES.get(c as usize).copied().flatten()
}

/// A walk from key to neighbouring key: `qwerty`, `1qaz`, `zxcvfr`.
fn keyboard(text: &[char]) -> Option<Found> {
    let (mut length, mut turns, mut heading) = (1, 0, None);
    for pair in text.windows(2) {
        let (Some(from), Some(to)) = (key(pair[0]), key(pair[1])) else { break };
        let step = (to.0 - from.0, to.1 - from.1);
        if !matches!(step, (0, -1 | 1) | (1, -1 | 0) | (-1, 0 | 1)) {
            break;
        }
        turns += u8::from(heading.is_some_and(|heading| heading != step));
        heading = Some(step);
        length += 1;
    }
    // At each turn there are about five other ways to go.
    let bits = log2(KEYS) + f64::from(turns) * log2(5) + log2(length);
    // Four keys with a turn are as likely chance.
    (length >= 5 || length == 4 && turns == 0).then_some((length, bits))
}

/// `abcdef`, `987654`, `789abc`; three in a row are as likely chance.
fn sequence(text: &[char]) -> Option<Found> {
    let rank = |c: char| c.to_digit(36).map(|rank| rank as i8);
    let step = rank(*text.get(1)?)? - rank(text[0])?;
    let goes_on = |pair: &&[char]| {
        rank(pair[0]).zip(rank(pair[1])).is_some_and(|(from, to)| to - from == step)
    };
    let length = 1 + text.windows(2).take_while(goes_on).count();
    // Up or down; and people start at the ends.
    let start = match text[0] {
        '0' | '1' | '9' | 'a' | 'A' | 'z' | 'Z' => log2(4),
        '2'..='8' => log2(10),
        _ => log2(26),
    };
    (step.abs() == 1 && length >= 4).then_some((length, 1.0 + start + log2(length)))
}

/// A unit of characters, over and over: `aaaa`, `abcabc`.
fn repetition(text: &[char], unit: usize, character: f64) -> Option<Found> {
    let again = text.iter().zip(&text[unit..]).take_while(|(a, b)| a == b).count();
    let length = unit + again;
    let least = match unit {
        1 => 4,
        2 => 6,
        _ => 2 * unit,
    };
    (length >= least).then(|| (length, unit as f64 * character + log2(length / unit)))
}

/// The parts of a date, in the orders that people write them in.
const DATE_FORMS: [&[Part]; 3] = [
    &[Part::Year, Part::Month, Part::Day],
    &[Part::Day, Part::Month, Part::Year],
    &[Part::Month, Part::Day, Part::Year],
];

#[derive(Clone, Copy)]
enum Part {
    Year,
    Month,
    Day,
}

impl Part {
    fn digits(self) -> usize {
        if matches!(self, Part::Year) { 4 } else { 2 }
    }

    /// Whether the text starts with such a number.
    fn is_at(self, text: &[char]) -> bool {
        let Some(digits) = text.get(..self.digits()) else { return false };
        let number = digits.iter().try_fold(0, |sum, digit| Some(sum * 10 + digit.to_digit(10)?));
        number.is_some_and(|number| match self {
            Part::Year => (1950..2040).contains(&number),
            Part::Month => (1..=12).contains(&number),
            Part::Day => (1..=31).contains(&number),
        })
    }
}

/// A day of the last and next decades, or a year alone.
fn dates(text: &[char]) -> impl Iterator<Item = Found> {
    const YEARS: usize = 2040 - 1950;
    // Most characters start no date, and are done with here.
    let starts = text[0].is_ascii_digit();
    let year = (starts && Part::Year.is_at(text)).then(|| (4, log2(YEARS)));
    let forms = if starts { DATE_FORMS.as_slice() } else { &[] };
    let days = forms.iter().enumerate().filter_map(|(order, form)| {
        let length = date_length(text, form)?;
        Some((length, log2(YEARS * 366) + log2(order + 1)))
    });
    year.into_iter().chain(days)
}

/// How long a date of this form is: its parts follow each other, or the same separator is between
/// each two.
fn date_length(text: &[char], form: &[Part]) -> Option<usize> {
    let (first, rest) = form.split_first()?;
    first.is_at(text).then_some(())?;
    let mut at = first.digits();
    let separator = text.get(at).filter(|c| matches!(c, '-' | '.' | '/' | '_'));
    for part in rest {
        if separator.is_some() {
            (text.get(at) == separator).then_some(())?;
            at += 1;
        }
        part.is_at(&text[at..]).then_some(())?;
        at += part.digits();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Vec<Pattern> {
        Cover::of(text).matches.iter().map(|found| found.pattern).collect()
    }

    #[test]
    fn a_text_is_covered_by_what_it_is_made_of() {
        use Pattern::*;
        for (text, made_of) in [
            ("password", vec![Word]),
            ("P4ssw0rd", vec![Word]),
            ("qwertyuiop", vec![Keyboard]),
            ("1qaz@WSX", vec![Keyboard, Keyboard]),
            ("abcdefgh", vec![Sequence]),
            ("87654321", vec![Sequence]),
            ("aaaaaaaa", vec![Repetition]),
            ("k7k7k7k7k7", vec![Repetition]),
            ("2024-11-20", vec![Date]),
            ("20.11.2024", vec![Date]),
            ("23112024", vec![Date]),
            ("11/20/2024", vec![Date]),
            ("Summer2024", vec![Word, Date]),
            ("kTz9", vec![]),
        ] {
            assert_eq!(patterns(text), made_of, "{text}");
        }
    }

    #[test]
    fn random_texts_cost_what_their_alphabet_says() {
        for (text, least) in [
            ("3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a", 200.0),
            ("q83vASNFZ4mrze8BI0VniavN7wEjRWeJ", 180.0),
            ("8Kd02mXq7ZtR", 70.0),
            ("7f3k9x2m4q8z", 55.0),
            ("48151623421083772650", 60.0),
        ] {
            assert!(guess_bits(text) >= least, "{text}: {}", guess_bits(text));
        }
    }

    #[test]
    fn the_cost_follows_the_surprise() {
        let order = ["password", "Passw0rd", "Passw0rd2024", "Passw0rd2024kT", "8Kd02mXq7ZtR5vLw"];
        assert!(order.is_sorted_by(|a, b| guess_bits(a) < guess_bits(b)));
        assert_eq!(guess_bits(""), 0.0);
    }

    #[test]
    fn neighbours_on_the_keyboard() {
        for (walk, length) in [("qwerty", 6), ("1qaz", 4), ("zse4", 4), ("QwErTy!", 6)] {
            let text: Vec<char> = walk.chars().collect();
            assert_eq!(keyboard(&text).map(|found| found.0), Some(length), "{walk}");
        }
        assert!(keyboard(&['q', 'e', 't', 'u']).is_none());
        assert!(keyboard(&[' ', ' ', ' ', ' ']).is_none());
    }
}
