//! Schemas that other tools wrote work as they are: envlint refuses what the program refuses.
//!
//! `fixtures/foreign` holds a JSON Schema of pydantic-settings 2.16.3 and one of zod 4.6.7, each
//! with environments and what the program itself made of them.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Content, Form, Name, Origin, Reader, Secret, Sources, Value};
use envlint_schema::{About, Check, Context, Schema, ViolationKind, evaluate};
use zeroize::Zeroizing;

macro_rules! recorded {
    ($file:literal) => {
        serde_json::from_str::<serde_json::Value>(include_str!(concat!(
            "../../../fixtures/foreign/",
            $file
        )))
        .expect($file)
    };
}

/// What a program refuses and its schema does not: nobody who has only the schema can know.
const NOT_IN_THE_SCHEMA: [(&str, &str); 1] = [
    // `AnyHttpUrl` is written as any URI.
    ("BASE_URL", "ftp://api.example.com"),
];

fn value(text: &str) -> Value {
    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Origin::new(file.span(0..0), Reader::Dotenv);
    let mut value = Value::empty(origin.clone());
    value.push(Content::Known(Secret::made(text.to_owned())), origin);
    value
}

fn judged(schema: &Schema, environment: &serde_json::Value) -> BTreeSet<String> {
    let texts = environment.as_object().expect("an object of texts").iter();
    let values: BTreeMap<Name, Value> = texts
        .map(|(name, text)| (Name::new(name), value(text.as_str().expect("a text"))))
        .collect();
    let found = evaluate(schema, &values, &Context::production());
    let certain = found.iter().filter(|each| each.kind.is_certain());
    certain
        .filter(|each| each.kind.check() != Check::UnknownVariable)
        .flat_map(|each| match (&each.about, &each.kind) {
            (About::Variable(variable), _) => vec![variable.name.to_string()],
            (_, ViolationKind::AllOrNonePartial { missing, .. }) => {
                missing.iter().map(Name::to_string).collect()
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

fn agree(schema: &Schema, environments: &serde_json::Value, verdicts: &serde_json::Value) {
    let environments = environments.as_array().expect("a list");
    let verdicts = verdicts.as_array().expect("a list");
    assert_eq!(environments.len(), verdicts.len());
    for (environment, verdict) in environments.iter().zip(verdicts) {
        let mut refused: BTreeSet<String> = verdict
            .as_array()
            .expect("a list of names")
            .iter()
            .map(|name| name.as_str().expect("a name").to_uppercase().replace('.', "__"))
            .collect();
        let silent = |name: &String| {
            NOT_IN_THE_SCHEMA.iter().any(|(n, text)| n == name && environment[name] == *text)
        };
        refused.retain(|name| !silent(name));
        assert_eq!(judged(schema, environment), refused, "{environment}");
    }
}

#[test]
fn pydantic_settings() {
    let mut schema = Schema::from_json(&recorded!("pydantic-settings.schema.json")).unwrap();
    // As the manifest says it: `names = { separator = "__", case = "upper" }`.
    schema.rename(|name| name.to_uppercase().replace('.', "__"));
    assert!(schema.variable("API_KEY").unwrap().is_secret());
    assert_eq!(schema.variable("API_KEY").unwrap().docs, "Who we are to the API.");
    assert_eq!(schema.variable("CACHE__PORT").unwrap().default.as_deref(), Some("6379"));
    let environments = recorded!("environments.json");
    let verdicts = recorded!("pydantic-settings.verdicts.json");
    agree(&schema, &environments["pydantic"], &verdicts);
}

#[test]
fn zod() {
    let schema = Schema::from_json(&recorded!("zod.schema.json")).unwrap();
    assert_eq!(schema.variable("WORKERS").unwrap().default.as_deref(), Some("4"));
    let environments = recorded!("environments.json");
    agree(&schema, &environments["zod"], &recorded!("zod.verdicts.json"));
}

#[test]
fn a_foreign_schema_is_written_as_it_was_read() {
    for json in [recorded!("pydantic-settings.schema.json"), recorded!("zod.schema.json")] {
        let schema = Schema::from_json(&json).unwrap();
        let again = Schema::from_json(&schema.to_json()).map_err(|error| error.to_string());
        assert_eq!(again, Ok(schema));
    }
}

/// A pattern beside a kind with rules of its own narrows it: both hold. A second limit where the
/// kind has one is a contradiction.
#[test]
fn a_pattern_beside_a_kind_narrows_it() {
    let schema = serde_json::json!({
        "properties": {
            "URL": { "$ref": "#/$defs/Url", "pattern": "^https://[a-z]+\\.example/" },
            "CODE": { "type": "string", "maxLength": 5, "x-envlint": { "type": "locale" } },
        },
        "$defs": { "Url": {
            "type": "string", "format": "uri", "x-envlint": { "type": "url", "schemes": ["https"] },
        } },
        "x-envlint": {},
    });
    let read = Schema::from_json(&schema).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.variable("URL").map(|variable| variable.kind.name()), Some("url"));
    let wrong = |name: &str, text: &str| {
        let environment = serde_json::json!({ name: text });
        judged(&read, &environment).contains(name)
    };
    assert!(!wrong("URL", "https://a.example/") && !wrong("CODE", "en-US"));
    assert!(wrong("URL", "https://a.example.org/"), "the pattern holds");
    assert!(wrong("URL", "https://a.example/ "), "the kind holds");
    assert!(wrong("CODE", "en-US-x-a") && wrong("CODE", "en_US"));
    let again = Schema::from_json(&read.to_json()).unwrap_or_else(|error| panic!("{error}"));
    assert!(again == read && wrong("URL", "http://a.example/"));

    let token = serde_json::json!({ "type": "token", "min-length": 8 });
    let schema = serde_json::json!({
        "properties": { "A": { "type": "string", "minLength": 9, "x-envlint": token } },
    });
    assert!(Schema::from_json(&schema).is_err());
}

#[test]
fn what_a_property_refers_to_is_written_with_it() {
    let schema = serde_json::json!({
        "properties": { "PORTS": { "$ref": "#/$defs/Ports" } },
        "$defs": { "Ports": { "type": "array", "items": { "$ref": "#/$defs/Port" } },
                   "Port": { "type": "integer", "maximum": 65535 } },
    });
    let read = Schema::from_json(&schema).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Schema::from_json(&read.to_json()), Ok(read));
}
