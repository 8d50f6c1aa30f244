//! The services that envlint knows, each as one Rust struct.
//!
//! A struct over [`envlint_types`] with doc comments is the whole definition: its JSON Schema is
//! the file in `schemas/`, and read back it is the [`Schema`] that the linter holds against
//! values. So there is no second list to keep, and what is bundled is written as anybody would
//! write it for a service of their own.
//!
//! Only the schemas that a project uses are built.

use envlint_schema::{Agreement, Schema};
use schemars::JsonSchema;
use serde_json::Value;

pub mod polyant;

/// A bundled service.
struct Service {
    name: &'static str,
    document: fn(&str) -> Value,
}

const SERVICES: [Service; 2] = [
    Service { name: polyant::ENGINE, document: document::<polyant::Engine> },
    Service { name: polyant::WEB, document: document::<polyant::Web> },
];

/// The names of all bundled schemas: `system/service`.
pub fn names() -> Vec<&'static str> {
    SERVICES.iter().map(|service| service.name).collect()
}

/// The schema of this name, if there is one.
pub fn schema(name: &str) -> Option<Schema> {
    // What is bundled is read back by the tests, so that it can not fail here.
    json_schema(name).and_then(|json| Schema::from_json(&json).ok())
}

/// The same schema as JSON Schema 2020-12, as it lies in `schemas/`.
pub fn json_schema(name: &str) -> Option<Value> {
    let service = SERVICES.iter().find(|service| service.name == name)?;
    Some((service.document)(service.name))
}

/// What must hold between bundled services of one system, where all of them are in a project.
/// Members are named by their schemas.
pub fn agreements() -> Vec<Agreement> {
    polyant::agreements()
}

fn document<T: JsonSchema>(name: &str) -> Value {
    envlint_schema::document::<T>(&format!("urn:envlint:{name}"))
}
