//! A schema as JSON Schema: what [`Schema::from_json`] reads back as the same schema.

use serde_json::{Map, Value, json};

use super::{RelationForm, ServiceForm};
use crate::{Holds, Kind, Projection, Requirement, Scalar, Schema, Secrecy, Short, Variable};

/// Where a schema that is enforced as it stands brings along what it refers to.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

impl Schema {
    /// The schema as JSON Schema 2020-12: the standard keywords for every tool, and under
    /// `x-envlint` what they can not say.
    pub fn to_json(&self) -> Value {
        let mut document = Map::new();
        for relation in &self.relations {
            if let Holds::Foreign(foreign) = &relation.holds {
                document.extend(foreign.schema().as_object().cloned().unwrap_or_default());
            }
        }
        let mut set = |key: &str, value: Value| document.insert(key.to_owned(), value);
        set("$schema", json!("https://json-schema.org/draft/2020-12/schema"));
        set("title", json!(self.title));
        if !self.docs.is_empty() {
            set("description", json!(self.docs));
        }
        set("type", json!("object"));
        set("x-envlint", json!(ServiceForm::from(self)));
        let mut properties: Map<String, Value> =
            self.variables().iter().map(|v| (v.name.to_string(), property(v))).collect();
        // What a property refers to is found from the root.
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            for key in DEFINITIONS {
                if let Some(definitions) = property.shift_remove(key) {
                    set(key, definitions);
                }
            }
        }
        set("properties", Value::Object(properties));
        let always = |v: &&Variable| v.requirement == Requirement::Always;
        let required: Vec<&str> =
            self.variables().iter().filter(always).map(|v| v.name.as_str()).collect();
        if !required.is_empty() {
            set("required", json!(required));
        }
        Value::Object(document)
    }
}

/// A variable as a property.
pub(super) fn property(variable: &Variable) -> Value {
    let mut short = Short::from(variable);
    let mut property = match &variable.foreign {
        Some(foreign) => foreign.schema().as_object().cloned().unwrap_or_default(),
        None => variable.kind.keywords(Projection::Typed),
    };
    property.remove("x-envlint");
    if let Some(docs) = short.docs.take() {
        property.insert("description".into(), json!(docs));
    }
    if let Some(default) = short.default.take() {
        match typed(&variable.kind, &default.0) {
            _ if property.contains_key("default") => {}
            Some(value) => drop(property.insert("default".into(), value)),
            None => short.default = Some(default),
        }
    }
    if let Some(example) = short.example.take() {
        property.entry("examples").or_insert_with(|| json!([example]));
    }
    if variable.secrecy == Secrecy::Secret {
        property.insert("writeOnly".into(), json!(true));
    }
    if variable.requirement == Requirement::Always {
        short.required = None;
    }
    // A text with limits is what the standard keywords say of it.
    if matches!(variable.kind, Kind::Text(_)) {
        short = short.without_kind();
    }
    if variable.foreign.is_some() && says_its_kind(&property, &variable.kind) {
        short = short.without_kind();
    }
    if short != Short::default() {
        property.insert("x-envlint".into(), json!(short));
    }
    Value::Object(property)
}

/// Whether the keywords of a property are read as this kind without more being said.
fn says_its_kind(property: &Map<String, Value>, kind: &Kind) -> bool {
    let mut document = json!({ "properties": { "A": property }, "x-envlint": {} });
    for key in DEFINITIONS {
        if let Some(definitions) = property.get(key) {
            document[key] = definitions.clone();
        }
    }
    let read = Schema::from_json(&document).ok();
    read.and_then(|schema| Some(schema.variable("A")?.kind == *kind)).unwrap_or(false)
}

/// A default in the type of its kind, if that says the same text.
fn typed(kind: &Kind, text: &str) -> Option<Value> {
    let value = match kind {
        Kind::Integer(_) | Kind::Port => json!(text.parse::<i64>().ok()?),
        Kind::Number(_) => json!(text.parse::<f64>().ok()?),
        Kind::Boolean(_) => json!(text.parse::<bool>().ok()?),
        _ => json!(text),
    };
    let again = serde_json::from_value::<Scalar>(value.clone()).ok()?;
    (again.0 == text).then_some(value)
}

impl From<&Schema> for ServiceForm {
    fn from(schema: &Schema) -> Self {
        let service = &schema.service;
        let features = service.features.iter();
        Self {
            name: Some(schema.name.to_string()),
            framework: service.framework,
            port: service.port,
            port_variable: service.port_variable.as_ref().map(ToString::to_string),
            health: service.health.clone(),
            streams: service.streams.clone(),
            features: features.map(|(name, when)| (name.to_string(), when.clone())).collect(),
            empty: None,
            relations: schema.relations.iter().filter_map(RelationForm::of).collect(),
            also: schema.also.clone(),
        }
    }
}
