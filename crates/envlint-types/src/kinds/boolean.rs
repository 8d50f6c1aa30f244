//! Switches, and the many ways in which programs read them.
//!
//! A person who writes `FEATURE=false` means off. Many programs disagree: JavaScript takes any
//! non-empty text for true, others compare with one literal. What a text *means* and what a
//! program *reads* are therefore two functions, and a linter compares them.

/// How a program turns text into on or off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reading {
    /// On for the text `true` and nothing else (`=== "true"`).
    LiteralTrue,
    /// On for the text `1` and nothing else (`=== "1"`).
    LiteralOne,
    /// On for any text that is not empty (JavaScript truthiness, `z.coerce.boolean()`).
    AnyText,
    /// `true` and `false`; other text is refused.
    Strict,
    /// `1`/`0`, `true`/`false`, `yes`/`no`, `on`/`off`, and what pydantic (`t`/`f`, `y`/`n`) and
    /// zod's `stringbool` (`y`/`n`, `enabled`/`disabled`) take beside, in any case; other text is
    /// refused.
    Words,
}

impl Reading {
    /// Every reading, in the order of the documentation.
    pub const ALL: [Reading; 5] = [
        Reading::LiteralTrue,
        Reading::LiteralOne,
        Reading::AnyText,
        Reading::Strict,
        Reading::Words,
    ];

    /// The word in schemas.
    pub fn as_str(self) -> &'static str {
        match self {
            Reading::LiteralTrue => "literal-true",
            Reading::LiteralOne => "literal-one",
            Reading::AnyText => "any-text",
            Reading::Strict => "strict",
            Reading::Words => "words",
        }
    }

    /// What the program makes of `text`; `None` if it refuses it.
    pub fn reads(self, text: &str) -> Option<bool> {
        match self {
            Reading::LiteralTrue => Some(text == "true"),
            Reading::LiteralOne => Some(text == "1"),
            Reading::AnyText => Some(!text.is_empty()),
            Reading::Strict => match text {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            Reading::Words => meaning(text),
        }
    }

    /// The text that this program reads as `on`; `None` stands for leaving the variable out.
    pub fn spelling(self, on: bool) -> Option<&'static str> {
        match (self, on) {
            (Reading::LiteralOne, true) => Some("1"),
            (Reading::LiteralOne, false) => Some("0"),
            (Reading::AnyText, false) => None,
            (_, true) => Some("true"),
            (_, false) => Some("false"),
        }
    }
}

/// The usual words: each is taken by a widespread reader, and none means the opposite to another.
/// Measured: pydantic 2 takes all but `enabled` and `disabled`, `z.stringbool()` of zod 4 all but
/// `t` and `f`.
const ON: [&str; 7] = ["true", "1", "yes", "on", "y", "t", "enabled"];
const OFF: [&str; 7] = ["false", "0", "no", "off", "n", "f", "disabled"];

/// The usual words, in lower case.
pub fn words() -> impl Iterator<Item = &'static str> {
    ON.into_iter().chain(OFF)
}

/// What a person means by `text`, if it is one of the usual words.
pub fn meaning(text: &str) -> Option<bool> {
    let one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match (one_of(&ON), one_of(&OFF)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_and_what_is_read() {
        for (reading, text, read) in [
            (Reading::LiteralTrue, "1", Some(false)),
            (Reading::LiteralTrue, "TRUE", Some(false)),
            (Reading::LiteralOne, "true", Some(false)),
            (Reading::AnyText, "false", Some(true)),
            (Reading::AnyText, "", Some(false)),
            (Reading::Strict, "yes", None),
            (Reading::Words, "Off", Some(false)),
        ] {
            assert_eq!(reading.reads(text), read, "{} {text}", reading.as_str());
        }
    }

    #[test]
    fn the_recommended_spelling_is_read_as_meant() {
        for reading in Reading::ALL {
            for on in [true, false] {
                if let Some(text) = reading.spelling(on) {
                    assert_eq!((reading.reads(text), meaning(text)), (Some(on), Some(on)));
                }
            }
        }
    }
}
