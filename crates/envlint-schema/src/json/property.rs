//! One property of a JSON Schema as a variable.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Number, Value};

use super::tree::Json;
use super::{SchemaError, escape, explain};
use crate::{
    Bounds, Kind, Pattern, Projection, Reading, Requirement, Scalar, Secrecy, Short, TextRules,
    Variable,
};

/// Keywords that describe, and forbid nothing. `format` is one of them (2020-12, section 7.2.1),
/// and is taken for a kind where there is one.
const ANNOTATIONS: [&str; 11] = [
    "$comment",
    "title",
    "description",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "default",
    "format",
    "contentEncoding",
    "contentMediaType",
];

/// Keywords that say what a text or number must be.
const CONSTRAINTS: [&str; 10] = [
    "type",
    "enum",
    "const",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
];

/// How many references and combinations deep a property may be.
const MAX_DEPTH: usize = 16;

/// A property of a JSON Schema.
pub(super) struct Property<'a> {
    pub(super) root: &'a Json<'a>,
    pub(super) name: &'a str,
}

/// A property with what it refers to: the keywords of all of them, those nearer to the property
/// later, since they win.
#[derive(Default)]
struct Flat<'a> {
    keywords: Vec<(&'a str, &'a Json<'a>)>,
    shorts: Vec<&'a Json<'a>>,
    constants: Vec<&'a Json<'a>>,
}

impl<'a> Flat<'a> {
    fn get(&self, key: &str) -> Option<&'a Json<'a>> {
        self.keywords.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Json::text)
    }

    /// The type; one that may be null as well is what it is otherwise, since an environment has
    /// no null.
    fn type_name(&self) -> Option<&'a Json<'a>> {
        match self.get("type")? {
            Json::List(types) => {
                let mut types = types.iter().filter(|name| name.text() != Some("null"));
                match (types.next(), types.next()) {
                    (Some(only), None) => Some(only),
                    _ => self.get("type"),
                }
            }
            name => Some(name),
        }
    }

    /// The texts that are allowed, if they are listed.
    fn choices(&self) -> Option<&[&'a Json<'a>]> {
        (!self.constants.is_empty()).then_some(self.constants.as_slice())
    }
}

impl<'a> Property<'a> {
    /// The variable that a property describes, upon what is known of it already.
    pub(super) fn read(
        &self,
        property: &'a Json<'a>,
        base: Variable,
    ) -> Result<Variable, SchemaError> {
        let mut flat = Flat::default();
        self.flatten(property, 0, &mut flat)?;
        let kind = self.kind(&flat)?;
        let base = Variable { secrecy: kind.secrecy(), kind, ..base };
        let mut variable = self.describe(&flat, base)?;
        let mut own_kind = false;
        let refine = |short: &Short, variable| {
            short.refine(variable).map_err(|error| self.error(error.to_string()))
        };
        if flat.shorts.is_empty() {
            variable = refine(&Short::default(), variable)?;
        }
        for form in &flat.shorts {
            let short = Short::deserialize(*form)
                .map_err(|_| explain::<Short>(form, &format!("{}/x-envlint", self.pointer())))?;
            self.agree(&flat, &short, &variable)?;
            own_kind |= short.kind.is_some() || short.limits();
            variable = refine(&short, variable)?;
        }
        if own_kind {
            self.agree_on_kind(&flat, &variable.kind)?;
        }
        Ok(variable)
    }

    /// Where it stands.
    fn pointer(&self) -> String {
        format!("/properties/{}", escape(self.name))
    }

    fn error(&self, problem: impl Into<String>) -> SchemaError {
        SchemaError::new(self.pointer(), problem)
    }

    /// Collects the keywords of a property and of what it refers to or combines.
    fn flatten(
        &self,
        property: &'a Json<'a>,
        depth: usize,
        flat: &mut Flat<'a>,
    ) -> Result<(), SchemaError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("refers to others more than {MAX_DEPTH} deep")));
        }
        let Some(object) = property.fields() else {
            let any = property.bool() == Some(true);
            return any.then_some(()).ok_or_else(|| self.error("is no schema"));
        };
        for (key, value) in object {
            match &**key {
                "$ref" => self.flatten(self.target(value)?, depth + 1, flat)?,
                "anyOf" | "oneOf" | "allOf" => self.combined(value, depth, flat)?,
                _ => {}
            }
        }
        for (key, value) in object {
            match &**key {
                "$ref" | "anyOf" | "oneOf" | "allOf" => {}
                "x-envlint" => flat.shorts.push(value),
                "default" if value.is_null() => {}
                "enum" => flat.constants = value.items().into_iter().flatten().collect(),
                "const" => flat.constants = vec![value],
                key => flat.keywords.push((key, value)),
            }
        }
        Ok(())
    }

    /// What a reference within the file leads to.
    fn target(&self, reference: &Json<'_>) -> Result<&'a Json<'a>, SchemaError> {
        let path = reference.text().and_then(|text| text.strip_prefix("#/"));
        let mut parts = path.into_iter().flat_map(|path| path.split('/'));
        path.and_then(|_| parts.try_fold(self.root, |at, part| at.get(&unescape(part))))
            .ok_or_else(|| self.error("refers to what is not in this file"))
    }

    /// A choice between one schema and null is that schema; one between constants is a list of
    /// texts; anything else is several kinds at once.
    fn combined(
        &self,
        members: &'a Json<'a>,
        depth: usize,
        flat: &mut Flat<'a>,
    ) -> Result<(), SchemaError> {
        let type_name = |member: &'a Json<'a>| member.get("type").and_then(Json::text);
        let members = members.items().into_iter().flatten();
        let members: Vec<&Json<'_>> =
            members.filter(|member| type_name(member) != Some("null")).collect();
        let constants: Option<Vec<&Json<'_>>> =
            members.iter().map(|member| member.get("const")).collect();
        match (members.as_slice(), constants) {
            ([one], _) => self.flatten(one, depth + 1, flat),
            (_, Some(constants)) => {
                flat.constants = constants;
                Ok(())
            }
            _ => Err(self.error("a variable is of one kind; alternatives have none")),
        }
    }

    /// The kind that the standard keywords describe.
    fn kind(&self, flat: &Flat<'_>) -> Result<Kind, SchemaError> {
        let known = |key: &str| {
            ANNOTATIONS.contains(&key) || CONSTRAINTS.contains(&key) || key.starts_with("x-")
        };
        if let Some((keyword, _)) = flat.keywords.iter().find(|(key, _)| !known(key)) {
            return Err(self.error(format!("the keyword {keyword} has no kind here")));
        }
        if let Some(choices) = flat.choices() {
            let text = |choice: &&Json<'_>| match Scalar::deserialize(*choice) {
                Ok(Scalar(text)) => Ok(text),
                Err(_) => Err(self.error("a choice is a text")),
            };
            return choices.iter().map(text).collect::<Result<_, _>>().map(Kind::Choice);
        }
        match flat.type_name().map(|name| name.text().unwrap_or_default()) {
            Some("integer") => Ok(Kind::Integer(self.integers(flat)?)),
            Some("number") => Ok(Kind::Number(self.numbers(flat)?)),
            Some("boolean") => Ok(Kind::Boolean(Reading::Strict)),
            None | Some("string") => match flat.text("format") {
                Some("email") => Ok(Kind::Email),
                Some("uri" | "url") => Ok(Kind::Url { schemes: Vec::new() }),
                _ => Ok(Kind::Text(self.text(flat)?)),
            },
            Some(_) => Err(self.error("a variable is a string, an integer, a number or a boolean")),
        }
    }

    fn text(&self, flat: &Flat<'_>) -> Result<TextRules, SchemaError> {
        let length = |key: &str| match flat
            .get(key)
            .map(|length| length.number().and_then(Number::as_u64))
        {
            None => Ok(None),
            Some(Some(length)) => Ok(usize::try_from(length).ok()),
            Some(None) => Err(self.error(format!("{key} is a whole number"))),
        };
        // An own kind beside it brings its own expression, and says what it means by it.
        let own_kind = flat.shorts.iter().any(|short| short.get("type").is_some());
        let pattern = match flat.get("pattern").filter(|_| !own_kind) {
            None => None,
            Some(pattern) => {
                let pattern = pattern.text().and_then(|source| Pattern::new(source).ok());
                let unusable = || self.error("pattern can not be used; look-around is not known");
                Some(pattern.ok_or_else(unusable)?)
            }
        };
        Ok(TextRules {
            min_length: length("minLength")?,
            max_length: length("maxLength")?,
            pattern,
        })
    }

    fn integers(&self, flat: &Flat<'_>) -> Result<Bounds<i64>, SchemaError> {
        let bound = |key: &str| match flat.get(key) {
            None => Ok(None),
            Some(value) => match value.number().and_then(whole) {
                Some(number) => Ok(Some(number)),
                None => Err(self.error(format!("{key} of an integer is a whole number"))),
            },
        };
        let (above, below) = (bound("exclusiveMinimum")?, bound("exclusiveMaximum")?);
        let minimum = bound("minimum")?.max(above.map(|above| above.saturating_add(1)));
        let maximum = match (bound("maximum")?, below.map(|below| below.saturating_sub(1))) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(Bounds { minimum, maximum })
    }

    fn numbers(&self, flat: &Flat<'_>) -> Result<Bounds<f64>, SchemaError> {
        let exclusive = ["exclusiveMinimum", "exclusiveMaximum"];
        if exclusive.iter().any(|key| flat.get(key).is_some()) {
            return Err(self.error("an exclusive bound of a number has no kind here"));
        }
        let bound =
            |key: &str| match flat.get(key).map(|bound| bound.number().and_then(Number::as_f64)) {
                None => Ok(None),
                Some(Some(number)) => Ok(Some(number)),
                Some(None) => Err(self.error(format!("{key} is a number"))),
            };
        Ok(Bounds { minimum: bound("minimum")?, maximum: bound("maximum")? })
    }

    /// What the standard keywords tell beside the kind.
    fn describe(&self, flat: &Flat<'_>, base: Variable) -> Result<Variable, SchemaError> {
        let scalar = |value: &Json<'_>| match Scalar::deserialize(value) {
            Ok(Scalar(text)) => Ok(text),
            Err(_) => Err(self.error("a default is a text, a number or a boolean")),
        };
        let example = flat.get("examples").and_then(|examples| examples.items()?.first());
        let docs = flat.text("description");
        let secret = flat.get("writeOnly").and_then(Json::bool) == Some(true);
        Ok(Variable {
            default: flat.get("default").map(scalar).transpose()?,
            example: example.map(scalar).transpose()?,
            docs: docs.unwrap_or_default().to_owned(),
            secrecy: if secret { Secrecy::Secret } else { base.secrecy },
            ..base
        })
    }

    /// What both halves may say, they say alike.
    fn agree(
        &self,
        flat: &Flat<'_>,
        short: &Short,
        described: &Variable,
    ) -> Result<(), SchemaError> {
        let always = described.requirement == Requirement::Always;
        let write_only = flat.get("writeOnly").and_then(Json::bool);
        let differs = |own: &Option<Scalar>, text: &Option<String>| matches!((own, text), (Some(own), Some(text)) if own.0 != *text);
        let required = short.required.as_ref().is_some_and(|when| !when.is_always());
        let contradictions = [
            ("required", always && required),
            ("secret", matches!((write_only, short.secret), (Some(a), Some(b)) if a != b)),
            ("default", differs(&short.default, &described.default)),
            ("example", differs(&short.example, &described.example)),
            ("docs", short.docs.is_some() && !described.docs.is_empty()),
        ];
        match contradictions.into_iter().find(|(_, contradicts)| *contradicts) {
            Some((field, _)) => Err(self.contradiction(field)),
            None => Ok(()),
        }
    }

    /// The standard keywords are those that the kind itself would have.
    fn agree_on_kind(&self, flat: &Flat<'_>, kind: &Kind) -> Result<(), SchemaError> {
        let expected = kind.keywords(Projection::Typed);
        for key in CONSTRAINTS {
            let given = if key == "type" { flat.type_name() } else { flat.get(key) };
            let agrees = |given: &Json<'_>| expected.get(key).is_some_and(|own| given.is(own));
            if given.is_some_and(|given| !agrees(given)) {
                return Err(self.contradiction(key));
            }
        }
        match (flat.choices(), expected.get("enum")) {
            (Some(given), Some(Value::Array(own)))
                if given.len() == own.len() && given.iter().zip(own).all(|(a, b)| a.is(b)) =>
            {
                Ok(())
            }
            (None, _) => Ok(()),
            _ => Err(self.contradiction("enum")),
        }
    }

    fn contradiction(&self, field: &str) -> SchemaError {
        self.error(format!("x-envlint and the keywords beside it disagree about {field}"))
    }
}

fn whole(number: &Number) -> Option<i64> {
    let float = || number.as_f64().filter(|number| number.fract() == 0.0);
    number.as_i64().or_else(|| float().map(|number| number as i64))
}

/// A part of a JSON pointer as a name.
fn unescape(part: &str) -> Cow<'_, str> {
    match part.contains('~') {
        true => part.replace("~1", "/").replace("~0", "~").into(),
        false => part.into(),
    }
}
