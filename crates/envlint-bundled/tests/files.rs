//! The files in `schemas/` are what the types say. `ENVLINT_UPDATE=1 cargo test` writes them.

use std::path::Path;

use envlint_schema::Schema;
use serde_json::Value;

#[test]
fn the_files_are_what_the_types_say() {
    for name in envlint_bundled::names() {
        let document = envlint_bundled::described(name).unwrap();
        // What contradicts itself is told before it is written.
        let read = Schema::from_json(&document);
        assert!(read.is_ok(), "{name} can not be used: {}", read.err().unwrap());
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        compare(&schemas.join(format!("{name}.schema.json")), &text);
    }
}

/// A file that can not be read would be a schema that is not there, without a word.
#[test]
fn a_file_reads_back_as_the_bundled_schema() {
    for name in envlint_bundled::names() {
        let read = Schema::from_json(&document(name));
        let read = read.unwrap_or_else(|error| panic!("{name} can not be used: {error}"));
        assert_eq!(envlint_bundled::schema(name), Some(read.clone()));
        assert_eq!(read.name.as_str(), name);
    }
    assert!(envlint_bundled::schema("polyant/none").is_none());
}

#[test]
fn every_variable_is_explained_and_no_secret_is_published() {
    for name in envlint_bundled::names() {
        for variable in envlint_bundled::schema(name).unwrap().variables() {
            assert!(variable.docs.ends_with('.'), "{name} {}", variable.name);
            assert!(!variable.is_secret() || variable.default.is_none());
        }
    }
}

#[test]
fn a_file_is_a_schema_that_validators_take() {
    for name in envlint_bundled::names() {
        let document = document(name);
        assert!(jsonschema::meta::is_valid(&document), "{name}");
        assert!(jsonschema::validator_for(&document).is_ok(), "{name}");
    }
}

fn document(name: &str) -> Value {
    serde_json::from_str(envlint_bundled::json_schema(name).unwrap()).unwrap()
}

/// Compares with a committed file, or writes it if `ENVLINT_UPDATE` is set to 1.
#[expect(clippy::disallowed_methods, reason = "a test keeps the generated files")]
fn compare(path: &Path, text: &str) {
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        path.parent().map(std::fs::create_dir_all).unwrap().unwrap();
        std::fs::write(path, text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is not what is made now (ENVLINT_UPDATE=1 writes it)",
        path.display()
    );
}
