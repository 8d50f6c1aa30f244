//! Schemas that were written by others: keywords for which there is no kind are enforced as they
//! stand, by a validator that knows all of them.
//!
//! An environment has texts only, and such a schema speaks of numbers, lists and objects. A text
//! is accepted if anything that a program could take it for is valid: the text itself, the number
//! or boolean that it spells, the JSON that it holds, as pydantic-settings reads lists. What the
//! schema does not allow for is thereby refused, whatever it is taken for.
//!
//! The validator is most of what this crate depends on, and a service that loads its own struct
//! needs none of it. Without the feature `foreign` there are no values of [`Foreign`], and a
//! schema that would need one is refused: nothing that a schema asks for is passed over.

use serde_json::Value;

use crate::{Format, Kind};

#[cfg(not(feature = "foreign"))]
mod absent;
#[cfg(feature = "foreign")]
mod enforced;

#[cfg(not(feature = "foreign"))]
pub use absent::{Foreign, ForeignError};
#[cfg(feature = "foreign")]
pub use enforced::{Foreign, ForeignError};

/// What a text is to a foreign schema.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(
    not(feature = "foreign"),
    expect(dead_code, reason = "nobody judges without a validator")
)]
pub(crate) enum Verdict {
    Accepted,
    /// This keyword refuses it; a word of JSON Schema, never a part of a value.
    Refused(String),
    /// A pattern with look-around takes too long on it.
    GivenUp,
}

/// What a program makes of a text of this kind.
pub(crate) fn typed(kind: &Kind, text: &str) -> Value {
    let typed = match kind {
        Kind::Integer(_) | Kind::Port => text.parse::<i64>().ok().map(Value::from),
        Kind::Number(_) => text.parse::<f64>().ok().map(Value::from),
        Kind::Boolean(_) => envlint_types::kinds::boolean::meaning(text).map(Value::from),
        Kind::Format(Format::Json) => serde_json::from_str(text).ok(),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}
