use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// A type refuses what it was offered. Whatever text an error comes with is dropped: who wrote it
/// may have quoted the value.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(super) at: At,
    pub(super) why: Why,
}

/// What was refused.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Variable(usize),
    Group(usize),
    Somewhere,
}

/// Why, as far as it is made of the program's own words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    /// The type says no more, or nothing that may be shown.
    Refused,
    /// A field that must be there is not.
    Missing(&'static str),
    /// It is none of these.
    Choice(&'static [&'static str]),
}

impl Refusal {
    pub(super) fn here() -> Self {
        Self { at: At::Somewhere, why: Why::Refused }
    }

    /// The same at a place, unless it has one that is nearer to it.
    pub(super) fn or_at(self, at: At) -> Self {
        match self.at {
            At::Somewhere => Self { at, ..self },
            _ => self,
        }
    }

    fn because(why: Why) -> Self {
        Self { why, ..Self::here() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is refused by its type")
    }
}

impl std::error::Error for Refusal {}

impl Error for Refusal {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::here()
    }

    // Those that are provided would write the value into a text first.

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::here()
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::here()
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::here()
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::because(Why::Choice(expected))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::here()
    }

    fn missing_field(field: &'static str) -> Self {
        Self::because(Why::Missing(field))
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::here()
    }
}
