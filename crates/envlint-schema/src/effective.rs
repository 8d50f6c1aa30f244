use envlint_model::{Truth, Value};

use crate::{Empty, Schema, Values, Variable};

/// What a service sees of a variable once empty texts and defaults are taken into account.
pub(crate) enum Effective<'a> {
    /// A value that is set.
    Value(&'a Value),
    /// The schema's default, or what an empty text is read as.
    Text(&'a str),
    /// Nothing.
    Nothing,
    /// Perhaps a value of which nothing is known, perhaps nothing.
    Perhaps,
}

impl<'a> Effective<'a> {
    pub(crate) fn of(name: &str, schema: &'a Schema, values: &'a dyn Values) -> Self {
        let variable = schema.variable(name);
        let default = variable.and_then(|variable| variable.default.as_deref());
        let or_default = || default.map_or(Effective::Nothing, Effective::Text);
        match values.get(name) {
            Some(value) if value.is_empty() => match variable.map(|variable| &variable.empty) {
                Some(Empty::Unset) => or_default(),
                Some(Empty::Reads(text)) => Effective::Text(text),
                Some(Empty::Value | Empty::Refused) | None => Effective::Value(value),
            },
            Some(value) => Effective::Value(value),
            None if values.beyond().is_some() => Effective::Perhaps,
            None => or_default(),
        }
    }

    pub(crate) fn is_set(&self) -> Truth {
        match self {
            Effective::Value(value) => has_text(value),
            Effective::Text(_) => Truth::True,
            Effective::Nothing => Truth::False,
            Effective::Perhaps => Truth::Unknown,
        }
    }

    pub(crate) fn equals(&self, text: &str) -> Truth {
        match self {
            Effective::Value(value) => equals(value, text),
            Effective::Text(default) => (*default == text).into(),
            Effective::Nothing => Truth::False,
            Effective::Perhaps => Truth::Unknown,
        }
    }
}

/// Whether a variable is set, as its service counts it: defaults aside, and an empty text only
/// where the service takes it for a value.
pub(crate) fn is_set(variable: &Variable, values: &dyn Values) -> Truth {
    match values.get(&variable.name) {
        Some(_) if variable.empty != Empty::Unset => Truth::True,
        Some(value) => has_text(value),
        None if values.beyond().is_some() => Truth::Unknown,
        None => Truth::False,
    }
}

/// Whether a value that is set holds any text: an unknown piece may be empty.
fn has_text(value: &Value) -> Truth {
    if value.is_empty() {
        Truth::False
    } else if value.pieces().iter().any(|piece| piece.text().is_some()) {
        Truth::True
    } else {
        Truth::Unknown
    }
}

/// Whether a value is this text, as far as its known ends tell.
fn equals(value: &Value, text: &str) -> Truth {
    if let Some(known) = value.known() {
        return (known.as_str() == text).into();
    }
    let fits = text.starts_with(value.known_prefix().as_str())
        && text.ends_with(value.known_suffix().as_str());
    if fits { Truth::Unknown } else { Truth::False }
}
