//! What schemars writes, as editors read it best.
//!
//! Language servers answer with one precise error where a schema offers one way to be right, and
//! with an error for each way where it offers several: measured with tombi 1.9.6 and
//! yaml-language-server 1.25, recorded in `fixtures/editors`. schemars offers several wherever a
//! Rust type does, so that they are folded here:
//!
//! - a field that may be left out is no field that may be null: TOML has no null, and a null in a
//!   schema would say nothing;
//! - words with an explanation each are one `enum`, whose explanations stand in the text that is
//!   shown for the key;
//! - words, and tables with one key of several, are two ways and not one for each word and key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::document::{one_line, ordered, without_null};

/// The order of keywords, as far as they are there; others follow.
const ORDER: [&str; 6] = ["$schema", "$id", "title", "description", "$ref", "type"];

/// Keywords whose fields, items or values are schemas.
const MAPS: [&str; 4] = ["properties", "patternProperties", "$defs", "dependentSchemas"];
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 7] =
    ["items", "additionalProperties", "propertyNames", "not", "if", "then", "else"];

/// Words with what each of them means.
struct Words {
    /// Without a constant for each.
    names: Vec<Value>,
    /// A list in Markdown, one line for each word that is explained.
    meanings: String,
}

/// Rewrites a schema with its definitions so that it accepts the same, nulls aside, and gives one
/// error for each mistake.
pub(super) fn plain(schema: &mut Value) {
    let Some(root) = schema.as_object_mut() else { return };
    let definitions = root.get("$defs").and_then(Value::as_object);
    let words: BTreeMap<String, Words> = definitions
        .into_iter()
        .flatten()
        .filter_map(|(name, definition)| {
            Some((format!("#/$defs/{name}"), words(definition.as_object()?)?))
        })
        .collect();
    each(root, &mut |part| rewrite(part, &words));
    let used: BTreeSet<String> = references(schema);
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        definitions.retain(|name, _| used.contains(&format!("#/$defs/{name}")));
    }
}

/// Calls for a schema and every schema in it, the inner ones first.
fn each(schema: &mut Map<String, Value>, rewrite: &mut dyn FnMut(&mut Map<String, Value>)) {
    without_null(schema);
    for (key, value) in schema.iter_mut() {
        let inner: Vec<&mut Value> = match value {
            Value::Object(map) if MAPS.contains(&key.as_str()) => map.values_mut().collect(),
            Value::Array(list) if LISTS.contains(&key.as_str()) => list.iter_mut().collect(),
            Value::Object(_) if SINGLE.contains(&key.as_str()) => vec![value],
            _ => continue,
        };
        inner.into_iter().filter_map(Value::as_object_mut).for_each(|part| each(part, rewrite));
    }
    rewrite(schema);
}

fn rewrite(schema: &mut Map<String, Value>, known: &BTreeMap<String, Words>) {
    one_line(schema);
    let referred = schema.get("$ref").and_then(Value::as_str).and_then(|name| known.get(name));
    if let Some(words) = referred {
        schema.remove("$ref");
        be_one_of(schema, words);
    } else if let Some(words) = words(schema) {
        schema.remove("oneOf");
        be_one_of(schema, &words);
    } else if let Some(ways) = tagged(schema) {
        schema.remove("oneOf");
        schema.insert("anyOf".into(), ways);
    }
    // The widths of Rust's numbers are no formats of JSON Schema.
    let width = |format: &Value| format != "date";
    if schema.get("type").is_some_and(|name| name == "integer" || name == "number")
        && schema.get("format").is_some_and(width)
    {
        schema.remove("format");
    }
    // To tombi, a number is a fraction, and a whole one is shown nothing for.
    if schema.get("type").is_some_and(|name| name == "number") {
        schema.insert("type".into(), json!(["integer", "number"]));
    }
    *schema = ordered(std::mem::take(schema), &ORDER);
}

/// The words that a schema is a choice of, each a constant.
fn words(schema: &Map<String, Value>) -> Option<Words> {
    let members = schema.get("oneOf")?.as_array()?;
    let names: Option<Vec<Value>> = members.iter().map(|m| m.get("const").cloned()).collect();
    Some(Words { names: names?, meanings: members.iter().filter_map(meaning).collect() })
}

/// A line of a list: the word and what it means.
fn meaning(member: &Value) -> Option<String> {
    let (word, docs) = (member.get("const")?.as_str()?, member.get("description")?.as_str()?);
    Some(format!("\n- `{word}`: {}", docs.replace('\n', " ")))
}

fn be_one_of(schema: &mut Map<String, Value>, words: &Words) {
    schema.insert("type".into(), json!("string"));
    schema.insert("enum".into(), json!(words.names));
    if let Some(Value::String(docs)) = schema.get_mut("description")
        && !words.meanings.is_empty()
    {
        *docs = format!("{docs}\n{}", words.meanings);
    }
}

/// A choice between words and tables with one key each, as serde writes an enum of which some
/// variants have fields: one schema for all the words, and one for all the tables.
fn tagged(schema: &Map<String, Value>) -> Option<Value> {
    let members = schema.get("oneOf")?.as_array()?;
    let (mut words, mut meanings, mut properties) = (Vec::new(), String::new(), Map::new());
    for member in members {
        if let Some(names) = member.get("enum").and_then(Value::as_array) {
            words.extend(names.iter().cloned());
        } else if let Some(word) = member.get("const") {
            words.push(word.clone());
            meanings.extend(meaning(member));
        } else {
            let fields = member.get("properties").and_then(Value::as_object)?;
            for (key, value) in fields {
                let mut value = value.clone();
                if let (Some(value), Some(docs)) =
                    (value.as_object_mut(), member.get("description"))
                {
                    value.insert("description".into(), docs.clone());
                }
                properties.insert(key.clone(), value);
            }
        }
    }
    let docs = format!("One of the words\n{meanings}");
    let word = json!({ "description": docs, "type": "string", "enum": words });
    let table = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    Some(json!([word, table]))
}

/// Everything that is referred to anywhere in a schema.
fn references(schema: &Value) -> BTreeSet<String> {
    match schema {
        Value::Object(object) => {
            let own = object.get("$ref").and_then(Value::as_str).map(str::to_owned);
            object.values().flat_map(references).chain(own).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;

    /// A service.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Service {
        /// How it
        /// reads.
        reads: Option<Reads>,
        /// What it does.
        role: Role,
        /// Where.
        port: Option<u16>,
    }

    /// Ways to read.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Reads {
        /// As it is.
        AsIs,
        /// In capitals.
        Upper,
    }

    /// What it does.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Role {
        /// It listens.
        Listens,
        /// It calls.
        Calls {
            /// Whom.
            whom: String,
        },
    }

    #[test]
    fn one_way_to_be_right_is_left_for_each_key() {
        let mut schema = schemars::schema_for!(Service).to_value();
        plain(&mut schema);
        assert!(!schema.to_string().contains("null") && schema.get("$defs").is_some());
        let properties = &schema["properties"];
        assert_eq!(
            properties["reads"],
            json!({
                "description": "How it reads.\n\n- `as-is`: As it is.\n- `upper`: In capitals.",
                "type": "string",
                "enum": ["as-is", "upper"],
            })
        );
        let port = json!({
            "description": "Where.", "type": "integer", "minimum": 0, "maximum": 65535,
        });
        assert_eq!(properties["port"], port);
        let role = &schema["$defs"]["Role"]["anyOf"];
        assert_eq!(role[0]["enum"], json!(["listens"]));
        assert_eq!(role[1]["properties"]["calls"]["description"], "It calls.");
        assert!(schema["$defs"].get("Reads").is_none());
    }
}
