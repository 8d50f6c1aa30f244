//! What the JSON Schema of the short form says beyond the types of its fields: which of them
//! belong to a kind, and which a kind needs.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::kind::KindName;
use crate::vocabulary::PROPERTY_EXAMPLES;
use crate::{Kind, Secrecy};

/// The fields that some kinds take and others do not.
const OF_KINDS: [&str; 12] = [
    "items",
    "unit",
    "bytes",
    "encoding",
    "schemes",
    "values",
    "reads",
    "minimum",
    "maximum",
    "min-length",
    "max-length",
    "pattern",
];

/// Every kind with its word, in the order of the documentation.
pub(super) fn kinds() -> Vec<(Value, KindName)> {
    let word = |member: &Value| {
        let word = member.get("const")?.clone();
        Some((word.clone(), KindName::deserialize(&word).ok()?))
    };
    members().iter().filter_map(word).collect()
}

/// The words for kinds, each with what it means.
fn members() -> Vec<Value> {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let schema = generator.into_root_schema_for::<KindName>().to_value();
    schema.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The kinds that the items of a list can have.
pub(super) fn items(_: &mut SchemaGenerator) -> Schema {
    let takes = |word: &Value| KindName::deserialize(word).is_ok_and(|name| name.item().is_some());
    let members: Vec<Value> =
        members().into_iter().filter(|member| member.get("const").is_some_and(takes)).collect();
    schemars::json_schema!({ "oneOf": members })
}

/// Adds to the schema of the short form what its fields ask of each other, and the examples.
pub(super) fn constrain(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, example) in PROPERTY_EXAMPLES {
        let whole = serde_json::from_str::<Value>(example).unwrap_or_default();
        if let (Some(Value::Object(property)), Some(value)) =
            (properties.get_mut(*name), whole.get(name))
        {
            property.insert("examples".to_owned(), json!([value]));
        }
    }
    let mut rules: Vec<Value> = groups().iter().map(|(words, name)| rule(words, *name)).collect();
    rules.push(no_default());
    schema.insert("allOf".to_owned(), json!(rules));
}

/// The kinds that ask the same of the fields beside them, with their words and one of them.
fn groups() -> Vec<(Vec<Value>, KindName)> {
    let asks = |name: KindName| (name.fields(), name.needs(), units(name));
    let mut groups: Vec<(Vec<Value>, KindName)> = Vec::new();
    for (word, name) in kinds() {
        match groups.iter_mut().find(|(_, other)| asks(*other) == asks(name)) {
            Some((words, _)) => words.push(word),
            None => groups.push((vec![word], name)),
        }
    }
    groups
}

/// The names of the units that a bare number may count in.
fn units(name: KindName) -> Vec<&'static str> {
    match name.plain() {
        Kind::Quantity { measure, .. } => measure.units().iter().map(|unit| unit.name).collect(),
        _ => Vec::new(),
    }
}

/// Once one of these kinds is named, no field of others stands there, and all that it needs.
fn rule(words: &[Value], name: KindName) -> Value {
    let own = name.fields();
    let others: Vec<&str> = OF_KINDS.into_iter().filter(|field| !own.contains(field)).collect();
    let mut then = Map::from_iter([("propertyNames".to_owned(), none_of(&others))]);
    if let Some(field) = name.needs() {
        then.insert("required".to_owned(), json!([field]));
    }
    if !units(name).is_empty() {
        then.insert("properties".to_owned(), json!({ "unit": { "enum": units(name) } }));
    }
    json!({ "if": one_of("type", words), "then": then })
}

/// Names that are none of these. A pattern and not a list of those that are left: with that, a
/// name that nobody knows would be told of twice.
fn none_of(names: &[&str]) -> Value {
    json!({ "pattern": format!("^(?!({})$)", names.join("|")) })
}

/// A secret has no default: what says that it is one, and kinds that are unless they say that
/// they are none.
fn no_default() -> Value {
    let secret: Vec<Value> = kinds()
        .into_iter()
        .filter(|(_, name)| name.plain().secrecy() == Secrecy::Secret)
        .map(|(word, _)| word)
        .collect();
    let public = json!({ "not": one_of("secret", &[json!(false)]) });
    json!({
        "if": { "anyOf": [
            one_of("secret", &[json!(true)]),
            { "allOf": [one_of("type", &secret), public] },
        ] },
        "then": { "propertyNames": none_of(&["default"]) },
    })
}

/// A field is there and is one of these.
fn one_of(field: &str, values: &[Value]) -> Value {
    json!({ "properties": { field: { "enum": values } }, "required": [field] })
}
