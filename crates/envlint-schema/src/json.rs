//! A schema from JSON Schema: standard keywords, and what they can not say under `x-envlint`.
//!
//! The schema may come from schemars, from a file written by hand, or from another tool. So both
//! halves are read alike: a property is its standard keywords, refined by its `x-envlint` object
//! (the short form), and the two must not contradict each other. No keyword that forbids something
//! is passed over in silence.

use std::collections::{BTreeMap, HashSet};

use envlint_model::{Name, did_you_mean};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Condition, Empty, Foreign, Framework, Holds, Kind, Reading, Relation, Requirement, Schema,
    Service, TextRules, Variable,
};

mod property;
mod relation;
mod write;

use property::Property;
pub use relation::RelationForm;

/// What is known of a service as a whole: the `x-envlint` object at the root of a JSON Schema.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ServiceForm {
    /// What the schema is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What answers the service's requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<Framework>,
    /// Where it listens unless a variable says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The variable that moves the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_variable: Option<String>,
    /// The path of its health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// The paths under which it streams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<String>,
    /// What it makes of an empty text, unless a variable says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<Empty>,
    /// What it does only where these conditions hold, by names of your choice; conditions of
    /// variables refer to them as `feature`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<String, Condition>,
    /// What must hold between its variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<RelationForm>,
    /// Variables that other software in its process reads; a `*` at the end stands for anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
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
    /// Reads the text of a JSON Schema, as [`from_json`](Self::from_json) does.
    pub fn from_json_text(text: &str) -> Result<Schema, SchemaError> {
        let json = serde_json::from_str(text).map_err(|_| SchemaError::new("", "is no JSON"))?;
        Self::from_json(&json)
    }

    /// Reads a JSON Schema of an object whose properties are variables.
    ///
    /// Keywords that annotate are taken over, those that constrain become kinds; what constrains
    /// and has no kind is enforced as it stands. A contradiction is an error.
    pub fn from_json(json: &Value) -> Result<Schema, SchemaError> {
        Self::read(json, Structure::BySchema)
    }

    /// Reads the JSON Schema of a Rust type that the values are deserialized into afterwards: what
    /// it says of lists, maps and alternatives is left to the type, which accepts nothing else.
    pub fn from_described(json: &Value) -> Result<Schema, SchemaError> {
        Self::read(json, Structure::ByType)
    }

    fn read(json: &Value, structure: Structure) -> Result<Schema, SchemaError> {
        let root = json.as_object().ok_or_else(|| SchemaError::new("", "a schema is an object"))?;
        let form = match root.get("x-envlint") {
            Some(form) => read(form, "/x-envlint")?,
            None => ServiceForm::default(),
        };
        let text = |key: &str| root.get(key).and_then(Value::as_str);
        let name = form.name.as_deref().or(text("title")).unwrap_or("schema");
        let mut schema = Schema::new(name);
        schema.title = text("title").unwrap_or(name).to_owned();
        schema.docs = text("description").unwrap_or_default().to_owned();
        let base = Variable {
            empty: form.empty.clone().unwrap_or(Empty::Value),
            ..Variable::new("", Kind::Text(TextRules::default()))
        };
        let ours = root.contains_key("x-envlint");
        Object { root, path: "", always: true, ours, structure }.read(
            root,
            &base,
            "",
            &mut schema,
        )?;
        schema.also.extend(others(root));
        if let Some(foreign) = foreign(root)? {
            let holds = Holds::Foreign(foreign);
            schema.relations.push(Relation { holds, when: None, because: None });
        }
        form.finish(schema)
    }
}

/// An object whose properties are variables: the schema itself, or a part of it whose variables
/// have its name and a dot before theirs.
struct Object<'a> {
    root: &'a Map<String, Value>,
    /// What stands before the names of its variables.
    path: &'a str,
    /// Whether the object has to be there; the schema itself always is.
    always: bool,
    /// Whether its author speaks of envlint.
    ours: bool,
    structure: Structure,
}

/// Who sees to it that a list is a list of the right items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Structure {
    /// The schema, as it stands.
    BySchema,
    /// The type that the values are deserialized into.
    ByType,
}

/// How deep objects may stand in each other.
const MAX_OBJECTS: usize = 8;

impl<'a> Object<'a> {
    fn read(
        &self,
        object: &'a Map<String, Value>,
        base: &Variable,
        pointer: &str,
        schema: &mut Schema,
    ) -> Result<(), SchemaError> {
        let required = required(object, pointer)?;
        let properties = object.get("properties").and_then(Value::as_object);
        let (mut once_begun, mut begins) = (Vec::new(), Vec::new());
        for (name, property) in properties.into_iter().flatten() {
            let path = format!("{}{name}", self.path);
            let needed = required.contains(name.as_str());
            // Who does not speak of envlint reads switches in a way of which nothing is known.
            let reading = if self.ours { Reading::Strict } else { Reading::Words };
            let structure = self.structure;
            let reader = Property { root: self.root, object: pointer, name, reading, structure };
            if let Some(nested) = reader.object(property)? {
                let depth = path.matches('.').count();
                if depth >= MAX_OBJECTS {
                    let problem =
                        format!("objects stand in each other more than {MAX_OBJECTS} deep");
                    return Err(SchemaError::new(reader.pointer(), problem));
                }
                let path = format!("{path}.");
                let whole = self.always && needed;
                let inner = Object { path: &path, always: whole, ..*self };
                inner.read(nested, base, &reader.pointer(), schema)?;
                continue;
            }
            let variable = Variable { name: Name::new(&path), ..base.clone() };
            let mut variable = reader.read(property, variable)?;
            // zod requires of its output what has a default, and has it whatever is set.
            let needed = needed && (self.ours || variable.default.is_none());
            if needed {
                match self.always {
                    true => variable.requirement = Requirement::Always,
                    false => once_begun.push(variable.name.clone()),
                }
            }
            begins.push(variable.name.clone());
            schema.insert(variable);
        }
        if !once_begun.is_empty() {
            let holds = Holds::OnceBegun { all: once_begun, by: begins };
            schema.relations.push(Relation { holds, when: None, because: None });
        }
        Ok(())
    }
}

/// What a schema by others says of all variables at once.
fn foreign(root: &Map<String, Value>) -> Result<Option<Foreign>, SchemaError> {
    const TOGETHER: [&str; 14] = [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "patternProperties",
    ];
    let together: Map<String, Value> = root
        .iter()
        .filter(|(key, _)| TOGETHER.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if together.is_empty() {
        return Ok(None);
    }
    let foreign = Foreign::new(&Value::Object(together), root);
    foreign.map(Some).map_err(|error| SchemaError::new("", error.to_string()))
}

/// Names that a schema allows without saying more of them.
fn others(root: &Map<String, Value>) -> Option<String> {
    let additional = root.get("additionalProperties");
    let any = additional.is_some_and(|others| *others != Value::Bool(false));
    (any || root.contains_key("patternProperties")).then(|| "*".to_owned())
}

fn required<'a>(
    object: &'a Map<String, Value>,
    pointer: &str,
) -> Result<HashSet<&'a str>, SchemaError> {
    let wrong = || SchemaError::new(format!("{pointer}/required"), "required is a list of names");
    match object.get("required") {
        None => Ok(HashSet::new()),
        Some(Value::Array(names)) => {
            names.iter().map(|name| name.as_str().ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Reads an `x-envlint` object. To serde a list would be one as well, field by field.
fn read<T: DeserializeOwned + JsonSchema>(form: &Value, pointer: &str) -> Result<T, SchemaError> {
    let read = if form.is_object() { T::deserialize(form).ok() } else { None };
    read.ok_or_else(|| explain::<T>(form, pointer))
}

/// Which field of an object is wrong: serde's own message may quote what it refuses.
fn explain<T: DeserializeOwned + JsonSchema>(json: &Value, pointer: &str) -> SchemaError {
    let Some(fields) = json.as_object() else {
        return SchemaError::new(pointer, "x-envlint is an object");
    };
    let schema = schemars::schema_for!(T);
    let known = schema.get("properties").and_then(Value::as_object);
    let known: Vec<&str> =
        known.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
    for name in fields.keys() {
        if known.contains(&name.as_str()) {
            continue;
        }
        let problem = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("there is no {name} here, did you mean {meant}?"),
            None => format!("there is no {name} here"),
        };
        return SchemaError::new(pointer, problem);
    }
    let is_wrong = |(name, value): &(&String, &Value)| {
        let alone = Map::from_iter([((*name).clone(), (*value).clone())]);
        serde_json::from_value::<T>(Value::Object(alone)).is_err()
    };
    match fields.iter().find(is_wrong) {
        Some((name, _)) => {
            SchemaError::new(format!("{pointer}/{}", escape(name)), "is not understood")
        }
        None => SchemaError::new(pointer, "is not understood"),
    }
}

impl ServiceForm {
    fn finish(self, mut schema: Schema) -> Result<Schema, SchemaError> {
        for (nth, relation) in self.relations.into_iter().enumerate() {
            let pointer = || format!("/x-envlint/relations/{nth}");
            let relation = relation.relation();
            schema.relations.push(
                relation.map_err(|problem| SchemaError::new(pointer(), problem.to_string()))?,
            );
        }
        schema.also.extend(self.also);
        schema.service = Service {
            framework: self.framework,
            port: self.port,
            port_variable: self.port_variable.as_deref().map(Name::new),
            health: self.health,
            streams: self.streams,
            features: self
                .features
                .into_iter()
                .map(|(name, when)| (Name::new(&name), when))
                .collect(),
        };
        match schema.unknown_feature() {
            Some(name) => Err(SchemaError::new(
                "",
                format!("a condition speaks of the feature {name}, which is none of the service's"),
            )),
            None => Ok(schema),
        }
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
    use crate::{Bounds, Encoding, Format};

    fn variable(property: Value) -> Result<Variable, String> {
        let json = json!({ "properties": { "A": property }, "x-envlint": {} });
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
            (
                json!({ "type": "integer", "format": "uint32", "minimum": 0 }),
                Kind::Integer(Bounds { minimum: Some(0), maximum: Some(4_294_967_295) }),
            ),
            (
                json!({ "type": "integer", "format": "int32", "minimum": 1 }),
                Kind::Integer(Bounds { minimum: Some(1), maximum: Some(2_147_483_647) }),
            ),
            (json!({ "type": "boolean" }), Kind::Boolean(Reading::Strict)),
            (json!({ "enum": ["a", 1] }), Kind::Choice(vec!["a".into(), "1".into()])),
            (
                json!({ "oneOf": [{ "const": "a" }, { "const": "b" }] }),
                Kind::Choice(vec!["a".into(), "b".into()]),
            ),
            (json!({ "type": "string", "format": "email" }), Kind::Format(Format::Email)),
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
