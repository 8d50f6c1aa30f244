//! A Rust type, its JSON Schema and the short form of the manifest say the same of every bundled
//! service, as far as each can say it.

use std::fmt::Write;
use std::sync::Arc;

use envlint_model::{MemoryFiles, Name};
use envlint_parse::Documents;
use envlint_project::{ManifestError, load};
use envlint_schema::{Holds, Schema, Service, Short, Variable};
use serde_json::Value;

/// The variables of a schema in the order of their names, as the manifest has them.
fn sorted(schema: &Schema) -> Vec<Variable> {
    let mut variables = schema.variables().to_vec();
    variables.sort_by(|a, b| a.name.cmp(&b.name));
    variables
}

/// What the manifest has no words for: what the service is, and what it does. A schema file says
/// that, here one that speaks of no variable.
fn without_variables(schema: &Schema) -> Schema {
    let mut other = Schema::new(schema.name.clone());
    other.title.clone_from(&schema.title);
    other.docs.clone_from(&schema.docs);
    other.service = schema.service.clone();
    other.relations.clone_from(&schema.relations);
    other.also.clone_from(&schema.also);
    other
}

/// A value as TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key:?} = {}", toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        // A string of JSON is one of TOML.
        scalar => scalar.to_string(),
    }
}

/// The variables of a schema as a manifest of one service, which has a schema file or none.
fn manifest(schema: &Schema, file: bool) -> String {
    let mut text = "version = 1\n".to_owned();
    if file {
        text.push_str("[services.service]\nschema = \"./own.schema.json\"\n");
    }
    text.push_str("[services.service.variables]\n");
    for variable in schema.variables() {
        let short = serde_json::to_value(Short::from(variable)).unwrap();
        writeln!(text, "{:?} = {}", variable.name.as_str(), toml(&short)).unwrap();
    }
    text
}

/// The schema of the one service of a manifest, beside a schema file.
fn read(manifest: &str, file: &Schema) -> Result<Schema, Vec<ManifestError>> {
    let files = MemoryFiles::new()
        .with("envlint.toml", manifest)
        .with("own.schema.json", file.to_json().to_string());
    let project = load(&Documents::new(Arc::new(files)), "production")?;
    Ok(Schema::clone(project.services[0].schema.as_ref().unwrap()))
}

#[test]
fn a_type_its_schema_and_the_short_form_say_the_same() {
    for name in envlint_bundled::names() {
        let described = envlint_bundled::described(name).unwrap();
        let schema = Schema::from_json(&described).unwrap_or_else(|e| panic!("{name}: {e}"));
        // Type to schema, and schema to schema.
        assert!(Schema::from_json(&schema.to_json()).as_ref() == Ok(&schema), "{name}");
        // Schema to short form, and back to a schema.
        let service = without_variables(&schema);
        let short = read(&manifest(&schema, true), &service);
        let short = short.unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        for (read, wanted) in short.variables().iter().zip(sorted(&schema)) {
            assert_eq!(*read, wanted, "{name}");
        }
        assert_eq!(short.variables().len(), schema.variables().len(), "{name}");
        assert!(without_variables(&short) == service, "{name}");
        // And from there to JSON Schema once more.
        assert!(Schema::from_json(&short.to_json()).as_ref() == Ok(&short), "{name}");
    }
}

/// What the file says above is what the short form can not say: without it, that is gone, and
/// nothing else. A condition on a feature is then refused, and not passed over.
#[test]
fn what_the_short_form_can_not_say_is_what_the_service_is() {
    let mut refused = 0;
    for name in envlint_bundled::names() {
        let schema = envlint_bundled::schema(name).unwrap();
        match read(&manifest(&schema, false), &schema) {
            Ok(short) => {
                assert!(without_variables(&short) == Schema::new("service"), "{name}");
                assert!(short.variables() == sorted(&schema), "{name}");
            }
            Err(errors) => {
                refused += 1;
                let of_features = |e: &ManifestError| e.message.contains("the feature");
                assert!(errors.iter().all(of_features), "{name}: {errors:?}");
                assert!(schema.service != Service::default(), "{name}");
            }
        }
    }
    assert!(refused > 0, "some variables are asked for where the service has a feature");
}

/// A keyword without a kind is no part of the short form: it can not be lost there unseen, since a
/// schema that has one still has it when it is refined.
#[test]
fn a_keyword_without_a_kind_is_kept_by_what_refines_it() {
    let schema = serde_json::json!({
        "properties": { "BATCH": { "type": "integer", "multipleOf": 8 } },
    });
    let files = MemoryFiles::new().with("own.schema.json", schema.to_string()).with(
        "envlint.toml",
        "version = 1\n[services.service]\nschema = \"./own.schema.json\"\n\
         [services.service.variables]\nBATCH = { required = true }\n",
    );
    let project = load(&Documents::new(Arc::new(files)), "production").ok().unwrap();
    let schema = project.services[0].schema.as_ref().unwrap();
    let batch: &Variable = schema.variable("BATCH").unwrap();
    assert!(batch.foreign.is_some() && batch.requirement != envlint_schema::Requirement::Never);
    let again = Short::from(batch).variable("BATCH").unwrap();
    assert!(again.foreign.is_none(), "the short form alone says less");
}

/// Relations of a bundled service that hold within it can be written in the manifest too.
#[test]
fn relations_within_a_service_are_relations_of_the_manifest() {
    let engine = envlint_bundled::schema("polyant/engine").unwrap();
    let listed = |names: &[Name]| {
        let names: Vec<String> = names.iter().map(|name| format!("\"service.{name}\"")).collect();
        names.join(", ")
    };
    let mut text = manifest(&engine, false);
    let mut relations = Vec::new();
    for relation in &engine.relations {
        let (key, names) = match &relation.holds {
            Holds::AllOrNone(names) => ("all-or-none", names),
            Holds::Ordered(names) => ("ordered", names),
            _ => continue,
        };
        let because = serde_json::json!(relation.because);
        writeln!(text, "[[relations]]\n{key} = [{}]\nbecause = {because}", listed(names)).unwrap();
        relations.push(relation.clone());
    }
    let read = read(&text, &engine).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert!(relations.len() >= 4);
    assert_eq!(read.relations, relations);
}
