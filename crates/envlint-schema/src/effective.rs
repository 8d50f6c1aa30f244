use envlint_model::{Truth, Unknown, Value};

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
    Perhaps(&'a Unknown),
}

impl<'a> Effective<'a> {
    pub(crate) fn of(name: &str, schema: &'a Schema, values: &'a dyn Values) -> Self {
        let variable = schema.variable(name);
        let default = variable.and_then(|variable| variable.default.as_deref());
        let or_default = || default.map_or(Effective::Nothing, Effective::Text);
        match (values.get(name), values.beyond()) {
            (Some(value), _) if value.is_empty() => {
                match variable.map(|variable| &variable.empty) {
                    Some(Empty::Unset) => or_default(),
                    Some(Empty::Reads(text)) => Effective::Text(text),
                    Some(Empty::Value | Empty::Error) | None => Effective::Value(value),
                }
            }
            (Some(value), _) => Effective::Value(value),
            (None, Some(why)) => Effective::Perhaps(why),
            (None, None) => or_default(),
        }
    }

    /// Whether there is any text. A piece that is not known was set by somebody, and counts.
    pub(crate) fn is_set(&self) -> Truth {
        match self {
            Effective::Value(value) => (!value.is_empty()).into(),
            Effective::Text(text) => (!text.is_empty()).into(),
            Effective::Nothing => Truth::False,
            Effective::Perhaps(_) => Truth::Unknown,
        }
    }

    pub(crate) fn is_one_of(&self, texts: &[String]) -> Truth {
        match self {
            Effective::Value(value) => is_one_of(value, texts),
            Effective::Text(default) => texts.iter().any(|text| text == default).into(),
            Effective::Nothing => Truth::False,
            Effective::Perhaps(_) => Truth::Unknown,
        }
    }
}

/// Whether somebody set a variable, defaults aside; an empty text counts only where the service
/// takes it for a value.
pub(crate) fn is_set(variable: &Variable, values: &dyn Values) -> Truth {
    match values.get(&variable.name) {
        Some(value) => (!value.is_empty() || variable.empty != Empty::Unset).into(),
        None if values.beyond().is_some() => Truth::Unknown,
        None => Truth::False,
    }
}

/// Whether a value is one of these texts, as far as its known ends tell.
pub(crate) fn is_one_of(value: &Value, texts: &[String]) -> Truth {
    if let Some(known) = value.known() {
        return texts.iter().any(|text| text == known.as_str()).into();
    }
    let (prefix, suffix) = (value.known_prefix(), value.known_suffix());
    let fits = |text: &String| {
        text.starts_with(prefix.as_str())
            && text.ends_with(suffix.as_str())
            && text.len() >= prefix.len() + suffix.len()
    };
    if texts.iter().any(fits) { Truth::Unknown } else { Truth::False }
}
