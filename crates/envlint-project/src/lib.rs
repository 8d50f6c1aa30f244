//! What is checked: the manifest `envlint.toml`, and the files that are found without one.

mod discover;
mod manifest;
mod project;

pub use discover::{Discovered, MANIFEST, discover};
pub use manifest::{
    AllowTable, EnvironmentTable, HopTable, Manifest, NamesTable, ProxyTable, ReaderName,
    RelationTable, ServiceTable, SourceTable,
};
pub use project::{
    AcrossEnvironments, DeclaredAgreement, DeclaredHop, Environment, ManifestAllowance,
    ManifestError, PathTemplate, Project, Service, Source, SourceKind, load,
};

/// The manifest's JSON Schema, as `schemas/envlint.schema.json` has it.
pub fn manifest_schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(Manifest);
    let id = "https://raw.githubusercontent.com/envlint/envlint/main/schemas/envlint.schema.json";
    schema.insert("$id".to_owned(), id.into());
    schema
}
