//! A schema from JSON Schema: standard keywords, and what they can not say under `x-envlint`.
//!
//! The schema may come from schemars, from a file written by hand, or from another tool. So both
//! halves are read alike: a property is its standard keywords, refined by its `x-envlint` object
//! (the short form), and the two must not contradict each other. A keyword that would be passed
//! over in silence although it forbids something is an error.

use envlint_model::{Name, did_you_mean};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Condition, Empty, Framework, Holds, Kind, Relation, Requirement, Schema, Service, TextRules,
    Variable,
};

mod property;
mod tree;

use property::Property;
use tree::{Json, map_of};

/// What is known of a service as a whole: the `x-envlint` object at the root of a JSON Schema.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ServiceForm {
    /// What the schema is called.
    pub name: Option<String>,
    /// What answers the service's requests.
    pub framework: Option<Framework>,
    /// Where it listens unless a variable says otherwise.
    pub port: Option<u16>,
    /// The variable that moves the port.
    pub port_variable: Option<String>,
    /// The path of its health check.
    pub health: Option<String>,
    /// The paths under which it streams.
    pub streams: Vec<String>,
    /// What it makes of an empty text, unless a variable says otherwise.
    pub empty: Option<Empty>,
    /// What must hold between its variables.
    pub relations: Vec<RelationForm>,
    /// Variables that other software in its process reads; a `*` at the end stands for anything.
    pub also: Vec<String>,
}

/// What must hold between variables of one service: exactly one of `any-of`, `all-or-none` and
/// `ordered`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RelationForm {
    /// At least one of these groups is set as a whole.
    pub any_of: Option<Vec<Vec<String>>>,
    /// All of these are set, or none is.
    pub all_or_none: Option<Vec<String>>,
    /// Each number is at most the next one.
    pub ordered: Option<Vec<String>>,
    /// Where it must hold; everywhere if nothing is said.
    pub when: Option<Condition>,
    /// What happens otherwise.
    pub because: Option<String>,
}

/// A JSON Schema that can not be used, and where in it the reason is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{problem}, at {}", if pointer.is_empty() { "its root" } else { pointer })]
pub struct SchemaError {
    pointer: String,
    problem: String,
}

impl SchemaError {
    fn new(pointer: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), problem: problem.into() }
    }

    /// The JSON pointer (RFC 6901) of the part that can not be used.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl Schema {
    /// Reads a JSON Schema of an object whose properties are variables.
    ///
    /// Keywords that annotate are taken over, those that constrain become kinds; one that
    /// constrains and has no kind is an error, as is a contradiction.
    pub fn from_json(json: &Value) -> Result<Schema, SchemaError> {
        Self::read(&Json::deserialize(json).map_err(|_| SchemaError::new("", "is no JSON"))?)
    }

    /// Reads the text of a JSON Schema, as [`from_json`](Self::from_json) does.
    pub fn from_json_text(text: &str) -> Result<Schema, SchemaError> {
        Self::read(&serde_json::from_str(text).map_err(|_| SchemaError::new("", "is no JSON"))?)
    }

    fn read(root: &Json<'_>) -> Result<Schema, SchemaError> {
        if root.fields().is_none() {
            return Err(SchemaError::new("", "a schema is an object"));
        }
        let form = match root.get("x-envlint") {
            Some(form) => service_form(form)?,
            None => ServiceForm::default(),
        };
        let text = |key: &str| root.get(key).and_then(Json::text);
        let name = form.name.as_deref().or(text("title")).unwrap_or("schema");
        let mut schema = Schema::new(name);
        schema.title = text("title").unwrap_or(name).to_owned();
        schema.docs = text("description").unwrap_or_default().to_owned();
        let required = required(root)?;
        let properties = root.get("properties").and_then(Json::fields);
        for (name, property) in properties.into_iter().flatten() {
            let mut base = Variable::new(&**name, Kind::Text(TextRules::default()));
            base.empty = form.empty.clone().unwrap_or(Empty::Value);
            if required.contains(&&**name) {
                base.requirement = Requirement::Always;
            }
            schema.insert(Property { root, name }.read(property, base)?);
        }
        form.finish(schema)
    }
}

fn required<'a>(root: &'a Json<'_>) -> Result<Vec<&'a str>, SchemaError> {
    let wrong = || SchemaError::new("/required", "required is a list of names");
    match root.get("required") {
        None => Ok(Vec::new()),
        Some(Json::List(names)) => names.iter().map(|name| name.text().ok_or_else(wrong)).collect(),
        Some(_) => Err(wrong()),
    }
}

fn service_form(form: &Json<'_>) -> Result<ServiceForm, SchemaError> {
    ServiceForm::deserialize(form).map_err(|_| explain::<ServiceForm>(form, "/x-envlint"))
}

/// Which field of an object is wrong: serde's own message may quote what it refuses.
fn explain<T: DeserializeOwned + JsonSchema>(json: &Json<'_>, pointer: &str) -> SchemaError {
    let Some(fields) = json.fields() else {
        return SchemaError::new(pointer, "x-envlint is an object");
    };
    let schema = schemars::schema_for!(T);
    let known = schema.get("properties").and_then(Value::as_object);
    let known: Vec<&str> =
        known.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
    for (name, _) in fields {
        if known.contains(&&**name) {
            continue;
        }
        let problem = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("there is no {name} here, did you mean {meant}?"),
            None => format!("there is no {name} here"),
        };
        return SchemaError::new(pointer, problem);
    }
    let mut alone = fields.chunks(1);
    match alone.find(|field| T::deserialize(map_of(field)).is_err()) {
        Some([(name, _)]) => {
            SchemaError::new(format!("{pointer}/{}", escape(name)), "is not understood")
        }
        _ => SchemaError::new(pointer, "is not understood"),
    }
}

impl ServiceForm {
    fn finish(self, mut schema: Schema) -> Result<Schema, SchemaError> {
        for (nth, relation) in self.relations.into_iter().enumerate() {
            let pointer = || format!("/x-envlint/relations/{nth}");
            schema.relations.push(relation.relation().ok_or_else(|| {
                let problem = "a relation is exactly one of any-of, all-or-none and ordered";
                SchemaError::new(pointer(), problem)
            })?);
        }
        schema.also = self.also;
        schema.service = Service {
            framework: self.framework,
            port: self.port,
            port_variable: self.port_variable.as_deref().map(Name::new),
            health: self.health,
            streams: self.streams,
        };
        Ok(schema)
    }
}

impl RelationForm {
    fn relation(self) -> Option<Relation> {
        let names = |names: Vec<String>| names.iter().map(|name| Name::new(name)).collect();
        let holds = match (self.any_of, self.all_or_none, self.ordered) {
            (Some(groups), None, None) => Holds::AnyOf(groups.into_iter().map(names).collect()),
            (None, Some(group), None) => Holds::AllOrNone(names(group)),
            (None, None, Some(ordered)) => Holds::Ordered(names(ordered)),
            _ => return None,
        };
        Some(Relation { holds, when: self.when, because: self.because })
    }
}

/// A name as a part of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Bounds, Encoding, Reading};

    fn variable(property: Value) -> Result<Variable, String> {
        let json = json!({ "properties": { "A": property } });
        let schema = Schema::from_json(&json).map_err(|error| error.to_string())?;
        Ok(schema.variable("A").unwrap().clone())
    }

    #[test]
    fn standard_keywords_are_kinds() {
        for (property, kind) in [
            (json!(true), Kind::Text(TextRules::default())),
            (
                json!({ "type": "string", "minLength": 3 }),
                Kind::Text(TextRules { min_length: Some(3), ..TextRules::default() }),
            ),
            (
                json!({ "type": ["integer", "null"], "exclusiveMinimum": 0 }),
                Kind::Integer(Bounds { minimum: Some(1), maximum: None }),
            ),
            (
                json!({ "anyOf": [{ "type": "number", "maximum": 1 }, { "type": "null" }] }),
                Kind::Number(Bounds { minimum: None, maximum: Some(1.0) }),
            ),
            (json!({ "type": "boolean" }), Kind::Boolean(Reading::Strict)),
            (json!({ "enum": ["a", 1] }), Kind::Choice(vec!["a".into(), "1".into()])),
            (
                json!({ "oneOf": [{ "const": "a" }, { "const": "b" }] }),
                Kind::Choice(vec!["a".into(), "b".into()]),
            ),
            (json!({ "type": "string", "format": "email" }), Kind::Email),
            (json!({ "type": "string", "format": "uri" }), Kind::Url { schemes: vec![] }),
        ] {
            assert_eq!(variable(property.clone()).map(|v| v.kind), Ok(kind), "{property}");
        }
    }

    #[test]
    fn a_reference_is_refined_by_what_stands_beside_it() {
        let schema = Schema::from_json(&json!({
            "title": "Engine",
            "properties": {
                "KEY": { "$ref": "#/$defs/Key", "description": "d", "x-envlint": { "required": true } },
                "OPTIONAL": { "anyOf": [{ "$ref": "#/$defs/Key" }, { "type": "null" }], "default": null },
            },
            "required": ["KEY"],
            "$defs": { "Key": {
                "type": "string",
                "pattern": "^[0-9a-fA-F]{64}$",
                "writeOnly": true,
                "x-envlint": { "type": "key", "bytes": 32, "encoding": "hex" },
            } },
            "x-envlint": {
                "name": "polyant/engine",
                "port": 4000,
                "empty": "error",
                "relations": [{ "all-or-none": ["KEY", "OPTIONAL"], "because": "x" }],
            },
        }))
        .unwrap();
        assert_eq!((schema.name.as_str(), schema.title.as_str()), ("polyant/engine", "Engine"));
        assert_eq!(schema.service.port, Some(4000));
        assert_eq!(schema.relations.len(), 1);
        let [key, optional] = schema.variables() else { panic!() };
        assert_eq!(key.kind, Kind::Key { bytes: 32, encoding: Encoding::Hex });
        assert_eq!((key.docs.as_str(), &key.requirement), ("d", &Requirement::Always));
        assert_eq!((&optional.kind, &optional.empty), (&key.kind, &Empty::Error));
        assert_eq!(optional.requirement, Requirement::Never);
        assert!(optional.is_secret());
    }

    #[test]
    fn what_can_not_be_is_said_with_its_place() {
        for text in ["", "{", "[]", "1"] {
            assert!(Schema::from_json_text(text).is_err(), "{text}");
        }
        for (property, problem) in [
            (
                json!({ "type": "array" }),
                "a variable is a string, an integer, a number or a boolean, at /properties/A",
            ),
            (
                json!({ "multipleOf": 2 }),
                "the keyword multipleOf has no kind here, at /properties/A",
            ),
            (
                json!({ "$ref": "#/$defs/Gone" }),
                "refers to what is not in this file, at /properties/A",
            ),
            (
                json!({ "$ref": "#/properties/A" }),
                "refers to others more than 16 deep, at /properties/A",
            ),
            (
                json!({ "x-envlint": { "requird": true } }),
                "there is no requird here, did you mean required?, at /properties/A/x-envlint",
            ),
            (
                json!({ "x-envlint": { "bytes": "CANARY" } }),
                "is not understood, at /properties/A/x-envlint/bytes",
            ),
            (
                json!({ "type": "integer", "minimum": 1, "x-envlint": { "minimum": 0 } }),
                "x-envlint and the keywords beside it disagree about minimum, at /properties/A",
            ),
            (
                json!({ "type": "integer", "x-envlint": { "type": "email" } }),
                "x-envlint and the keywords beside it disagree about type, at /properties/A",
            ),
            (
                json!({ "default": "a", "x-envlint": { "default": "b" } }),
                "x-envlint and the keywords beside it disagree about default, at /properties/A",
            ),
            (
                json!({ "writeOnly": true, "default": "CANARY" }),
                "a secret has no default: a value that is published is none, at /properties/A",
            ),
        ] {
            assert_eq!(variable(property.clone()).err().as_deref(), Some(problem), "{property}");
        }
    }
}
