//! The meta-schema of `x-envlint` and the parser know the same keys, take the same schemas and
//! refuse the same mistakes, as far as JSON Schema can say them.
#![allow(clippy::disallowed_methods, reason = "the test reads the schemas of the repository")]

use std::path::{Path, PathBuf};

use envlint_schema::{DIALECT, PROPERTY_EXAMPLES, SERVICE_EXAMPLES, Schema, Short, dialect};
use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Value, json};

fn meta() -> Validator {
    jsonschema::validator_for(&dialect()).unwrap()
}

/// `ENVLINT_UPDATE=1 cargo test` writes it.
#[test]
fn the_committed_file_is_what_is_made_now() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/x-envlint.schema.json");
    let text = serde_json::to_string_pretty(&dialect()).unwrap() + "\n";
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "ENVLINT_UPDATE=1 writes {}", path.display());
}

/// The keys of a definition of the meta-schema.
fn keys(definition: &str) -> Vec<String> {
    let schema = dialect();
    let properties = schema["$defs"][definition]["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

/// The schema of one variable with this `x-envlint`.
fn with_property(short: &Value) -> Value {
    json!({ "properties": { "A": { "x-envlint": short } }, "x-envlint": {} })
}

/// What the parser says of a schema.
fn refusal(schema: &Value) -> Option<String> {
    Schema::from_json(schema).err().map(|error| error.to_string())
}

#[test]
fn every_key_has_an_example_that_both_take() {
    let meta = meta();
    for (definition, examples) in [("Short", PROPERTY_EXAMPLES), ("ServiceForm", SERVICE_EXAMPLES)]
    {
        let named: Vec<&str> = examples.iter().map(|(key, _)| *key).collect();
        assert_eq!(named, keys(definition), "one example for each key, in the same order");
        for (key, example) in examples {
            let form: Value = serde_json::from_str(example).unwrap();
            assert!(form.get(key).is_some(), "{key}: {example}");
            let schema = match definition {
                "Short" => with_property(&form),
                _ => json!({ "properties": {}, "x-envlint": form }),
            };
            assert_eq!(refusal(&schema), None, "{example}");
            assert!(meta.is_valid(&schema), "{example}");
        }
    }
}

#[test]
fn an_example_says_what_it_is_an_example_of() {
    for (key, example) in PROPERTY_EXAMPLES {
        let mut without: Value = serde_json::from_str(example).unwrap();
        let read = |form: &Value| Short::deserialize(form).unwrap().variable("A");
        let with = read(&without).unwrap();
        without.as_object_mut().unwrap().remove(*key);
        // What a kind needs is missed; anything else is not as it was.
        assert!(read(&without).map_or(true, |other| other != with), "{key} changes nothing");
    }
}

/// Every JSON Schema below a folder.
fn schemas_below(folder: &str) -> Vec<(PathBuf, Value)> {
    let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder)];
    let mut found = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.to_string_lossy().ends_with(".json") {
            let json: Value =
                serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            found.push((path, json));
        }
    }
    found
}

#[test]
fn every_schema_that_is_read_is_valid() {
    let meta = meta();
    let mut read = 0;
    let systems = ["polyant", "prodgy", "profy", "protea"].map(|name| format!("schemas/{name}"));
    for folder in systems.iter().map(String::as_str).chain(["fixtures/foreign"]) {
        for (path, schema) in schemas_below(folder) {
            if Schema::from_json(&schema).is_err() {
                continue;
            }
            read += 1;
            let errors: Vec<String> =
                meta.iter_errors(&schema).map(|e| e.instance_path().to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        }
    }
    assert!(read >= 19, "{read} schemas are read");
}

#[test]
fn it_may_stand_as_the_schema_of_a_schema() {
    let schema = json!({
        "$schema": DIALECT,
        "properties": {
            "A": { "type": "array", "items": { "type": "integer" } },
            "B": { "x-envlint": { "type": "port" } },
        },
        "x-envlint": {},
    });
    assert_eq!(refusal(&schema), None);
    let resources = jsonschema::Registry::new().add(DIALECT, dialect()).unwrap();
    let resources = resources.prepare().unwrap();
    let validator = jsonschema::options().with_registry(&resources).build(&schema).unwrap();
    assert!(
        validator.is_valid(&json!({ "A": [1] })) && !validator.is_valid(&json!({ "A": ["x"] }))
    );
}

/// Mistakes that both refuse: the `x-envlint` of a property.
const MISTAKES: [&str; 31] = [
    r#"{ "requird": true }"#,
    r#"[]"#,
    r#""port""#,
    r#"{ "type": "prot" }"#,
    r#"{ "type": 1 }"#,
    r#"{ "type": "key" }"#,
    r#"{ "type": "key", "bytes": 0 }"#,
    r#"{ "type": "key", "bytes": 4097 }"#,
    r#"{ "type": "key", "bytes": "32" }"#,
    r#"{ "type": "key", "bytes": 32, "encoding": "base32" }"#,
    r#"{ "type": "port", "bytes": 32 }"#,
    r#"{ "type": "string", "minimum": 1 }"#,
    r#"{ "type": "enum" }"#,
    r#"{ "type": "list" }"#,
    r#"{ "type": "list", "items": "key" }"#,
    r#"{ "type": "origin-list", "items": "cidr" }"#,
    r#"{ "type": "duration", "unit": "KiB" }"#,
    r#"{ "type": "boolean", "reads": "yes" }"#,
    r#"{ "type": "boolean", "values": ["yes"] }"#,
    r#"{ "secret": true, "default": "CANARY" }"#,
    r#"{ "type": "token", "default": "CANARY" }"#,
    r#"{ "required": "production" }"#,
    r#"{ "required": {} }"#,
    r#"{ "required": { "enviroment": "production" } }"#,
    r#"{ "phase": "start" }"#,
    r#"{ "empty": "ignored" }"#,
    r#"{ "empty": { "reads": 0 } }"#,
    r#"{ "role": "cors-origin" }"#,
    r#"{ "role": { "internal-url": { "servce": "engine" } } }"#,
    r#"{ "max-age": "90" }"#,
    r#"{ "forbidden": { "values": ["*"], "because": "x" } }"#,
];

#[test]
fn what_the_parser_refuses_is_no_valid_schema() {
    let meta = meta();
    for mistake in MISTAKES {
        let schema = with_property(&serde_json::from_str(mistake).unwrap());
        assert!(refusal(&schema).is_some(), "the parser takes {mistake}");
        assert!(!meta.is_valid(&schema), "the meta-schema takes {mistake}");
    }
    for schema in [
        json!([]),
        json!({ "properties": { "A": false } }),
        json!({ "required": "A" }),
        json!({ "x-envlint": true }),
        json!({ "x-envlint": { "prot": 4000 } }),
        json!({ "x-envlint": { "port": 70000 } }),
        json!({ "x-envlint": { "framework": "expres" } }),
        json!({ "x-envlint": { "features": { "mail": {} } } }),
        json!({ "x-envlint": { "relations": [{}] } }),
        json!({ "x-envlint": { "relations": [{ "because": "x" }] } }),
        json!({ "x-envlint": { "relations": [{ "ordered": ["A", "B"], "any-of": [["A"]] }] } }),
        json!({ "x-envlint": { "relations": [{ "all-or-non": ["A", "B"] }] } }),
        json!({ "x-envlint": { "relations": [{ "alternatives": [["A"]] }] } }),
        json!({ "properties": { "A": { "anyOf": [{ "x-envlint": { "tpye": "port" } }] } } }),
        json!({ "properties": { "A": { "properties": { "b": { "x-envlint": { "tpye": 1 } } } } } }),
        json!({
            "properties": { "A": { "$ref": "#/$defs/Port" } },
            "$defs": { "Port": { "x-envlint": { "tpye": "port" } } },
        }),
    ] {
        assert!(refusal(&schema).is_some(), "the parser takes {schema}");
        assert!(!meta.is_valid(&schema), "the meta-schema takes {schema}");
    }
}

/// What two keywords say together can not be said in JSON Schema: the parser sees more.
#[test]
fn what_json_schema_can_not_say_the_parser_refuses_alone() {
    let meta = meta();
    for short in [
        json!({ "type": "integer", "minimum": 2, "maximum": 1 }),
        json!({ "type": "integer", "minimum": 0.5 }),
        json!({ "pattern": "(?=a)" }),
        json!({ "required": { "feature": "mail" } }),
    ] {
        let schema = with_property(&short);
        assert!(refusal(&schema).is_some() && meta.is_valid(&schema), "{short}");
    }
    let contradiction = json!({
        "properties": { "A": { "type": "integer", "x-envlint": { "type": "email" } } },
    });
    assert!(refusal(&contradiction).is_some() && meta.is_valid(&contradiction));
}

/// Every key is explained to who hovers over it, and offers one way to be right.
#[test]
fn every_key_is_explained() {
    let mut keys = 0;
    let mut definitions = dialect()["$defs"].take();
    // It explains what stands around a key, in words of JSON Schema.
    definitions.as_object_mut().unwrap().remove("Property");
    each(&definitions, &mut |schema| {
        for (key, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            // Rules about other keys have no keys of their own to explain.
            let is_rule = property.get("enum").is_some() && property.get("type").is_none();
            if !is_rule {
                keys += 1;
                let docs = property["description"].as_str().unwrap_or_default();
                assert!(docs.contains(' ') && !docs.contains(" \n"), "{key}: {property}");
            }
        }
    });
    assert!(keys > 60, "{keys} keys");
    let text = dialect().to_string();
    assert!(!text.contains("null") && !text.contains("uint"));
}

/// Calls for every object of a document.
fn each(value: &Value, visit: &mut dyn FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(object) => object.values().for_each(|value| each(value, visit)),
        Value::Array(list) => list.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}
