//! One property of a JSON Schema as a variable.
//!
//! What its keywords say becomes a kind as far as there is one. The rest is not passed over: then
//! the whole property is enforced as it stands, beside the kind that comes nearest.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SchemaError, Structure, escape, read};
use crate::{
    Bounds, Foreign, Format, Kind, Pattern, Projection, Reading, Requirement, Scalar, Secrecy,
    Short, TextRules, Variable,
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

/// Keywords that say how a list or a map is made up.
const STRUCTURE: [&str; 9] = [
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
];

/// How many references and combinations deep a property may be.
const MAX_DEPTH: usize = 16;

/// A property of a JSON Schema.
pub(super) struct Property<'a> {
    pub(super) root: &'a Map<String, Value>,
    /// Where the object is that it belongs to.
    pub(super) object: &'a str,
    pub(super) name: &'a str,
    /// How a switch is read about which nothing is said.
    pub(super) reading: Reading,
    pub(super) structure: Structure,
}

/// A property with what it refers to: the keywords of all of them, those nearer to the property
/// later, since they win.
#[derive(Default)]
struct Flat<'a> {
    keywords: Vec<(&'a str, &'a Value)>,
    shorts: Vec<&'a Value>,
    constants: Vec<&'a Value>,
    /// Whether there are alternatives that no kind can tell apart.
    alternatives: bool,
}

impl<'a> Flat<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.keywords.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The type; one that may be null as well is what it is otherwise, since an environment has
    /// no null.
    fn type_name(&self) -> Option<&'a Value> {
        match self.get("type")? {
            Value::Array(types) => {
                let mut types = types.iter().filter(|name| *name != "null");
                match (types.next(), types.next()) {
                    (Some(only), None) => Some(only),
                    _ => self.get("type"),
                }
            }
            name => Some(name),
        }
    }

    /// Whether it is a list, a map or one of several, and nothing else is said of it.
    fn is_structure(&self) -> bool {
        let of_kinds =
            matches!(self.type_name().map(Value::as_str), Some(Some("array" | "object") | None));
        let known = |key: &str| STRUCTURE.contains(&key) || key == "type" || is_annotation(key);
        (of_kinds || self.alternatives) && self.keywords.iter().all(|(key, _)| known(key))
    }

    /// The texts that are allowed, if they are listed.
    fn choices(&self) -> Option<&[&'a Value]> {
        (!self.constants.is_empty()).then_some(self.constants.as_slice())
    }
}

impl<'a> Property<'a> {
    /// The variable that a property describes, upon what is known of it already.
    pub(super) fn read(
        &self,
        property: &'a Value,
        base: Variable,
    ) -> Result<Variable, SchemaError> {
        let mut flat = Flat::default();
        self.flatten(property, 0, &mut flat)?;
        let (kind, whole) = self.kind(&flat)?;
        let by_type = self.structure == Structure::ByType && flat.is_structure();
        let foreign = match whole && !flat.alternatives || by_type {
            true => None,
            false => Some(self.foreign(property)?),
        };
        let base = Variable { secrecy: kind.secrecy(), kind, foreign, ..base };
        let mut variable = self.describe(&flat, base)?;
        let mut own_kind = false;
        let refine = |short: &Short, variable| {
            short.refine(variable).map_err(|error| self.error(error.to_string()))
        };
        if flat.shorts.is_empty() {
            variable = refine(&Short::default(), variable)?;
        }
        for form in &flat.shorts {
            let short: Short = read(form, &format!("{}/x-envlint", self.pointer()))?;
            self.agree(&flat, &short, &variable)?;
            own_kind |= short.kind.is_some() || short.limits();
            variable = refine(&short, variable)?;
        }
        if own_kind {
            let narrower = self.narrower(&flat, &variable.kind)?;
            if !narrower.is_empty() && variable.foreign.is_none() {
                let foreign = Foreign::new(&Value::Object(narrower), &Map::new());
                variable.foreign = Some(foreign.map_err(|error| self.error(error.to_string()))?);
            }
        }
        Ok(variable)
    }

    /// Where it stands.
    pub(super) fn pointer(&self) -> String {
        format!("{}/properties/{}", self.object, escape(self.name))
    }

    fn error(&self, problem: impl Into<String>) -> SchemaError {
        SchemaError::new(self.pointer(), problem)
    }

    /// The schema of an object, if the property is one with properties that have names.
    pub(super) fn object(
        &self,
        property: &'a Value,
    ) -> Result<Option<&'a Map<String, Value>>, SchemaError> {
        let mut at = property;
        for _ in 0..MAX_DEPTH {
            let Some(object) = at.as_object() else { return Ok(None) };
            if object.contains_key("x-envlint") {
                return Ok(None);
            }
            let is_object = object.get("type").is_none_or(|name| name == "object");
            if is_object && object.get("properties").is_some_and(Value::is_object) {
                return Ok(Some(object));
            }
            let only = ["allOf", "anyOf", "oneOf"].iter().find_map(|key| object.get(*key));
            let mut members = only.and_then(Value::as_array).into_iter().flatten();
            let is_null = |member: &&Value| member.get("type").is_some_and(|name| name == "null");
            let one = match (members.find(|m| !is_null(m)), members.find(|m| !is_null(m))) {
                (Some(one), None) => Some(one),
                _ => None,
            };
            at = match (object.get("$ref"), one) {
                (Some(reference), _) => self.target(reference)?,
                (None, Some(one)) => one,
                (None, None) => return Ok(None),
            };
        }
        Ok(None)
    }

    fn foreign(&self, property: &Value) -> Result<Foreign, SchemaError> {
        Foreign::new(property, self.root).map_err(|error| self.error(error.to_string()))
    }

    /// Collects the keywords of a property and of what it refers to or combines.
    fn flatten(
        &self,
        property: &'a Value,
        depth: usize,
        flat: &mut Flat<'a>,
    ) -> Result<(), SchemaError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("refers to others more than {MAX_DEPTH} deep")));
        }
        let Value::Object(object) = property else {
            let any = *property == Value::Bool(true);
            return any.then_some(()).ok_or_else(|| self.error("is no schema"));
        };
        for (key, value) in object {
            match key.as_str() {
                "$ref" => self.flatten(self.target(value)?, depth + 1, flat)?,
                "anyOf" | "oneOf" | "allOf" => self.combined(value, depth, flat)?,
                _ => {}
            }
        }
        for (key, value) in object {
            match key.as_str() {
                "$ref" | "anyOf" | "oneOf" | "allOf" => {}
                "x-envlint" => flat.shorts.push(value),
                "default" if value.is_null() => {}
                "enum" => flat.constants = value.as_array().into_iter().flatten().collect(),
                "const" => flat.constants = vec![value],
                key => flat.keywords.push((key, value)),
            }
        }
        Ok(())
    }

    /// What a reference within the file leads to.
    fn target(&self, reference: &Value) -> Result<&'a Value, SchemaError> {
        let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
        let path = reference.as_str().and_then(|text| text.strip_prefix("#/"));
        let mut parts = path.into_iter().flat_map(|path| path.split('/'));
        let first = parts.next().and_then(|part| self.root.get(&unescape(part)));
        parts
            .fold(first, |at, part| at?.get(unescape(part)))
            .ok_or_else(|| self.error("refers to what is not in this file"))
    }

    /// A choice between one schema and null is that schema; one between constants is a list of
    /// texts; anything else is several kinds at once.
    fn combined(
        &self,
        members: &'a Value,
        depth: usize,
        flat: &mut Flat<'a>,
    ) -> Result<(), SchemaError> {
        let is_null = |member: &&Value| member.get("type").is_some_and(|name| name == "null");
        let members: Vec<&Value> =
            members.as_array().into_iter().flatten().filter(|member| !is_null(member)).collect();
        let constants: Option<Vec<&Value>> =
            members.iter().map(|member| member.get("const")).collect();
        match (members.as_slice(), constants) {
            ([one], _) => self.flatten(one, depth + 1, flat),
            (_, Some(constants)) => {
                flat.constants = constants;
                Ok(())
            }
            _ => {
                flat.alternatives = true;
                Ok(())
            }
        }
    }

    /// The kind that the standard keywords describe, and whether it says all that they say.
    fn kind(&self, flat: &Flat<'_>) -> Result<(Kind, bool), SchemaError> {
        let known = |key: &str| is_annotation(key) || CONSTRAINTS.contains(&key);
        let whole = flat.keywords.iter().all(|(key, _)| known(key));
        if let Some(choices) = flat.choices() {
            let text = |choice: &&Value| Scalar::deserialize(*choice).map(|Scalar(text)| text);
            return Ok(match choices.iter().map(text).collect::<Result<_, _>>() {
                Ok(choices) => (Kind::Choice(choices), whole),
                Err(_) => (Kind::Text(TextRules::default()), false),
            });
        }
        let (kind, told) = match flat.type_name().map(|name| name.as_str().unwrap_or_default()) {
            Some("integer") => (Kind::Integer(self.integers(flat)?), true),
            Some("number") => self.number(flat)?,
            Some("boolean") => (Kind::Boolean(self.reading), true),
            None | Some("string") => self.string(flat)?,
            Some("array" | "object") => (Kind::Format(Format::Json), false),
            Some(_) => (Kind::Text(TextRules::default()), false),
        };
        Ok((kind, whole && told))
    }

    /// The kind of a text. A format is one, if there is one for it; what stands beside it and is
    /// not what the kind itself would say is more than the kind says.
    fn string(&self, flat: &Flat<'_>) -> Result<(Kind, bool), SchemaError> {
        let Some(kind) = flat.text("format").and_then(of_format) else {
            return self.text(flat);
        };
        let own = kind.keywords(Projection::Typed);
        let limits = ["pattern", "minLength", "maxLength"];
        let told = limits.iter().all(|key| flat.get(key).is_none_or(|v| own.get(*key) == Some(v)));
        Ok((kind, told || brings_its_own(flat)))
    }

    fn text(&self, flat: &Flat<'_>) -> Result<(Kind, bool), SchemaError> {
        let length = |key: &str| match flat.get(key).map(Value::as_u64) {
            None => Ok(None),
            Some(Some(length)) => Ok(usize::try_from(length).ok()),
            Some(None) => Err(self.error(format!("{key} is a whole number"))),
        };
        let written = flat.get("pattern").filter(|_| !brings_its_own(flat));
        let pattern = written.and_then(Value::as_str).and_then(|text| Pattern::new(text).ok());
        let told = written.is_none() || pattern.is_some();
        let (min_length, max_length) = (length("minLength")?, length("maxLength")?);
        Ok((Kind::Text(TextRules { min_length, max_length, pattern }), told))
    }

    fn integers(&self, flat: &Flat<'_>) -> Result<Bounds<i64>, SchemaError> {
        let bound = |key: &str| match flat.get(key) {
            None => Ok(None),
            Some(value) => match value.as_i64().or_else(|| whole(value)) {
                Some(number) => Ok(Some(number)),
                None => Err(self.error(format!("{key} of an integer is a whole number"))),
            },
        };
        let (above, below) = (bound("exclusiveMinimum")?, bound("exclusiveMaximum")?);
        let (least, most) = flat.text("format").map_or((None, None), width);
        let above = above.map(|above| above.saturating_add(1));
        let below = below.map(|below| below.saturating_sub(1));
        let minimum = [bound("minimum")?, above, least].into_iter().flatten().max();
        let maximum = [bound("maximum")?, below, most].into_iter().flatten().min();
        Ok(Bounds { minimum, maximum })
    }

    fn number(&self, flat: &Flat<'_>) -> Result<(Kind, bool), SchemaError> {
        let exclusive = ["exclusiveMinimum", "exclusiveMaximum"];
        let told = exclusive.iter().all(|key| flat.get(key).is_none());
        let bound = |key: &str| match flat.get(key).map(Value::as_f64) {
            None => Ok(None),
            Some(Some(number)) => Ok(Some(number)),
            Some(None) => Err(self.error(format!("{key} is a number"))),
        };
        let bounds = Bounds { minimum: bound("minimum")?, maximum: bound("maximum")? };
        Ok((Kind::Number(bounds), told))
    }

    /// What the standard keywords tell beside the kind.
    fn describe(&self, flat: &Flat<'_>, base: Variable) -> Result<Variable, SchemaError> {
        // A list or an object stands in an environment as JSON.
        let text = |value: &Value| match Scalar::deserialize(value) {
            Ok(Scalar(text)) => text,
            Err(_) => value.to_string(),
        };
        let example = flat.get("examples").and_then(|examples| examples.get(0));
        let docs = flat.text("description");
        let secret = flat.get("writeOnly") == Some(&Value::Bool(true));
        Ok(Variable {
            default: flat.get("default").map(text).filter(|text| !(secret && is_masked(text))),
            example: example.map(text),
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

    /// The standard keywords are those that the kind itself would have. One about texts that the
    /// kind has no limit for, or a pattern beside a kind with its own, is no contradiction: it
    /// narrows what the kind takes, and has to be enforced beside it.
    fn narrower(&self, flat: &Flat<'_>, kind: &Kind) -> Result<Map<String, Value>, SchemaError> {
        let expected = kind.keywords(Projection::Typed);
        let same = |a: &Value, b: &Value| a == b || a.is_number() && a.as_f64() == b.as_f64();
        let is_text =
            !matches!(kind, Kind::Text(_)) && expected.get("type") == Some(&"string".into());
        let may_narrow = |key: &str| match key {
            "pattern" => is_text,
            "minLength" | "maxLength" => is_text && !expected.contains_key(key),
            _ => false,
        };
        let mut narrower = Map::new();
        for key in CONSTRAINTS {
            let given = if key == "type" { flat.type_name() } else { flat.get(key) };
            let differs = |given: &Value| !expected.get(key).is_some_and(|own| same(own, given));
            match given.filter(|given| differs(given)) {
                Some(given) if may_narrow(key) => {
                    narrower.insert(key.to_owned(), given.clone());
                }
                Some(_) => return Err(self.contradiction(key)),
                None => {}
            }
        }
        match (flat.choices(), expected.get("enum")) {
            (Some(given), Some(Value::Array(own))) if given.iter().copied().eq(own) => Ok(narrower),
            (None, _) => Ok(narrower),
            _ => Err(self.contradiction("enum")),
        }
    }

    fn contradiction(&self, field: &str) -> SchemaError {
        self.error(format!("x-envlint and the keywords beside it disagree about {field}"))
    }
}

fn is_annotation(key: &str) -> bool {
    ANNOTATIONS.contains(&key) || key.starts_with("x-")
}

/// Whether an own kind stands beside the keywords: it brings its own expression, and says what it
/// means by it.
fn brings_its_own(flat: &Flat<'_>) -> bool {
    flat.shorts.iter().any(|short| short.get("type").is_some())
}

/// Whether a text is asterisks only, as pydantic writes the default of a secret.
fn is_masked(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'*')
}

/// The kind for a format: those of JSON Schema (2020-12, section 7.3), and those that schemars,
/// pydantic and zod write. Of other formats nothing is known, so that nothing is asked.
fn of_format(format: &str) -> Option<Kind> {
    let found = match format {
        "email" => Format::Email,
        "hostname" => Format::Host,
        "ipv4" => Format::Ipv4,
        "ipv6" => Format::Ipv6,
        "ip" | "ipvanyaddress" => Format::Ip,
        "cidrv4" | "cidrv6" | "ipvanynetwork" => Format::Cidr,
        "uuid" | "guid" => Format::Uuid,
        "date" => Format::Date,
        "date-time" => Format::DateTime,
        "json-string" => Format::Json,
        "regex" => Format::Regex,
        "path" | "file-path" | "directory-path" => Format::Path,
        "jwt" => Format::Jwt,
        "uri" | "url" => return Some(Kind::Url { schemes: Vec::new() }),
        _ => return None,
    };
    Some(Kind::Format(found))
}

/// What a number of some width can hold, by the format that schemars and OpenAPI write for it:
/// schemars leaves the limits of the wider ones to it.
fn width(format: &str) -> (Option<i64>, Option<i64>) {
    match format {
        "int8" => (Some(i8::MIN.into()), Some(i8::MAX.into())),
        "uint8" => (Some(0), Some(u8::MAX.into())),
        "int16" => (Some(i16::MIN.into()), Some(i16::MAX.into())),
        "uint16" => (Some(0), Some(u16::MAX.into())),
        "int32" => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        "uint32" => (Some(0), Some(u32::MAX.into())),
        "uint" | "uint64" => (Some(0), None),
        _ => (None, None),
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64)
}
