//! One property of a JSON Schema as a variable.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{SchemaError, explain};
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

/// A place in a JSON Schema.
pub(super) struct Property<'a> {
    pub(super) root: &'a Map<String, Value>,
    pub(super) pointer: &'a str,
}

impl Property<'_> {
    /// The variable that a property describes, upon what is known of it already.
    pub(super) fn read(&self, property: &Value, base: Variable) -> Result<Variable, SchemaError> {
        let flat = self.flatten(property, 0)?;
        let short = match flat.get("x-envlint") {
            None => Short::default(),
            Some(form) => Short::deserialize(form)
                .map_err(|_| explain::<Short>(form, &format!("{}/x-envlint", self.pointer)))?,
        };
        let kind = self.kind(&flat)?;
        let says_no_more = short.kind.is_none() && !short.limits();
        let described = self.describe(&flat, Variable { secrecy: kind.secrecy(), kind, ..base })?;
        self.agree(&flat, &short, &described)?;
        let refined = short.refine(described).map_err(|error| self.error(error.to_string()))?;
        if !says_no_more {
            self.agree_on_kind(&flat, &refined.kind)?;
        }
        Ok(refined)
    }

    fn error(&self, problem: impl Into<String>) -> SchemaError {
        SchemaError::new(self.pointer, problem)
    }

    /// The property as one object: references followed, a choice between a schema and null taken
    /// for the schema, since an environment has no null.
    fn flatten(&self, property: &Value, depth: usize) -> Result<Map<String, Value>, SchemaError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("refers to others more than {MAX_DEPTH} deep")));
        }
        let Value::Object(object) = property else {
            let any = *property == Value::Bool(true);
            return any.then(Map::new).ok_or_else(|| self.error("is no schema"));
        };
        let mut flat = match self.below(object)? {
            Some(below) => self.flatten(&below, depth + 1)?,
            None => Map::new(),
        };
        for (key, value) in object {
            match (key.as_str(), flat.get_mut(key)) {
                ("$ref" | "anyOf" | "oneOf" | "allOf", _) => {}
                ("x-envlint", Some(Value::Object(below))) => {
                    below.extend(value.as_object().cloned().unwrap_or_default());
                }
                ("default", _) if value.is_null() => {}
                _ => {
                    flat.insert(key.clone(), value.clone());
                }
            }
        }
        if let Some(Value::Array(types)) = flat.get("type") {
            let mut types = types.iter().filter(|&name| *name != "null");
            if let (Some(name), None) = (types.next(), types.next()) {
                flat.insert("type".into(), name.clone());
            }
        }
        Ok(flat)
    }

    /// The schema that an object refers to or combines with what stands beside it.
    fn below(&self, object: &Map<String, Value>) -> Result<Option<Value>, SchemaError> {
        if let Some(reference) = object.get("$ref") {
            let target = reference.as_str().and_then(|text| text.strip_prefix("#/"));
            let target = target.and_then(|path| {
                path.split('/').try_fold(None, |at: Option<&Value>, part| {
                    let part = part.replace("~1", "/").replace("~0", "~");
                    Some(Some(at.map_or_else(|| self.root.get(&part), |at| at.get(&part))?))
                })
            });
            let missing = || self.error("refers to what is not in this file");
            return target.flatten().cloned().map(Some).ok_or_else(missing);
        }
        let combined = ["anyOf", "oneOf", "allOf"].into_iter().find_map(|key| object.get(key));
        let Some(Value::Array(members)) = combined else { return Ok(None) };
        let null = json!({ "type": "null" });
        let members: Vec<&Value> = members.iter().filter(|member| **member != null).collect();
        let constants: Option<Vec<&Value>> =
            members.iter().map(|member| member.get("const")).collect();
        match (members.as_slice(), constants) {
            ([one], _) => Ok(Some((*one).clone())),
            (_, Some(constants)) => Ok(Some(json!({ "enum": constants }))),
            _ => Err(self.error("a variable is of one kind; alternatives have none")),
        }
    }

    /// The kind that the standard keywords describe.
    fn kind(&self, flat: &Map<String, Value>) -> Result<Kind, SchemaError> {
        let known = |key: &str| {
            ANNOTATIONS.contains(&key) || CONSTRAINTS.contains(&key) || key.starts_with("x-")
        };
        if let Some(keyword) = flat.keys().find(|key| !known(key)) {
            return Err(self.error(format!("the keyword {keyword} has no kind here")));
        }
        if let Some(choices) = self.choices(flat)? {
            return Ok(Kind::Choice(choices));
        }
        match flat.get("type").map(|name| name.as_str().unwrap_or_default()) {
            Some("integer") => Ok(Kind::Integer(self.integers(flat)?)),
            Some("number") => Ok(Kind::Number(self.numbers(flat)?)),
            Some("boolean") => Ok(Kind::Boolean(Reading::Strict)),
            None | Some("string") => match flat.get("format").and_then(Value::as_str) {
                Some("email") => Ok(Kind::Email),
                Some("uri" | "url") => Ok(Kind::Url { schemes: Vec::new() }),
                _ => Ok(Kind::Text(self.text(flat)?)),
            },
            Some(_) => Err(self.error("a variable is a string, an integer, a number or a boolean")),
        }
    }

    fn choices(&self, flat: &Map<String, Value>) -> Result<Option<Vec<String>>, SchemaError> {
        let choices = match (flat.get("enum"), flat.get("const")) {
            (Some(Value::Array(choices)), _) => choices.as_slice(),
            (_, Some(only)) => std::slice::from_ref(only),
            _ => return Ok(None),
        };
        let texts = choices.iter().map(|choice| match Scalar::deserialize(choice) {
            Ok(Scalar(text)) => Ok(text),
            Err(_) => Err(self.error("a choice is a text")),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    fn text(&self, flat: &Map<String, Value>) -> Result<TextRules, SchemaError> {
        let length = |key: &str| match flat.get(key).map(Value::as_u64) {
            None => Ok(None),
            Some(Some(length)) => Ok(usize::try_from(length).ok()),
            Some(None) => Err(self.error(format!("{key} is a whole number"))),
        };
        let pattern = match flat.get("pattern").map(|pattern| pattern.as_str().map(Pattern::new)) {
            // An own kind beside it brings its own expression, and says what it means by it.
            _ if flat.get("x-envlint").is_some_and(|short| short.get("type").is_some()) => None,
            None => None,
            Some(Some(Ok(pattern))) => Some(pattern),
            Some(_) => return Err(self.error("pattern can not be used; look-around is not known")),
        };
        Ok(TextRules {
            min_length: length("minLength")?,
            max_length: length("maxLength")?,
            pattern,
        })
    }

    fn integers(&self, flat: &Map<String, Value>) -> Result<Bounds<i64>, SchemaError> {
        let bound = |key: &str| match flat.get(key) {
            None => Ok(None),
            Some(value) => match value.as_i64().or_else(|| whole(value)) {
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

    fn numbers(&self, flat: &Map<String, Value>) -> Result<Bounds<f64>, SchemaError> {
        let exclusive = ["exclusiveMinimum", "exclusiveMaximum"];
        if exclusive.iter().any(|key| flat.contains_key(*key)) {
            return Err(self.error("an exclusive bound of a number has no kind here"));
        }
        let bound = |key: &str| match flat.get(key).map(Value::as_f64) {
            None => Ok(None),
            Some(Some(number)) => Ok(Some(number)),
            Some(None) => Err(self.error(format!("{key} is a number"))),
        };
        Ok(Bounds { minimum: bound("minimum")?, maximum: bound("maximum")? })
    }

    /// What the standard keywords tell beside the kind.
    fn describe(&self, flat: &Map<String, Value>, base: Variable) -> Result<Variable, SchemaError> {
        let scalar = |value: &Value| match Scalar::deserialize(value) {
            Ok(Scalar(text)) => Ok(text),
            Err(_) => Err(self.error("a default is a text, a number or a boolean")),
        };
        let example = flat.get("examples").and_then(|examples| examples.get(0));
        let docs = flat.get("description").and_then(Value::as_str);
        let secret = flat.get("writeOnly") == Some(&Value::Bool(true));
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
        flat: &Map<String, Value>,
        short: &Short,
        described: &Variable,
    ) -> Result<(), SchemaError> {
        let always = described.requirement == Requirement::Always;
        let write_only = flat.get("writeOnly").and_then(Value::as_bool);
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
    fn agree_on_kind(&self, flat: &Map<String, Value>, kind: &Kind) -> Result<(), SchemaError> {
        let expected = kind.keywords(Projection::Typed);
        let same = |a: &Value, b: &Value| a == b || a.is_number() && a.as_f64() == b.as_f64();
        let given = CONSTRAINTS.iter().filter_map(|key| Some((*key, flat.get(*key)?)));
        for (key, value) in given {
            if !expected.get(key).is_some_and(|expected| same(expected, value)) {
                return Err(self.contradiction(key));
            }
        }
        Ok(())
    }

    fn contradiction(&self, field: &str) -> SchemaError {
        self.error(format!("x-envlint and the keywords beside it disagree about {field}"))
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64)
}
