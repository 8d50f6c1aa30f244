//! `docs/vocabulary.md`: every key of `x-envlint`.

use envlint_schema::{
    DIALECT, PROPERTY_EXAMPLES, SERVICE_EXAMPLES, Schema, Short, VOCABULARY, dialect,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{code, compare, table};

/// What a key takes, in a word or two.
fn takes(property: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        return match reference.trim_start_matches("#/$defs/") {
            "When" => "`true`, `false` or a [condition](#conditions)".to_owned(),
            "Condition" => "a [condition](#conditions)".to_owned(),
            "OnceBegun" => "a table: `all` of these, once one of `by` is set".to_owned(),
            name @ ("Empty" | "Role") => format!("a word or a table, [below](#{})", anchor(name)),
            name => format!("a table, [below](#{})", anchor(name)),
        };
    }
    if let Some(ways) = property["anyOf"].as_array() {
        return ways.iter().map(takes).collect::<Vec<_>>().join(" or ");
    }
    if property.get("enum").is_some() {
        return "a word".to_owned();
    }
    let word = |name: &str| match name {
        "string" => "text",
        "integer" | "number" => "number",
        "boolean" => "`true` or `false`",
        "array" => "list",
        _ => "table",
    };
    match &property["type"] {
        Value::Array(names) => {
            let mut words: Vec<&str> = names.iter().filter_map(Value::as_str).map(word).collect();
            words.dedup();
            words.join(" or ")
        }
        Value::String(name) => match (name.as_str(), &property["items"]["type"]) {
            ("array", Value::String(items)) => format!("list of {}", word(items)),
            (name, _) => word(name).to_owned(),
        },
        _ => "table".to_owned(),
    }
}

/// Where the page explains `UnsafeDefault`: `unsafe-default`.
fn anchor(name: &str) -> String {
    let mut anchor = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !anchor.is_empty() {
            anchor.push('-');
        }
        anchor.extend(letter.to_lowercase());
    }
    anchor
}

/// The meaning without the list of words, which has a table of its own.
fn meaning(property: &Value) -> String {
    let docs = property["description"].as_str().unwrap_or_default();
    docs.split("\n\n- ").next().unwrap_or_default().replace('\n', " ")
}

/// The same object in TOML, as it stands in the manifest.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

fn keys(definition: &str, examples: &[(&str, &str)], write: fn(&str) -> String) -> String {
    let schema = dialect();
    let properties = &schema["$defs"][definition]["properties"];
    table(
        ["key", "takes", "what it says", "if it is not there", "example"],
        examples.iter().map(|(key, example)| {
            let property = &properties[*key];
            let default = property.get("default").map(|value| code(&value.to_string()));
            [
                code(key),
                takes(property),
                meaning(property),
                default.unwrap_or_default(),
                code(&write(example)),
            ]
        }),
    )
}

/// Every key of a definition with what it says.
fn fields(definition: &str) -> String {
    let schema = dialect();
    let properties = schema["$defs"][definition]["properties"].as_object().unwrap().clone();
    table(
        ["key", "takes", "what it says"],
        properties.iter().map(|(key, property)| [code(key), takes(property), meaning(property)]),
    )
}

/// The words of a property, or of the ways that a definition can be.
fn words(docs: &str) -> String {
    let lines = docs.lines().filter(|line| line.starts_with("- "));
    lines.collect::<Vec<_>>().join("\n")
}

fn words_and_tables(definition: &str) -> String {
    let schema = dialect();
    let ways = &schema["$defs"][definition]["anyOf"];
    let words = words(ways[0]["description"].as_str().unwrap());
    let tables = ways[1]["properties"].as_object().unwrap().iter().map(|(key, property)| {
        let own = property["properties"].as_object().into_iter().flatten();
        let own: Vec<String> =
            own.map(|(key, field)| format!("  - `{key}`: {}", meaning(field))).collect();
        let lines = std::iter::once(format!("- `{{ \"{key}\": ... }}`: {}", meaning(property)));
        lines.chain(own).collect::<Vec<_>>().join("\n")
    });
    format!("{words}\n{}", tables.collect::<Vec<_>>().join("\n"))
}

fn words_of(definition: &str, key: &str) -> String {
    let schema = dialect();
    words(schema["$defs"][definition]["properties"][key]["description"].as_str().unwrap())
}

#[test]
fn the_page_is_what_is_true() {
    let property = |example: &str| toml(&serde_json::from_str(example).unwrap());
    compare(
        "vocabulary.md",
        &[
            ("properties", keys("Short", PROPERTY_EXAMPLES, property)),
            ("readings", words_of("Short", "reads")),
            ("phases", words_of("Short", "phase")),
            ("conditions", fields("Condition")),
            ("empty", words_and_tables("Empty")),
            ("roles", words_and_tables("Role")),
            ("unsafe", fields("UnsafeDefault")),
            ("forbidden", fields("Forbidden")),
            ("retired", fields("Retired")),
            ("service", keys("ServiceForm", SERVICE_EXAMPLES, str::to_owned)),
            ("relations", fields("RelationForm")),
        ],
    );
}

/// What is shown as JSON is a schema, or the `x-envlint` of a variable, and both are read and valid.
#[test]
fn every_example_of_the_page_is_read() {
    let page = include_str!("../../../../docs/vocabulary.md");
    let meta = jsonschema::validator_for(&dialect()).unwrap();
    let mut schemas = 0;
    for block in page.split("```json\n").skip(1) {
        let json: Value = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
        schemas += 1;
        let schema = Schema::from_json(&json).unwrap();
        assert!(meta.is_valid(&json), "{json}");
        assert!(schema.variables().len() > 1);
    }
    assert!(schemas > 0 && page.contains(DIALECT) && page.contains(VOCABULARY));
    // Every variable of an inline table, as the tables above show them.
    for (_, example) in PROPERTY_EXAMPLES {
        let value: Value = serde_json::from_str(example).unwrap();
        assert!(Short::deserialize(&value).unwrap().variable("A").is_ok());
        assert!(page.contains(&toml(&value).replace('|', "\\|")), "{example}");
    }
}
