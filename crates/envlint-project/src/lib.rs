//! What is checked: the manifest `envlint.toml`, and the files that are found without one.

mod build;
mod discover;
mod installations;
mod manifest;
mod mistakes;
mod project;
mod relations;

pub use build::MAX_ENVIRONMENTS;
pub use discover::{Discovered, MANIFEST, discover};
pub use manifest::{
    AllowTable, AllowsTable, EnvironmentTable, HopTable, Manifest, NamesTable, ProxyTable,
    ReaderName, RelationTable, ServiceTable, SourceTable,
};
pub use mistakes::{ManifestError, there_are};
pub use project::{
    AcrossEnvironments, DeclaredAgreement, DeclaredHop, Environment, ManifestAllowance, Nesting,
    PathTemplate, Project, Service, Source, SourceKind, load,
};

/// The identity of the manifest's JSON Schema, and where it can be fetched.
pub const MANIFEST_SCHEMA: &str =
    "https://raw.githubusercontent.com/envlint/envlint/main/schemas/envlint.schema.json";

/// The manifest's JSON Schema, as `schemas/envlint.schema.json` has it.
pub fn manifest_schema() -> schemars::Schema {
    let mut schema = serde_json::Map::from_iter([("$id".to_owned(), MANIFEST_SCHEMA.into())]);
    if let serde_json::Value::Object(fields) = envlint_schema::for_editors::<Manifest>() {
        schema.extend(fields);
    }
    schema.into()
}
