use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// Why a value could not be read, as serde tells it: without a place, which whoever read the
/// value adds. Never holds a value of the document.
#[derive(Debug)]
pub(super) enum Failure {
    /// Told, and the value is left out from now on: read again.
    LeftOut,
    /// Told, but the value still counts.
    Told,
    /// A required field is not there.
    Missing(&'static str),
    /// A name is none of these fields.
    UnknownField { field: String, fields: &'static [&'static str] },
    /// A text is none of these words.
    UnknownWord { words: &'static [&'static str] },
    /// The value is of another type or out of range: what was expected.
    Wrong(String),
    /// What the type itself says.
    Other(String),
}

impl Failure {
    pub(super) fn is_left_out(&self) -> bool {
        matches!(self, Failure::LeftOut)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value could not be read")
    }
}

impl std::error::Error for Failure {}

impl Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Failure::Other(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Failure::Wrong(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Failure::Wrong(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Failure::Wrong(expected.to_string())
    }

    fn unknown_variant(_: &str, words: &'static [&'static str]) -> Self {
        Failure::UnknownWord { words }
    }

    fn unknown_field(field: &str, fields: &'static [&'static str]) -> Self {
        Failure::UnknownField { field: field.to_owned(), fields }
    }

    fn missing_field(field: &'static str) -> Self {
        Failure::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        // Only two spellings of one field lead here: a name that stands twice is read once.
        Failure::Other(format!("`{field}` is set under two names"))
    }
}
