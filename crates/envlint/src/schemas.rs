//! JSON Schemas: of the bundled services, of the manifest, of reports.

/// The name of the manifest's schema.
const MANIFEST: &str = "envlint";
/// The name of the schema of JSON reports.
const REPORT: &str = "report";
/// The name of the schema of services' schemas.
const DIALECT: &str = "x-envlint";

/// The names of all schemas.
pub fn schemas() -> Vec<&'static str> {
    let bundled = envlint_bundled::names();
    bundled.into_iter().chain([MANIFEST, REPORT, DIALECT]).collect()
}

/// A schema by its name, as indented JSON; `None` if there is none of this name.
pub fn schema(name: &str) -> Option<String> {
    match name {
        MANIFEST => {
            let schema = envlint_project::manifest_schema().to_value();
            serde_json::to_string_pretty(&schema).ok().map(|text| text + "\n")
        }
        REPORT => Some(envlint_report::json_schema()),
        DIALECT => {
            let schema = envlint_schema::dialect();
            serde_json::to_string_pretty(&schema).ok().map(|text| text + "\n")
        }
        bundled => envlint_bundled::json_schema(bundled).map(str::to_owned),
    }
}
