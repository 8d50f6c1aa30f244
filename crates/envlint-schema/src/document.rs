//! The JSON Schema of a Rust type, as it is committed beside the code.
//!
//! schemars describes what serde reads. Three things differ where variables are concerned: an
//! environment has no null, so optional means absent; a secret has no default that could be
//! published; and every reader should find the keywords in the same order.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The order of keywords at the root, as far as they are there; others follow.
const ROOT: [&str; 6] = ["title", "description", "type", "x-envlint", "properties", "required"];

/// The order of keywords in a property.
const PROPERTY: [&str; 5] = ["description", "$ref", "type", "default", "writeOnly"];

/// The JSON Schema 2020-12 of a type whose fields are variables, under an identity of its own.
/// The same type gives the same text, whatever else is compiled in.
pub fn document<T: JsonSchema>(id: &str) -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let Value::Object(mut root) = generator.into_root_schema_for::<T>().to_value() else {
        return json!(true);
    };
    root.remove("$schema");
    let mut definitions = root.remove("$defs").unwrap_or_default();
    let secrets = secrets(&definitions);
    variables(&mut root, &secrets);
    one_line(&mut root);
    // Whoever reads it knows by this that its words mean what they mean here.
    root.entry("x-envlint").or_insert_with(|| json!({}));
    let defined = definitions.as_object_mut().into_iter().flat_map(Map::values_mut);
    for definition in defined.filter_map(Value::as_object_mut) {
        variables(definition, &secrets);
        one_line(definition);
    }
    let mut document = Map::new();
    document.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".into(), json!(id));
    document.extend(ordered(root, &ROOT));
    if !definitions.is_null() {
        document.insert("$defs".into(), definitions);
    }
    Value::Object(document)
}

/// The properties of an object as variables.
fn variables(object: &mut Map<String, Value>, secrets: &BTreeSet<String>) {
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        without_null(property);
        without_secrets(property, secrets);
        one_line(property);
        *property = ordered(std::mem::take(property), &PROPERTY);
    }
}

/// References to the definitions of secrets.
fn secrets(definitions: &Value) -> BTreeSet<String> {
    let all = definitions.as_object().into_iter().flatten();
    let secret = all.filter(|(_, definition)| definition["writeOnly"] == json!(true));
    secret.map(|(name, _)| format!("#/$defs/{name}")).collect()
}

/// An environment has no null: a choice between a schema and null is that schema.
pub(crate) fn without_null(property: &mut Map<String, Value>) {
    if let Some(Value::Array(mut members)) = property.remove("anyOf") {
        members.retain(|member| *member != json!({ "type": "null" }));
        match (members.pop(), members.is_empty()) {
            (Some(Value::Object(only)), true) => {
                for (key, value) in only {
                    property.entry(key).or_insert(value);
                }
            }
            (last, _) => {
                members.extend(last);
                property.insert("anyOf".into(), Value::Array(members));
            }
        }
    }
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".into(), only);
        }
    }
    if property.get("default").is_some_and(Value::is_null) {
        property.remove("default");
    }
}

/// What a secret could publish: the default that its type has in Rust, and examples.
fn without_secrets(property: &mut Map<String, Value>, secrets: &BTreeSet<String>) {
    let reference = property.get("$ref").and_then(Value::as_str);
    let defined = reference.is_some_and(|reference| secrets.contains(reference));
    let declared = property.get("x-envlint").is_some_and(|short| short["secret"] == json!(true));
    if declared {
        property.insert("writeOnly".into(), json!(true));
    }
    if defined || declared {
        property.remove("default");
        property.remove("examples");
    }
}

/// A description without the line breaks that a doc comment was wrapped with; an empty line
/// between two paragraphs stays.
pub(crate) fn one_line(schema: &mut Map<String, Value>) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs = description.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
        *description = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

/// The same object with some keywords first.
pub(crate) fn ordered(mut object: Map<String, Value>, first: &[&str]) -> Map<String, Value> {
    let mut ordered = Map::with_capacity(object.len());
    for key in first {
        if let Some(value) = object.shift_remove(*key) {
            ordered.insert((*key).to_owned(), value);
        }
    }
    ordered.extend(object);
    ordered
}

#[cfg(test)]
mod tests {
    use envlint_types::{Positive, Token, TrustProxy};
    use serde::Deserialize;

    use super::*;
    use crate::{Kind, Requirement, Schema};

    /// What it is.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    #[schemars(title = "Service")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Service {
        /// The token.
        token: Token<32>,
        other_token: Option<Token<16>>,
        #[serde(default)]
        trust_proxy: TrustProxy,
        #[serde(default = "Positive::of::<50>")]
        connections: Positive,
        #[serde(default = "password")]
        #[schemars(extend("x-envlint" = { "secret": true }))]
        password: String,
        mail: Mail,
    }

    /// A mail
    /// server.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Mail {
        user: Option<String>,
        #[serde(default = "password")]
        #[schemars(extend("x-envlint" = { "secret": true }))]
        password: String,
    }

    fn password() -> String {
        "CANARY".into()
    }

    #[test]
    fn a_type_is_a_schema_without_null_and_without_published_secrets() {
        let document = document::<Service>("urn:envlint:test");
        assert!(!document.to_string().contains("null") && !document.to_string().contains("CANARY"));
        let schema = Schema::from_json(&document).unwrap();
        let variable = |name: &str| schema.variable(name).unwrap();
        assert_eq!(variable("TOKEN").requirement, Requirement::Always);
        assert_eq!(variable("TOKEN").docs, "The token.");
        assert_eq!(variable("OTHER_TOKEN").kind, Kind::Token { min_length: 16 });
        assert_eq!(variable("TRUST_PROXY").default.as_deref(), Some("0"));
        assert_eq!(variable("CONNECTIONS").default.as_deref(), Some("50"));
        assert!(variable("PASSWORD").is_secret() && variable("MAIL.password").is_secret());
        assert_eq!(document["$defs"]["Mail"]["description"], "A mail server.");
    }
}
