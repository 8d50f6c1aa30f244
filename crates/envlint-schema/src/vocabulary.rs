//! The vocabulary `x-envlint` as a JSON Schema of its own.
//!
//! Whoever writes the schema of a service writes JSON Schema with one keyword more. This is the
//! meta-schema that knows the keyword: the one of 2020-12, and in every place where
//! [`Schema::from_json`](crate::Schema::from_json) looks for `x-envlint` what may stand there. It
//! is made from the types that are read, so that neither knows a key that the other does not.
//!
//! It names the vocabulary in `$vocabulary` and asks nobody to know it: a validator that does not
//! takes the keyword for a note, which is all that it is to a validator of values.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::{ServiceForm, Short};

mod examples;
mod plain;

pub use examples::{PROPERTY_EXAMPLES, SERVICE_EXAMPLES};

/// The identity of the meta-schema, which may stand as the `$schema` of a service's schema.
pub const DIALECT: &str =
    "https://raw.githubusercontent.com/envlint/envlint/main/schemas/x-envlint.schema.json";

/// The identity of the vocabulary, as `$vocabulary` names it.
pub const VOCABULARY: &str = "https://github.com/envlint/envlint/blob/main/docs/vocabulary.md";

/// What is in 2020-12 itself (section 8.1.2 of its core), and has to be known.
const STANDARD: [&str; 7] = [
    "core",
    "applicator",
    "unevaluated",
    "validation",
    "meta-data",
    "format-annotation",
    "content",
];

/// The JSON Schema of a type, in the way that gives one error for each mistake in editors.
pub fn for_editors<T: JsonSchema>() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    plain::plain(&mut schema);
    schema
}

/// The meta-schema of the schemas of services: `schemas/x-envlint.schema.json`.
pub fn dialect() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let service = generator.subschema_for::<ServiceForm>();
    let property = generator.subschema_for::<Short>();
    let mut definitions = generator.take_definitions(true);
    definitions.insert("Property".to_owned(), of_property(&property));
    let standard = STANDARD
        .iter()
        .map(|name| (format!("https://json-schema.org/draft/2020-12/vocab/{name}"), true));
    let vocabularies: serde_json::Map<String, Value> = standard
        .chain([(VOCABULARY.to_owned(), false)])
        .map(|(name, needed)| (name, json!(needed)))
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": DIALECT,
        "$vocabulary": vocabularies,
        "title": "The schema of a service's variables",
        "description": "JSON Schema 2020-12 of an object whose properties are variables, with \
            what envlint can be told of them under `x-envlint`.",
        "type": "object",
        "allOf": [{ "$ref": "https://json-schema.org/draft/2020-12/schema" }],
        "properties": {
            "x-envlint": service,
            "properties": properties("The variables, by their names."),
            "$defs": properties("What variables refer to."),
        },
        "$defs": definitions,
    });
    if let Some(own) = schema["properties"]["x-envlint"].as_object_mut() {
        own.insert("description".to_owned(), json!("What is known of the service as a whole."));
    }
    plain::plain(&mut schema);
    schema
}

/// A variable: where its kind may be said, in what it refers to or combines, and in the objects
/// that it stands in.
fn of_property(short: &schemars::Schema) -> Value {
    let mut own = short.clone();
    own.insert("description".to_owned(), json!("What else is known of the variable."));
    let members = json!({ "type": "array", "items": { "$ref": "#/$defs/Property" } });
    json!({
        "description": "A variable.",
        "not": { "const": false },
        "properties": {
            "x-envlint": own,
            "properties": properties("The variables of an object, named with a dot between."),
            "allOf": members,
            "anyOf": members,
            "oneOf": members,
        },
    })
}

fn properties(description: &str) -> Value {
    json!({
        "description": description,
        "type": "object",
        "additionalProperties": { "$ref": "#/$defs/Property" },
    })
}
