use envlint_model::{Name, Truth, Unknown, Value};

use crate::{Empty, Schema, Values, Variable};

/// What somebody set for a variable, by whichever of its names.
pub(crate) enum Given<'v, 's> {
    /// This value, under its own name or, if one is named, under a former one.
    Value(&'v Value, Option<&'s Name>),
    /// The path of a file with its text.
    File,
    /// Nothing that is seen.
    Nothing,
}

impl<'v, 's> Given<'v, 's> {
    pub(crate) fn of(variable: &'s Variable, values: &'v dyn Values) -> Self {
        if let Some(value) = values.get(&variable.name) {
            return Given::Value(value, None);
        }
        let file = variable.file_variant();
        if file.and_then(|name| values.get(&name)).is_some_and(|path| !path.is_empty()) {
            return Given::File;
        }
        let mut former = variable.formerly.iter();
        former
            .find_map(|name| values.get(name).map(|value| Given::Value(value, Some(name))))
            .unwrap_or(Given::Nothing)
    }
}

/// What a service sees of a variable once empty texts and defaults are taken into account.
pub(crate) enum Effective<'a> {
    /// A value that is set.
    Value(&'a Value),
    /// The schema's default, or what an empty text is read as.
    Text(&'a str),
    /// Nothing.
    Nothing,
    /// A text, in a file that another variable names.
    InFile,
    /// Perhaps a value of which nothing is known, perhaps nothing.
    Perhaps(&'a Unknown),
}

impl<'a> Effective<'a> {
    pub(crate) fn of(name: &str, schema: &'a Schema, values: &'a dyn Values) -> Self {
        let variable = schema.variable(name);
        let given = match (variable, values.get(name)) {
            (Some(variable), _) => Given::of(variable, values),
            (None, Some(value)) => Given::Value(value, None),
            (None, None) => Given::Nothing,
        };
        let default = variable.and_then(|variable| variable.default.as_deref());
        let or_default = || default.map_or(Effective::Nothing, Effective::Text);
        match (given, values.beyond_of(name)) {
            (Given::Value(value, _), _) if value.is_empty() => {
                match variable.map(|variable| &variable.empty) {
                    Some(Empty::Unset) => or_default(),
                    Some(Empty::Reads(text)) => Effective::Text(text),
                    Some(Empty::Value | Empty::Error) | None => Effective::Value(value),
                }
            }
            (Given::Value(value, _), _) => Effective::Value(value),
            (Given::File, _) => Effective::InFile,
            (Given::Nothing, Some(why)) => Effective::Perhaps(why),
            (Given::Nothing, None) => or_default(),
        }
    }

    /// Whether there is any text. A piece that is not known was set by somebody, and counts.
    pub(crate) fn is_set(&self) -> Truth {
        match self {
            Effective::Value(value) => (!value.is_empty()).into(),
            Effective::Text(text) => (!text.is_empty()).into(),
            Effective::InFile => Truth::True,
            Effective::Nothing => Truth::False,
            Effective::Perhaps(_) => Truth::Unknown,
        }
    }

    pub(crate) fn is_one_of(&self, texts: &[String]) -> Truth {
        match self {
            Effective::Value(value) => is_one_of(value, texts),
            Effective::Text(default) => texts.iter().any(|text| text == default).into(),
            Effective::Nothing => Truth::False,
            Effective::InFile | Effective::Perhaps(_) => Truth::Unknown,
        }
    }
}

/// Whether somebody set a variable, defaults aside; an empty text counts only where the service
/// takes it for a value.
pub(crate) fn is_set(variable: &Variable, values: &dyn Values) -> Truth {
    match Given::of(variable, values) {
        Given::Value(value, _) => (!value.is_empty() || variable.empty != Empty::Unset).into(),
        Given::File => Truth::True,
        Given::Nothing if values.beyond_of(&variable.name).is_some() => Truth::Unknown,
        Given::Nothing => Truth::False,
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
