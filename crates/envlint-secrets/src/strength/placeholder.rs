//! Texts that stand where a secret belongs: instructions, descriptions, filler, documentation.
//!
//! They are found by reading them as words. A text of words that all belong to the small
//! vocabulary of such texts says what it is, however long it is; a random token never does,
//! because one word that does not belong ends the matter. So `change-me-in-production` is a
//! placeholder, and `changeme-3f9a8b7c6d5e` is taken for a token that somebody gave a name.

use std::fmt;

use super::words::{MARKERS, NOUNS, PUBLISHED, VOCABULARY};
use super::{is_one_character, secret_part};

/// Why a text is no secret yet. The texts continue "AUTH_SECRET is ...".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Placeholder {
    /// `change-me`, `your-secret-here`, `build-time-placeholder-override-at-runtime`.
    Instruction,
    /// `my-super-secret-key-at-least-32-characters`.
    Description,
    /// `<password>`, `{{ token }}`.
    Brackets,
    /// `xxxxxxxx`, `***`, `sk_live_xxxxxxxx`.
    Filler,
    /// A value that documentation shows to everybody.
    Published,
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Placeholder::Instruction => "an instruction to fill it in",
            Placeholder::Description => "a description of a secret",
            Placeholder::Brackets => "a name in brackets",
            Placeholder::Filler => "filler characters",
            Placeholder::Published => "a value from public documentation",
        })
    }
}

/// The longest text that is read as words, in bytes. Longer ones are keys and certificates.
const MAX_BYTES: usize = 256;

/// The most digits of a number between words: `at-least-32`, `2026`.
const MAX_DIGITS: usize = 4;

/// What `django-admin startproject` writes before a key that is to be replaced.
const DJANGO_PREFIX: &str = "django-insecure-";

/// Whether a value is a placeholder: it passes for a secret in shape, and nobody ever filled it
/// in. Of a URL, the password is judged.
pub fn placeholder(text: &str) -> Option<Placeholder> {
    let text = secret_part(text)?;
    if is_one_character(text) {
        return Some(Placeholder::Filler);
    }
    if text.len() > MAX_BYTES {
        return None;
    }
    if text.starts_with(DJANGO_PREFIX) {
        return Some(Placeholder::Instruction);
    }
    if PUBLISHED.contains(&text) {
        return Some(Placeholder::Published);
    }
    if let Some(inside) = in_brackets(text, "<", ">").or_else(|| in_brackets(text, "{{", "}}")) {
        return reads_as_words(&words(inside)).then_some(Placeholder::Brackets);
    }
    let words = words(text);
    TESTS.iter().find(|(_, test)| test(&words)).map(|(kind, _)| *kind)
}

/// Whether a text shows what to fill in, or is a sentence of at least three words.
pub(super) fn is_outline(text: &str) -> bool {
    const MARKS: [&str; 8] = ["...", "…", "<", ">", "{{", "${", "$(", "***"];
    let filler = || text.to_ascii_lowercase().contains("xxxx");
    if text.len() > MAX_BYTES {
        return false;
    }
    let words = words(text);
    MARKS.iter().any(|mark| text.contains(mark))
        || filler()
        || words.len() >= 3 && reads_as_words(&words)
}

type Test = fn(&[&str]) -> bool;

const TESTS: &[(Placeholder, Test)] = &[
    (Placeholder::Filler, ends_in_filler),
    (Placeholder::Instruction, is_instruction),
    (Placeholder::Instruction, holds_instruction),
    (Placeholder::Instruction, asks_for_something),
    (Placeholder::Instruction, asks_at_the_start),
    (Placeholder::Description, is_description),
];

/// Splits at everything that is no letter or digit, between letters and digits, and before a
/// capital after a small letter.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let mut start = 0;
        for ((_, before), (at, after)) in part.char_indices().zip(part.char_indices().skip(1)) {
            let changes = before.is_ascii_digit() != after.is_ascii_digit()
                || before.is_lowercase() && after.is_uppercase();
            if changes {
                words.push(&part[start..at]);
                start = at;
            }
        }
        words.push(&part[start..]);
    }
    words
}

fn is(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_number(word: &str) -> bool {
    word.len() <= MAX_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this could be a person's words, known or not, rather than pieces of a random token.
fn reads_as_words(words: &[&str]) -> bool {
    let letters = |word: &&str| word.len() >= 2 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let numbers = words.iter().filter(|word| is_number(word)).count();
    let plain = words.iter().all(|word| letters(word) || is(word, &["a", "i"]) || is_number(word));
    !words.is_empty() && plain && numbers <= 2
}

/// `sk_test_xxxxxxxx`: a prefix, and then only x.
fn ends_in_filler(words: &[&str]) -> bool {
    let filler = |word: &&&str| word.len() >= 3 && word.bytes().all(|b| b == b'x' || b == b'X');
    let all: usize = words.iter().map(|word| word.len()).sum();
    let filled: usize = words.iter().filter(filler).map(|word| word.len()).sum();
    words.last().is_some_and(|last| filler(&last)) && 2 * filled >= all
}

/// Only known words, one of which gives it away: `change-me-in-production`.
fn is_instruction(words: &[&str]) -> bool {
    let known = |word: &&str| is(word, VOCABULARY) || is(word, MARKERS) || is_number(word);
    words.iter().all(known) && words.iter().any(|word| is(word, MARKERS))
}

/// A phrase that nobody writes into a real secret, anywhere among words:
/// `acme-build-time-placeholder-override-at-runtime`.
fn holds_instruction(words: &[&str]) -> bool {
    const PHRASES: &[&[&str]] = &[
        &["changeme"],
        &["replaceme"],
        &["placeholder"],
        &["change", "me"],
        &["change", "this"],
        &["change", "it"],
        &["replace", "me"],
        &["replace", "this"],
        &["replace", "with"],
        &["do", "not", "use"],
        &["not", "a", "real"],
        &["not", "a", "secret"],
        &["goes", "here"],
    ];
    let here = |phrase: &&[&str]| {
        words.windows(phrase.len()).any(|some| {
            some.iter().zip(*phrase).all(|(word, wanted)| word.eq_ignore_ascii_case(wanted))
        })
    };
    reads_as_words(words) && PHRASES.iter().any(here)
}

/// `your-stripe-api-key`, `INSERT_TOKEN_HERE`: asks the reader for something by name.
fn asks_for_something(words: &[&str]) -> bool {
    const OPENERS: &[&str] = &["your", "insert", "enter", "paste", "put", "add", "set", "use"];
    let [first, .., last] = words else { return false };
    reads_as_words(words) && is(first, OPENERS) && (is(last, NOUNS) || is(last, &["here"]))
}

/// `your-engine-token-here-`, and whatever stands behind: the reader is asked for something, and
/// was not heard. Nobody gives a secret such a name.
fn asks_at_the_start(words: &[&str]) -> bool {
    const MOST: usize = 8;
    let start = words.get(..words.len().min(MOST)).unwrap_or_default();
    let here = start.iter().position(|word| is(word, &["here"]));
    let asked = here.and_then(|here| start.get(..=here));
    asked.is_some_and(|asked| asked.len() >= 3 && asks_for_something(asked))
}

/// At least four words about secrets, and nothing else.
fn is_description(words: &[&str]) -> bool {
    let known = |word: &&str| is(word, VOCABULARY) || is_number(word);
    let spoken = words.iter().filter(|word| !is_number(word)).count();
    spoken >= 4 && words.iter().all(known) && words.iter().any(|word| is(word, NOUNS))
}

fn in_brackets<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inside = text.strip_prefix(open)?.strip_suffix(close)?.trim();
    (!inside.is_empty()).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Placeholder::*;

    #[test]
    fn placeholders_are_found() {
        for (text, kind) in [
            ("changeme", Instruction),
            ("CHANGE_ME", Instruction),
            ("Change-Me!", Instruction),
            ("changeme123", Instruction),
            ("please-change-this", Instruction),
            ("change-me-in-production", Instruction),
            ("acme-changeme-2024", Instruction),
            ("replace_me", Instruction),
            ("REPLACE_WITH_STRONG_PASSWORD", Instruction),
            ("replaceMe", Instruction),
            ("your-secret-here", Instruction),
            ("your_super_secret_jwt_key", Instruction),
            ("YOUR_STRIPE_API_KEY", Instruction),
            ("insert token here", Instruction),
            ("insert-sendgrid-key-here", Instruction),
            ("your-engine-token-here-CANARY-8f1c27d95be04a63", Instruction),
            ("TODO", Instruction),
            ("todo: generate", Instruction),
            ("FIXME", Instruction),
            ("placeholder", Instruction),
            ("example", Instruction),
            ("example-secret", Instruction),
            ("generate-a-random-string-here", Instruction),
            ("generate with openssl rand -hex 32", Instruction),
            ("build-time-placeholder-override-at-runtime", Instruction),
            ("acme-build-time-placeholder", Instruction),
            ("dev-secret-do-not-use-in-production", Instruction),
            ("django-insecure-3x(9q2$k#v7w!m1z8p5t0r6y4u", Instruction),
            ("my-super-secret-key", Description),
            ("this_is_a_very_long_secret_for_local_development_only", Description),
            ("mySuperSecretSigningKey", Description),
            ("<password>", Brackets),
            ("<your token>", Brackets),
            ("{{ db_password }}", Brackets),
            ("xxx", Filler),
            ("XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", Filler),
            ("***", Filler),
            ("...", Filler),
            ("00000000000000000000000000000000", Filler),
            ("00000000-0000-0000-0000-000000000000", Filler),
            ("sk_test_xxxxxxxxxxxxxxxxxxxxxxxx", Filler),
            ("xoxb-xxxxxxxx-xxxxxxxx", Filler),
            ("keyboard cat", Published),
            ("AKIAIOSFODNN7EXAMPLE", Published),
            ("super-secret-jwt-token-with-at-least-32-characters-long", Published),
            ("postgresql://app:changeme@db:5432/app", Instruction),
            ("postgresql://app:<password>@db:5432/app", Brackets),
        ] {
            assert_eq!(placeholder(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn secrets_are_left_alone() {
        for text in [
            "",
            "a",
            "hunter2",
            "3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a",
            "550e8400-e29b-41d4-a716-446655440000",
            "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=",
            "sk_live_CANARYx51HqLyjWDarjtT1zdp7dc",
            "todo-app-3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c",
            "changeme-3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c",
            "acme-example-8Kd02mXq7ZtR5vLw",
            "kT7xxxQm2pXXX9vLrW4n",
            "Zm9TODOv8KdXq7ZtR5vLwHere",
            "correct-horse-battery-staple-orbit",
            "your-orbit-battery-velvet-staple-cactus",
            "your-8f1c27d95be04a63-here-CANARY",
            "a-key-put-here-8f1c27d95be04a63",
            "putter-insert-velvet-cactus-orbit",
            "https://hooks.example.com/placeholder",
            "postgresql://app:CANARY8Kd02mXq7ZtR5@your-database-host/example",
            "<svg><g/></svg>",
            "aXbXcXdXeXfX",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }

    #[test]
    fn an_outline_shows_what_to_fill_in() {
        for text in ["sk_live_...", "<user>", "${DB_PASSWORD}", "ask-the-team-for-it", "a8XXXXXX"] {
            assert!(is_outline(text), "{text}");
        }
        for text in ["CANARY-8f1c27d95be04a63", "q83vASNFZ4mrze8BI0VniavN7wEjRWeJ", "hunter2", ""] {
            assert!(!is_outline(text), "{text}");
        }
    }

    #[test]
    fn splits_as_a_reader_would() {
        assert_eq!(words("my-superSecret_key32"), ["my", "super", "Secret", "key", "32"]);
        assert_eq!(words("--é1ü--"), ["é", "1", "ü"]);
        assert!(words("***").is_empty());
    }
}
